// kinds/chain/tag.ts — what a rule is known by on a host, whichever backend wrote it: a hash of its value.
import { hash } from 'node:crypto';
import type { Match, Rule, Verdict } from './rule.ts';

/**
 * Eight hexadecimal digits over what a rule asks, does and is there for; its rank decides nothing. The words below are
 * hashed and never shown. Hosts have tags made of them in all their rules, so they stay, whatever a backend says a rule
 * in.
 */
export function tagOf({ match, then, why }: Pick<Rule, 'match' | 'then' | 'why'>): string {
  return hashOf([...spellMatches(match), spellVerdict(then), why].join('\n'));
}

export function hashOf(text: string): string {
  return hash('sha256', text).slice(0, 8);
}

/** In this order, whatever order they came in. */
const ORDER: readonly Match['match'][] = [
  'source',
  'destination',
  'in',
  'out',
  'protocol',
  'icmp',
  'icmpv6',
  'ctstate',
  'local',
  'every',
];

/** In one order, and without what is true of every packet. */
export function inOneOrder(matches: readonly Match[]): readonly Match[] {
  const said = matches.some(isEverything) ? matches.filter((match) => !isEverything(match)) : matches;
  return said.length < 2 ? said : said.toSorted((a, b) => ORDER.indexOf(a.match) - ORDER.indexOf(b.match));
}

/** `0.0.0.0/0` is every address. */
export function isEverything(match: Match): boolean {
  return (match.match === 'source' || match.match === 'destination') && match.cidr.endsWith('/0') && match.not !== true;
}

function spellMatches(matches: readonly Match[]): readonly string[] {
  return inOneOrder(matches).map(spellMatch);
}

/** The same for what asks the same. */
export function spellMatch(match: Match): string {
  const not = 'not' in match ? '! ' : '';
  switch (match.match) {
    case 'source':
      return `${not}-s ${match.cidr}`;
    case 'destination':
      return `${not}-d ${match.cidr}`;
    case 'in':
      return `${not}-i ${match.link}`;
    case 'out':
      return `${not}-o ${match.link}`;
    case 'protocol': {
      const from = match.sourcePort === undefined ? '' : ` --sport ${match.sourcePort}`;
      const to = match.destinationPort === undefined ? '' : ` --dport ${match.destinationPort}`;
      return `-p ${match.protocol}${from === '' && to === '' ? '' : ` -m ${match.protocol}${from}${to}`}`;
    }
    case 'icmp':
    case 'icmpv6':
      return `-p ${match.match}${match.type === undefined ? '' : ` --type ${match.type}`}${match.code === undefined ? '' : `/${match.code}`}`;
    case 'ctstate':
      return `-m conntrack ${not}--ctstate ${match.states.join(',')}`;
    case 'local':
      return '-m addrtype --dst-type LOCAL';
    case 'every':
      return `-m statistic --mode nth --every ${match.nth} --packet 0`;
  }
}

function spellVerdict(then: Verdict): string {
  switch (then.target) {
    case 'accept':
    case 'drop':
    case 'return':
      return `-j ${then.target.toUpperCase()}`;
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
