// watch/round.ts — one round of a watch: looks at what hints name, plans, repairs, and looks again at what it touched.
import { originalsOf } from '../core/borrow.ts';
import { sameFacts } from '../core/facts.ts';
import { observe, observeAgain } from '../core/observe.ts';
import { kindOf } from '../core/resource.ts';
import type { Change, Kinds, Ref, State, Wanted } from '../core/resource.ts';
import type { Subsystem, Hint } from '../core/hint.ts';
import { readerWith, readLinks } from '../iproute2/links.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { isNeighbour } from '../kinds/neighbour/model.ts';
import type { LocatedDiagnostic } from '../specfile/model.ts';
import { aboutToBorrow } from '../uplinks/borrowing.ts';
import { aboutToLeave, leavingIn } from '../uplinks/leaving.ts';
import { readUplinks } from '../uplinks/uplinks.ts';
import type { Phases } from '../report/watch-events.ts';
import { executePlan, keep, settledStore } from '../transaction/execute.ts';
import type { Executed } from '../transaction/execute.ts';
import { withOthersSettings } from '../pipeline/borrowed/restored.ts';
import { preflight } from '../pipeline/preflight/preflight.ts';
import { UPLINK_CHANGED } from '../pipeline/borrowed/routes-by-now.ts';
import { conflictsWith } from '../pipeline/prepare.ts';
import { goal, planFrom } from '../pipeline/plan-from.ts';
import { desiredOf } from '../pipeline/desired.ts';
import type { Prepared } from '../pipeline/plan-from.ts';
import type { Desired } from '../pipeline/desired.ts';
import type { Located, Read } from '../pipeline/read.ts';
import { toolsOrExit } from '../transaction/tools.ts';
import type { World } from '../pipeline/world.ts';
import { CACHED, CachedReader } from './cached-reader.ts';
import type { Printed } from './cached-reader.ts';

/** What is known of the host, and holds until hints tell otherwise. */
export interface Known {
  readonly target: Read;
  readonly desired: Desired;
  /** What is asked for, and what is to be restored. */
  readonly wanted: Wanted;
  readonly observed: State;
  /** All of the host's, as several kinds need them. */
  readonly links: readonly LinkRecord[];
  /** What tools printed, by their words. */
  readonly printed: Printed;
  /** What others have on the host that stops traffic of the spec, as of the last look at everything. */
  readonly conflicts: readonly LocatedDiagnostic[];
}

export interface Looked {
  readonly known: Known;
  /** Everything was read, not only what hints named. */
  readonly whole: boolean;
  /** What is to be done now: without what is held. */
  readonly prepared: Prepared;
  /** All that differs. */
  readonly differs: readonly Change[];
  /** What somebody else has settled of a borrowed interface since the last look. */
  readonly changed: readonly LocatedDiagnostic[];
  readonly seconds: Pick<Phases, 'read' | 'plan'>;
}

/** What features are told of a host: another reason than their spec for them to want something else. */
const TOLD: readonly Subsystem[] = ['links', 'routes', 'namespaces'];

/** Reads what hints name, or everything where nothing is known, and plans towards what the spec wants of that. */
export async function look(
  world: World,
  target: Read,
  known: Known | undefined,
  hints: readonly Hint[],
  isHeld: (ref: Ref) => boolean,
): Promise<Located<Looked>> {
  const began = performance.now();
  const whole =
    known === undefined || known.target !== target || hints.some(({ subsystem }) => subsystem === 'everything');
  const isTold = hints.some(({ subsystem }) => subsystem !== 'everything' && TOLD.includes(subsystem));
  const reader = new CachedReader(world.driver, whole ? undefined : known, hints);
  // Begun before it is known which devices there are.
  if (isTold) for (const argv of CACHED) reader.read(argv).catch(() => undefined);
  const host = whole ? reader : await readerWith(reader, known.links, hints);
  const isStale =
    whole ||
    (isTold &&
      (lendsNeighbours(known) || !sameFacts(await world.facts(host), known.desired.facts, namespacesIn(target))));
  const desired = isStale
    ? await desiredOf({ ...world, facts: () => world.facts(host) }, target)
    : { ok: true as const, value: known.desired, warnings: [] };
  if (!desired.ok) return desired;
  const aim = isStale ? goal(world, desired.value, true) : known.wanted;
  const { memories } = desired.value.before;
  const [observed, conflicts] = await Promise.all([
    whole
      ? observe(host, aim.state, world.kinds, memories)
      : observeAgain(
          host,
          aim.state,
          world.kinds,
          memories,
          { observed: known.observed, wanted: known.wanted.state },
          hints,
        ),
    whole ? conflictsWith(desired.value, host, aim) : Promise.resolve(known.conflicts),
  ]);
  const wanted = withOthersSettings(aim, observed);
  const [uplinks, unready] = await Promise.all([
    readUplinks(
      world.driver,
      aboutToBorrow(wanted.state, observed, isHeld),
      aboutToLeave(leavingIn(wanted.state, observed, isHeld)),
    ),
    preflight(desired.value, world.driver, { wanted: wanted.state, observed, all: false, isHeld }),
  ]);
  const read = performance.now();
  const prepared = planFrom(world, desired.value, wanted, observed, true, { isHeld, conflicts, uplinks, unready });
  const seconds = { read: (read - began) / 1000, plan: (performance.now() - read) / 1000 };
  const links = await readLinks(host);
  const changed = desired.warnings.filter(({ code }) => code === UPLINK_CHANGED);
  return {
    ok: true,
    value: {
      changed,
      known: { target, desired: desired.value, wanted, observed, links, printed: reader.printed, conflicts },
      whole,
      prepared,
      differs: prepared.differs,
      seconds,
    },
    warnings: desired.warnings,
  };
}

/**
 * What somebody has made of those since is read with what is wanted, and is no fact of the host's that features know.
 */
function lendsNeighbours({ desired }: Known): boolean {
  return desired.before.originals.some(isNeighbour);
}

/** The same look, with more left for later. */
export function planAgain(world: World, looked: Looked, isHeld: (ref: Ref) => boolean): Looked {
  const { desired, wanted, observed, conflicts } = looked.known;
  return {
    ...looked,
    prepared: planFrom(world, desired, wanted, observed, true, { isHeld, conflicts, uplinks: looked.prepared.uplinks }),
  };
}

/** Those in which instances have devices. */
function namespacesIn({ spec }: Read): ReadonlySet<string> {
  return new Set(
    spec.instances.flatMap(({ nics }) => nics.flatMap(({ device }) => (device.type === 'veth' ? [device.netns] : []))),
  );
}

export interface Repaired extends Executed {
  readonly known: Known;
}

/** Does what was planned. `meanwhile` gives the hints that came while it was done. */
export async function repair(
  world: World,
  { known, prepared }: Looked,
  meanwhile: () => readonly Hint[],
): Promise<Repaired> {
  await toolsOrExit(world, prepared, 'there');
  let { links, printed } = known;
  const executed = await executePlan(world, prepared, async () => {
    const hints = [...touchedBy(prepared.plan.changes, world.kinds), ...meanwhile()];
    const reader = new CachedReader(world.driver, known, hints);
    ({ printed } = reader);
    const host = await readerWith(reader, known.links, hints);
    links = await readLinks(host);
    return await observeAgain(
      host,
      known.wanted.state,
      world.kinds,
      prepared.stored.memories,
      { observed: known.observed, wanted: known.wanted.state },
      hints,
    );
  });
  return {
    ...executed,
    known: learnt({ ...known, links, printed, observed: executed.observed }, executed, world.kinds),
  };
}

/** Nothing differs: what was learnt is kept all the same, as it is after every apply. */
export async function keepLearnt(world: World, { known, prepared }: Looked): Promise<Known> {
  const stored = settledStore(prepared, known.observed, world.kinds);
  return learnt(known, { stored, revision: await keep(world, prepared, stored) }, world.kinds);
}

function learnt(known: Known, { stored, revision }: Pick<Executed, 'stored' | 'revision'>, kinds: Kinds): Known {
  return {
    ...known,
    desired: {
      ...known.desired,
      before: stored,
      kept: stored,
      revision,
      isOutdated: false,
      originals: originalsOf(stored.originals, kinds),
    },
  };
}

/** What a look must cover after these changes. A kind that can look at single things is asked for just those. */
function touchedBy(changes: readonly Change[], kinds: Kinds): readonly Hint[] {
  return changes.flatMap((change): readonly Hint[] => {
    const kind = kindOf(change.verb === 'delete' ? change.before : change.after, kinds);
    const resource = change.verb === 'delete' ? change.before : change.after;
    return kind.watches.map((subsystem) => ({
      subsystem,
      ...(kind.again === undefined ? {} : { name: kind.signed?.(resource) ?? kind.key(resource) }),
    }));
  });
}
