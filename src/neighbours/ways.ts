// neighbours/ways.ts — by which ways a host sends IPv4 packets: routes of the main table, and of those that are asked before it.
import { numberOf, readRecords, textOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { KERNEL } from '../iproute2/routes.ts';
import type { RouteRecord } from '../iproute2/routes.ts';
import { METRIC, PROTOCOL, UNANNOUNCED } from '../kinds/ours.ts';
import { bitsOf, parseCidr, parseIp, rangeOf } from '../net/ipv4.ts';
import type { Cidr, Range } from '../net/ipv4.ts';

/** A route that is narrower than half of all there is; a wider one only where it is asked before the main table. */
export interface Way {
  readonly to: Cidr;
  readonly range: Range;
  /** None: it leads nowhere (`blackhole`). */
  readonly links: readonly string[];
  readonly isOurs: boolean;
  /** A routing rule has it asked before the main table. */
  readonly before: boolean;
  /** As `ip route` says it: `10.8.0.0/16 via 10.0.0.2 dev tun0 table 100`. */
  readonly words: string;
}

export const READ_RULES: readonly string[] = ['ip', '-4', '-N', '-j', 'rule', 'show'];

const [LOCAL, MAIN] = ['255', '254'];
/** Types of routes beside those to one machine or network; local, broadcast and the like are the host's own. */
const NOWHERE = ['blackhole', 'unreachable', 'prohibit'];
/** What a rule may ask beside its destination. */
const PARTLY = ['fwmark', 'iif', 'oif', 'ipproto', 'sport', 'dport', 'uid_start', 'tun_id', 'tos', 'l3mdev', 'not'];

/** Whether any table beside the main one has something: then the rules tell which. */
export function hasTables(routes: readonly RouteRecord[]): boolean {
  return routes.some(({ table = MAIN }) => ![MAIN, LOCAL].includes(table));
}

/** Pure. A rule that means only some packets leads nowhere here: which of the host's they are, nobody can tell. */
export function waysOf(routes: readonly RouteRecord[], rules: string): readonly Way[] {
  const all = readRecords(rules).toSorted((a, b) => (numberOf(a, 'priority') ?? 0) - (numberOf(b, 'priority') ?? 0));
  const main = all.findIndex((rule) => tableOf(rule) === MAIN && isForAll(rule));
  const first = all.slice(0, Math.max(0, main)).filter((rule) => isForAll(rule));
  const before = new Set(first.map(tableOf));
  const whole = new Set(first.filter((rule) => rule['suppress_prefixlen'] === undefined).map(tableOf));
  return routes.flatMap((route): readonly Way[] => {
    const { table = MAIN, type, protocol, metric } = route;
    const to = cidrOf(route.to);
    const isAsked = table === MAIN || (table !== LOCAL && before.has(table));
    if (!isAsked || to === undefined || !(type === undefined || NOWHERE.includes(type)) || (bitsOf(to) < 2 && !whole.has(table))) return [];
    const isOurs = protocol === PROTOCOL || (protocol === KERNEL && [METRIC, UNANNOUNCED].includes(metric));
    const links = [...(route.link === undefined ? [] : [route.link]), ...route.hops.map(({ link }) => link)];
    return [{ to, range: rangeOf(to), links, isOurs, before: table !== MAIN, words: wordsOf(route, to, links) }];
  });
}

function isForAll(rule: Fields): boolean {
  return textOf(rule, 'src') === 'all' && PARTLY.every((word) => rule[word] === undefined) && rule['dst'] === undefined;
}

function tableOf(fields: Fields): string {
  return textOf(fields, 'table') ?? MAIN;
}

function cidrOf(to: string): Cidr | undefined {
  return parseCidr(to === 'default' ? '0.0.0.0/0' : parseIp(to) === undefined ? to : `${to}/32`);
}

function wordsOf({ via, table, type }: RouteRecord, to: Cidr, links: readonly string[]): string {
  return [
    ...(type === undefined ? [] : [type]), to, ...(via === undefined ? [] : [`via ${via}`]),
    ...(links.length === 0 ? [] : [`dev ${links.join(' and ')}`]), ...(table === undefined ? [] : [`table ${table}`]),
  ].join(' ');
}
