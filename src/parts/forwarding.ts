// parts/forwarding.ts — what is let through from and to a network's bridge, in the FORWARD chain.
import type { Want } from '../core/resource.ts';
import { l3DeviceOf, uplinkOf } from './uplink-mapping.ts';
import type { Context } from './context.ts';
import { chain } from '../kinds/chain/model.ts';
import type { Chain, Rule } from '../kinds/chain/model.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { rank } from './rank.ts';

export function* forwarding(network: RoutedNetwork, context: Context): Iterable<Want<Chain>> {
  yield {
    resource: chain('filter', 'netctl-FORWARD', rulesOf(network, context)),
    because: [[...network.path, 'forward']],
  };
}

/**
 * All, what goes through the listed interfaces (or the bridges that they are the uplinks of), or nothing. Guests of one
 * network always reach each other: bridged packets pass here too where br_netfilter is on.
 */
function rulesOf(network: RoutedNetwork, context: Context): readonly Rule[] {
  const { bridge, forward, gateway, name } = network;
  const why = `networks.${name}.${gateway === undefined ? 'gateway' : 'forward'}`;
  const from = { match: 'in', link: bridge } as const;
  const to = { match: 'out', link: bridge } as const;
  const accept = { target: 'accept' } as const;
  const drop = { target: 'drop' } as const;
  if (forward === 'all' && gateway !== undefined) {
    return [
      { rank: rank.open, match: [from], then: accept, why },
      { rank: rank.open, match: [to], then: accept, why },
    ];
  }
  const through = gateway === undefined || forward === 'all' || forward === 'none' ? [] : forward;
  return [
    ...[...new Set(through.map((named) => l3DeviceOf(named, context)))].flatMap((link): Rule[] => [
      { rank: rank.isolated, match: [from, { match: 'out', link }], then: accept, why },
      { rank: rank.isolated, match: [{ match: 'in', link }, to], then: accept, why },
    ]),
    { rank: rank.isolated, match: [from, to], then: accept, why },
    { rank: rank.isolated, match: [from], then: drop, why },
    { rank: rank.isolated, match: [to], then: drop, why },
  ];
}

/**
 * The network whose rules drop what another sends and gets by an interface: one that is shut off, with that interface in
 * its bridge. What comes from the world by an uplink and what instances send by the same bridge look alike here.
 */
export function shutting(
  network: RoutedNetwork,
  out: string,
  { spec, self }: Pick<Context, 'spec' | 'self'>,
): RoutedNetwork | undefined {
  const routed = spec.networks.filter((one) => one.mode !== 'flat');
  const other = routed.find((one) => one !== network && (one.bridge === out || uplinkOf(one, self) === out));
  if (other === undefined || (other.forward === 'all' && other.gateway !== undefined)) return undefined;
  // Of two networks with lists the rules of the one that is written first come first; VLANs come after all others.
  const isBefore = network.mode === other.mode && routed.indexOf(network) < routed.indexOf(other);
  if (network.forward !== 'all' && isBefore) return undefined;
  const names = other.gateway === undefined || typeof other.forward === 'string' ? [] : other.forward;
  return names.some((name) => l3DeviceOf(name, { spec, self }) === network.bridge) ? undefined : other;
}
