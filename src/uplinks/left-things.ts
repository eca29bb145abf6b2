// uplinks/left-things.ts — what others have put on a bridge, as sorts of things: each is said with the command that has
// it elsewhere.
import type { LinkFact } from '../core/facts.ts';
import type { Bound } from './bound.ts';
import type { Claimed } from './claimed.ts';
import type { Elsewhere } from './elsewhere.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Leaving } from './leaving.ts';
import type { Bridge } from './left-settings.ts';
import type { InterfaceRule } from './interface-rules.ts';

/** A bridge that is about to go, or to lose its uplink, and what is known of it. `ofUplink`: the uplink's snapshot. */
export interface Left extends Bridge {
  readonly fact: LinkFact;
  readonly claimed: Claimed;
  /** Devices that are netctl's, or that the plan speaks of. */
  readonly isKnown: (device: string) => boolean;
  readonly interfaceRules: readonly InterfaceRule[];
  readonly bound: readonly Bound[];
  /** What depends on devices of this network namespace in others. */
  readonly elsewhere: readonly Elsewhere[];
  /** Entries of its forwarding table that somebody has put there, as `02:00:00:00:00:01 on tap1`. */
  readonly forwarded: readonly string[];
  /** Ports that are neither netctl's nor in its plan. */
  readonly strangers: readonly string[];
}

/** Things of one sort: what one and several are called, and each with the command that puts it elsewhere. */
export interface Things {
  readonly code: string;
  readonly one: string;
  readonly many: string;
  readonly all: readonly (readonly [words: string, mend: string])[];
}

/** `the route 10.77.0.0/16 on br-lab is not netctl's, and is deleted with the bridge`. */
export function* found({ bridge, goes, uplink = '' }: Left, { code, one, many, all }: Things): Iterable<Finding> {
  if (all.length === 0) return;
  const words = all.map(([each]) => each);
  const [what, verb] =
    words.length === 1
      ? [`the ${one} ${words.join('')} on ${bridge} is`, goes ? 'is deleted' : 'stays']
      : [`${words.length} ${many} on ${bridge} are`, goes ? 'are deleted' : 'stay'];
  const end = goes ? `${verb} with the bridge` : `${verb} there when ${uplink} leaves`;
  const mends = [...new Set(all.map(([, mend]) => mend))];
  yield {
    ...said(code, `${what} not netctl's, and ${end}${words.length === 1 ? '' : `: ${listed(words)}`}`, listed(mends)),
    details: [...words, ...mends],
  };
}

export function deviceFor({ to = 'INTERFACE' }: Leaving): string {
  return to;
}
