// conflicts/local-nics.ts — the NICs that instances of this host have on a network, and whether it has others behind
// an interface of it.
import { parentOf, uplinkOf } from '../parts/uplink-mapping.ts';
import { fixedOf } from '../parts/fixed-ip.ts';
import type { Fixed } from '../parts/fixed-ip.ts';
import { nicsOn as allNicsOn } from '../parts/nics-on.ts';
import type { Network, Nic } from '../specfile/model.ts';
import type { Site } from './required-traffic.ts';

/** Whether instances of a network have others to talk to there: on this host, or behind its uplink. */
export function hasPeers(network: Network, site: Site): boolean {
  return hasUplink(network, site) || nicsOn(network, site).length > 1;
}

/** Whether a network goes on behind an interface of this host's. */
export function hasUplink(network: Network, { self }: Site): boolean {
  return (network.mode === 'vlan' ? parentOf(network, self) : uplinkOf(network, self)) !== undefined;
}

/** The NICs of this host's instances on a network. */
export function nicsOn(network: Network, { spec, self }: Site): readonly Nic[] {
  return allNicsOn(network, spec).flatMap(({ instance, nic }) => (instance.host === self.name ? [nic] : []));
}

export function hasGuests(network: Network, site: Site): boolean {
  return nicsOn(network, site).length > 0;
}

/** They with their addresses and MACs; none where it is not known who was given which. */
export function fixedHere(network: Network, { spec, self, allocations }: Site): readonly Fixed[] {
  return allocations === undefined
    ? []
    : allNicsOn(network, spec).flatMap(({ instance, nic }) =>
        instance.host === self.name ? [fixedOf(instance, nic, allocations)] : [],
      );
}
