// generations/image-rules.ts — the rules of netctl's in the image of a host: of chains that a plan touches each line,
// of all others that they are as they were.
import { createHash } from 'node:crypto';
import { CHAIN_PREFIX, TAG_PREFIX } from '../core/marks.ts';

/** Names of devices and of chains (`nat/netctl-snat`). */
export type Touched = ReadonlySet<string>;

/** Of what a host has thousands of: devices. Without `touched` all is. */
export function isTouched(subject: string, touched: Touched | undefined): boolean {
  return touched === undefined || !subject.startsWith(DEVICE) || touched.has(subject.slice(DEVICE.length));
}

const DEVICE = 'device ';

/** Subject → line, of each family. */
export function* rulesIn(
  { rules, rules6 = '' }: { readonly rules: string; readonly rules6?: string },
  touched: Touched | undefined,
): Iterable<readonly [subject: string, line: string]> {
  for (const line of rulesOf(rules, touched)) yield [RULES, line];
  for (const line of rulesOf(rules6, touched)) yield [RULES6, line];
}

export function isRules(subject: string): boolean {
  return subject === RULES || subject === RULES6;
}

const [RULES, RULES6] = ['rules', 'IPv6 rules'];

/** Out of what `iptables-save` prints. */
function rulesOf(text: string, touched: Touched | undefined): readonly string[] {
  const lines: string[] = [];
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    // What others have in their tables is theirs to change meanwhile; and counters count.
    else if (OURS.test(line)) lines.push(`${table} ${line.replace(/ \[\d+:\d+\]$/, '')}`);
  }
  return touched === undefined ? lines : byChain(lines, touched);
}

/** A chain of ours, what is in it or leads to it, and a rule of ours wherever it is. */
const OURS = new RegExp(`^(:|-A )${CHAIN_PREFIX}| -[jg] ${CHAIN_PREFIX}| --comment "?${TAG_PREFIX}`);

/** Chain by chain; of one that is not touched its digest. Lines that are digests stay. */
export function byChain(lines: readonly string[], touched: Touched): readonly string[] {
  const chains = new Map<string, string[]>();
  for (const line of lines) {
    const [, table = '', chain] = OF_CHAIN.exec(line) ?? [];
    const name = chain === undefined ? line : `${table}/${chain}`;
    const own = chains.get(name);
    if (own === undefined) chains.set(name, [line]);
    else own.push(line);
  }
  return [...chains].flatMap(([name, own]) => (touched.has(name) || own[0] === name ? own : [digestOf(name, own)]));
}

const OF_CHAIN = /^(\S+) (?::|-A )(\S+)/;

function digestOf(name: string, lines: readonly string[]): string {
  const digest = createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
  return `${name.replace('/', ' ')}: ${lines.length} ${lines.length === 1 ? 'line' : 'lines'}, sha256 ${digest}`;
}
