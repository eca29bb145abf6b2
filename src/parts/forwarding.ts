// parts/forwarding.ts — what is let through from and to a network's bridge, in the FORWARD chain.
import type { Want } from '../core/resource.ts';
import { l3DeviceOf } from './uplink-mapping.ts';
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
