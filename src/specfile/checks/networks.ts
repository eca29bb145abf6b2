// specfile/checks/networks.ts — each network's own addresses, and networks against each other.
import type { Diagnostic, Path } from '../../core/resource.ts';
import {
  bitsOf,
  covers,
  holds,
  hostsOf,
  overlap,
  parseRange,
  rangeOf,
  toIp,
  type Cidr,
  type Ip,
  type Range,
} from '../../net/ip.ts';
import { broadcastOf } from '../../net/ipv4.ts';
import type { Network } from '../model.ts';
import { count, wrong } from '../problem.ts';
import type { Draft } from '../draft.ts';

/**
 * Each network against the one that reaches furthest of those that begin before it: as many comparisons as networks.
 */
export function* networksOverlap({ spec }: Draft): Iterable<Diagnostic> {
  const order = new Map(spec.networks.map((network, i) => [network, i]));
  const sorted = spec.networks
    .map((network) => ({ network, range: rangeOf(network.cidr) }))
    .sort((a, b) => a.range.first - b.range.first || b.range.last - a.range.last);
  let furthest: (typeof sorted)[number] | undefined;
  for (const one of sorted) {
    if (furthest !== undefined && overlap(furthest.range, one.range)) {
      const [early = one.network, late = one.network] = [furthest.network, one.network].sort(
        (a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0),
      );
      yield wrong(
        'networks-overlap',
        `${late.name} (${late.cidr}) overlaps ${early.name} (${early.cidr})`,
        [
          [...late.path, 'cidr'],
          [...early.path, 'cidr'],
        ],
        'give one of them another range',
      );
    }
    if (furthest === undefined || one.range.last > furthest.range.last) furthest = one;
  }
}

export const UNUSABLE: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', '"this host"'],
  ['127.0.0.0/8', 'the loopback'],
  ['224.0.0.0/3', 'multicast and what is reserved'],
];

export function* cidrs({ spec }: Draft): Iterable<Diagnostic> {
  for (const { name, path, cidr } of spec.networks) {
    const at = [[...path, 'cidr']];
    if (bitsOf(cidr) > 30)
      yield wrong(
        'cidr-too-small',
        `${name} (${cidr}) has no room for a gateway and an instance`,
        at,
        'make it a /30 or larger',
      );
    const unusable = unusableIn(rangeOf(cidr));
    if (unusable !== undefined)
      yield wrong(
        'cidr-unusable',
        `${name} (${cidr}) lies in ${unusable.cidr}, which is for ${unusable.what}`,
        at,
        'take a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16',
      );
  }
}

/** The first of the networks in which nobody has an address, that a range reaches into. */
export function unusableIn(range: Range<4>): { readonly cidr: string; readonly what: string } | undefined {
  const found = UNUSABLE.find(([text]) => {
    const other = parseRange(text, 4);
    return other !== undefined && overlap(range, other);
  });
  return found === undefined ? undefined : { cidr: found[0], what: found[1] };
}

/** The gateway and the host's own address: within the network, and no network or broadcast address. */
export function* gateways({ spec, text }: Draft): Iterable<Diagnostic> {
  for (const network of spec.networks) {
    if (bitsOf(network.cidr) > 30) continue;
    const written = text.networks?.[network.name];
    if (network.gateway !== undefined && typeof written?.gateway === 'string')
      yield* standing('gateway', network.gateway, [...network.path, 'gateway'], network);
    if (network.mode !== 'flat' && written?.dhcp?.server !== undefined)
      yield* standing('dhcp.server', network.dhcp.server, [...network.path, 'dhcp', 'server'], network);
  }
}

/**
 * What a network's server asks for names that are not its own: it leaves out itself, and what is nobody's address,
 * without a word.
 */
export function* resolvers({ spec, text, indexed }: Draft): Iterable<Diagnostic> {
  for (const network of spec.networks) {
    if (network.mode === 'flat') continue;
    const own = text.networks?.[network.name]?.dns;
    const path = own === undefined ? ['defaults', 'dns'] : [...network.path, 'dns'];
    for (const [i, ip] of indexed(own ?? text.defaults?.dns ?? [])) {
      const range = parseRange(ip, 4);
      if (ip === network.dhcp.server)
        yield wrong(
          'dns-is-server',
          `${ip} is ${network.name}'s own DNS server, which asks the addresses of \`dns\` for what it does not know`,
          [[...path, i]],
          'name the resolver that it is to ask, or leave `dns` out: then it asks those of the host; instances are told its own address anyway',
        );
      else if (range !== undefined && ip !== '' && !ip.startsWith('127.') && unusableIn(range) !== undefined)
        yield wrong(
          'dns-unusable',
          `${ip} is nobody's address: ${network.name}'s DNS server cannot ask there`,
          [[...path, i]],
          'name a resolver, or leave `dns` out: then it asks those of the host',
        );
    }
  }
}

function* standing(
  what: string,
  ip: Ip<4>,
  path: Path,
  { name, cidr, path: networkPath }: Network,
): Iterable<Diagnostic> {
  const at = [path, [...networkPath, 'cidr']];
  if (!holds(rangeOf(cidr), ip))
    yield wrong(
      `${what.replace('.', '-')}-outside`,
      `the ${what} ${ip} is not in ${name} (${cidr})`,
      at,
      `give it an address from ${spanOf(cidr)}`,
    );
  else if (!holds(hostsOf(cidr), ip))
    yield wrong(
      `${what.replace('.', '-')}-unusable`,
      `the ${what} ${ip} is the ${edgeName(ip, cidr)} address of ${name} (${cidr})`,
      at,
      `give it an address from ${spanOf(cidr)}`,
    );
}

export function* ranges({ spec, text, indexed }: Draft): Iterable<Diagnostic> {
  for (const network of spec.networks)
    for (const key of ['allocate', 'reserve'] as const) {
      for (const [i, written] of indexed(text.networks?.[network.name]?.[key] ?? [])) {
        const range = parseRange(written, 4);
        if (range !== undefined && !covers(rangeOf(network.cidr), range))
          yield wrong(
            `${key}-outside`,
            `${written} is not in ${network.name} (${network.cidr})`,
            [
              [...network.path, key, i],
              [...network.path, 'cidr'],
            ],
            `keep it within ${network.cidr}`,
          );
      }
    }
}

/** What the kernel numbers in ten bits, without the zero. */
const PORTS = 1023;

export function* bridgeFull({ spec }: Draft): Iterable<Diagnostic> {
  const nics = new Map<string, number>();
  for (const { host, nics: own } of spec.instances)
    for (const { network } of own) nics.set(`${network} ${host}`, (nics.get(`${network} ${host}`) ?? 0) + 1);
  for (const { name, path, bridge, mode, interface: named } of spec.networks)
    for (const host of spec.hosts) {
      const guests = nics.get(`${name} ${host.name}`) ?? 0;
      const uplink =
        named === undefined ? (mode === 'vlan' ? host.vlanInterface : host.flatInterface) : (named ?? undefined);
      if (guests + (uplink === undefined ? 0 : 1) > PORTS)
        yield wrong(
          'bridge-full',
          `${name} has ${count(guests, 'NIC')} on ${host.name}, and ${bridge} takes ${PORTS} ports`,
          [path],
          'spread them over several networks or hosts',
        );
    }
}

export function spanOf(cidr: Cidr<4>): string {
  const hosts: Range<4> = hostsOf(cidr);
  return `${toIp(hosts.first)} to ${toIp(hosts.last)} (${count(hosts.last - hosts.first + 1, 'address', 'addresses')})`;
}

export function edgeName(ip: Ip<4>, cidr: Cidr<4>): string {
  return ip === broadcastOf(cidr) ? 'broadcast' : 'network';
}
