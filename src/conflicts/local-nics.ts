// conflicts/local-nics.ts — the NICs that instances of this host have on a network, and whether it has others on its
// wire.
import { parentOf, uplinkOf } from '../parts/carrier.ts';
import type { Network, Nic } from '../specfile/model.ts';
import type { Site } from './need.ts';

/** Whether instances of a network have others to talk to there: on this host, or behind its uplink. */
export function hasPeers(network: Network, site: Site): boolean {
  const isWired = (network.mode === 'vlan' ? parentOf(network, site.self) : uplinkOf(network, site.self)) !== undefined;
  return isWired || nicsOn(network, site).length > 1;
}

const grouped = new WeakMap<Site, ReadonlyMap<string, readonly Nic[]>>();

/** The NICs of this host's instances on a network. */
export function nicsOn(network: Network, site: Site): readonly Nic[] {
  const known = grouped.get(site) ?? byNetwork(site);
  grouped.set(site, known);
  return known.get(network.name) ?? [];
}

function byNetwork({ spec, self }: Site): ReadonlyMap<string, readonly Nic[]> {
  const found = new Map<string, Nic[]>();
  for (const { host, nics } of spec.instances)
    if (host === self.name)
      for (const nic of nics) {
        const own = found.get(nic.network);
        if (own === undefined) found.set(nic.network, [nic]);
        else own.push(nic);
      }
  return found;
}

export function hasGuests(network: Network, site: Site): boolean {
  return nicsOn(network, site).length > 0;
}
