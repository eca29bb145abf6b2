// parts/uplink-mapping.ts — which interface goes into a network's bridge, and where an interface's addresses are then.
import { memo } from '../core/memo.ts';
import type { Network, Host, VlanNetwork } from '../specfile/model.ts';
import type { Context } from './context.ts';

/**
 * The interface of somebody else's that goes into the network's bridge on a host; none for a bridge of its own, or
 * where a VLAN device of ours does.
 */
export function uplinkOf(network: Network, host: Host): string | undefined {
  if (network.mode === 'vlan') return undefined;
  return network.interface === undefined ? host.flatInterface : (network.interface ?? undefined);
}

/** What the network's VLAN device depends on; none for a bridge without one. */
export function parentOf(network: VlanNetwork, host: Host): string | undefined {
  return network.interface === undefined ? host.vlanInterface : (network.interface ?? undefined);
}

/** The layer 3 device of an interface, which has its addresses: the bridge that it is the uplink of, or itself. */
export function l3DeviceOf(interfaceName: string, { spec, self }: Pick<Context, 'spec' | 'self'>): string {
  return bridgesOf(spec.networks)(self).get(interfaceName) ?? interfaceName;
}

/** By their uplinks; the first network that has one. Each floating address asks. */
const bridgesOf = memo((networks: readonly Network[]) =>
  memo((self: Host): ReadonlyMap<string, string> => {
    const bridges = new Map<string, string>();
    for (const network of networks) {
      const uplink = uplinkOf(network, self);
      if (uplink !== undefined && !bridges.has(uplink)) bridges.set(uplink, network.bridge);
    }
    return bridges;
  }),
);

/**
 * The interface that goes into a bridge, or is in it: as long as that is not there, it acts for it, and what is set of
 * it goes along.
 */
export function uplinkIn(bridge: string, { spec, self }: Pick<Context, 'spec' | 'self'>): string | undefined {
  const network = spec.networks.find((one) => one.bridge === bridge);
  return network === undefined ? undefined : uplinkOf(network, self);
}
