// guards/uplinks.ts — an interface is borrowed with all that hangs on it: what cannot go along is refused or said
// before anything is done.
import type { Guard } from '../core/resource.ts';
import { isTaken, isUplink } from '../uplinks/borrowing.ts';
import { judge } from '../uplinks/judge.ts';
import { NO_UPLINKS } from '../uplinks/uplinks.ts';
import type { Circumstances } from './circumstances.ts';

/** Of interfaces that are in their bridge already, nothing is said. */
export function uplinks({ uplinks: found = NO_UPLINKS }: Pick<Circumstances, 'uplinks'>): Guard {
  return function* (plan, observed, wanted) {
    for (const { ref, verb } of plan.changes) {
      const after = wanted.state.get(ref);
      const snapshot = after !== undefined && isUplink(after) ? found.snapshots.get(after.name) : undefined;
      if (
        verb !== 'update' ||
        after === undefined ||
        !isUplink(after) ||
        snapshot === undefined ||
        !isTaken(ref, after, wanted.state, observed)
      )
        continue;
      const at = (wanted.because.get(ref) ?? []).slice(0, 1);
      const way = {
        bridge: after.master ?? '',
        carries: after.carries ?? 0,
        interfaceRules: found.interfaceRules,
        bound: found.bound,
        elsewhere: found.elsewhere,
      };
      for (const finding of judge(snapshot, way)) yield { ...finding, against: [ref], at };
    }
  };
}
