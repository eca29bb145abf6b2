// uplinks/state.ts — in which state an interface is that goes into a bridge, and what is bound to it: said, where that
// will be otherwise.
import { textsOf } from '../iproute2/fields.ts';
import type { Bound } from './bound.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Snapshot } from './snapshot.ts';

/** `carries`: the MTU of the network, in bytes. */
export function* ofState({ name, link }: Snapshot, bridge: string, carries: number): Iterable<Finding> {
  const [flags, mtu] = [textsOf(link, 'flags'), link['mtu']];
  if (!flags.includes('UP'))
    yield said(
      'uplink-down',
      `${name} is down, and is set up: its addresses are in use from then on`,
      'see whether it is meant to be; or name another interface',
    );
  if (flags.includes('NOARP'))
    yield said(
      'uplink-arp',
      `${name} neither asks nor replies by ARP, and ${bridge} does both`,
      `\`ip link set dev ${bridge} arp off\`, when it is done`,
    );
  if (typeof mtu === 'number' && mtu < carries)
    yield said(
      'uplink-mtu',
      `${name} has an MTU of ${mtu}, and a network by it one of ${carries}: it is raised, and packets longer than its segment supports are lost`,
      `mtu: ${mtu} in that network, unless everything on its segment supports ${carries}`,
    );
}

export function* ofBound({ name }: Snapshot, bridge: string, bound: readonly Bound[]): Iterable<Finding> {
  const own = [...new Set(bound.filter(({ link }) => link === name).map(({ what }) => what))];
  if (own.length > 0)
    yield said(
      'uplink-bound',
      `bound to ${name}, by which nothing comes and goes for the host any more: ${listed(own)}`,
      `bind it to ${bridge} when it is done, and again to ${name} when that is restored`,
    );
}
