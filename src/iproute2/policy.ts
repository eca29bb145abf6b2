// iproute2/policy.ts — the IPv4 rules by which a host chooses a routing table, and which packets each of them means.
import { numberOf, readRecords, textOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { within, without } from '../net/intervals.ts';
import { baseOf, rangeOf } from '../net/ip.ts';
import type { Cidr, Range } from '../net/ip.ts';

export const READ_RULES: readonly string[] = ['ip', '-4', '-N', '-j', 'rule', 'show'];
export const [LOCAL, MAIN] = ['255', '254'];
const NAMES: Readonly<Record<string, string>> = { 255: 'local', 254: 'main', 253: 'default' };

export interface Lookup {
  readonly table: string;
  /** Routes of this length and wider ones are passed over. */
  readonly suppress: number;
}

export interface Policy {
  readonly priority: number;
  readonly not: boolean;
  readonly from?: Range<4>;
  readonly to?: Range<4>;
  readonly iif?: string;
  /** What else it asks, which most packets do not have: a mark, a port, a user. Each as `fwmark 0x1`. */
  readonly asks: readonly string[];
  /** It means every packet, whatever it is. */
  readonly isForAll: boolean;
  readonly then: Lookup | { readonly goto: number } | 'nowhere' | 'next';
  /** As `ip rule` says it: `100: from all to 192.168.0.0/16 lookup 100`. */
  readonly words: string;
}

/** One that bears no mark, unless it `has` what a rule asks. */
export interface Packet {
  /** 0: the host has not chosen one yet. Undefined: of somebody elsewhere. */
  readonly source: number | undefined;
  /** The host itself sends it: its `iif` is lo. */
  readonly isOwn: boolean;
  /** What it came in by, where that is known. */
  readonly iif?: string;
  readonly has?: readonly string[];
}

/** Of a host whose rules nobody has changed, or that does not say them. */
const USUAL = JSON.stringify(
  [
    [0, LOCAL],
    [32766, MAIN],
  ].map(([priority, table]) => ({ priority, src: 'all', table })),
);
/** Whatever else a rule says is something that it asks of a packet, too. */
const ASKS_NOTHING: ReadonlySet<string> = new Set([
  'priority',
  'not',
  'src',
  'srclen',
  'dst',
  'dstlen',
  'iif',
  'iif_detached',
  'fwmark',
  'fwmask',
  'protocol',
  'table',
  'action',
  'goto',
  'unresolved',
  'nop',
  'suppress_prefixlen',
  'suppress_ifgroup',
  'flow_from',
  'flow_to',
]);
/** FR_ACT_BLACKHOLE and its kin, as `ip -N` prints them. */
const NOWHERE: Readonly<Record<string, string>> = { 6: 'blackhole', 7: 'unreachable', 8: 'prohibit' };

/** As `ip rule` says them without -N. */
const PROTOCOLS: Readonly<Record<string, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp' };

export function parsePolicies(text: string): readonly Policy[] {
  return readRecords(text.trim() === '' ? USUAL : text)
    .map(policyOf)
    .toSorted((a, b) => a.priority - b.priority);
}

/** As `ip` says it without -N. */
export function tableName(table: string): string {
  return NAMES[table] ?? table;
}

/** Those of the addresses to which it means what this packet is. */
export function meantBy(
  policy: Policy,
  { source, isOwn, iif: came, has = [] }: Packet,
  all: readonly Range<4>[],
): readonly Range<4>[] {
  const { not, from, to, iif, asks } = policy;
  const isFrom = from === undefined || (source !== undefined && from.first <= source && source <= from.last);
  const fits = asks.every((one) => has.includes(one)) && isFrom && (iif === undefined || iif === (isOwn ? 'lo' : came));
  const here = !fits ? [] : to === undefined ? all : within(all, to);
  return not ? without(all, here) : here;
}

function policyOf(fields: Fields): Policy {
  const [from, to, iif] = [blockOf(fields, 'src'), blockOf(fields, 'dst'), textOf(fields, 'iif')];
  const then = thenOf(fields);
  const priority = numberOf(fields, 'priority') ?? 0;
  const not = fields['not'] !== undefined;
  const others = othersIn(fields);
  const marks = markWords(fields);
  const asks = [...(bearsMark(fields) ? marks : []), ...others];
  const asked = [
    ...(not ? ['not'] : []),
    `from ${from ?? 'all'}`,
    ...(to === undefined ? [] : [`to ${to}`]),
    ...marks,
    ...(iif === undefined ? [] : [`iif ${iif}`]),
    ...others,
  ].join(' ');
  const does = wordsOf(then, fields);
  return {
    priority,
    not,
    then,
    asks,
    isForAll: asked === 'from all',
    words: `${priority}: ${asked} ${does}`,
    ...(from === undefined ? {} : { from: rangeOf(from) }),
    ...(to === undefined ? {} : { to: rangeOf(to) }),
    ...(iif === undefined ? {} : { iif }),
  };
}

function thenOf(fields: Fields): Policy['then'] {
  const [table, goto] = [textOf(fields, 'table'), numberOf(fields, 'goto')];
  if (goto !== undefined) return { goto };
  if (table !== undefined) return { table, suppress: numberOf(fields, 'suppress_prefixlen') ?? -1 };
  return nowhereIn(fields) === '' ? 'next' : 'nowhere';
}

function wordsOf(then: Policy['then'], fields: Fields): string {
  if (then === 'nowhere') return nowhereIn(fields);
  if (then === 'next') return 'nop';
  return 'goto' in then ? `goto ${then.goto}` : `lookup ${tableName(then.table)}`;
}

function nowhereIn(fields: Fields): string {
  const action = textOf(fields, 'action') ?? '';
  return NOWHERE[action] ?? (Object.values(NOWHERE).includes(action) ? action : '');
}

function blockOf(fields: Fields, name: 'src' | 'dst'): Cidr<4> | undefined {
  const base = textOf(fields, name);
  return base === undefined || base === 'all'
    ? undefined
    : baseOf(`${base}/${numberOf(fields, `${name}len`) ?? 32}`, 4);
}

/** `fwmark 0/0xff` means what bears none. */
function bearsMark(fields: Fields): boolean {
  return (Number(textOf(fields, 'fwmark') ?? 0) & Number(textOf(fields, 'fwmask') ?? 0xffffffff)) !== 0;
}

function markWords(fields: Fields): readonly string[] {
  const [mark, mask] = [textOf(fields, 'fwmark'), textOf(fields, 'fwmask')];
  return mark === undefined ? [] : [`fwmark ${mark}${mask === undefined ? '' : `/${mask}`}`];
}

/** `ipproto tcp`, `dport 80-90`, `oif eth1`: a flag is null. */
function othersIn(fields: Fields): readonly string[] {
  return Object.entries(fields)
    .filter(([name]) => !ASKS_NOTHING.has(name) && !name.endsWith('_end'))
    .map(([name, value]) => {
      const what = name.replace(/_start$/, '');
      const said = (typeof value === 'string' ? value : JSON.stringify(value)).replace(/^ipproto-/, '');
      if (what !== name) return `${what} ${said}-${numberOf(fields, `${what}_end`) ?? said}`;
      return value === null ? name : `${name} ${name === 'ipproto' ? (PROTOCOLS[said] ?? said) : said}`;
    });
}
