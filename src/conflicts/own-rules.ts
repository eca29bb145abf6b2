// conflicts/own-rules.ts — what netctl's own rules ask of a packet and do to it, from what they are.
import { isFound, nameOf } from '../kinds/chain/model.ts';
import type { ChainRule, Match as OwnMatch, TaggedRule, Verdict } from '../kinds/chain/model.ts';
import { parseRange } from '../net/ip.ts';
import type { Interval, Range } from '../net/ip.ts';
import type { Ask, Match } from './model.ts';

/** What a spec wants; what is only restored as it was found has no say. */
export function wantedRules(rules: readonly ChainRule[]): readonly TaggedRule[] {
  return rules.flatMap((rule) => (isFound(rule) ? [] : [rule]));
}

/** For whoever is told: where it goes, and for whose sake. */
export function wordsOf({ then, why }: TaggedRule): string {
  return `${nameOf(then)} of ${why}`;
}

export function matchesIn({ match }: TaggedRule): readonly Match[] {
  return match.flatMap((one) => asksOf(one).map((ask) => ({ ask, ...('not' in one ? { not: true } : {}) })));
}

function asksOf(match: OwnMatch): readonly Ask[] {
  switch (match.match) {
    case 'source':
    case 'destination': {
      const range = parseRange(match.cidr, 4);
      return [range === undefined ? { on: 'whatever', fits: 'unknown' } : { on: match.match, ranges: [range] }];
    }
    case 'in':
    case 'out':
      return [{ on: match.match, links: [match.link] }];
    case 'protocol': {
      const port = (of: number): readonly Interval[] => [{ first: of, last: of }];
      const { protocol, sourcePort, destinationPort } = match;
      return [
        { on: 'protocol', protocols: [protocol] },
        ...(sourcePort === undefined ? [] : [{ on: 'source-port', ports: port(sourcePort) } as const]),
        ...(destinationPort === undefined ? [] : [{ on: 'destination-port', ports: port(destinationPort) } as const]),
      ];
    }
    case 'icmp':
      return [{ on: 'protocol', protocols: ['icmp'] }, ...ofType(match.type)];
    case 'icmpv6':
      return [{ on: 'protocol', protocols: ['icmpv6'] }, ...ofType(match.type)];
    case 'ctstate':
      return [{ on: 'state', states: match.states.map((state) => state.toLowerCase()) }];
    case 'local':
      return [{ on: 'destination-type', types: ['local'] }];
    case 'every':
      return [{ on: 'whatever', fits: 'some' }];
  }
}

/** Of a single type are some of them. */
function ofType(type: number | undefined): readonly Ask[] {
  return type === undefined ? [] : [{ on: 'whatever', fits: 'some' }];
}

/** Which address a packet gets: one of these, or the host's own. */
export function translationOf(then: Verdict): Range<4> | 'own' | undefined {
  if (then.target === 'redirect') return 'own';
  return then.target === 'snat' || then.target === 'dnat' ? parseRange(then.to.split(':', 1)[0] ?? '', 4) : undefined;
}
