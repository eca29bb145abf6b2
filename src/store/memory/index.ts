// store/memory/index.ts — a register for tests and rehearsals, which several hosts may share: gone with the process.
import type { Claimed, Register } from '../../core/register.ts';
import { NOTHING } from '../../core/stored.ts';
import type { Holdings, HostState, Kept, Store, Stored } from '../../core/stored.ts';
import { merged, takenOf, withClaims } from '../holdings.ts';
import type { HostStateStore } from '../host-state.ts';
import { createStore } from '../store.ts';

/** What hosts share: what each of them holds. */
export type Shared = Map<string, Holdings>;

export function createMemoryRegister(shared: Shared = new Map(), host = 'this'): Register {
  let revision = 0;
  const others = (): readonly Holdings[] => [...shared].flatMap(([name, held]) => (name === host ? [] : [held]));
  return {
    read: () =>
      Promise.resolve({
        value: shared.get(host),
        others: others().reduce(merged, NOTHING),
        at: String(revision),
        isOutdated: !shared.has(host),
      }),
    claim: (claims, releases): Promise<Claimed> => {
      const own = shared.get(host) ?? NOTHING;
      const taken = [
        ...takenOf(own, { claims, releases }),
        ...others().flatMap((held) => takenOf(held, { claims, releases: [] })),
      ];
      if (taken.length > 0) return Promise.resolve({ granted: false, taken });
      shared.set(host, withClaims(own, { claims, releases }));
      return Promise.resolve({ granted: true, at: String(++revision) });
    },
    leave: () => {
      shared.delete(host);
      return Promise.resolve();
    },
    byHand: () => [],
    close: () => Promise.resolve(),
  };
}

/** A store of one host alone, or of one that shares a register. */
export function createMemoryStore(
  stored: Stored = NOTHING,
  register = createMemoryRegister(new Map([['this', stored]])),
): Store {
  return createStore(register, createMemoryState(stored));
}

function createMemoryState(state: HostState): HostStateStore {
  let kept: Kept<HostState> = { value: state, at: '0', isOutdated: false };
  return {
    load: () => Promise.resolve(kept),
    save: (value, at) => {
      if (at !== kept.at) return Promise.reject(new Error(`stale revision ${at}: ${kept.at} is newer`));
      kept = { value, at: String(Number(kept.at) + 1), isOutdated: false };
      return Promise.resolve(kept);
    },
    forget: () => {
      kept = { value: undefined, at: '0', isOutdated: true };
      return Promise.resolve();
    },
    byHand: () => [],
  };
}
