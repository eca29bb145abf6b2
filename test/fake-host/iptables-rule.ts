// test/fake-host/iptables-rule.ts — the text of one rule as iptables takes it and says it back: options it knows, their
// order, what it refuses.
import { wordsOf } from '../../src/iptables/rule-text.ts';

export interface Counted {
  readonly text: string;
  packets: number;
}
export interface Chain {
  policy: string;
  readonly rules: Counted[];
}
export type Table = Map<string, Chain>;
const targets = [
  'ACCEPT',
  'DROP',
  'RETURN',
  'CHECKSUM',
  'MASQUERADE',
  'DNAT',
  'SNAT',
  'REDIRECT',
  'LOG',
  'REJECT',
  'MARK',
];
/** In the order in which iptables says them back; what follows is said back as it came. */
const ordered = ['-s', '-d', '-i', '-o', '-p'];
const matches = [
  '--sport',
  '--dport',
  '--dports',
  '--ctstate',
  '--comment',
  '--dst-type',
  '--src-type',
  '--mark',
  '--icmp-type',
  '--icmpv6-type',
  '--ctorigdst',
  '--mode',
  '--every',
  '--packet',
];
const ofTargets = [
  '--checksum-fill',
  '--to-destination',
  '--to-source',
  '--to-ports',
  '--reject-with',
  '--log-prefix',
  '--set-xmark',
  '--random',
];

/** What it refuses. The words differ between backends and versions, so nobody may read them. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export function ruleOf(table: Table, text: string): Counted {
  const words = wordsOf(text);
  const options = words.filter(
    (word, i) => word.startsWith('-') && words[i - 1] !== '--comment' && words[i - 1] !== '--log-prefix',
  );
  const known = [...ordered, ...matches, ...ofTargets, '-m', '-j'];
  const odd = options.find((option) => !known.includes(option));
  if (odd !== undefined) throw new Error(`the fake iptables does not know ${odd} in ${text}`);
  const places = options.map((option) =>
    option === '-j' || ofTargets.includes(option) ? 99 : ordered.includes(option) ? ordered.indexOf(option) : 50,
  );
  if (places.some((place, i) => place < (places[i - 1] ?? 0)))
    throw new Error(`iptables would say this back in another order: ${text}`);
  const target = targetOf(words);
  if (needsPorts(words) && !words.includes('-p'))
    throw new Refused('Need TCP, UDP, SCTP or DCCP with port specification');
  if (target !== undefined && !targets.includes(target) && table.get(target)?.policy !== '-')
    throw new Refused(`no chain or target ${target}`);
  return { text: saidBack(words), packets: 0 };
}

export function targetOf(words: readonly string[]): string | undefined {
  const at = words.indexOf('-j');
  return at < 0 ? undefined : words[at + 1];
}

function needsPorts(words: readonly string[]): boolean {
  return (
    words.includes('--to-ports') || words.some((word, i) => words[i - 1] === '--to-destination' && word.includes(':'))
  );
}

export function saidBack(words: readonly string[]): string {
  return words
    .map((word, i) =>
      words[i - 1] === '--comment' && !/^[\w-]+$/.test(word) ? `"${word.replaceAll(/["'\\]/g, '\\$&')}"` : word,
    )
    .join(' ');
}
