// transaction/atomic-groups.ts — what moves an interface is done whole or not at all: what came of it half is undone at
// once, and looked at again.
import { boundBy, atomicGroupsOf } from '../core/atomic-group.ts';
import type { AtomicGroup } from '../core/atomic-group.ts';
import { execute } from '../core/execute.ts';
import type { Outcome } from '../core/execute.ts';
import { observe } from '../core/observe.ts';
import { DriverError } from '../core/resource.ts';
import type { Event, Kinds, Op, Plan, Ref, State } from '../core/resource.ts';
import { leftToUndo, planBack, undoOf, wantedBy } from '../core/undo.ts';
import type { Undo } from '../core/undo.ts';
import { renderScript } from '../driver/script.ts';
import { differencesOf } from '../uplinks/differences.ts';
import { readSnapshots } from '../uplinks/read.ts';
import type { Prepared } from '../pipeline/plan-from.ts';
import { indented, tryBack } from './revert.ts';
import type { TakenBack, Tried } from './revert.ts';
import type { World } from '../pipeline/world.ts';

/** A group that was not done whole, and what is not as it was before it. */
export interface RolledBack extends TakenBack {
  readonly group: AtomicGroup;
}

/** Follows the groups of a plan while it is done. */
export class AtomicGroups {
  private readonly prepared: Prepared;
  private readonly all: readonly Tracked[];

  private constructor(prepared: Prepared, all: readonly Tracked[]) {
    this.prepared = prepared;
    this.all = all;
  }

  /** Before the first step: how all was that they touch. */
  static async of(world: World, prepared: Prepared): Promise<AtomicGroups> {
    const found = atomicGroupsOf(prepared.plan.changes, world.kinds);
    return new AtomicGroups(
      prepared,
      await Promise.all(
        found.map(async (group) => ({
          group,
          undo: await undoOfGroup(world, prepared, group),
          touched: false,
          torn: false,
        })),
      ),
    );
  }

  get plan(): Plan {
    return boundBy(
      this.prepared.plan,
      this.all.map(({ group }) => group),
    );
  }

  /**
   * Says whether nothing more is to be done. One of which nothing was done when another step failed is as it was, and
   * in nobody's way.
   */
  isTornBy(event: Event): boolean {
    if (event.event !== 'done' && event.event !== 'failed' && event.event !== 'skipped') return false;
    const theirs = this.all.filter(({ group }) =>
      (this.prepared.plan.steps[event.step]?.changes ?? []).some(({ ref }) => group.refs.has(ref)),
    );
    for (const one of theirs) {
      one.touched ||= event.event !== 'skipped';
      one.torn ||= event.event !== 'done';
    }
    return theirs.some(({ touched, torn }) => touched && torn);
  }

  /** Undoes those that were not done whole. Heeds no signal, which would leave them half. */
  async rollBack(world: World, outcomes: readonly Outcome[]): Promise<readonly RolledBack[]> {
    const { steps } = this.prepared.plan;
    const isWhole = ({ refs }: AtomicGroup): boolean =>
      steps.every(({ changes }, i) => outcomes[i] === 'done' || !changes.some(({ ref }) => refs.has(ref)));
    const half = this.all.filter(({ touched, group }) => touched && !isWhole(group));
    const done: RolledBack[] = [];
    for (const { group, undo } of half) done.push({ group, ...(await undone(world, this.prepared, group, undo)) });
    return done;
  }
}

interface Tracked {
  readonly group: AtomicGroup;
  readonly undo: Undo;
  /** Something of it was done, or begun. */
  touched: boolean;
  /** Something of it was not. */
  torn: boolean;
}

/** What became of each step, with those that were undone. */
export function outcomesAfter(
  { plan }: Prepared,
  outcomes: readonly Outcome[],
  rolledBack: readonly RolledBack[],
): readonly Outcome[] {
  const undoneRefs = new Set(rolledBack.flatMap(({ group }) => [...group.refs]));
  return outcomes.map((outcome, i) =>
    outcome === 'done' && (plan.steps[i]?.changes ?? []).some(({ ref }) => undoneRefs.has(ref))
      ? 'rolled back'
      : outcome,
  );
}

/** In words, for whoever began it. */
export function renderRolledBack(rolledBack: readonly RolledBack[]): string {
  return rolledBack
    .map(({ group: { moved }, left, commands }) => {
      const names = moved.join(' and ');
      if (left.length === 0)
        return `${names} ${moved.length === 1 ? 'is' : 'are'} as before, with all addresses and routes: the steps that were to move ${moved.length === 1 ? 'it' : 'them'} were rolled back\n`;
      return `THE MOVE OF ${names} COULD NOT BE ROLLED BACK WHOLE. What is not as it was:\n${indented(left)}${commands === undefined ? '' : `by hand it would take:\n${commands}`}`;
    })
    .join('');
}

/** Of what stands beside on the same link, what the plan itself changes is not to be as it was. */
async function undoOfGroup(
  { driver, kinds }: World,
  { plan, wanted, observed }: Prepared,
  { refs }: AtomicGroup,
): Promise<Undo> {
  const own = kindsOf(refs, kinds);
  const others = new Set(plan.changes.flatMap(({ ref }) => (refs.has(ref) ? [] : [ref])));
  const beside: State = new Map(
    [...observed].filter(([ref, { kind }]) => !others.has(ref) && own.some((one) => one.kind === kind)),
  );
  return await undoOf(
    plan.changes.filter(({ ref }) => refs.has(ref)),
    wanted,
    beside,
    driver,
    own,
  );
}

function kindsOf(refs: ReadonlySet<Ref>, kinds: Kinds): Kinds {
  return kinds.filter(({ kind }) => [...refs].some((ref) => ref.startsWith(`${kind} `)));
}

async function undone(world: World, prepared: Prepared, group: AtomicGroup, undo: Undo): Promise<TakenBack> {
  const { driver } = world;
  const kinds = kindsOf(group.refs, world.kinds);
  const look = async (): Promise<State> => {
    driver.invalidate();
    return await observe(driver, wantedBy(undo, kinds).state, kinds, prepared.stored.memories);
  };
  const tried = await tryBack(world, undo, () =>
    orTrouble(async () => {
      const plan = planBack(undo, await look(), kinds);
      const troubles: string[] = [];
      await execute(plan, driver, (event) => {
        if (event.event === 'failed') troubles.push(event.error.message);
      });
      return { isDone: plan.steps.length === 0, troubles };
    }),
  );
  try {
    const observed = await look();
    const left = leftToUndo(undo, observed, kinds).map(({ verb, ref }) => `${verb} ${ref} would still be to be done`);
    const unlike = await unlikeFound(world, prepared, group);
    if (left.length + unlike.length === 0) return { left: [] };
    const ops: Op[] = planBack(undo, observed, kinds).steps.flatMap((step) => step.ops);
    return {
      left: [...left, ...unlike, ...tried.troubles],
      ...(ops.length === 0
        ? {}
        : { commands: renderScript(ops, world.netns === undefined ? {} : { netns: world.netns }) }),
    };
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    return { left: ['it could not be looked at', ...new Set([error.message, ...tried.troubles])] };
  }
}

/**
 * Of those that were in no bridge of ours, all that hangs on them was read before they were touched. Settings are set
 * by other steps, which stay done.
 */
async function unlikeFound(
  { driver }: World,
  { uplinks: { snapshots } }: Prepared,
  { moved }: AtomicGroup,
): Promise<readonly string[]> {
  const before = moved.flatMap((name) => snapshots.get(name) ?? []);
  const after = await readSnapshots(
    driver,
    before.map(({ name }) => name),
  );
  return before.flatMap((snapshot) => {
    const now = after.get(snapshot.name);
    return now === undefined
      ? [`${snapshot.name} is gone`]
      : differencesOf({ ...snapshot, settings: {} }, { ...now, settings: {} }, ELAPSED).map(({ what, mend }) =>
          mend === undefined ? what : `${what}: ${mend}`,
        );
  });
}

/** Seconds that an apply may have taken until then: what lasted no longer has gone by itself. */
const ELAPSED = 120;

async function orTrouble(tryOnce: () => Promise<Tried>): Promise<Tried> {
  try {
    return await tryOnce();
  } catch (error) {
    if (error instanceof DriverError) return { isDone: false, troubles: [error.message] };
    throw error;
  }
}
