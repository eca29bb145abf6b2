// parts/floating.ts — floating addresses: where they come from, and which NIC has which.
import { addressPool } from '../allocate/addresses.ts';
import type { Pool as AllocationPool, Request } from '../allocate/allocate.ts';
import type { Facts } from '../core/facts.ts';
import type { Allocations } from '../core/stored.ts';
import type { Flow } from '../kinds/flow/model.ts';
import { holds, ipOf, parseIp } from '../net/ip.ts';
import type { Ip } from '../net/ip.ts';
import type { Floating, Nic, Pool, Spec } from '../specfile/model.ts';

export function floatingPoolName(pool: string): string {
  return `pool ${pool}`;
}

/** The address that was given for a wish. Its pool is known: a spec in which it is not is refused. */
export function floatingAddressOf({ holder, pool }: Floating, allocations: Allocations): Ip<4> {
  const value = pool === undefined ? undefined : allocations[floatingPoolName(pool)]?.[holder];
  const ip = value === undefined ? undefined : parseIp(value, 4);
  if (ip === undefined) throw new Error(`${holder} was granted no floating address`);
  return ip;
}

/** Whatever is free in a pool, and kept. */
interface FreeWish extends Floating {
  readonly pool: string;
}

function isFree(wish: Floating): wish is FreeWish {
  return wish.pool !== undefined && wish.address === undefined;
}

/** Whether somebody's free address is not among what is known. */
export function lacksFloating(spec: Spec, allocations: Allocations): boolean {
  return spec.instances.some(({ nics }) =>
    nics.some(({ floating }) =>
      floating.some((wish) => isFree(wish) && allocations[floatingPoolName(wish.pool)]?.[wish.holder] === undefined),
    ),
  );
}

/**
 * Who has which free address, by what the host translates; of several that a NIC has, the first here is for its first
 * wish.
 */
export function* floatingHoldings(
  spec: Spec,
  translated: readonly Flow[],
  fixedOf: (nic: Nic) => string | undefined,
): Iterable<{ readonly pool: string; readonly holder: string; readonly ip: Ip<4> }> {
  const byFixed = new Map<string, Ip<4>[]>();
  for (const { floating, fixed } of translated) {
    const [ip, own] = [parseIp(floating, 4), byFixed.get(fixed)];
    if (ip === undefined) continue;
    if (own === undefined) byFixed.set(fixed, [ip]);
    else own.push(ip);
  }
  const pools = new Map(spec.pools.map((pool) => [pool.name, pool]));
  for (const { nics } of spec.instances)
    for (const nic of nics) {
      const named = new Set(nic.floating.map(({ address }) => address));
      const left = new Set((byFixed.get(fixedOf(nic) ?? '') ?? []).filter((ip) => !named.has(ip)));
      for (const { pool, holder } of nic.floating.filter(isFree)) {
        const ip = [...left].find((one) => pools.get(pool)?.ranges.some(({ usable }) => holds(usable, one)));
        if (ip === undefined) continue;
        left.delete(ip);
        yield { pool: floatingPoolName(pool), holder, ip };
      }
    }
}

/** What the NICs of all hosts ask for. */
export function* floatingRequests(spec: Spec, facts: Facts): Iterable<Request> {
  const pools = new Map(spec.pools.map((pool) => [pool.name, floatingPool(pool, spec, facts)]));
  for (const { nics } of spec.instances)
    for (const { floating } of nics)
      for (const { holder, path, pool, address } of floating) {
        const from = pools.get(pool ?? '');
        if (from !== undefined)
          yield { pool: from, holder, because: path, ...(address === undefined ? {} : { exactly: address }) };
      }
}

/** What a pool can give: none that a host or a network has for itself, nor the routers that the host sends to. */
function floatingPool({ name, ranges }: Pool, spec: Spec, facts: Facts): AllocationPool {
  const links = [...facts.links.values()];
  const own = links.flatMap((link) => link.addresses.filter(({ ours }) => !ours).map(({ cidr }) => ipOf(cidr)));
  const routers = links.flatMap((link) => link.routes.map(({ via }) => via));
  const taken = new Set<string | undefined>([
    ...own,
    ...routers,
    ...spec.hosts.map(({ sourceAddress }) => sourceAddress),
    ...spec.networks.map(({ gateway }) => gateway),
  ]);
  const sources = spec.networks.flatMap((network) =>
    network.mode === 'flat' || typeof network.snat === 'boolean' ? [] : [network.snat],
  );
  // In the order in which they are written.
  const usable = ranges.map((range) => range.usable);
  return addressPool({
    name: floatingPoolName(name),
    quarantineSeconds: 0,
    widen: '`ranges`',
    usable,
    offered: usable,
    reserved: [],
    barred: sources,
    taken,
  });
}
