// iproute2/ways.ts — what of a host's routes and rules decides where IPv4 packets to a network go: of the main table,
// and of what is asked before it.
import { KERNEL } from './routes.ts';
import type { RouteRecord } from './routes.ts';
import { METRIC, PROTOCOL, UNANNOUNCED } from '../core/marks.ts';
import { countOf, within, without } from '../net/intervals.ts';
import { bitsOf, covers, overlap, parseCidr, parseIp, rangeOf, toNumber } from '../net/ip.ts';
import type { Cidr, Ip, Range } from '../net/ip.ts';
import { LOCAL, MAIN, meantBy, parsePolicies, tableName } from './policy.ts';
import type { Lookup, Packet, Policy } from './policy.ts';

/** A route or a rule that decides about addresses of a network before the network's own route, or instead of it. */
export interface Way {
  /** A route's. */
  readonly to?: Cidr<4>;
  readonly links: readonly string[];
  /** What of the network goes by it. `none`: it is wider, and loses to the network what it had. */
  readonly takes: 'all' | 'some' | 'none';
  /** `route 10.8.0.0/16 via 10.0.0.2 dev tun0 table 100`, `rule 100: from all to 10.8.0.0/16 prohibit` */
  readonly words: string;
}

/** The network as the host is to have it. */
export interface Aim {
  readonly range: Range<4>;
  readonly bits: number;
  /** The host's own address there. */
  readonly gateway: Ip<4>;
  /** What these links carry is the network's own. */
  readonly links: ReadonlySet<string>;
  /** By which answers from outside come for its instances. */
  readonly comesBy: readonly string[];
}

export interface Route {
  readonly to: Cidr<4>;
  readonly range: Range<4>;
  readonly links: readonly string[];
  readonly record: RouteRecord;
}

export interface Routing {
  readonly tables: ReadonlyMap<string, readonly Route[]>;
  readonly policies: readonly Policy[];
}

export interface Found {
  readonly by: Policy;
  /** Undefined: the rule itself. */
  readonly route?: Route;
  readonly ranges: readonly Range<4>[];
}

export interface Looked {
  readonly passed: readonly Range<4>[];
  readonly found: readonly Found[];
}

/** A wider one than this in the main table is the way to everybody. */
export const NARROW = 2;

/** Pure. The longest first, and of these the one that the kernel takes first. */
export function routingOf(routes: readonly RouteRecord[], rules: string): Routing {
  const read = routes.flatMap((record): readonly Route[] => {
    const to = cidrOf(record.to);
    const links = [...(record.link === undefined ? [] : [record.link]), ...record.hops.map(({ link }) => link)];
    return to === undefined ? [] : [{ to, range: rangeOf(to), links, record }];
  });
  const sorted = read.toSorted((a, b) => bitsOf(b.to) - bitsOf(a.to) || a.record.metric - b.record.metric);
  const tables = new Map<string, Route[]>(sorted.map(({ record }) => [record.table ?? MAIN, []]));
  for (const route of sorted) tables.get(route.record.table ?? MAIN)?.push(route);
  return { tables, policies: parsePolicies(rules) };
}

/** The host finds its own address itself, before it asks any other rule. */
function guestsOf({ range, gateway }: Aim): readonly Range<4>[] {
  return without([range], [{ first: toNumber(gateway), last: toNumber(gateway) }]);
}

/** A rule that asks of a packet what most do not have leads nowhere here: which it means, nobody can tell. */
export function waysTo(aim: Aim, { tables, policies }: Routing): readonly Way[] {
  const isNear = ({ range }: Route): boolean => overlap(range, aim.range);
  const near: Routing = { policies, tables: new Map([...tables].map(([table, all]) => [table, all.filter(isNear)])) };
  const before = packetsTo(aim, policies).flatMap((packet) => [
    ...followed(policies, packet, guestsOf(aim), (policy, then, met) => lookedUp(aim, near, policy, then, met)),
  ]);
  const inMain = (near.tables.get(MAIN) ?? []).flatMap((route) => wayInMain(route, aim));
  const all = [...inMain, ...before.map((found) => wayBy(found, aim))];
  return [...new Map(all.toReversed().map((way) => [way.words, way])).values()].toReversed();
}

/** What the host sends, what comes from elsewhere, and what instances send: one for all that no rule tells apart. */
function packetsTo({ range, gateway, comesBy }: Aim, policies: readonly Policy[]): readonly Packet[] {
  const edges = policies
    .flatMap(({ from }) => (from === undefined ? [] : [from.first, from.last + 1]))
    .filter((edge) => range.first <= edge && edge <= range.last);
  return [
    { source: 0, isOwn: true },
    { source: toNumber(gateway), isOwn: true },
    { source: undefined, isOwn: false },
    ...comesBy.map((iif) => ({ source: undefined, isOwn: false, iif })),
    ...[...new Set([range.first, ...edges])].map((source) => ({ source, isOwn: false })),
  ];
}

/** What a rule's table has for addresses. */
export type LookUp = (policy: Policy, then: Lookup, met: readonly Range<4>[]) => Looked;

/**
 * As the kernel does, from rule to rule. What a `goto` has led past the main table, that decides about. Returns what
 * nothing was found for.
 */
export function* followed(
  policies: readonly Policy[],
  packet: Packet,
  all: readonly Range<4>[],
  lookUp: LookUp,
  from = 0,
  by?: Policy,
): Generator<Found, readonly Range<4>[]> {
  let left = all;
  for (const [i, policy] of policies.entries()) {
    const met = i < from || left.length === 0 ? [] : meantBy(policy, packet, left);
    const { then } = policy;
    if (met.length === 0 || then === 'next') continue;
    if (then === 'nowhere') yield { by: policy, ranges: met };
    else if ('goto' in then) {
      const target = policies.findIndex(({ priority }, j) => j > i && priority === then.goto);
      if (target < 0) continue;
      yield* followed(policies, packet, met, lookUp, target, policy);
    } else {
      const { passed, found } = lookUp(policy, then, met);
      yield* found;
      left = [...without(left, met), ...passed];
      continue;
    }
    left = without(left, met);
  }
  if (by === undefined || left.length === 0) return left;
  yield { by, ranges: left };
  return [];
}

/** What no route is for, or one that throws, the next rule has. The main table has the network's own route. */
function lookedUp(
  aim: Aim,
  { tables }: Routing,
  by: Policy,
  { table, suppress }: Lookup,
  met: readonly Range<4>[],
): Looked {
  if (table === MAIN) return { passed: suppress >= aim.bits ? met : [], found: [] };
  const found: Found[] = [];
  const passed: Range<4>[] = [];
  let left = met;
  for (const route of tables.get(table) ?? []) {
    const ranges = within(left, route.range);
    const { type, tos, protocol } = route.record;
    if (ranges.length === 0 || tos !== undefined || (table === LOCAL && protocol === KERNEL)) continue;
    left = without(left, ranges);
    if (type === 'throw' || bitsOf(route.to) <= suppress) passed.push(...ranges);
    else if (!isOwn(route, aim)) found.push({ by, route, ranges });
  }
  return { passed: [...left, ...passed], found };
}

/** What leads nowhere, and is wider, takes nothing from a network within it. */
function wayInMain(route: Route, aim: Aim): readonly Way[] {
  const { to, range, links } = route;
  const [isAround, isWithin] = [covers(range, aim.range), covers(aim.range, range)];
  if (bitsOf(to) < NARROW || isOwn(route, aim) || (links.length === 0 && isAround && !isWithin)) return [];
  return [{ to, links, words: `route ${wordsOf(route)}`, takes: !isAround ? 'some' : isWithin ? 'all' : 'none' }];
}

function wayBy(found: Found, aim: Aim): Way {
  const { route, ranges } = found;
  const takes = countOf(ranges) === countOf(guestsOf(aim)) ? 'all' : 'some';
  const words = wordsFor(found);
  return route === undefined ? { links: [], takes, words } : { to: route.to, links: route.links, takes, words };
}

/** The route, and the rule that leads to it where that is not for everything; or the rule itself. */
export function wordsFor({ by, route }: Pick<Found, 'by' | 'route'>): string {
  if (route === undefined) return `rule ${by.words}`;
  return `route ${wordsOf(route)}${by.isForAll ? '' : ` by the rule ${by.words}`}`;
}

/** netctl's, the kernel's for an address of netctl's, and one by a link of the network itself. */
function isOwn({ links, record: { protocol, metric } }: Route, aim: Aim): boolean {
  if (protocol === PROTOCOL || (protocol === KERNEL && [METRIC, UNANNOUNCED].includes(metric))) return true;
  return links.length > 0 && links.every((link) => aim.links.has(link));
}

function cidrOf(to: string): Cidr<4> | undefined {
  return parseCidr(to === 'default' ? '0.0.0.0/0' : parseIp(to, 4) === undefined ? to : `${to}/32`, 4);
}

function wordsOf({ to, links, record: { via, table, type } }: Route): string {
  return [
    ...(type === undefined ? [] : [type]),
    to,
    ...(via === undefined ? [] : [`via ${via}`]),
    ...(links.length === 0 ? [] : [`dev ${links.join(' and ')}`]),
    ...(table === undefined ? [] : [`table ${tableName(table)}`]),
  ].join(' ');
}
