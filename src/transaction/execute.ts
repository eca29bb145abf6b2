// transaction/execute.ts — does the steps of a plan, looks again, and saves what was learnt.
import { stillBorrowed, originalsOf } from '../core/borrow.ts';
import { diff } from '../core/diff.ts';
import { execute } from '../core/execute.ts';
import type { Outcome } from '../core/execute.ts';
import { observe, memoriesOf } from '../core/observe.ts';
import type { State, Change, Plan, Kinds } from '../core/resource.ts';
import { isSame } from '../core/stored.ts';
import type { Revision, Stored } from '../core/stored.ts';
import { missingFrom } from '../pipeline/borrowed/restored.ts';
import { besideOf } from '../pipeline/borrowed/routes-by-now.ts';
import { restoredBy, foundOf } from '../pipeline/borrowed/snapshots.ts';
import type { Prepared } from '../pipeline/plan-from.ts';
import type { World } from '../pipeline/world.ts';
import { renderFailures, renderResidual } from '../report/outcome.ts';
import { readSnapshots } from '../uplinks/read.ts';
import { renderRolledBack, AtomicGroups, outcomesAfter } from './atomic-groups.ts';
import type { RolledBack } from './atomic-groups.ts';
import { indented } from './revert.ts';

/** Nothing, where all is as it was to be. `ending`: what is to be said of what was done. */
export function tellUnsettled(
  { kinds, print }: World,
  { plan, wanted, locate }: Prepared,
  { settled, outcomes, refused, rolledBack, unlike, residual }: Executed,
  ending?: string,
): void {
  if (unlike.length > 0) print.err(`restored, and not as before:\n${indented(unlike)}`);
  if (settled) return;
  const view = { kinds, wanted, locate };
  print.err(renderFailures(plan, outcomes, refused, view, ending));
  print.err(renderRolledBack(rolledBack));
  print.err(renderResidual(unexplained(residual, plan, outcomes), view));
}

export interface Executed {
  /** Every step was done, and looked at again nothing differs. */
  readonly settled: boolean;
  /** Of each step. */
  readonly outcomes: readonly Outcome[];
  /** What the host said to a step that failed. */
  readonly refused: ReadonlyMap<number, Error>;
  /** What was to move an interface, and was not done whole. */
  readonly rolledBack: readonly RolledBack[];
  /** What of an interface that was restored is not as it was before netctl had it. */
  readonly unlike: readonly string[];
  /** As it was looked at again, and what then still differs. */
  readonly observed: State;
  readonly residual: readonly Change[];
  /** The same with what is left alone. */
  readonly differs: readonly Change[];
  /** What the store holds after it. */
  readonly stored: Stored;
  readonly revision: Revision;
  readonly seconds: { readonly execute: number; readonly verify: number };
}

/**
 * Saves, does the plan, looks again, and saves what was learnt. `lookAt` does not look at more than a change can have
 * reached. What moves an interface and is not done whole is undone, unless all `isReverted` then.
 */
export async function executePlan(
  world: World,
  prepared: Prepared,
  lookAt: () => Promise<State> = () =>
    observe(world.driver, prepared.wanted.state, world.kinds, prepared.stored.memories),
  isReverted = false,
): Promise<Executed> {
  const { plan, wanted } = prepared;
  const began = performance.now();
  const given = restoredBy(prepared, world.kinds);
  // An operator may have thought it over for long.
  if (given.length > 0) world.driver.invalidate();
  const right = await readSnapshots(
    world.driver,
    given.map(({ name }) => name),
  );
  // Before the first step: a crash after it never deals addresses anew, and never forgets what was borrowed.
  const saved = await keep(world, prepared, prepared.stored);
  world.report({ event: 'planned', plan });
  const refused = new Map<number, Error>();
  const groups = await AtomicGroups.of(world, prepared);
  const torn = new AbortController();
  const ended = await execute(
    groups.plan,
    world.driver,
    (event) => {
      if (event.event === 'failed') refused.set(event.step, event.error);
      if (groups.isTornBy(event)) torn.abort();
      world.report(event);
    },
    AbortSignal.any([world.signal, torn.signal]),
  );
  const rolledBack = isReverted ? [] : await groups.rollBack(world, ended);
  const outcomes = outcomesAfter(prepared, ended, rolledBack);
  const done = performance.now();
  world.driver.invalidate();
  const observed = await lookAt();
  const differs = diff(observed, wanted, world.kinds);
  const residual = withoutLeft(differs, prepared);
  world.report({ event: 'settled', residual });
  const settled = residual.length === 0 && outcomes.every((outcome) => outcome === 'done');
  const stored = settled
    ? settledStore(prepared, observed, world.kinds)
    : withoutReturned(prepared, rolledBack, world.kinds);
  const revision = await keep(world, { before: prepared.stored, revision: saved, isOutdated: false }, stored);
  const unlike = settled
    ? await missingFrom(world, given, right, prepared.originals.get('sysctl net.ipv4.ip_forward')?.borrowed === true)
    : [];
  return {
    settled,
    outcomes,
    refused,
    rolledBack,
    unlike,
    observed,
    residual,
    differs,
    stored,
    revision,
    seconds: { execute: (done - began) / 1000, verify: (performance.now() - done) / 1000 },
  };
}

/** Without what was there before and was to stay: what --no-prune leaves. */
function withoutLeft(residual: readonly Change[], { plan, observed }: Prepared): readonly Change[] {
  const planned = new Set(plan.changes.map(({ ref }) => ref));
  return residual.filter(({ verb, ref }) => verb !== 'delete' || planned.has(ref) || !observed.has(ref));
}

/** What differs although its step was done, or had none: the failed ones were told already. */
function unexplained(residual: readonly Change[], plan: Plan, outcomes: readonly string[]): readonly Change[] {
  const told = new Set(
    plan.steps.flatMap(({ changes }, i) => (outcomes[i] === 'done' ? [] : changes.map(({ ref }) => ref))),
  );
  return residual.filter(({ ref }) => !told.has(ref));
}

export function settledStore(
  { stored, originals, inUse, snapshots, facts, before }: Prepared,
  observed: State,
  kinds: Kinds,
): Stored {
  const { found: _found, moving: _moving, beside: _beside, ...rest } = stored;
  const borrowed = stillBorrowed(originals, inUse, kinds);
  const former = [...borrowed.values()];
  return {
    ...rest,
    originals: former,
    ...besideOf(former, facts, before),
    memories: memoriesOf(observed, kinds),
    ...foundOf(snapshots, borrowed),
  };
}

/** What was to be borrowed, and is back as it was, is not borrowed. */
function withoutReturned(
  { stored, before, snapshots }: Prepared,
  rolledBack: readonly RolledBack[],
  kinds: Kinds,
): Stored {
  const back = new Set(rolledBack.flatMap(({ group, left }) => (left.length === 0 ? [...group.refs] : [])));
  if (back.size === 0) return stored;
  const { found: _found, ...rest } = stored;
  const earlier = originalsOf(before?.originals ?? [], kinds);
  const borrowed = new Map(
    [...originalsOf(stored.originals, kinds)].filter(([ref]) => earlier.has(ref) || !back.has(ref)),
  );
  return { ...rest, originals: [...borrowed.values()], ...foundOf(snapshots, borrowed) };
}

/** Saves if there is anything new to save: the second apply writes nothing. Says the store's revision. */
export async function keep(
  world: World,
  { before, revision, isOutdated }: Pick<Prepared, 'before' | 'revision' | 'isOutdated'>,
  stored: Stored,
): Promise<Revision> {
  const isToBeSaved = isOutdated || revision.register.isOutdated || revision.host.isOutdated;
  return !isToBeSaved && isSame(before, stored) ? revision : await world.store.save(stored, revision);
}
