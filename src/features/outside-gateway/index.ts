// features/outside-gateway/index.ts — networks whose gateway is an outside router: what of it the host has to translate
// is routed by the host, not bridged past it.
import type { Want } from '../../core/resource.ts';
import { bridgeChain } from '../../kinds/bridge-chain/model.ts';
import type { BridgeChain, BridgeRule } from '../../kinds/bridge-chain/model.ts';
import { l3DeviceOf } from '../../parts/uplink-mapping.ts';
import type { Context } from '../../parts/context.ts';
import { fixedOf } from '../../parts/fixed-ip.ts';
import { METADATA } from '../../parts/metadata.ts';
import { nicsOn } from '../../parts/nics-on.ts';
import { sourceOf } from '../../parts/source.ts';
import type { Network, RoutedNetwork } from '../../specfile/model.ts';
import type { Feature } from '../feature.ts';

export const outsideGateway: Feature = {
  name: 'outside-gateway',
  *want(context) {
    for (const network of context.spec.networks) if (hasOutsideGateway(network)) yield* takenOut(network, context);
  },
};

function hasOutsideGateway(network: Network): network is RoutedNetwork {
  return network.mode !== 'flat' && network.gateway !== undefined && network.gateway !== network.dhcp.server;
}

/** What guests send to the metadata service, from a floating address, or to a range that is source-NATed. */
function* takenOut(network: RoutedNetwork, context: Context): Iterable<Want<BridgeChain>> {
  const { cidr } = network;
  const floating = withFloating(network, context).map((from): BridgeRule => ({
    from,
    to: cidr,
    not: true,
    then: 'route',
  }));
  const ranges =
    network.snat === false || sourceOf(network, context) === undefined
      ? []
      : network.snatTo.map((to): BridgeRule => ({ from: cidr, to, then: 'route' }));
  // Their source stays, so the outside router may as well have them at once.
  const exempt =
    ranges.length === 0 ? [] : network.noSnat.map((to): BridgeRule => ({ from: cidr, to, then: 'bridge' }));
  const metadata: readonly BridgeRule[] =
    network.metadata && context.self.metadata !== undefined
      ? [{ from: cidr, to: `${METADATA}/32`, then: 'route' }]
      : [];
  const rules = [...metadata, ...floating, ...exempt, ...ranges];
  // A range may hold the network itself.
  if (rules.length > 0)
    yield {
      resource: bridgeChain([{ from: cidr, to: cidr, then: 'bridge' }, ...rules]),
      because: [[...network.path, 'gateway']],
    };
}

/**
 * Instances whose answers from a floating address would leave untranslated. On the network's own bridge, netfilter sees
 * them.
 */
function withFloating(network: RoutedNetwork, context: Context): readonly string[] {
  const { spec, self, allocations } = context;
  const links = new Map(
    spec.pools.map((pool) => {
      const name = pool.interface ?? self.publicInterface;
      return [pool.name, name === undefined ? undefined : l3DeviceOf(name, context)];
    }),
  );
  const elsewhere = (pool = ''): boolean => links.get(pool) !== undefined && links.get(pool) !== network.bridge;
  return nicsOn(network, spec)
    .filter(({ instance, nic }) => instance.host === self.name && nic.floating.some(({ pool }) => elsewhere(pool)))
    .map(({ instance, nic }) => `${fixedOf(instance, nic, allocations).ip}/32`);
}
