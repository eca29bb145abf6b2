// transaction/commit.ts — does a plan that can be rolled back: puts down how things were, has it guarded, and rolls it
// back where it does not go well.
import { withoutDeferred } from '../core/defer.ts';
import { observe } from '../core/observe.ts';
import { order } from '../core/order.ts';
import { DriverError, kindOf } from '../core/resource.ts';
import type { Kinds, Ref, Reporter, Resource, State } from '../core/resource.ts';
import { StoreError } from '../core/stored.ts';
import type { Generation } from '../generations/model.ts';
import { begin, nowSilent } from './begin.ts';
import { executePlan, tellUnsettled } from './execute.ts';
import { awaitConfirmation } from './await-confirmation.ts';
import type { Prepared } from '../pipeline/plan-from.ts';
import { asUnconfirmed, claim, decide, rollBack } from './revert.ts';
import { whyRollBack, whyRollBackFor } from './whether-to-roll-back.ts';
import type { Attempt } from './whether-to-roll-back.ts';
import { exit, Exit } from '../report/exit-codes.ts';
import type { ExitCode } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';

export interface CommitOptions {
  /** All of it, or nothing. */
  readonly atomic: boolean;
  /** Seconds in which it has to be confirmed. It is atomic, too. */
  readonly confirm?: number;
  /** False: whoever applies does not wait for that. */
  readonly waits?: boolean;
  /** A rollback: see Generation. */
  readonly restores?: number;
  /** Of a spec from a repository. */
  readonly revision?: string;
}

/** Does the plan as a generation. */
export async function commit(
  world: World,
  whole: Prepared,
  { atomic, confirm, waits, ...of }: CommitOptions,
): Promise<ExitCode> {
  const { safety } = world;
  const { prepared, later } = confirm === undefined ? { prepared: whole, later: [] } : sparing(whole, world.kinds);
  const begun = await begin(world, prepared, of, later);
  const { generation, record } = begun;
  const until = confirm === undefined ? undefined : safety.uptime() + confirm;
  const isGuarded = atomic || until !== undefined;
  if (isGuarded) await arm(world, generation, until);
  const late =
    until === undefined ? undefined : AbortSignal.timeout(Math.max(0, Math.ceil((until - safety.uptime()) * 1000)));
  // From then on it is on its way back, whatever has still to end before, and nobody else need do it.
  const giveUp = (): void => {
    claim(world);
  };
  late?.addEventListener('abort', giveUp, { once: true });
  const attempt = await attempted(world, prepared, isGuarded, until, late);
  const why = whyRollBack(world, attempt, until);
  if ('broken' in attempt) world.print.err(`${attempt.broken.message}\n`);
  else tellUnsettled(world, prepared, attempt.executed, isGuarded ? 'What is done is rolled back.' : undefined);
  if (why !== undefined && isGuarded) return asUnconfirmed(await rollBack(world, generation.number, record, why), why);
  // Whether the operator's session still stands is told by what is sent on it.
  if (world.operator() !== undefined && begun.answers.length > 0)
    world.print.err('done; what replied before is probed again\n');
  const silent = await nowSilent(world, begun, until);
  const because = whyRollBackFor(silent, world, until);
  if (because !== undefined) {
    for (const { probe, why } of silent) world.print.err(`${probe.name}: ${why ?? 'no answer'}\n`);
    const code = asUnconfirmed(await rollBack(world, generation.number, record, because), because);
    for (const { probe } of await nowSilent(world, begun)) world.print.err(`${probe.name} does not reply yet\n`);
    return code;
  }
  late?.removeEventListener('abort', giveUp);
  if (until !== undefined) return await awaitConfirmation(world, generation.number, record, until, waits);
  const isLike = 'executed' in attempt && attempt.executed.unlike.length === 0;
  if (!decide(world, generation.number, { is: 'kept', settled: why === undefined && isLike }))
    return await rollBack(world, generation.number, record, 'that it is to stay cannot be put down');
  const isBack = 'broken' in attempt || attempt.executed.rolledBack.every(({ left }) => left.length === 0);
  if (why === undefined) return isLike ? exit.ok : exit.notRolledBack;
  return isBack ? exit.failed : exit.notRolledBack;
}

/**
 * Without the removal of what could only be recreated: it goes once nobody can want it back. Where something is to take
 * its place, it goes at once.
 */
function sparing(whole: Prepared, kinds: Kinds): { readonly prepared: Prepared; readonly later: readonly Ref[] } {
  const { plan, wanted } = whole;
  const claimsOf = (resource: Resource): readonly string[] => kindOf(resource, kinds).claims?.(resource) ?? [];
  const taken = new Set([...wanted.state.values()].flatMap(claimsOf));
  const isSpared = (before: Resource): boolean =>
    kindOf(before, kinds).irrevocable?.(before) === true && !claimsOf(before).some((claim) => taken.has(claim));
  const spared = new Set(
    plan.changes.flatMap((change) => (change.verb === 'delete' && isSpared(change.before) ? [change.ref] : [])),
  );
  const now = withoutDeferred(plan.changes, (ref) => spared.has(ref), wanted, kinds);
  const later = plan.changes.filter((change) => !now.includes(change));
  if (later.some(({ verb }) => verb !== 'delete')) return { prepared: whole, later: [] };
  return { prepared: { ...whole, plan: order(now, wanted, kinds) }, later: later.map(({ ref }) => ref) };
}

/**
 * Before the first step: whatever becomes of us, somebody rolls back what we began. Where nobody could, it is not
 * begun.
 */
async function arm({ generations, safety }: World, { number }: Generation, until: number | undefined): Promise<void> {
  try {
    generations.arm({
      generation: number,
      phase: 'applying',
      start: safety.start,
      ...safety.self,
      ...(until === undefined ? {} : { until }),
    });
    await safety.guard(number);
  } catch (error) {
    if (!(error instanceof DriverError || error instanceof StoreError)) throw error;
    generations.disarm();
    generations.drop(number);
    throw new Exit(
      error instanceof DriverError ? exit.unavailable : exit.failed,
      `nobody could roll it back: ${error.message}. Nothing was changed`,
    );
  }
}

/**
 * What is rolled back when a step fails does no further step. `until`: no tool runs longer, and no step begins later
 * than `late`.
 */
async function attempted(
  world: World,
  prepared: Prepared,
  isGuarded: boolean,
  until: number | undefined,
  late: AbortSignal | undefined,
): Promise<Attempt> {
  world.safety.hurry(until);
  const failed = new AbortController();
  const report: Reporter = (event) => {
    if (isGuarded && event.event === 'failed') failed.abort();
    world.report(event);
  };
  try {
    return {
      executed: await executePlan(
        {
          ...world,
          report,
          signal: AbortSignal.any([world.signal, failed.signal, ...(late === undefined ? [] : [late])]),
        },
        prepared,
        () => lookedAt(world, prepared),
        isGuarded,
      ),
    };
  } catch (error) {
    // The host could not be looked at again, or what was learnt not be kept.
    if (error instanceof DriverError || error instanceof StoreError) return { broken: error };
    throw error;
  } finally {
    world.safety.hurry(undefined);
  }
}

/** A look that fails once is no reason to roll everything back. */
async function lookedAt({ driver, kinds, safety }: World, { wanted, stored }: Prepared): Promise<State> {
  try {
    return await observe(driver, wanted.state, kinds, stored.memories);
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    await safety.sleep(PAUSE);
    driver.invalidate();
    return await observe(driver, wanted.state, kinds, stored.memories);
  }
}

/** Milliseconds. */
const PAUSE = 100;
