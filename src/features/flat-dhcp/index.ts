// features/flat-dhcp/index.ts — networks of mode flat-dhcp: a bridge with the host's address, forwarding, DHCP and DNS.
import type { Want } from '../../core/resource.ts';
import { bridge, uplink } from '../../parts/bridge.ts';
import type { Context } from '../../parts/context.ts';
import { dhcp } from '../../parts/dhcp.ts';
import { addressPool } from '../../parts/fixed-ip.ts';
import { forwarding } from '../../parts/forwarding.ts';
import { gateway, ownAddress } from '../../parts/gateway.ts';
import type { FlatDhcpNetwork } from '../../spec/model.ts';
import type { Feature } from '../feature.ts';

export const flatDhcp: Feature = {
  name: 'flat-dhcp',
  *want(context) {
    for (const network of context.spec.networks) yield* networkOn(network, context);
  },
  *requests(spec, facts) {
    const pools = new Map(spec.networks.map((network) => [network.name, addressPool(network, facts)]));
    for (const { nics } of spec.instances) for (const nic of nics) {
      const pool = pools.get(nic.network);
      if (pool !== undefined) yield { pool, holder: nic.holder, because: nic.path, ...(nic.address === undefined ? {} : { exactly: nic.address }) };
    }
  },
};

/** In this order: the host's address comes first on the bridge, then the uplink at once with what it carries. */
function* networkOn(network: FlatDhcpNetwork, context: Context): Iterable<Want> {
  yield* bridge(network, context);
  yield* gateway(network, context);
  yield* uplink(network, context, ownAddress(network));
  yield* forwarding(network);
  yield* dhcp(network, context);
}

