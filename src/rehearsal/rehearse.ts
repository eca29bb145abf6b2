// rehearsal/rehearse.ts — does a plan on a copy of the host first, and says what the host would refuse.
import { kindIn } from '../core/ref.ts';
import { DriverError } from '../core/resource.ts';
import type { Change, Ref } from '../core/resource.ts';
import { noRoomFor } from '../driver/disk-space.ts';
import { describe } from '../report/plan.ts';
import { renderRehearsal } from '../report/rehearsal.ts';
import { beyondLimits } from './limits.ts';
import type { Answer } from '../pipeline/sandbox.ts';
import type { Failure, Refusal, Rehearsal } from '../report/rehearsal-result.ts';
import { notRehearsed } from './not-rehearsed.ts';
import { rebuild } from './rebuild.ts';
import { showPlan } from '../pipeline/show-plan.ts';
import type { Prepared } from '../pipeline/plan-from.ts';
import { exit, Exit, Stopped } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';

/** The plan with how its rehearsal went. Nothing to do needs none. */
export async function rehearsed(world: World, prepared: Prepared): Promise<Prepared> {
  if (prepared.plan.steps.length === 0) return prepared;
  return { ...prepared, rehearsal: await rehearse(world, prepared) };
}

/** Ends the command where the plan would fail; the host has not been touched then. */
export async function rehearsedOrExit(world: World, prepared: Prepared): Promise<Prepared> {
  const ready = await rehearsed(world, prepared);
  showRehearsal(world, ready, 'out');
  if (ready.rehearsal?.passed !== false) return ready;
  if (world.output !== 'text') showPlan(world, ready);
  throw new Exit(exit.failed, 'nothing was changed');
}

/** What would go wrong is said on standard error. */
export function showRehearsal(world: World, prepared: Prepared, to: 'out' | 'err'): void {
  const { rehearsal } = prepared;
  if (rehearsal === undefined || world.output !== 'text') return;
  world.print[rehearsal.passed ? to : 'err'](renderRehearsal(rehearsal, { ...prepared, kinds: world.kinds }));
}

async function rehearse(world: World, { plan, observed, wanted, stored }: Prepared): Promise<Rehearsal> {
  if (world.sandbox === undefined)
    throw new Exit(exit.noPrivilege, 'a rehearsal makes a copy of the host, which needs root');
  const began = world.now().getTime();
  try {
    const { rebuilding, devices, standIns, avoided, lost } = await rebuild(world.driver, {
      plan,
      observed,
      wanted: wanted.state,
      run: world.paths.run,
    });
    const answer = await world.sandbox({
      paths: world.paths,
      rebuilding,
      plan,
      wanted: [...wanted.state],
      after: [...wanted.after],
      observed: [...observed],
      memories: stored.memories,
      avoided,
    });
    const foreseen = [...beyondLimits(plan, devices, standIns), ...noRoomFor(plan.steps)];
    const failures = failuresOf(
      { ...answer, refused: [...answer.refused, ...foreseen] },
      (step) => plan.steps[step]?.changes ?? [],
    );
    return {
      passed: failures.length === 0,
      seconds: (world.now().getTime() - began) / 1000,
      failures,
      notRehearsed: notRehearsed({
        plan,
        answer,
        standIns,
        lost,
        avoided,
        described: (ref) => describedIn(plan.changes, ref),
      }),
    };
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    if (world.signal.aborted) throw new Stopped('nothing was changed', { cause: error });
    throw new Exit(exit.unavailable, `the host cannot be rehearsed on: ${error.message.trim()}\nnothing was changed`);
  }

  function describedIn(changes: readonly Change[], ref: Ref): string {
    const change = changes.find((one) => one.ref === ref);
    return change === undefined ? ref : `${kindIn(ref)} ${describe(change, world.kinds)}`;
  }
}

/** In the order of the steps; what the kernel said comes before what was foreseen of the same step. */
function failuresOf(
  { outcomes, refused, residual }: Answer,
  changesOf: (step: number) => readonly Change[],
): readonly Failure[] {
  const byStep = new Map<number, Refusal>();
  for (const refusal of refused) if (!byStep.has(refusal.step)) byStep.set(refusal.step, refusal);
  const steps = outcomes.flatMap((outcome, step): readonly Failure[] => {
    const found = byStep.get(step);
    if (found !== undefined) {
      const { step: _, ...refusal } = found;
      return [{ changes: changesOf(step), refusal }];
    }
    return outcome === 'skipped' || outcome === 'stopped' ? [{ changes: changesOf(step), skipped: true }] : [];
  });
  return [...steps, ...(residual.length === 0 ? [] : [{ changes: residual }])];
}
