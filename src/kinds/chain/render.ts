// kinds/chain/render.ts — rules as `iptables-save` will say them back, each with our tag in its comment.
import { CHAIN_PREFIX, TAG_PREFIX } from '../../core/marks.ts';
import { hashOf } from './memory.ts';
import type { Chain, ChainRule, Match, Rule, Table, Verdict } from './model.ts';

/** Makes a chain of rules; in order of rank, and each rule once. */
export function chain(table: Table, name: string, rules: readonly Rule[]): Chain {
  return { kind: 'chain', table, name, rules: inOrder(rules.map(renderRule)) };
}

/** Sorts by rank, stable; of two rules that say the same for the same reason, one is enough. */
export function inOrder(rules: readonly ChainRule[]): readonly ChainRule[] {
  const once = new Map(rules.toReversed().map((rule) => [rule.tag, rule]));
  return rules.filter((rule) => once.get(rule.tag) === rule).toSorted((a, b) => a.rank - b.rank);
}

/** Our rules in one of the kernel's chains, as they stand there: those at the top, then those at the bottom. */
export function asHeld({ rules }: Chain): readonly ChainRule[] {
  return [...rules.filter(({ place }) => place !== 'bottom'), ...rules.filter(({ place }) => place === 'bottom')];
}

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
      const rules = all.flatMap((name) => (rulesOf.get(name) ?? []).map(({ text }) => `-A ${name} ${text}`));
      return [`*${table}`, ...declared, ...rules, 'COMMIT', ''].join('\n');
    })
    .join('');
}

/** All other chains that we speak of are the kernel's own. */
export function isOwn(name: string): boolean {
  return name.startsWith(CHAIN_PREFIX);
}

function renderRule({ rank, match, then, why, place }: Rule): ChainRule {
  const matches = renderMatches(match);
  const target = renderVerdict(then);
  const tag = hashOf([...matches, target, why].join('\n'));
  const text = [...matches, `-m comment --comment "${comment(tag, why)}"`, target].join(' ');
  return { tag, text, rank, ...(place === undefined ? {} : { place }) };
}

/** The kernel keeps 255 bytes. What iptables would escape, each version in its own way, is replaced. */
function comment(tag: string, why: string): string {
  return `${TAG_PREFIX}${tag} ${why.replaceAll(/[^ -~]|["'\\]/g, '_')}`.slice(0, 255);
}

const order: readonly Match['match'][] = [
  'source',
  'destination',
  'in',
  'out',
  'protocol',
  'ctstate',
  'local',
  'every',
];

/** iptables says them back in this order, whatever order they came in. */
export function renderMatches(matches: readonly Match[]): readonly string[] {
  const said = matches.some(isEverything) ? matches.filter((match) => !isEverything(match)) : matches;
  return (said.length < 2 ? said : said.toSorted((a, b) => order.indexOf(a.match) - order.indexOf(b.match))).map(
    renderMatch,
  );
}

/** Of every address iptables says nothing. */
function isEverything(match: Match): boolean {
  return (match.match === 'source' || match.match === 'destination') && match.cidr.endsWith('/0') && match.not !== true;
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
