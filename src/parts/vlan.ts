// parts/vlan.ts — the VLAN device of a network, and the interface that it depends on.
import type { Want } from '../core/resource.ts';
import type { Link, Port, Vlan } from '../kinds/link/model.ts';
import type { VlanNetwork } from '../specfile/model.ts';
import { bareIn, beforePorts } from './bridge.ts';
import { parentOf } from './uplink-mapping.ts';
import type { Context } from './context.ts';

export function* vlan(network: VlanNetwork, context: Context): Iterable<Want<Port | Vlan>> {
  const { device: name, vlan: id, bridge: master, mtu, path } = network;
  const parent = parentOf(network, context.self);
  if (parent === undefined) return;
  const named =
    network.interface === undefined ? ['hosts', context.self.name, 'vlanInterface'] : [...path, 'interface'];
  yield {
    resource: {
      kind: 'link',
      type: 'port',
      borrowed: true,
      name: parent,
      ...placeOf(parent, context),
      up: true,
      carries: mtu,
      parent: true,
    },
    because: [named],
  };
  yield {
    resource: { kind: 'link', type: 'vlan', name, parent, id, master, mtu, ...bareIn(network, context) },
    because: [[...path, 'vlan']],
    after: beforePorts(network, context),
  };
}

/** Where it is in a bridge of others, that is their business; from one of ours it goes back to where it was. */
function placeOf(parent: string, { facts, former }: Context): Pick<Port, 'master' | 'promiscuous' | 'hairpin'> {
  const found = facts.links.get(parent);
  const borrowed = [...former.values()]
    .filter((resource): resource is Link => resource.kind === 'link')
    .find((l): l is Port => l.type === 'port' && l.name === parent);
  const inOurs = facts.links.get(found?.master ?? '')?.ours === true;
  const { master, hairpin = false } = (inOurs ? borrowed : found) ?? {};
  return {
    promiscuous: borrowed?.promiscuous ?? (!inOurs && found?.promiscuous === true),
    hairpin,
    ...(master === undefined ? {} : { master }),
  };
}
