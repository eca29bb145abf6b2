// specfile/no-effect.ts — keys that a network's mode has no use for: whoever writes one expects something of it.
import type { Diagnostic } from '../core/resource.ts';
import type { Draft } from './draft.ts';
import type { NetworkText } from './generated/types.ts';
import { wrong } from './problem.ts';

type Mode = NetworkText['mode'];

/** Says it of each network of these modes that has one of these keys. */
export function* noEffect(
  { text }: Draft,
  modes: readonly Mode[],
  keys: readonly (keyof NetworkText)[],
  useful: Mode = 'flat-dhcp',
): Iterable<Diagnostic> {
  for (const [name, network] of Object.entries(text.networks ?? {})) {
    if (!modes.includes(network.mode)) continue;
    for (const key of keys) {
      // Switched off is what it is.
      if (network[key] === undefined || network[key] === false) continue;
      yield wrong(
        'no-effect',
        `${key} has no effect in mode ${network.mode}`,
        [['networks', name, key]],
        `leave it out, or write mode: ${useful}`,
      );
    }
  }
}
