// features/floating-ip/checks.ts — what NICs ask of pools: addresses by name, pools by name, and a way for packets to
// come.
import type { Diagnostic, Path } from '../../core/resource.ts';
import { holds, toIp, type Ip } from '../../net/ip.ts';
import { broadcastOf } from '../../net/ipv4.ts';
import type { Context } from '../../parts/context.ts';
import { uplinkIn } from '../../parts/uplink-mapping.ts';
import { listed } from '../../specfile/checks/names.ts';
import type { Draft } from '../../specfile/draft.ts';
import type { Floating, Host, Nic, Pool, RoutedNetwork } from '../../specfile/model.ts';
import { wrong } from '../../specfile/problem.ts';
import { didYouMean } from '../../specfile/suggest.ts';
import { poolFull, poolsOverlap, poolsUsable, spanOf } from './pool-checks.ts';

export function* check(draft: Draft): Iterable<Diagnostic> {
  yield* unknownPools(draft);
  yield* poolsOverlap(draft);
  yield* poolsUsable(draft);
  yield* poolFull(draft);
  yield* floatingAddresses(draft);
  yield* floatingUnreachable(draft);
  yield* poolInterfaces(draft);
  yield* floatingPoolUnused(draft);
}

interface Wish {
  readonly nic: Nic;
  readonly host: string;
  readonly one: Floating;
}

function* unknownPools({ spec, text, known }: Draft): Iterable<Diagnostic> {
  if (!known.whole) return;
  const named: readonly (readonly [string | null | undefined, Path])[] = [
    [text.defaults?.floatingPool, ['defaults', 'floatingPool']],
    ...Object.entries(text.instances ?? {}).map(
      ([name, instance]) => [instance.floatingPool, ['instances', name, 'floatingPool']] as const,
    ),
    ...wishesOf(spec).flatMap(({ one }) =>
      isDefault(one) || one.address !== undefined ? [] : [[one.pool, [...one.path, 'pool']] as const],
    ),
  ];
  for (const [name, path] of named) {
    if (typeof name === 'string' && !known.pools.has(name))
      yield wrong(
        'unknown-pool',
        `no pool is named ${name}`,
        [path],
        didYouMean(name, known.pools, listed('pools', known.pools)),
      );
  }
}

/** An address that is asked for by name lies in just one pool, and is nobody else's. */
function* floatingAddresses({ spec }: Draft): Iterable<Diagnostic> {
  const holders = new Map<Ip<4>, Floating>();
  for (const { one } of wishesOf(spec)) {
    if (one.address === undefined) continue;
    const other = holders.get(one.address);
    if (other === undefined) holders.set(one.address, one);
    else
      yield wrong(
        'floating-twice',
        `${one.address} is asked for twice, by ${holderOf(other)} and by ${holderOf(one)}`,
        [one.path, other.path],
        'a floating address leads to one NIC: give one of them another',
      );
    yield* one.pool === undefined ? misplaced(one.address, one.path, spec.pools) : takenBy(one.address, one.path, spec);
  }
}

function* misplaced(ip: Ip<4>, path: Path, pools: readonly Pool[]): Iterable<Diagnostic> {
  const within = pools.filter(({ ranges }) => ranges.some(({ usable }) => holds(usable, ip)));
  if (within.length > 1) {
    const ranges = within.flatMap((pool) => pool.ranges.filter(({ usable }) => holds(usable, ip)));
    yield wrong(
      'floating-in-two-pools',
      `${ip} is in ${within.length} pools: ${within.map(({ name }) => name).join(', ')}`,
      [path, ...ranges.map((range) => range.path)],
      'let one of them have it',
    );
    return;
  }
  const edge = pools
    .flatMap((pool) => pool.ranges.map((range) => ({ pool, range })))
    .find(({ range }) => holds(range.written, ip));
  if (edge === undefined)
    yield wrong(
      'floating-outside',
      `${ip} is in no pool`,
      [path],
      pools.length === 0
        ? 'the spec has no pools: write one with this address'
        : `the ranges are ${pools
            .flatMap(({ ranges }) => ranges)
            .slice(0, 4)
            .map(spanOf)
            .join(', ')}`,
    );
  else
    yield wrong(
      'floating-unusable',
      `${ip} is the ${edgeOf(ip, edge.range)} address of ${spanOf(edge.range)} in pool ${edge.pool.name}`,
      [path, edge.range.path],
      `take another; or, if it is no subnet of its own on the uplink's segment, write the range as ${toIp(edge.range.written.first)}-${toIp(edge.range.written.last)}`,
    );
}

/** What comes to such an address is for the host, or comes back to many instances. */
function* takenBy(ip: Ip<4>, path: Path, { hosts, networks }: Draft['spec']): Iterable<Diagnostic> {
  for (const { name, sourceAddress } of hosts) {
    if (sourceAddress === ip)
      yield wrong(
        'floating-is-source',
        `${ip} is the source address of ${name}`,
        [path, ['hosts', name, 'sourceAddress']],
        'the host itself answers there: take another',
      );
  }
  for (const network of networks) {
    if (network.mode === 'flat' || typeof network.snat === 'boolean' || !holds(network.snat, ip)) continue;
    yield wrong(
      'floating-is-source',
      `${ip} is a source address of ${network.name}`,
      [path, [...network.path, 'snat']],
      'an address is for one instance or for a whole network: take another',
    );
  }
}

/** Only what the host routes can be reached by a floating address. */
function* floatingUnreachable({ spec }: Draft): Iterable<Diagnostic> {
  const networks = new Map(spec.networks.map((network) => [network.name, network]));
  const pools = new Map(spec.pools.map((pool) => [pool.name, pool]));
  const hosts = new Map(spec.hosts.map((host) => [host.name, host]));
  for (const { nic, one, host } of wishesOf(spec)) {
    const network = networks.get(nic.network);
    if (network === undefined || isDefault(one)) continue;
    const self = hosts.get(host);
    const by = pools.get(one.pool ?? '')?.interface ?? self?.publicInterface;
    if (network.mode === 'flat')
      yield wrong(
        'floating-unreachable',
        `${nic.network} is a flat network: the host has no address there, and translates none`,
        [one.path, [...network.path, 'mode']],
        'use mode: flat-dhcp or mode: vlan, or leave the floating address out',
      );
    else if (network.gateway === undefined)
      yield wrong(
        'floating-unreachable',
        `${nic.network} has no gateway: its instances cannot reply to who is outside`,
        [one.path, [...network.path, 'gateway']],
        'give it a gateway, or leave the floating address out',
      );
    else if (self !== undefined && by !== undefined && isShutOff(network, by, { spec, self }))
      yield {
        severity: 'warning',
        code: 'floating-unreachable',
        message: `${nic.network} is shut off from ${by}, by which its floating addresses are reached: nobody but the host itself reaches the instance by them`,
        at: [one.path, [...network.path, 'forward']],
        hint: `\`forward: [${by}]\` in the network lets it in and out by ${by} alone; or leave the floating address out`,
      };
  }
}

/** A list may name the bridge that the interface is in, too. */
function isShutOff({ forward }: RoutedNetwork, by: string, at: Pick<Context, 'spec' | 'self'>): boolean {
  if (typeof forward === 'string') return forward === 'none';
  return !forward.some((name) => name === by || uplinkIn(name, at) === by);
}

/** On each host with instances that have addresses of a pool, an interface for them is known, and can carry them. */
function* poolInterfaces({ spec }: Draft): Iterable<Diagnostic> {
  const pools = new Map(spec.pools.map((pool) => [pool.name, pool]));
  const hosts = new Map(spec.hosts.map((host) => [host.name, host]));
  const said = new Set<string>();
  for (const wish of wishesOf(spec)) {
    const [pool, host] = [pools.get(wish.one.pool ?? ''), hosts.get(wish.host)];
    if (pool === undefined || host === undefined || said.has(`${pool.name} ${host.name}`)) continue;
    said.add(`${pool.name} ${host.name}`);
    yield* interfaceOf(pool, host, wish, spec);
  }
}

function* interfaceOf(pool: Pool, host: Host, { one }: Wish, spec: Draft['spec']): Iterable<Diagnostic> {
  const name = pool.interface ?? host.publicInterface;
  const hostPath = host.implied ? [] : [['hosts', host.name]];
  if (name === undefined) {
    yield wrong(
      'pool-interface-missing',
      `no interface is known for the addresses of pool ${pool.name} on ${host.implied ? 'the host' : host.name}`,
      [one.path, pool.path, ...hostPath],
      host.implied
        ? `write pools: { ${pool.name}: { interface: eth1 } }`
        : `write hosts: { ${host.name}: { publicInterface: eth1 } }, or an interface for the pool`,
    );
    return;
  }
  const device = spec.networks.find((network) => network.mode === 'vlan' && network.device === name);
  const nic = spec.instances
    .filter((instance) => instance.host === host.name)
    .flatMap(({ nics }) => nics)
    .find((own) => own.device.name === name);
  const [what, path] =
    nic !== undefined
      ? [`the device of ${nic.holder}`, [...nic.path, 'device']]
      : device !== undefined
        ? [`the VLAN device of ${device.name}`, [...device.path, 'vlan']]
        : [];
  if (what === undefined || path === undefined) return;
  yield wrong(
    'pool-interface-taken',
    `${name} is ${what}: a bridge port has no addresses of its own`,
    [pool.interface === undefined ? ['hosts', host.name, 'publicInterface'] : [...pool.path, 'interface'], path],
    'name an interface that leads to the outside, or the bridge itself',
  );
}

/** A wish of an instance that comes to nothing. */
function* floatingPoolUnused({ spec, text }: Draft): Iterable<Diagnostic> {
  for (const { name, path, nics } of spec.instances) {
    const pool = text.instances?.[name]?.floatingPool;
    if (typeof pool !== 'string' || nics.some(({ floating }) => floating.some(isDefault))) continue;
    const why = nics.some(({ floating }) => floating.length > 0)
      ? 'its NICs say themselves which they have'
      : 'none of its NICs is on a network that the host routes';
    yield {
      severity: 'warning',
      code: 'floating-pool-unused',
      message: `${name} gets no address of ${pool}: ${why}`,
      at: [[...path, 'floatingPool']],
    };
  }
}

function* wishesIn(spec: Draft['spec']): Iterable<Wish> {
  for (const { host, nics } of spec.instances)
    for (const nic of nics) for (const one of nic.floating) yield { nic, host, one };
}

function wishesOf(spec: Draft['spec']): readonly Wish[] {
  return [...wishesIn(spec)];
}

/** Not the NIC's own wish: it comes from `floatingPool`. */
function isDefault({ path }: Floating): boolean {
  return path.at(-1) === 'floatingPool';
}

function holderOf({ holder }: Floating): string {
  return holder.split(' ')[0] ?? holder;
}

function edgeOf(ip: Ip<4>, { network }: Pool['ranges'][number]): string {
  return network !== undefined && broadcastOf(network) === ip ? 'broadcast' : 'network';
}
