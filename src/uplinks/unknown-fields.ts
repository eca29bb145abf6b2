// uplinks/unknown-fields.ts — what `ip` prints of an interface, and netctl does not know: it would not go along, and
// nobody would say so.
import { unknownWords } from '../iproute2/route-lines.ts';
import { refused, said } from './finding.ts';
import type { Finding } from './finding.ts';
import { routesOn } from './interface-routes.ts';
import { unknownOf, unknownOfAddress, unknownOfLink, unknownOfRoute } from './known.ts';
import type { Snapshot } from './snapshot.ts';
import type { SeenRoute } from './routes.ts';
import { addressWords, neighbourWords, ruleWords } from './format.ts';

/** Fields that a newer kernel or `ip` prints: netctl would move the rest without them, and nobody would be told. */
export function* ofUnknown(snapshot: Snapshot): Iterable<Finding> {
  const { name, link, addresses, rules, neighbours, odd = [] } = snapshot;
  const records: readonly (readonly [what: string, words: string, names: readonly string[]])[] = [
    ...addresses.map((address) => ['address', addressWords(address, name), unknownOfAddress(address)] as const),
    ...routesOn(snapshot).map((route) => ['route', route.words, unknownIn(route)] as const),
    ...neighbours.map(
      (neighbour) => ['neighbour', neighbourWords(neighbour, name), unknownOf(neighbour, 'neighbour')] as const,
    ),
  ];
  for (const [what, words, names] of records)
    for (const field of names) {
      yield refused(
        'uplink-unknown',
        `ip prints \`${field}\` of ${what} ${words}, which netctl does not know and could not move`,
        `take it from ${name} while it is a port, or name another interface`,
      );
    }
  for (const field of unknownOfLink(link))
    yield said(
      'uplink-unknown',
      `ip prints \`${field}\` of ${name}, which netctl does not know: it stays on ${name} and is not true of its bridge`,
      'see what it is for, and say yes where the bridge can do without it',
    );
  for (const what of odd)
    yield said(
      'uplink-unknown',
      `ip prints ${what} on ${name}, which netctl does not know: it stays on ${name} and is not true of its bridge`,
      'see what it is for, and say yes where the bridge can do without it',
    );
  for (const rule of rules)
    for (const field of unknownOf(rule, 'rule')) {
      yield said(
        'uplink-unknown',
        `ip prints \`${field}\` of policy rule ${ruleWords(rule)}, which netctl does not know`,
        'the rule stays as it is; see what it is for',
      );
    }
}

/** Some attributes `ip` prints as text, not as JSON. Routes with encapsulation or next hops are refused as such. */
function unknownIn({ fields, words }: SeenRoute): readonly string[] {
  const names = unknownOfRoute(fields);
  const isWhole = ['encap', 'nexthops', 'nhid', 'from'].every((name) => fields[name] === undefined);
  return isWhole && names.length === 0 ? unknownWords(words) : names;
}
