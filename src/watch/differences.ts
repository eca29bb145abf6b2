// watch/differences.ts — what differs on the host, as a watch tells it: which resource, how, for which line of the
// spec, and who changed it.
import { kindIn, nameIn } from '../core/ref.ts';
import type { Change, Ref } from '../core/resource.ts';
import type { Hint } from '../core/hint.ts';
import type { World } from '../pipeline/world.ts';
import { describe, howItDiffers, renderPosition } from '../report/plan.ts';
import type { Difference } from '../report/watch-state.ts';
import type { Looked } from './round.ts';

/** How a resource differs from what is wanted, and the place in the spec that wants it. */
export function differenceOf(change: Change, { wanted, locate }: Looked['prepared'], { kinds }: World): Difference {
  const path = wanted.because.get(change.ref)?.[0];
  return {
    ref: change.ref,
    how: howItDiffers(change),
    what: describe(change, kinds),
    ...(path === undefined ? {} : { place: renderPosition(path, locate) }),
  };
}

/** How the resource of a ref differs, whether or not the plan changes it. */
export function differenceAt(ref: Ref, view: Looked['prepared'], world: World): Difference {
  const change = view.plan.changes.find((one) => one.ref === ref);
  const after = view.wanted.state.get(ref);
  if (change !== undefined) return differenceOf(change, view, world);
  return after === undefined
    ? { ref, how: 'differs', what: nameIn(ref) }
    : differenceOf({ verb: 'create', ref, after }, view, world);
}

/** Who changed this resource; else who changed something that its kind watches: `iptables, process 4711`. */
export function culprit(ref: Ref, hints: readonly Hint[], { kinds }: World): string | undefined {
  const [kind, name] = [kinds.find((one) => one.kind === kindIn(ref)), nameIn(ref)];
  const concern = hints.filter(
    ({ subsystem, by }) => by !== undefined && subsystem !== 'everything' && kind?.watches.includes(subsystem) === true,
  );
  return (concern.find((hint) => hint.name === name) ?? concern.find((hint) => hint.name === undefined))?.by;
}
