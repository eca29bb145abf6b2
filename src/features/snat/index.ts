// features/snat/index.ts — what leaves a network for the outside leaves by an address of the host; and what keeps the
// guests' own addresses.
import type { Path, Waiting, Want } from '../../core/resource.ts';
import type { Address } from '../../kinds/address/model.ts';
import { chain } from '../../kinds/chain/model.ts';
import type { Chain, Match, Rule } from '../../kinds/chain/model.ts';
import { toIp } from '../../net/ip.ts';
import type { Range } from '../../net/ip.ts';
import { firstFormer } from '../../parts/former.ts';
import { l3DeviceOf } from '../../parts/uplink-mapping.ts';
import type { Context } from '../../parts/context.ts';
import { isLoopback } from '../../parts/metadata.ts';
import { rank } from '../../parts/rank.ts';
import { sourceOf, unbound } from '../../parts/source.ts';
import type { Host, RoutedNetwork } from '../../specfile/model.ts';
import type { Feature } from '../feature.ts';
import { check } from './checks.ts';

export const snat: Feature = {
  name: 'snat',
  check,
  *want(context) {
    for (const network of context.spec.networks) {
      // Without a gateway nothing is forwarded.
      if (network.mode === 'flat' || network.gateway === undefined) continue;
      yield {
        resource: chain('nat', 'netctl-POSTROUTING', exemptions(network, context.self)),
        because: [network.path],
      };
      yield* translation(network, context);
    }
  },
};

/** In nova-network's order. Floating addresses need them too, whether the network is source-NATed or not. */
function exemptions(network: RoutedNetwork, { metadata }: Host): readonly Rule[] {
  const from: Match = { match: 'source', cidr: network.cidr };
  const kept = (key: string, ...match: readonly Match[]): Rule => ({
    rank: rank.exempt,
    match: [from, ...match],
    then: { target: 'accept' },
    why: `networks.${network.name}.${key}`,
  });
  return [
    // The service knows a guest by its own address. What is redirected to the loopback never comes here.
    ...(metadata === undefined || !network.metadata || isLoopback(metadata.address)
      ? []
      : [kept('metadata', { match: 'destination', cidr: `${metadata.address}/32` })]),
    ...network.noSnat.map((cidr) => kept('noSnat', { match: 'destination', cidr })),
    // A guest that reaches its neighbour by a floating address must be answered by way of the host.
    kept('cidr', { match: 'destination', cidr: network.cidr }, { match: 'ctstate', states: ['DNAT'], not: true }),
  ];
}

/**
 * Behind a gateway of the host all that leaves by the public interface; behind an outside router what goes to the
 * networks named.
 */
function* translation(network: RoutedNetwork, context: Context): Iterable<Want<Chain | Address> | Waiting> {
  const { self } = context;
  const because: readonly Path[] = [[...network.path, 'snat']];
  const ways =
    network.gateway === network.dhcp.server
      ? [outside(context)]
      : network.snatTo.map((cidr): readonly Match[] => [{ match: 'destination', cidr }]);
  if (network.snat === false || ways.length === 0) return;
  const source = sourceOf(network, context);
  if (source === undefined) {
    // What a host that names no way out sends by one is said by conflicts/no-snat.ts.
    if (self.publicInterface !== undefined)
      yield {
        waiting: 'chain nat/netctl-snat',
        why: `${network.name} is not source-NATed: ${self.publicInterface} has no IPv4 address yet, and the host no sourceAddress`,
        because,
      };
    return;
  }
  yield {
    resource: chain(
      'nat',
      'netctl-snat',
      ways.flatMap((way) => spread(network, way, source)),
    ),
    because,
  };
  for (const address of unbound(network, context))
    yield 'waiting' in address
      ? { ...address, because }
      : { resource: address, because, after: firstFormer(address.link, context) };
}

function outside(context: Context): readonly Match[] {
  const { publicInterface } = context.self;
  return publicInterface === undefined ? [] : [{ match: 'out', link: l3DeviceOf(publicInterface, context) }];
}

/** The kernel would send all connections of a guest to one peer from one address of a range: it is taken by turns. */
function spread(network: RoutedNetwork, way: readonly Match[], source: Range<4>): readonly Rule[] {
  const parts = partsOf(source);
  return parts.map((to, i): Rule => ({
    rank: rank.snat,
    then: { target: 'snat', to },
    why: `networks.${network.name}.snat`,
    // The last one takes whatever comes to it.
    match: [
      { match: 'source', cidr: network.cidr },
      ...way,
      ...(i === parts.length - 1 ? [] : [{ match: 'every', nth: parts.length - i } as const]),
    ],
  }));
}

/** Each is a rule that connections pass. */
const MOST_PARTS = 16;

/** A range in equal parts: addresses, or smaller ranges. */
function partsOf({ first, last }: Range<4>): readonly string[] {
  const size = last - first + 1;
  const parts = Math.min(size, MOST_PARTS);
  const start = (i: number): number => first + Math.floor((i * size) / parts);
  return Array.from({ length: parts }, (_, i) => {
    const [from, to] = [toIp(start(i)), toIp(start(i + 1) - 1)];
    return from === to ? from : `${from}-${to}`;
  });
}
