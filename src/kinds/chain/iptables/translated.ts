// kinds/chain/iptables/translated.ts — which single addresses the rules in our chains translate: the entries of
// lookups, as a host has them.
import { CHAIN_PREFIX } from '../../../core/marks.ts';
import { bitsOf, familyOf, ipOf, parseIp, widthOf } from '../../../net/ip.ts';
import type { Side, Translated } from '../backend.ts';
import { valueOf } from './value.ts';

const TARGETS = { source: ' -j SNAT ', destination: ' -j DNAT ' } as const;

/** From the text of `iptables-save`. What a rule with a range or a port does is nobody's own. */
export function translatedIn(text: string, by: Side): readonly Translated[] {
  return text.split('\n').flatMap((line): readonly Translated[] => {
    // Cheap first: a host may have tens of thousands of rules.
    if (!line.startsWith(`-A ${CHAIN_PREFIX}`) || !line.includes(TARGETS[by])) return [];
    const { match, then } = valueOf(line.slice(line.indexOf(' ', 3) + 1));
    const asked = match.find((one) => one.match === by);
    if (asked?.match !== by || asked.not === true || bitsOf(asked.cidr) !== widthOf(familyOf(asked.cidr))) return [];
    if ((then.target !== 'snat' && then.target !== 'dnat') || parseIp(then.to) === undefined) return [];
    return [{ address: ipOf(asked.cidr), to: then.to }];
  });
}
