// kinds/chain/iptables/render.ts — rules as `iptables-save` will say them back, each with our tag in its comment.
import { TAG_PREFIX } from '../../../core/marks.ts';
import { familyWord } from '../../../net/ip.ts';
import { asHeld, isFound, isOwn } from '../model.ts';
import type { Chain, ChainRule, Match, Table, Verdict } from '../model.ts';
import { inOneOrder } from '../tag.ts';

/** The kernel's own chains, in the order in which `iptables-save` has them; the tables in that of iptables-nft. */
const KERNELS: Readonly<Record<Table, readonly string[]>> = {
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
};

/** What `iptables-save` prints on a host where nobody else has rules, without its comments: they tell the time. */
export function renderSave(chains: readonly Chain[]): string {
  return (Object.keys(KERNELS) as Table[])
    .filter((table) => chains.some((one) => one.table === table))
    .map((table) => {
      const rulesOf = new Map(chains.flatMap((one) => (one.table === table ? [[one.name, asHeld(one)] as const] : [])));
      const own = [...rulesOf.keys()].filter(isOwn).sort();
      const [kernels, all] = [KERNELS[table], [...KERNELS[table], ...own]];
      const declared = all.map((name) => `:${name} ${kernels.includes(name) ? 'ACCEPT' : '-'} [0:0]`);
      const rules = all.flatMap((name) => (rulesOf.get(name) ?? []).map((rule) => `-A ${name} ${textOf(rule)}`));
      return [`*${table}`, ...declared, ...rules, 'COMMIT', ''].join('\n');
    })
    .join('');
}

/** The rule as `iptables-save` says it, without `-A CHAIN`, its comment included. */
export function textOf(rule: ChainRule): string {
  if (isFound(rule)) return rule.text;
  const { tag, match, then, why } = rule;
  return [...renderMatches(match), `-m comment --comment "${comment(tag, why)}"`, renderVerdict(then)].join(' ');
}

/** A chain as data, its rules in the words of iptables. */
export function asData({ rules, ...chain }: Chain): object {
  return {
    ...chain,
    family: familyWord(chain.family, 'kernel'),
    rules: rules.map((rule) => ({
      tag: rule.tag,
      text: textOf(rule),
      rank: rule.rank,
      ...(rule.place === undefined ? {} : { place: rule.place }),
    })),
  };
}

/** The kernel keeps 255 bytes. What iptables would escape, each version in its own way, is replaced. */
function comment(tag: string, why: string): string {
  return `${TAG_PREFIX}${tag} ${why.replaceAll(/[^ -~]|["'\\]/g, '_')}`.slice(0, 255);
}

/** iptables says them back in this order, whatever order they came in. */
export function renderMatches(matches: readonly Match[]): readonly string[] {
  return inOneOrder(matches).map(renderMatch);
}

function renderMatch(match: Match): string {
  switch (match.match) {
    case 'source':
      return `${not(match)}-s ${match.cidr}`;
    case 'destination':
      return `${not(match)}-d ${match.cidr}`;
    case 'in':
      return `${not(match)}-i ${match.link}`;
    case 'out':
      return `${not(match)}-o ${match.link}`;
    case 'protocol':
      return renderProtocol(match);
    case 'icmp':
      return renderIcmp(match, 'icmp', '-m icmp --icmp-type');
    case 'icmpv6':
      return renderIcmp(match, 'ipv6-icmp', '-m icmp6 --icmpv6-type');
    case 'ctstate':
      return `-m conntrack ${not(match)}--ctstate ${match.states.join(',')}`;
    case 'local':
      return '-m addrtype --dst-type LOCAL';
    case 'every':
      return `-m statistic --mode nth --every ${match.nth} --packet 0`;
  }
}

function renderProtocol({ protocol, sourcePort, destinationPort }: Extract<Match, { match: 'protocol' }>): string {
  const ports = [
    ...(sourcePort === undefined ? [] : [`--sport ${sourcePort}`]),
    ...(destinationPort === undefined ? [] : [`--dport ${destinationPort}`]),
  ];
  return [`-p ${protocol}`, ...(ports.length === 0 ? [] : [`-m ${protocol}`, ...ports])].join(' ');
}

function renderIcmp(
  { type, code }: Extract<Match, { match: 'icmp' | 'icmpv6' }>,
  protocol: string,
  option: string,
): string {
  return [
    `-p ${protocol}`,
    ...(type === undefined ? [] : [`${option} ${type}${code === undefined ? '' : `/${code}`}`]),
  ].join(' ');
}

function not(match: { readonly not?: true }): string {
  return match.not ? '! ' : '';
}

function renderVerdict(then: Verdict): string {
  switch (then.target) {
    case 'accept':
      return '-j ACCEPT';
    case 'drop':
      return '-j DROP';
    case 'return':
      return '-j RETURN';
    case 'reject':
      return `-j REJECT --reject-with ${then.answer}`;
    case 'jump':
      return `-j ${then.chain}`;
    case 'checksum-fill':
      return '-j CHECKSUM --checksum-fill';
    case 'snat':
      return `-j SNAT --to-source ${then.to}`;
    case 'dnat':
      return `-j DNAT --to-destination ${then.to}`;
    case 'redirect':
      return `-j REDIRECT --to-ports ${then.port}`;
  }
}
