// core/undo.ts — the way back: what a plan is going to change, as it was, and the plan that leads there from wherever
// the host is.
import { diff } from './diff.ts';
import type { Memories } from './observe.ts';
import { order } from './order.ts';
import { kindOf } from './resource.ts';
import type { Change, HostReader, Kind, Kinds, Plan, Ref, Resource, State, Wanted } from './resource.ts';

/**
 * What a plan touches and how that was found, in words in which it can be wanted. Data, so that whoever comes later can
 * go back.
 */
export interface Undo {
  /**
   * In the order in which it was found; with it what stands beside on the same link, whose place among its neighbours
   * may be lost.
   */
  readonly found: readonly Resource[];
  /** What was not there. */
  readonly made: readonly Ref[];
}

/** What to put down before a plan is done. `observed` is how the host was found. */
export async function undoOf(
  changes: readonly Change[],
  wanted: Wanted,
  observed: State,
  host: HostReader,
  kinds: Kinds,
  memories: Memories = {},
): Promise<Undo> {
  const touched = new Set(changes.map(({ ref }) => ref));
  const beside = new Set([...touched].flatMap((ref) => signOf(observed.get(ref), kinds)));
  const found = [...observed].flatMap(([ref, resource]) => {
    const concerns = touched.has(ref) || signOf(resource, kinds).some((sign) => beside.has(sign));
    return concerns && !resource.foreign ? (asFound(resource, changes, kinds) ?? []) : [];
  });
  const back = new Set(found.map((resource) => refIn(kindOf(resource, kinds), resource)));
  const may = (await Promise.all(kinds.map((kind) => maybe(kind, wanted, observed, host)))).filter(
    ({ made }) => made.length > 0,
  );
  const kept = may
    .flatMap(({ could }) => could)
    .filter((resource) => !back.has(refIn(kindOf(resource, kinds), resource)));
  const removed = changes.flatMap((change) =>
    change.verb === 'delete' || change.verb === 'replace' ? [change.before] : [],
  );
  const gone = (
    await Promise.all(kinds.map(async (kind) => (await kind.goesWith?.(host, removed, memories[kind.kind])) ?? []))
  )
    .flat()
    .filter((resource) => !back.has(refIn(kindOf(resource, kinds), resource)));
  return {
    found: [...found, ...kept, ...gone],
    made: [...[...touched].filter((ref) => !back.has(ref)), ...may.flatMap(({ made }) => made)],
  };
}

/** Of a kind that counts what is wanted as there: what could be there before, and what could not. */
async function maybe(
  kind: Kind,
  wanted: Wanted,
  observed: State,
  host: HostReader,
): Promise<{ readonly could: readonly Resource[]; readonly made: readonly Ref[] }> {
  if (kind.mayBe === undefined) return { could: [], made: [] };
  const could = await kind.mayBe(
    host,
    [...observed.values()].filter((resource) => resource.kind === kind.kind),
  );
  const refs = new Set(could.map((resource) => refIn(kind, resource)));
  return { could, made: [...wanted.state.keys()].filter((ref) => ref.startsWith(`${kind.kind} `) && !refs.has(ref)) };
}

/** Whatever is on one link stands beside: with an address may go the routes that need it. */
function signOf(resource: Resource | undefined, kinds: Kinds): readonly string[] {
  if (resource === undefined) return [];
  const kind = kindOf(resource, kinds);
  return kind.signed === undefined ? [] : [kind.signed(resource)];
}

function asFound(resource: Resource, changes: readonly Change[], kinds: Kinds): Resource | undefined {
  const kind = kindOf(resource, kinds);
  return kind.asFound === undefined
    ? resource
    : kind.asFound(
        resource,
        changes.flatMap((change) =>
          change.verb === 'create' && change.after.kind === resource.kind ? [change.after] : [],
        ),
      );
}

/** What an undo wants, as `observe` is asked for it. */
export function wantedBy({ found }: Undo, kinds: Kinds): Wanted {
  const state = new Map(found.map((resource) => [refIn(kindOf(resource, kinds), resource), resource]));
  return { state, because: new Map(), after: new Map(), waiting: [] };
}

/**
 * What of the host still differs from how it was found, and the plan back. What an undo does not speak of is nobody's
 * business here.
 */
export function planBack(undo: Undo, observed: State, kinds: Kinds): Plan {
  const wanted = wantedBy(undo, kinds);
  return order(leftToUndo(undo, observed, kinds), wanted, kinds);
}

/** A host as these changes would leave it, were they done. */
export function done(changes: readonly Change[], observed: State): State {
  const state = new Map(observed);
  for (const change of changes) {
    if (change.verb === 'delete') state.delete(change.ref);
    else state.set(change.ref, change.after);
  }
  return state;
}

export function leftToUndo(undo: Undo, observed: State, kinds: Kinds): readonly Change[] {
  const wanted = wantedBy(undo, kinds);
  const concerned = new Set<Ref>([...wanted.state.keys(), ...undo.made]);
  return diff(new Map([...observed].filter(([ref]) => concerned.has(ref))), wanted, kinds);
}

function refIn(kind: Kind, resource: Resource): Ref {
  return `${kind.kind} ${kind.key(resource)}`;
}
