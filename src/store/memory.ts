// store/memory.ts — a store for tests and rehearsals: gone with the process.
import { NOTHING } from '../core/stored.ts';
import type { Store, Stored } from '../core/stored.ts';

export function createMemoryStore(stored: Stored = NOTHING): Store {
  let kept: { readonly stored: Stored | undefined; readonly revision: string } = { stored, revision: '0' };
  return {
    load: () => Promise.resolve(kept),
    save: (next, revision) => {
      if (revision !== kept.revision)
        return Promise.reject(new Error(`stale revision ${revision}: ${kept.revision} is newer`));
      kept = { stored: next, revision: String(Number(kept.revision) + 1) };
      return Promise.resolve(kept.revision);
    },
    forget: () => {
      kept = { stored: undefined, revision: '0' };
      return Promise.resolve();
    },
    saving: () => [],
  };
}
