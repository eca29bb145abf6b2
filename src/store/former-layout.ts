// store/former-layout.ts — the store of a netctl before 1.0, one file with both: who holds what, and the state of the
// host.
import type { Holdings, HostState } from '../core/stored.ts';
import { storeInPresentWords, inPresentWords } from '../durable/former-words.ts';
import { isHoldings } from './holdings.ts';
import { damaged, objectIn, OwnFile } from './own-file.ts';
import type { StoreOptions } from './own-file.ts';
import { HOST_FILE, renderState, stateIn } from './state-text.ts';

const VERSION = 1;
/** As it begins where this netctl wrote it: then it need not be read twice. */
const PRESENT = /^\{\s*"version":\s*2\b/;

export interface FormerLayout {
  readonly holdings: Holdings;
  readonly state: HostState;
}

/** What an `allocations.json` holds that an earlier netctl wrote; undefined: it is of the present layout. */
export function formerLayoutIn(text: string, path: string, options: StoreOptions): FormerLayout | undefined {
  if (PRESENT.test(text)) return undefined;
  if (objectIn(text, path, 2)['version'] !== VERSION) return undefined;
  const value = storeInPresentWords(objectIn(inPresentWords(text), path, VERSION));
  if (!isHoldings(value)) throw damaged(path);
  return {
    holdings: { allocations: value.allocations, quarantined: value.quarantined },
    state: stateIn(value, path, options),
  };
}

/**
 * Puts the state of the host into its own file, before the file that had both loses it: whoever is killed in between
 * finds that one as it was, and it counts whole.
 */
export function takeOver(text: string | undefined, options: StoreOptions): void {
  const file = new OwnFile(options, 'allocations.json');
  const former = text === undefined ? undefined : formerLayoutIn(text, file.path, options);
  if (former !== undefined) new OwnFile(options, HOST_FILE).write(renderState(former.state));
}
