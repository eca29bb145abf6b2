// conflicts/diagnostics.ts — what an operator is told of a rule or policy that stops traffic: which traffic, where it
// is, and what would mend it.
import type { Diagnostic } from '../core/resource.ts';
import { targetOf, wordsOf as wordsIn } from '../iptables/rule-text.ts';
import type { Network } from '../specfile/model.ts';
import type { Conflict } from './judge.ts';
import { fixOf } from './firewall-fix.ts';
import type { Rule } from './model.ts';
import { ownersOf } from './owners.ts';
import { WORDS } from './required-traffic.ts';
import type { RequiredTraffic, What } from './required-traffic.ts';
import type { Stop } from './walk.ts';

/** `words` gives the text of a rule, which of nftables is known by its handle alone until it is asked for. */
export function diagnosticOf({ stop, needs }: Conflict, words: (stop: Stop) => string): Diagnostic {
  const { table, rule, sure } = stop;
  const over = needs.every(({ way }) => way === 'over');
  const seen = over && table.family !== 'bridge';
  const unheard = unheardBy(rule);
  const spoilt = sure ? undefined : spoiltBy(rule);
  return {
    ...saidOf({ stop, needs }),
    ...unheard?.hint,
    code: seen ? 'bridge-netfilter' : rule === undefined ? 'foreign-policy' : 'foreign-drop',
    message: `${subjectOf(needs)} ${sure ? 'are' : 'may be'} ${spoilt ?? 'dropped'} by ${whereOf(stop)}${seen ? ', where br_netfilter leads them' : ''}${rule === undefined ? '' : `: ${words(stop)}`}${unheard?.why ?? ''}`,
  };
}

/** What else than to drop it a rule may do to a packet of which nobody hears an answer then. */
function spoiltBy(rule: Rule | undefined): string | undefined {
  const { spoils, then } = rule?.meaning() ?? {};
  if (spoils === undefined || then?.then === 'drop') return undefined;
  return spoils === 'ttl'
    ? 'sent out with a TTL that ends at the next router,'
    : 'given another address or port without connection tracking, which nobody gives back to their replies,';
}

/** Why a rule with target NFQUEUE drops, and what mends that. */
function unheardBy(
  rule: Rule | undefined,
): { readonly why: string; readonly hint: Pick<Diagnostic, 'hint'> } | undefined {
  const then = rule?.meaning().then;
  if (rule === undefined || then?.then !== 'queue') return undefined;
  const { first, last } = then.queues;
  const bypass = typeof rule.words === 'string' ? '--queue-bypass' : 'flags bypass';
  return {
    why:
      first === last
        ? ` (no program listens to queue ${first})`
        : ` (no program listens to one or more of the queues ${first} to ${last})`,
    hint: { hint: `start the program that is to listen, or have packets pass without it: \`${bypass}\` in the rule` },
  };
}

/** A rule that exempts packets from connection tracking: the kernel translates none of these. */
export function untrackedOf({ stop, needs }: Conflict, words: (stop: Stop) => string): Diagnostic {
  return {
    ...saidOf({ stop, needs }),
    code: 'untracked',
    message: `${subjectOf(needs)} ${stop.sure ? 'are' : 'may be'} exempted from connection tracking, and so not translated, by ${whereOf(stop)}: ${words(stop)}`,
  };
}

/** The target of a rule of iptables: `ACCEPT`. */
export function targetIn(rule: Rule | undefined): string | undefined {
  return typeof rule?.words === 'string' ? targetOf(wordsIn(rule.words)) : undefined;
}

export function saidOf({ stop, needs }: Conflict): Pick<Diagnostic, 'severity' | 'at' | 'stops' | 'hint'> {
  const networks = networksOf(needs);
  const hint = fixOf(stop, needs, ownersOf(stop));
  return {
    severity: 'warning',
    at: networks.slice(0, MOST_NAMED).map(({ path }) => path),
    ...(stop.sure ? { stops: networks.map(({ path }) => path) } : {}),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** `lab: DNS requests and DNS replies` */
export function subjectOf(needs: readonly RequiredTraffic[]): string {
  return `${listed(shortened(networksOf(needs).map(({ name }) => name)))}: ${listed(trafficOf(needs))}`;
}

export function networksOf(needs: readonly RequiredTraffic[]): readonly Network[] {
  return [...new Map(needs.map(({ network }) => [network.name, network])).values()];
}

export function whereOf(stop: Stop): string {
  const { table, chain, rule } = stop;
  const owners = ownersOf(stop);
  const isNft = table.tool === 'nft';
  const place = `chain ${chain.name} of table ${isNft ? `${table.family} ` : ''}${table.name}`;
  return rule === undefined
    ? `the policy ${isNft ? 'drop' : 'DROP'} of ${place} (${[table.tool, ...(owners.length === 0 ? [] : [`as ${owners.join(' or ')} sets it`])].join(', ')})`
    : `a rule in ${place} (${[table.tool, ...owners.map((owner) => `${owner}'s`)].join(', ')})`;
}

/** More networks than this are counted, not named. */
export const MOST_NAMED = 5;

/** `lab, red and 7 more networks` as a list: the first ones, and how many more there are. */
export function shortened(names: readonly string[], rest = 'more networks'): readonly string[] {
  return names.length <= MOST_NAMED ? names : [...names.slice(0, MOST_NAMED), `${names.length - MOST_NAMED} ${rest}`];
}

/** Each kind of traffic once, with protocols where not all are stopped: `replies from outside (UDP)`. */
function trafficOf(needs: readonly RequiredTraffic[]): readonly string[] {
  const found = new Map<string, { count: number; protocols: Set<string> }>();
  for (const {
    what,
    part,
    packet: { protocol },
  } of needs) {
    const words = part ?? WORDS[what];
    const known = found.get(words) ?? {
      count: PROTOCOLS[what] ?? (part?.includes(' port ') === true ? 2 : 3),
      protocols: new Set(),
    };
    known.protocols.add(protocol.toUpperCase());
    found.set(words, known);
  }
  return [...found].map(([words, { count, protocols }]) =>
    protocols.size === count ? words : `${words} (${[...protocols].join(', ')})`,
  );
}

/** How many protocols a kind of traffic has, where it is not TCP, UDP and ICMP. */
const PROTOCOLS: Readonly<Partial<Record<What, number>>> = {
  arp: 1,
  'arp-answer': 1,
  'arp-between': 1,
  'arp-outside': 1,
  'arp-outside-answer': 1,
  dhcp: 1,
  'dhcp-answer': 1,
  metadata: 1,
  dns: 2,
  'dns-answer': 2,
  upstream: 1,
  'upstream-answer': 1,
};

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
