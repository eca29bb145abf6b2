// guards/mass-delete.ts — a plan that takes away most of what there is is more often a mistake than a wish.
import type { Guard } from '../core/resource.ts';

export const MASS_DELETE = 'mass-delete';

/**
 * Stops what would remove more than half of our resources. A replaced one is not removed; what is borrowed is not
 * counted.
 */
export const massDelete: Guard = function* (plan, observed) {
  const owned = [...observed.values()].filter((resource) => !resource.foreign && !resource.borrowed).length;
  const gone = plan.changes.filter((change) => change.verb === 'delete' && !change.before.borrowed).length;
  if (gone * 2 <= owned) return;
  yield {
    severity: 'error',
    code: MASS_DELETE,
    at: [],
    message:
      gone === owned
        ? `this would remove everything netctl has on this host (${owned} resources)`
        : `this would remove ${gone} of the ${owned} resources netctl has on this host`,
    hint: 'if that is what you want, say --allow-mass-delete',
  };
};
