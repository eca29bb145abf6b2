// parts/gateway.ts — the host's own address on a network's bridge.
import type { AddressFact, RouteFact } from '../core/facts.ts';
import type { Ref, Want } from '../core/resource.ts';
import type { Context } from './context.ts';
import type { Address } from '../kinds/address/model.ts';
import { bitsOf } from '../net/ip.ts';
import { broadcastOf } from '../net/ipv4.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { formerAddresses, formerRoutes } from './former.ts';
import { uplinkOf } from './uplink-mapping.ts';
import { nicsOn } from './nics-on.ts';

/**
 * First on the bridge: dnsmasq names it as the server in any case, but leaves it to the kernel from where its answers
 * come, and that takes the first. A guest whose firewall or client heeds its server alone would renew no lease. The
 * uplink may have had it before: then it is moved.
 */
export function* gateway(network: RoutedNetwork, context: Context): Iterable<Want<Address>> {
  const { server } = network.dhcp;
  const uplink = uplinkOf(network, context.self);
  const former = uplink === undefined ? [] : formerAddresses(uplink, context);
  const moved = former.find(({ cidr }) => cidr.startsWith(`${server}/`));
  yield {
    resource: {
      kind: 'address',
      link: network.bridge,
      cidr: ownAddress(network),
      broadcast: broadcastOf(network.cidr),
      first: true,
      ...(moved === undefined || uplink === undefined
        ? {}
        : { movedFrom: uplink, ...routedAs(moved, network, formerRoutes(uplink, context)) }),
    },
    because: [[...network.path, server === network.gateway ? 'gateway' : 'dhcp']],
    after: portsFromElsewhere(network, context),
  };
}

/**
 * With the host's own prefix the kernel's route to the network stays as it was among others to the same: by its metric,
 * in its place, or none where somebody has made one in its stead. Without any the host would not reach its guests.
 */
function routedAs(
  { cidr, peer, metric, noPrefixRoute, leads }: AddressFact,
  network: RoutedNetwork,
  routes: readonly RouteFact[],
): Partial<Address> {
  if (cidr !== ownAddress(network) || peer !== undefined) return {};
  const isMade = routes.some(
    ({ to, via, table, type, tos }) =>
      to === network.cidr && [via, table, type, tos].every((each) => each === undefined),
  );
  return {
    ...(metric === undefined ? {} : { metric }),
    ...(noPrefixRoute && isMade ? { noPrefixRoute } : {}),
    ...(leads === undefined ? {} : { leads }),
  };
}

/**
 * What comes from another bridge is in this one before the address is: the first packet for it would else be asked for
 * by ARP where nobody hears it, and the kernel asks again after a second only.
 */
function portsFromElsewhere(network: RoutedNetwork, { spec, self, facts }: Context): readonly Ref[] {
  const guests = nicsOn(network, spec).flatMap(({ instance, nic }) =>
    instance.host === self.name ? [nic.device.name] : [],
  );
  return [uplinkOf(network, self) ?? [], guests]
    .flat()
    .filter((name) => ![undefined, network.bridge].includes(facts.links.get(name)?.master))
    .map((name): Ref => `link ${name}`);
}

/** `10.0.0.1/24` */
export function ownAddress(network: RoutedNetwork): string {
  return `${network.dhcp.server}/${bitsOf(network.cidr)}`;
}
