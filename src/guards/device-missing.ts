// guards/device-missing.ts — an interface that the spec borrows must be there to be borrowed.
import type { Guard } from '../core/resource.ts';
import { isLink } from '../kinds/link/model.ts';

export const deviceMissing: Guard = function* (plan, _observed, wanted) {
  for (const change of plan.changes) {
    if (change.verb !== 'create' || !isLink(change.after) || change.after.type !== 'port') continue;
    yield {
      severity: 'error', code: 'device-missing', against: [change.ref], at: (wanted.because.get(change.ref) ?? []).slice(0, 1),
      message: `this host has no interface ${change.after.name}${change.after.parent ? ' for VLAN devices to stand on' : ''}`,
      hint: `\`ip link\` lists those it has${change.after.parent ? '; name one of them as vlanInterface of the host, or as interface of the network' : ''}`,
    };
  }
};
