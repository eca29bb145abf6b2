// conflicts/route-shares.ts — by which ways what instances send to the outside goes, and how much of it by each.
import { KERNEL } from '../iproute2/routes.ts';
import { countOf, within, without } from '../net/intervals.ts';
import { bitsOf, overlap, rangeOf, toNumber } from '../net/ip.ts';
import type { Cidr, Range } from '../net/ip.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { EVERYWHERE } from './model.ts';
import { LOCAL } from '../iproute2/policy.ts';
import type { Lookup, Packet, Policy } from '../iproute2/policy.ts';
import { followed, wordsFor } from '../iproute2/ways.ts';
import type { Found, Looked, LookUp, Route, Routing } from '../iproute2/ways.ts';

/** Addresses of nobody in particular: those that are nobody's, or one's own, have ways of their own (RFC 6890). */
const OUTSIDE = without(
  [EVERYWHERE],
  [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '224.0.0.0/3',
  ].map((cidr) => rangeOf(cidr as Cidr<4>)),
);
/** Less of it than this is a way to somebody, and not to everybody. */
export const LEAST = countOf(OUTSIDE) / 4;
/** A host that knows a way to each network of the world is not judged. */
const MOST_ROUTES = 2000;

/** What of it goes one way. */
export interface Share {
  /** Undefined: no route is for it. */
  readonly found: Found | undefined;
  /** Where it leaves; undefined: nowhere. */
  readonly link: string | undefined;
  readonly count: number;
  /** Only for packets that have what a rule asks: a mark, a port. */
  readonly isSpecial?: boolean;
}

/** Where packets that have what a rule asks go, and others do not. `marked`: somebody may mark them. */
export function specialShares(network: RoutedNetwork, routing: Routing, marked: boolean): readonly Share[] {
  const usual = new Set(sharesOf(network, routing).map(keyOf));
  const asking = routing.policies.filter(
    ({ asks, not }) => !not && asks.length > 0 && asks.every((one) => mayHave(one, marked)),
  );
  const kinds = new Map(asking.map(({ asks }) => [asks.join(' '), asks]));
  return [...kinds.values()]
    .flatMap((isFor) => sharesOf(network, routing, isFor))
    .flatMap((share) => (share.found === undefined || usual.has(keyOf(share)) ? [] : [{ ...share, isSpecial: true }]));
}

function keyOf({ found, link }: Share): string {
  return `${found === undefined ? '' : wordsFor(found)} ${link ?? ''}`;
}

/** Of a packet that an instance sends: no user of the host's does, and it is no longer in a tunnel. */
function mayHave(asked: string, marked: boolean): boolean {
  return /^(ipproto|sport|dport|tos) /.test(asked) || (marked && asked.startsWith('fwmark '));
}

/** By which device goes to everybody what no rule tells apart. */
export function usualLink(routing: Routing): string | undefined {
  return sentFrom({ source: undefined, isOwn: false }, routing).toSorted((a, b) => b.count - a.count)[0]?.link;
}

/** Of instances whom no rule tells apart, one stands for all. */
export function sharesOf(network: RoutedNetwork, routing: Routing, has: readonly string[] = []): readonly Share[] {
  const counts = new Map<string, Share>();
  for (const source of sourcesIn(network, routing.policies)) {
    const here = new Map<string, Share>();
    // The widest of those routes stands for all.
    for (const { found, link, count } of sentFrom({ source, isOwn: false, iif: network.bridge, has }, routing).toSorted(
      (a, b) => b.count - a.count,
    )) {
      const key = `${link ?? ''} ${found === undefined ? 'none' : found.route === undefined ? found.by.words : (found.route.record.type ?? '')}`;
      const known = here.get(key);
      here.set(key, { found: known?.found ?? found, link, count: count + (known?.count ?? 0) });
    }
    for (const [key, share] of here) if (share.count > (counts.get(key)?.count ?? 0)) counts.set(key, share);
  }
  return [...counts.values()];
}

function sentFrom(packet: Packet, { tables, policies }: Routing): readonly Share[] {
  const near = new Map(
    [...tables].map(([table, routes]) => [
      table,
      routes.filter(({ range, record }) => isOutside(range) && !(table === LOCAL && record.protocol === KERNEL)),
    ]),
  );
  if ([...near.values()].some(({ length }) => length > MOST_ROUTES)) return [];
  const lookUp: LookUp = (by, then, met) => lookedUp(near.get(then.table) ?? [], by, then, met);
  const walk = followed(policies, packet, OUTSIDE, lookUp);
  const shares: Share[] = [];
  let step = walk.next();
  for (; step.done !== true; step = walk.next()) shares.push(...shareOf(step.value));
  return [
    ...shares,
    ...(step.value.length === 0 ? [] : [{ found: undefined, link: undefined, count: countOf(step.value) }]),
  ];
}

function isOutside(range: Range<4>): boolean {
  return OUTSIDE.some((one) => overlap(one, range));
}

function lookedUp(routes: readonly Route[], by: Policy, { suppress }: Lookup, met: readonly Range<4>[]): Looked {
  const found: Found[] = [];
  const passed: Range<4>[] = [];
  let left = met;
  for (const route of routes) {
    const ranges = within(left, route.range);
    if (ranges.length === 0 || route.record.tos !== undefined) continue;
    left = without(left, ranges);
    if (route.record.type === 'throw' || bitsOf(route.to) <= suppress) passed.push(...ranges);
    else found.push({ by, route, ranges });
  }
  return { passed: [...left, ...passed], found };
}

/**
 * All of it by each of several next hops: whose turn it is, nobody knows. What the host has for itself goes nowhere
 * else.
 */
function shareOf(found: Found): readonly Share[] {
  const count = countOf(found.ranges);
  if (found.route?.record.type === 'local') return [];
  const links = [...new Set(found.route?.links ?? [])];
  return links.length === 0 ? [{ found, link: undefined, count }] : links.map((link) => ({ found, link, count }));
}

/** An address of each part that rules tell apart: none that is the host's, or nobody's. */
function sourcesIn({ cidr, dhcp: { server } }: RoutedNetwork, policies: readonly Policy[]): readonly number[] {
  const { first, last } = rangeOf(cidr);
  const edges = policies.flatMap(({ from }) => (from === undefined ? [] : [from.first, from.last + 1]));
  const parts = [...new Set([first, ...edges.filter((edge) => first < edge && edge <= last)])].sort((a, b) => a - b);
  return parts.flatMap((from, i) => {
    const until = (parts[i + 1] ?? last + 1) - 1;
    const guests = without(
      [{ first: Math.max(from, first + 1), last: Math.min(until, last - 1) }],
      [{ first: toNumber(server), last: toNumber(server) }],
    );
    return guests.flatMap((one) => (one.first <= one.last ? [one.first] : [])).slice(0, 1);
  });
}
