// pipeline/occupancy/occupancy.ts — the addresses of a network or pool: which are used, by whom and for what, and which
// are free.
import type { Request } from '../../allocate/allocate.ts';
import type { Facts } from '../../core/facts.ts';
import type { Path } from '../../core/resource.ts';
import type { Stored } from '../../core/stored.ts';
import { hostsOf, ipOf, parseIp, parseRange, rangeOf } from '../../net/ip.ts';
import type { Range } from '../../net/ip.ts';
import { floatingPoolName } from '../../parts/floating.ts';
import { poolName } from '../../parts/fixed-ip.ts';
import { without } from '../../net/intervals.ts';
import type { Network, Nic, Pool, Spec } from '../../specfile/model.ts';

/** Who uses an address, or some. */
export interface Use {
  readonly range: Range<4>;
  /**
   * fixed, floating: `holder` is what requests it, a NIC by name. gateway: of the guests. server: the host's own on the network. host:
   * of the link `holder` of this host. router: where this host sends to. source: of SNAT. quarantined: released by
   * `holder`, and nobody else's until `until`. reserved, by-name: given only to who names it. edge: the network's own
   * or its broadcast address.
   */
  readonly is:
    | 'fixed'
    | 'floating'
    | 'gateway'
    | 'server'
    | 'host'
    | 'router'
    | 'source'
    | 'quarantined'
    | 'reserved'
    | 'free'
    | 'by-name'
    | 'edge';
  readonly holder?: string;
  /** Of a floating address: the fixed one behind it. */
  readonly to?: string;
  /** Milliseconds of the epoch. */
  readonly until?: number;
  /** Only the spec has it so far, or only the host still does. */
  readonly state?: 'planned' | 'leaving';
  readonly because?: Path;
}

/** A network or a pool. */
export interface Occupancy {
  readonly of: 'network' | 'pool';
  readonly name: string;
  readonly path: Path;
  /** All that are its addresses; those that can be somebody's. */
  readonly whole: readonly Range<4>[];
  readonly usable: readonly Range<4>[];
  /** In order. */
  readonly uses: readonly Use[];
  /** Given out by themselves. */
  readonly free: readonly Range<4>[];
  /** Requests that the next apply gives one of the free. */
  readonly pending: number;
}

export interface Known {
  readonly spec: Spec;
  readonly facts: Facts;
  /** Of all features. */
  readonly requests: readonly Request[];
  readonly stored: Stored;
  /** Milliseconds of the epoch. */
  readonly now: number;
}

export function networkOccupancy(network: Network, known: Known): Occupancy {
  const { name, path, cidr, allocate, reserve, gateway } = network;
  const asked = askedOf(poolName(name), known);
  const hosts = hostsOf(cidr);
  const uses: Use[] = [
    ...(gateway === undefined ? [] : [use('gateway', gateway, [...path, 'gateway'])]),
    ...(network.mode === 'flat' || network.dhcp.server === gateway
      ? []
      : [use('server', network.dhcp.server, [...path, 'dhcp', 'server'])]),
    ...held('fixed', poolName(name), asked, known),
    ...reserve.map((range, i): Use => ({ range, is: 'reserved', because: [...path, 'reserve', i] })),
  ];
  const within = allocate
    .map(({ first, last }) => ({ first: Math.max(first, hosts.first), last: Math.min(last, hosts.last) }))
    .filter(({ first, last }) => first <= last);
  return occupancy(
    { of: 'network', name, path, whole: [rangeOf(cidr)], usable: [hosts], pending: pendingOf(asked) },
    within,
    [...uses, ...ofLinks([hosts], uses, known)],
  );
}

export function poolOccupancy({ name, path, ranges }: Pool, known: Known): Occupancy {
  const { hosts, networks, instances } = known.spec;
  const behind = new Map(
    instances.flatMap(({ nics }) => nics.flatMap((nic) => nic.floating.map(({ holder }) => [holder, nic] as const))),
  );
  const asked = askedOf(floatingPoolName(name), known).map((one): Asked => {
    const nic = behind.get(one.holder);
    return nic === undefined ? one : { ...one, to: fixedOf(nic, known) };
  });
  const usable = ranges.map((range) => range.usable);
  const uses: Use[] = [
    ...hosts.flatMap((host) =>
      host.sourceAddress === undefined
        ? []
        : [use('source', host.sourceAddress, ['hosts', host.name, 'sourceAddress'])],
    ),
    ...networks.flatMap((network): readonly Use[] =>
      network.mode === 'flat' || typeof network.snat === 'boolean'
        ? []
        : [{ range: network.snat, is: 'source', because: [...network.path, 'snat'] }],
    ),
    ...networks.flatMap((network) =>
      network.gateway === undefined ? [] : [use('gateway', network.gateway, [...network.path, 'gateway'])],
    ),
    ...held('floating', floatingPoolName(name), asked, known),
  ];
  return occupancy(
    { of: 'pool', name, path, whole: ranges.map(({ written }) => written), usable, pending: pendingOf(asked) },
    usable,
    [...uses, ...ofLinks(usable, uses, known)],
  );
}

/** Who requests something of a pool: with what is requested by name, else with what was granted. */
function askedOf(pool: string, { requests, stored }: Known): readonly Asked[] {
  return requests
    .filter((request) => request.pool.name === pool)
    .map(({ holder, because, exactly }) => ({
      holder,
      path: because,
      address: exactly ?? stored.allocations[pool]?.[holder],
    }));
}

/** What a NIC asks for, else what it has. */
function fixedOf({ holder, network, address }: Nic, { stored }: Known): string | undefined {
  return address ?? stored.allocations[poolName(network)]?.[holder];
}

function pendingOf(asked: readonly Asked[]): number {
  return asked.filter(({ address }) => address === undefined).length;
}

function use(is: Use['is'], address: string, because: Path): Use {
  return { range: one(address), is, because };
}

function occupancy(
  realm: Omit<Occupancy, 'uses' | 'free'>,
  given: readonly Range<4>[],
  uses: readonly Use[],
): Occupancy {
  const own = uses.filter(({ range }) =>
    realm.whole.some(({ first, last }) => range.first <= last && first <= range.last),
  );
  return {
    ...realm,
    uses: own.toSorted((a, b) => a.range.first - b.range.first || a.range.last - b.range.last),
    free: without(
      given,
      own.map(({ range }) => range),
    ),
  };
}

interface Asked {
  readonly holder: string;
  readonly path: Path;
  /** By name, or what it has; none before the first apply. */
  readonly address: string | undefined;
  /** Of a floating address: the fixed one behind it. */
  readonly to?: string | undefined;
}

/** What somebody has, will have, or had. */
function* held(is: 'fixed' | 'floating', pool: string, asked: readonly Asked[], { stored, now }: Known): Iterable<Use> {
  const had = stored.allocations[pool] ?? {};
  for (const { holder, path, address, to } of asked) {
    if (address === undefined) continue;
    yield {
      ...use(is, address, path),
      holder: nicOf(holder),
      ...(to === undefined ? {} : { to }),
      ...(had[holder] === address ? {} : { state: 'planned' }),
    };
  }
  const wanted = new Map(asked.map(({ holder, address }) => [holder, address]));
  for (const [holder, value] of Object.entries(had))
    if (wanted.get(holder) !== value) yield { range: one(value), is, holder: nicOf(holder), state: 'leaving' };
  for (const [value, { holder, until }] of Object.entries(stored.quarantined[pool] ?? {}))
    if (until > now) yield { range: one(value), is: 'quarantined', holder: nicOf(holder), until };
}

/** Who holds a floating address is a NIC's wish: `vm-1/blue public#2`. */
function nicOf(holder: string): string {
  return holder.split(' ', 1).join('');
}

/** What this host's interfaces have and where they send to, beside what is known of the addresses already. */
function ofLinks(within: readonly Range<4>[], uses: readonly Use[], { facts }: Known): readonly Use[] {
  const found = [...facts.links.values()].flatMap(({ name, addresses, routes }): readonly Use[] => [
    ...addresses.flatMap(({ cidr }): readonly Use[] => ofLink(ipOf(cidr), 'host', name)),
    ...routes.flatMap(({ via }): readonly Use[] => ofLink(via, 'router', name)),
  ]);
  const known = new Set(
    uses.filter(({ is }) => is !== 'reserved' && is !== 'quarantined').map(({ range }) => range.first),
  );
  return found.filter(
    ({ range: { first } }, i) =>
      within.some((range) => range.first <= first && first <= range.last) &&
      !known.has(first) &&
      found.findIndex(({ range }) => range.first === first) === i,
  );
}

function ofLink(text: string | undefined, is: 'host' | 'router', holder: string): readonly Use[] {
  const ip = text === undefined ? undefined : parseIp(text, 4);
  return ip === undefined ? [] : [{ range: one(ip), is, holder }];
}

function one(text: string): Range<4> {
  const range = parseRange(text, 4);
  if (range === undefined) throw new Error(`${text} is no address`);
  return range;
}
