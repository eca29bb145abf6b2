// rehearsal/not-rehearsed.ts — says what a copy of the host cannot tell, a sentence each, and only of what the plan
// touches.
import { listed } from '../report/format.ts';
import type { Plan, Ref } from '../core/resource.ts';
import type { Answer } from '../pipeline/sandbox.ts';

export interface Copied {
  readonly plan: Plan;
  readonly answer: Answer;
  readonly standIns: readonly string[];
  readonly lost: readonly string[];
  readonly avoided: readonly Ref[];
  /** A change, for a reader. */
  readonly described: (ref: Ref) => string;
}

/** So many things of the host that could not be made again are named. */
const NAMED = 8;

export function notRehearsed({ plan, answer, standIns, lost, avoided, described }: Copied): readonly string[] {
  const touched = new Set(plan.changes.map(({ ref }) => ref));
  const played = standIns.filter((name) => touched.has(`link ${name}`));
  const leftOut = plan.steps.flatMap(({ changes }, i) =>
    answer.outcomes[i] === 'left out' ? changes.map(({ ref }) => ref) : [],
  );
  const taps = plan.changes.some(
    (change) => change.verb === 'create' && 'type' in change.after && change.after.type === 'tap',
  );
  const vlans = plan.changes.some(
    (change) =>
      (change.verb === 'create' || change.verb === 'replace') && 'type' in change.after && change.after.type === 'vlan',
  );
  const cut = plan.changes.filter(({ verb, ref }) => verb === 'delete' && ref.startsWith('flow ')).length;
  const gone = [...lost, ...answer.lost];
  return [
    ...(played.length === 0
      ? []
      : [
          `${listed(played, NAMED)}: a stand-in took ${played.length === 1 ? 'its' : 'their'} place; what the hardware and its driver refuse is not known, but for limits of the MTU`,
        ]),
    ...(taps ? ['whether a hypervisor can open the taps'] : []),
    ...(vlans ? ['whether devices in other namespaces have the ids of the VLANs'] : []),
    ...(cut === 0 ? [] : ['connections that are cut: the copy has none']),
    ...leftOut.map((ref) => `${described(ref)}: ${whyNot(ref)}`),
    ...gone.slice(0, NAMED).map((what) => `not made again: ${what}`),
    ...(gone.length <= NAMED ? [] : [`not made again: ${gone.length - NAMED} more`]),
  ];

  function whyNot(ref: Ref): string {
    if (avoided.includes(ref)) return 'its own configuration has it do what could be seen outside';
    if (ref.startsWith('module ')) return 'no module is loaded for a rehearsal';
    return answer.unlike.includes(ref)
      ? 'it could not be made again as it is'
      : 'it depends on what could not be made again';
  }
}
