// guards/uplink-marked.ts — an interface that the spec borrows, and that bears netctl's own mark: it would be removed
// as netctl's and missed as the host's.
import type { Guard } from '../core/resource.ts';
import { isLink } from '../kinds/link/model.ts';
import { GROUP } from '../core/marks.ts';

export const uplinkMarked: Guard = function* (plan, _observed, wanted) {
  for (const change of plan.changes) {
    if (
      change.verb !== 'replace' ||
      change.before.borrowed === true ||
      !isLink(change.after) ||
      change.after.type !== 'port'
    )
      continue;
    const { name, promiscuous, parent } = change.after;
    if (!promiscuous && parent !== true) continue;
    yield {
      severity: 'error',
      code: 'uplink-marked',
      against: [change.ref],
      at: (wanted.because.get(change.ref) ?? []).slice(0, 1),
      message: `${name} is in link group ${GROUP}, by which netctl knows the devices that it made itself: it would be removed`,
      hint: `if it is the host's own, \`ip link set ${name} group default\``,
    };
  }
};
