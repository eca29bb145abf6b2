// guards/network-in-use.ts — a bridge that goes while guests are in it leaves them without a network, whatever the spec
// says of them.
import type { Guard, State, Wanted } from '../core/resource.ts';
import { isLink } from '../kinds/link/model.ts';
import type { Circumstances } from './circumstances.ts';
import { several } from './several.ts';

export const NETWORK_IN_USE = 'network-in-use';

/** Names the devices that are in it now, also those of others. One that moves into another bridge loses nothing. */
export function networkInUse({ links }: Pick<Circumstances, 'links'>): Guard {
  return function* (plan, observed, wanted) {
    for (const change of plan.changes) {
      if (change.verb !== 'delete' || !isLink(change.before) || change.before.type !== 'bridge') continue;
      const { name } = change.before;
      const guests = portsOf(name, observed, links)
        .filter((port) => isGuests(port, observed) && !movesOn(port, name, wanted))
        .sort();
      if (guests.length === 0) continue;
      yield {
        severity: 'warning',
        asks: true,
        code: NETWORK_IN_USE,
        against: [change.ref],
        at: [],
        message: `bridge ${name} is deleted, but ${guests.length === 1 ? "an instance's device is" : `${guests.length} devices of instances are`} in it: ${several(guests)}`,
        hint: 'stop these instances, or move them to another network, before their network is deleted',
      };
    }
  };
}

/** Ours and those that the spec names, as they were observed; and everybody else's. */
function portsOf(bridge: string, observed: State, links: Circumstances['links']): string[] {
  const ours = [...observed.values()].flatMap((resource) =>
    isLink(resource) && resource.type !== 'bridge' && resource.master === bridge ? [resource.name] : [],
  );
  return [
    ...new Set([...ours, ...[...links.values()].flatMap(({ name, master }) => (master === bridge ? [name] : []))]),
  ];
}

/** Neither the network's VLAN device nor its uplink. */
function isGuests(port: string, observed: State): boolean {
  const link = observed.get(`link ${port}`);
  return link === undefined || !isLink(link) || (link.type !== 'vlan' && (link.type !== 'port' || link.hairpin));
}

function movesOn(port: string, bridge: string, wanted: Wanted): boolean {
  const link = wanted.state.get(`link ${port}`);
  return (
    link !== undefined && isLink(link) && link.type !== 'bridge' && link.master !== undefined && link.master !== bridge
  );
}
