// pipeline/plan-from.ts — from what is wanted and how the host was found to a plan. Pure.
import { found, withRestored, recordOriginals } from '../core/borrow.ts';
import type { Originals } from '../core/borrow.ts';
import { diff } from '../core/diff.ts';
import type { Facts } from '../core/facts.ts';
import { withoutDeferred } from '../core/defer.ts';
import { order } from '../core/order.ts';
import { kindOf } from '../core/resource.ts';
import type { Plan, State, Wanted, Change, Ref, Kinds, Resource, Memory } from '../core/resource.ts';
import { review } from '../core/review.ts';
import type { Revision, Stored } from '../core/stored.ts';
import type { Way } from '../guards/circumstances.ts';
import { guardsFor } from '../guards/index.ts';
import { withPutAs } from '../kinds/address/put-as.ts';
import type { Rehearsal } from '../report/rehearsal-result.ts';
import { locateAll } from '../specfile/locate.ts';
import type { Locate, LocatedDiagnostic, Spec } from '../specfile/model.ts';
import type { Source } from '../specfile/text.ts';
import { NO_UPLINKS } from '../uplinks/uplinks.ts';
import type { Uplinks } from '../uplinks/uplinks.ts';
import { withPutOn } from './borrowed/restored.ts';
import { movesSeveral } from './borrowed/moves-several.ts';
import { foundOf, restoredBy } from './borrowed/snapshots.ts';
import type { Snapshots } from './borrowed/snapshots.ts';
import { standingAgainst } from './preflight/preflight.ts';
import type { Desired } from './desired.ts';
import type { World } from './world.ts';

export interface Prepared {
  readonly sources: readonly Source[];
  readonly locate: Locate;
  /** The host of the spec. */
  readonly self: string;
  /** What the operator calls it. */
  readonly title: string;
  readonly facts: Facts;
  readonly plan: Plan;
  readonly observed: State;
  readonly wanted: Wanted;
  /** All that differs, also what is to wait. */
  readonly differs: readonly Change[];
  /**
   * Among which something may need what is borrowed: what the spec asks for, and without pruning also what would be
   * restored.
   */
  readonly inUse: Wanted;
  /** What is to be saved before the first step, and over what. */
  readonly stored: Stored;
  readonly before: Stored | undefined;
  readonly revision: Revision;
  readonly isOutdated: boolean;
  readonly originals: Originals;
  /** What stands against the plan. */
  readonly problems: readonly LocatedDiagnostic[];
  /** How the plan went on a copy of the host, where that was asked for. */
  readonly rehearsal?: Rehearsal;
  /** What others have on the host that stops traffic of the spec. Nothing waits for it. */
  readonly conflicts: readonly LocatedDiagnostic[];
  /** How the interfaces were found that are about to be borrowed. */
  readonly uplinks: Uplinks;
  /** And those that were borrowed before. */
  readonly snapshots: Snapshots;
  readonly spec: Spec;
}

/**
 * What is asked for, and what is to be restored because nobody asks for it. What is to stay keeps what it has
 * borrowed.
 */
export function goal({ kinds }: Pick<World, 'kinds'>, { facts, originals, wanted }: Desired, prune: boolean): Wanted {
  return prune ? withRestored(withPutOn(originals, wanted, facts), wanted, devicesOf(facts), kinds) : wanted;
}

/** What bears on a plan beside what is wanted and what was found. */
interface Beside {
  /** What is to be left for later. */
  readonly isHeld?: (ref: Ref) => boolean;
  /** How the operator came in. */
  readonly way?: Way | undefined;
  readonly conflicts?: readonly LocatedDiagnostic[];
  readonly uplinks?: Uplinks;
  /** What on the host would have a step fail. */
  readonly unready?: readonly LocatedDiagnostic[];
  readonly rules?: string;
  readonly translating?: readonly string[];
}

/** From how the host was found to a plan, without what is to wait. Pure. */
export function planFrom(
  { kinds, safety }: Pick<World, 'kinds' | 'safety'>,
  desired: Desired,
  wanted: Wanted,
  observed: State,
  prune: boolean,
  {
    isHeld = () => false,
    way,
    conflicts = [],
    uplinks = NO_UPLINKS,
    unready = [],
    rules,
    translating = [],
  }: Beside = {},
): Prepared {
  const {
    sources,
    spec,
    locate,
    self,
    title,
    facts,
    snapshots,
    originals,
    granted,
    before,
    kept,
    revision,
    isOutdated,
  } = desired;
  const all = diff(observed, wanted, kinds);
  const changes = withoutDeferred(prune ? all : withoutRemovals(all, wanted, kinds), isHeld, wanted, kinds);
  const plan = order(changes, wanted, kinds);
  // As they were observed, not as they go: the first address of an interface is to be its first again.
  const put = recordOriginals(changes, prune ? withPutOn(originals, desired.wanted, facts) : originals);
  const borrowed = withPutAs(found('sysctl', observed, desired.wanted.state, put, all), wanted.state);
  const stored: Stored = {
    ...granted,
    originals: [...borrowed.values()],
    memories: withRecordedBefore(before.memories, plan, kinds),
    ...foundOf(snapshots, borrowed),
    ...(before.beside === undefined ? {} : { beside: before.beside }),
    ...(before.moving === true || movesSeveral(plan.changes) ? { moving: true as const } : {}),
    start: safety.start,
  };
  const [against, beside] = parted(conflicts, ({ severity, asks }) => severity === 'error' || asks === true);
  const made = new Set(plan.changes.flatMap(({ verb, ref }) => (verb === 'create' || verb === 'replace' ? [ref] : [])));
  const inUse = prune ? desired.wanted : withRestored(originals, desired.wanted, devicesOf(facts), kinds);
  const problems = [
    ...locateAll(
      review(
        plan,
        observed,
        wanted,
        kinds,
        guardsFor({
          way,
          links: facts.links,
          uplinks,
          rules,
          translating,
          isRecorded: kept !== undefined,
          borrowed: originals,
          restored: restoredBy({ before, originals, inUse }, kinds),
        }),
      ),
      locate,
    ),
    ...against,
    ...standingAgainst(unready, made),
  ];
  return {
    sources,
    spec,
    locate,
    self,
    title,
    facts,
    plan,
    observed,
    wanted,
    differs: all,
    inUse,
    stored,
    before: kept,
    revision,
    isOutdated,
    originals: borrowed,
    problems,
    conflicts: beside,
    uplinks,
    snapshots,
  };
}

function parted<T>(all: readonly T[], is: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}

function devicesOf(facts: Facts): ReadonlySet<string> {
  return new Set([...facts.links.values()].filter(({ ours }) => !ours).map(({ name }) => name));
}

/** Leaves what nobody wants any more, unless it holds what somebody else is to have. */
function withoutRemovals(changes: readonly Change[], wanted: Wanted, kinds: Kinds): readonly Change[] {
  const claims = (resource: Resource): readonly string[] => kindOf(resource, kinds).claims?.(resource) ?? [];
  const held = new Set([...wanted.state.values()].flatMap(claims));
  return changes.filter(
    (change) =>
      change.verb !== 'delete' ||
      change.before.borrowed === true ||
      claims(change.before).some((claim) => held.has(claim)),
  );
}

export function withRecordedBefore(memories: Stored['memories'], plan: Plan, kinds: Kinds): Stored['memories'] {
  const added = kinds.map((kind): readonly [string, Memory] => {
    const [known = {}, put = {}] = [
      memories[kind.kind],
      kind.recordBefore?.(plan.changes.filter(({ ref }) => ref.startsWith(`${kind.kind} `))),
    ];
    return [kind.kind, Object.keys(put).length === 0 ? known : { ...known, ...put }];
  });
  // One that is kept stays, also while it is empty: else every repair would write the store, and none could be made
  // without room for that.
  return Object.fromEntries(
    added.filter(([kind, memory]) => memories[kind] !== undefined || Object.keys(memory).length > 0),
  );
}
