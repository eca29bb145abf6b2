// store/file/index.ts — the register of one host alone: `allocations.json` below its state directory. What cannot be
// read is refused and left as it is.
import type { Claimed, Register } from '../../core/register.ts';
import { NOTHING } from '../../core/stored.ts';
import type { Holdings } from '../../core/stored.ts';
import { formerLayoutIn, takeOver } from '../former-layout.ts';
import { isHoldings, takenOf, withClaims } from '../holdings.ts';
import { damaged, digestOf, objectIn, OwnFile, wrongVersion } from '../own-file.ts';
import type { StoreOptions } from '../own-file.ts';

/** 1 held the state of the host, too (store/former-layout.ts). */
const VERSION = 2;

export function createFileRegister(options: StoreOptions): Register {
  const file = new OwnFile(options, 'allocations.json');
  const parseAt = (text: string, path: string): Holdings => parse(text, path, options);
  const present = (): { readonly text: string | undefined; readonly holdings: Holdings | undefined } => {
    const text = file.read();
    return { text, holdings: text === undefined ? file.copied(parseAt) : parseAt(text, file.path) };
  };
  return {
    read: () => {
      const { text, holdings } = present();
      const isOutdated = text === undefined || formerLayoutIn(text, file.path, options) !== undefined;
      return Promise.resolve({ value: holdings, others: NOTHING, at: digestOf(text), isOutdated });
    },
    claim: (claims, releases, at): Promise<Claimed> => {
      const { text, holdings } = present();
      // Lost since, it holds what is claimed and nothing else: whoever read it claims all that he had.
      if (holdings === undefined && at !== digestOf(text)) return Promise.resolve({ granted: false, taken: [] });
      const taken = takenOf(holdings ?? NOTHING, { claims, releases });
      if (taken.length > 0) return Promise.resolve({ granted: false, taken });
      takeOver(text, options);
      const after = render(withClaims(holdings ?? NOTHING, { claims, releases }));
      if (after !== text) file.write(after);
      return Promise.resolve({ granted: true, at: digestOf(after) });
    },
    leave: () => {
      file.remove();
      return Promise.resolve();
    },
    byHand: (holdings) => file.byHand(holdings === null ? null : render(holdings)),
    close: () => Promise.resolve(),
  };
}

function render({ allocations, quarantined }: Holdings): string {
  return `${JSON.stringify({ version: VERSION, allocations, quarantined }, undefined, 1)}\n`;
}

function parse(text: string, path: string, options: StoreOptions): Holdings {
  const former = formerLayoutIn(text, path, options);
  if (former !== undefined) return former.holdings;
  const value = objectIn(text, path, VERSION);
  if (value['version'] !== VERSION) throw wrongVersion(path, value['version'], VERSION);
  if (!isHoldings(value)) throw damaged(path);
  return { allocations: value.allocations, quarantined: value.quarantined };
}
