// parts/fixed-ip.ts — the addresses and MACs of NICs: where they come from, and who got which.
import { addressPool } from '../allocate/addresses.ts';
import type { Pool, Request } from '../allocate/allocate.ts';
import type { Facts } from '../core/facts.ts';
import { memo } from '../core/memo.ts';
import type { Allocations } from '../core/stored.ts';
import { union, within } from '../net/intervals.ts';
import { hostsOf, ipOf, parseIp, toNumber } from '../net/ip.ts';
import type { Ip } from '../net/ip.ts';
import type { Instance, Network, Nic, Spec } from '../specfile/model.ts';
import { nicMac } from './nic-mac.ts';
import { nicsOn } from './nics-on.ts';

/** A NIC with what it was given. */
export interface Fixed {
  readonly instance: Instance;
  readonly nic: Nic;
  readonly ip: Ip<4>;
  readonly mac: string;
}

export const MACS = 'mac';

/** The NICs on a network, in the order of the spec, with their addresses. */
export function fixedOn(network: Network, spec: Spec, allocations: Allocations): readonly Fixed[] {
  return nicsOn(network, spec).map(({ instance, nic }) => fixedOf(instance, nic, allocations));
}

export function fixedOf(instance: Instance, nic: Nic, allocations: Allocations): Fixed {
  const pool = poolName(nic.network);
  const ip = parseIp(granted(allocations, pool, nic), 4);
  if (ip === undefined) throw new Error(`${nic.holder} was granted no address of ${pool}`);
  return { instance, nic, ip, mac: granted(allocations, MACS, nic) };
}

function granted(allocations: Allocations, pool: string, nic: Nic): string {
  const value = allocations[pool]?.[nic.holder];
  if (value === undefined) throw new Error(`${nic.holder} was granted nothing of ${pool}`);
  return value;
}

export function poolName(network: string): string {
  return `network ${network}`;
}

/** What the NICs on networks of a mode ask for. */
export function* addressRequests(mode: Network['mode'], spec: Spec, facts: Facts): Iterable<Request> {
  const pools = new Map(
    spec.networks
      .filter((network) => network.mode === mode)
      .map((network) => [network.name, networkPool(network, facts)]),
  );
  for (const { nics } of spec.instances)
    for (const nic of nics) {
      const pool = pools.get(nic.network);
      if (pool !== undefined)
        yield {
          pool,
          holder: nic.holder,
          because: nic.path,
          ...(nic.address === undefined ? {} : { exactly: nic.address }),
        };
    }
}

/** The fixed addresses of a network, for whoever needs one there. The host's own are never given out. */
export function networkPool(network: Network, facts: Facts): Pool {
  const hosts = hostsOf(network.cidr);
  const own = addressesOf(facts);
  // A host may have thousands of floating addresses, and of networks: each finds and remembers its own.
  const near = own.slice(placeOf(hosts.first, own), placeOf(hosts.last + 1, own));
  const taken = new Set<Ip<4> | undefined>([
    network.gateway,
    ...(network.mode === 'flat' ? [] : [network.dhcp.server]),
    ...near,
  ]);
  return addressPool({
    name: poolName(network.name),
    quarantineSeconds: network.mode === 'flat' ? 0 : network.dhcp.leaseTime,
    widen: '`allocate`',
    usable: [hosts],
    offered: union(within(network.allocate, hosts)),
    reserved: network.reserve,
    barred: [],
    taken,
  });
}

/** Those of the host, in order. */
const addressesOf = memo((facts: Facts): readonly Ip<4>[] =>
  [...facts.links.values()]
    .flatMap((link) => link.addresses.flatMap(({ cidr }) => parseIp(ipOf(cidr), 4) ?? []))
    .sort((a, b) => toNumber(a) - toNumber(b)),
);

/** Of addresses in order, how many are below one. */
function placeOf(address: number, ips: readonly Ip<4>[]): number {
  let [low, high] = [0, ips.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const ip = ips[middle];
    if (ip !== undefined && toNumber(ip) < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Derived MACs, of first NICs or of others; two names that hash alike are told apart by counting on. */
export function macPool(spec: Spec, isFirst: boolean): Pool {
  return {
    name: MACS,
    quarantineSeconds: 0,
    widen: '`macPrefix`',
    common: false,
    keeps: (value) => value.startsWith(`${spec.macPrefix}:`),
    *candidates(holder) {
      for (let attempt = 0; attempt < 100; attempt++) yield nicMac(spec.macPrefix, holder, attempt, isFirst);
    },
  };
}
