// conflicts/local-nics.ts — the NICs that instances of this host have on a network, and whether it has an uplink.
import { parentOf, uplinkOf } from '../parts/uplink-mapping.ts';
import { nicsOn as allNicsOn } from '../parts/nics-on.ts';
import type { Network, Nic } from '../specfile/model.ts';
import type { Site } from './required-traffic.ts';

/** Whether instances of a network have others to talk to there: on this host, or behind its uplink. */
export function hasPeers(network: Network, site: Site): boolean {
  const isWired = (network.mode === 'vlan' ? parentOf(network, site.self) : uplinkOf(network, site.self)) !== undefined;
  return isWired || nicsOn(network, site).length > 1;
}

/** The NICs of this host's instances on a network. */
export function nicsOn(network: Network, { spec, self }: Site): readonly Nic[] {
  return allNicsOn(network, spec).flatMap(({ instance, nic }) => (instance.host === self.name ? [nic] : []));
}

export function hasGuests(network: Network, site: Site): boolean {
  return nicsOn(network, site).length > 0;
}
