// parts/routed.ts — what networks of the modes flat-dhcp and vlan share: a bridge with the host's address, forwarding,
// DHCP and DNS.
import type { Want } from '../core/resource.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { bridge } from './bridge.ts';
import { uplink } from './uplink.ts';
import type { Context } from './context.ts';
import { dhcp } from './dhcp.ts';
import { forwarding } from './forwarding.ts';
import { gateway, ownAddress } from './gateway.ts';
import { vlan } from './vlan.ts';

/**
 * In this order: the host's address comes first on the bridge, then the uplink at once with what it carries, or the
 * VLAN device.
 */
export function* routed(network: RoutedNetwork, context: Context): Iterable<Want> {
  yield* bridge(network, context);
  yield* gateway(network, context);
  if (network.mode === 'vlan') yield* vlan(network, context);
  else yield* uplink(network, context, ownAddress(network));
  yield* forwarding(network, context);
  yield* dhcp(network, context);
}
