// features/flat-dhcp/index.ts — networks of mode flat-dhcp: a bridge with the host's address, forwarding, DHCP and DNS.
import type { Want } from '../../core/resource.ts';
import { bridge, uplink } from '../../parts/bridge.ts';
import type { Context } from '../../parts/context.ts';
import { dhcp } from '../../parts/dhcp.ts';
import { addressRequests } from '../../parts/fixed-ip.ts';
import { forwarding } from '../../parts/forwarding.ts';
import { gateway, ownAddress } from '../../parts/gateway.ts';
import type { RoutedNetwork } from '../../spec/model.ts';
import type { Feature } from '../feature.ts';

export const flatDhcp: Feature = {
  name: 'flat-dhcp',
  *want(context) {
    for (const network of context.spec.networks) if (network.mode === 'flat-dhcp') yield* networkOn(network, context);
  },
  requests: (spec, facts) => addressRequests('flat-dhcp', spec, facts),
};

/** In this order: the host's address comes first on the bridge, then the uplink at once with what it carries. */
function* networkOn(network: RoutedNetwork, context: Context): Iterable<Want> {
  yield* bridge(network, context);
  yield* gateway(network, context);
  yield* uplink(network, context, ownAddress(network));
  yield* forwarding(network);
  yield* dhcp(network, context);
}

