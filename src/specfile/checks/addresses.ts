// specfile/checks/addresses.ts — the addresses and MACs that instances ask for by name, and room for those they do not.
import type { Diagnostic, Path } from '../../core/resource.ts';
import { bitsOf, holds, hostsOf, rangeOf, toNumber, type Ip, type Range } from '../../net/ip.ts';
import { countWithout } from '../../net/intervals.ts';
import type { Network, Nic } from '../model.ts';
import { count, wrong } from '../problem.ts';
import type { Draft } from '../draft.ts';
import { grouped } from './group.ts';
import { edgeName, spanOf } from './networks.ts';

/** An address in `reserve` may be asked for by name: reserving keeps it from being given out by itself. */
export function* addresses({ spec, text }: Draft): Iterable<Diagnostic> {
  const networks = new Map(spec.networks.map((network) => [network.name, network]));
  for (const { nics } of spec.instances)
    for (const { address: ip, network: name, path } of nics) {
      const network = networks.get(name);
      if (ip === undefined || network === undefined || bitsOf(network.cidr) > 30) continue;
      const at = [...path, 'address'];
      const { cidr, gateway } = network;
      const server = serverOf(network);
      const hint = `take one from ${spanOf(cidr)}`;
      const atNetwork = (...keys: readonly string[]): Path => [...network.path, ...keys];
      const written = text.networks?.[name];
      if (!holds(rangeOf(cidr), ip))
        yield wrong('address-outside', `${ip} is not in ${name} (${cidr})`, [at, atNetwork('cidr')], hint);
      else if (!holds(hostsOf(cidr), ip))
        yield wrong(
          'address-unusable',
          `${ip} is the ${edgeName(ip, cidr)} address of ${name} (${cidr})`,
          [at, atNetwork('cidr')],
          hint,
        );
      else if (ip === gateway)
        yield wrong(
          'address-is-gateway',
          `${ip} is the gateway of ${name}`,
          [at, atNetwork(typeof written?.gateway === 'string' ? 'gateway' : 'cidr')],
          'take another, or name another gateway',
        );
      else if (ip === server)
        yield wrong(
          'address-is-server',
          `${ip} is the host's own address on ${name}`,
          [at, atNetwork(...(written?.dhcp?.server === undefined ? ['cidr'] : ['dhcp', 'server']))],
          'take another, or name another dhcp.server',
        );
    }
}

export function* addressTwice(draft: Draft): Iterable<Diagnostic> {
  yield* twice(draft, 'address', (nic) => (nic.address === undefined ? undefined : `${nic.address} on ${nic.network}`));
}

export function* macTwice(draft: Draft): Iterable<Diagnostic> {
  yield* twice(draft, 'mac', (nic) => nic.mac);
}

function* twice(
  { spec }: Draft,
  key: 'address' | 'mac',
  claimOf: (nic: Nic) => string | undefined,
): Iterable<Diagnostic> {
  const holders = new Map<string, Nic>();
  for (const { nics } of spec.instances)
    for (const nic of nics) {
      const claim = claimOf(nic);
      if (claim === undefined) continue;
      const other = holders.get(claim);
      if (other === undefined) holders.set(claim, nic);
      else
        yield wrong(
          `${key}-twice`,
          `${claim} is asked for twice, by ${other.holder} and by ${nic.holder}`,
          [
            [...nic.path, key],
            [...other.path, key],
          ],
          'give one of them another, or leave it out',
        );
    }
}

/** As many automatic addresses as are asked for must be free, whoever held them before. */
export function* networkFull({ spec, text, doubtful }: Draft): Iterable<Diagnostic> {
  const nics = grouped(
    spec.instances.flatMap((instance) => instance.nics),
    (nic) => nic.network,
  );
  for (const network of spec.networks) {
    const own = nics.get(network.name) ?? [];
    const automatic = own.filter((nic) => nic.address === undefined).length;
    if (automatic === 0 || doubtful.networks.has(network.name) || bitsOf(network.cidr) > 30) continue;
    const explicit = own.flatMap((nic) => (nic.address === undefined ? [] : one(toNumber(nic.address))));
    const free = freeIn(network, explicit);
    if (automatic <= free) continue;
    const used = freeIn(network, []) - free;
    yield wrong(
      'network-full',
      `${network.name} has ${count(free, 'free address', 'free addresses')} (${used} used by name) for ${count(automatic, 'NIC')} that ${automatic === 1 ? 'asks' : 'ask'} for one`,
      [[...network.path, text.networks?.[network.name]?.allocate === undefined ? 'cidr' : 'allocate']],
      'let `allocate` or `cidr` have more addresses, or `reserve` fewer',
    );
  }
}

function freeIn(network: Network, explicit: readonly Range<4>[]): number {
  const { cidr, allocate, reserve, gateway } = network;
  const { first, last } = hostsOf(cidr);
  const within = allocate
    .map((range) => ({ first: Math.max(first, range.first), last: Math.min(last, range.last) }))
    .filter((range) => range.first <= range.last);
  const own = [gateway, serverOf(network)].flatMap((ip) => (ip === undefined ? [] : one(toNumber(ip))));
  return countWithout(within, [...reserve, ...own, ...explicit]);
}

/** The host's own address; on a flat network it has none. */
function serverOf(network: Network): Ip<4> | undefined {
  return network.mode === 'flat' ? undefined : network.dhcp.server;
}

function one(value: number): Range<4> {
  return { first: value, last: value };
}
