// guards/device-missing.ts — an interface that the spec borrows must be there to be borrowed.
import type { Guard } from '../core/resource.ts';
import { isLink } from '../kinds/link/model.ts';
import type { Circumstances } from './circumstances.ts';

export function deviceMissing({ links }: Pick<Circumstances, 'links'>): Guard {
  return function* (plan, _observed, wanted) {
    for (const change of plan.changes) {
      if (change.verb !== 'create' || !isLink(change.after) || change.after.type !== 'port') continue;
      const { name, parent } = change.after;
      const called = [...links.values()].find(({ altnames }) => altnames?.includes(name) === true)?.name;
      const others = `\`ip link\` lists those it has${parent ? '; name one of them as vlanInterface of the host, or as interface of the network' : ''}`;
      yield {
        severity: 'error',
        code: 'device-missing',
        against: [change.ref],
        at: (wanted.because.get(change.ref) ?? []).slice(0, 1),
        message: `this host has no interface ${name}${parent ? ' for VLAN devices to stand on' : ''}`,
        hint: called === undefined ? others : `that is another name (altname) of ${called}: write ${called}`,
      };
    }
  };
}
