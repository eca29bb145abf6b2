// conflicts/floating.ts — floating addresses: by which link they are reached, and which of them may be bound there.
import { rangeOf } from '../net/ip.ts';
import type { Range } from '../net/ip.ts';
import { l3DeviceOf } from '../parts/uplink-mapping.ts';
import type { Network, Pool } from '../specfile/model.ts';
import { nicsOn } from './local-nics.ts';
import type { RequiredTraffic, Site } from './required-traffic.ts';

/** The links to which the floating addresses of a network's instances on this host are bound. */
export function floatingLinks(network: Network, site: Site): ReadonlySet<string> {
  const { spec, self } = site;
  const wishes = nicsOn(network, site).flatMap((nic) => nic.floating);
  if (wishes.length === 0) return new Set();
  const pools = new Map(spec.pools.map((pool) => [pool.name, pool.interface ?? self.publicInterface]));
  return new Set(wishes.flatMap(({ pool }) => pools.get(pool ?? '') ?? []).map((name) => l3DeviceOf(name, site)));
}

/** The pools whose addresses are bound on a link. */
export function poolsOn(link: string, site: Site): readonly Pool[] {
  const {
    spec: { pools },
    self: { publicInterface },
  } = site;
  return pools.filter((pool) => {
    const name = pool.interface ?? publicInterface;
    return name !== undefined && l3DeviceOf(name, site) === link;
  });
}

/** The floating addresses of a network's instances that are bound on the link where a packet comes in or leaves. */
export function floatsIn({ network, packet, what }: RequiredTraffic, site: Site): readonly Range<4>[] {
  const link = what === 'floating' ? packet.in : packet.out;
  if (link === undefined) return [];
  const [guests, bound] = [rangeOf(network.cidr), boundOn(link, site)];
  return (site.pairs ?? [])
    .filter(
      ({ floating, fixed }) =>
        guests.first <= fixed && fixed <= guests.last && bound.first <= floating && floating <= bound.last,
    )
    .map(({ floating }) => ({ first: floating, last: floating }));
}

/** From the first floating address that may be bound on a link to the last. */
export function boundOn(link: string, site: Site): Range<4> {
  const ranges = poolsOn(link, site).flatMap((pool) => pool.ranges.map(({ usable }) => usable));
  return { first: Math.min(...ranges.map(({ first }) => first)), last: Math.max(...ranges.map(({ last }) => last)) };
}

/** Whether each instance of a network on this host has a floating address on a link, and is seen there by that. */
export function floatingEverywhere(network: Network, link: string, site: Site): boolean {
  const nics = nicsOn(network, site);
  const there = new Set<string | undefined>(poolsOn(link, site).map(({ name }) => name));
  return nics.length > 0 && nics.every(({ floating }) => floating.some(({ pool }) => there.has(pool)));
}
