// core/observe.ts — reads from the host what is ours, and what the spec names of others.
import equal from 'fast-deep-equal';
import { memo } from './memo.ts';
import type { HostReader, Kind, Kinds, Memory, Ref, Resource, State } from './resource.ts';
import type { Hint } from './hint.ts';

/** What each kind remembers, by kind. */
export type Memories = Readonly<Record<string, Memory>>;

/**
 * Begins what is read in any case, beside whatever is done until it is asked for: there it is said, too, if it failed.
 */
export function readAhead(host: HostReader, kinds: Kinds, others: readonly (readonly string[])[] = []): void {
  for (const argv of [...kinds.flatMap(({ reads = [] }) => reads), ...others]) host.read(argv).catch(() => undefined);
}

/** Asks every kind at once; the reader makes equal reads only once. */
export async function observe(host: HostReader, wanted: State, kinds: Kinds, memories: Memories): Promise<State> {
  const wishes = byKind(wanted);
  return stateOf(
    kinds,
    await Promise.all(kinds.map((kind) => kind.observe(host, wishes.get(kind.kind) ?? [], memories[kind.kind] ?? {}))),
  );
}

/** How a host was found, and what was wanted of it then. */
export interface Seen {
  readonly observed: State;
  readonly wanted: State;
}

/**
 * Asks again the kinds that hints concern, or of which something else is wanted than before. Of all others, what was
 * seen stays.
 */
export async function observeAgain(
  host: HostReader,
  wanted: State,
  kinds: Kinds,
  memories: Memories,
  seen: Seen,
  hints: readonly Hint[],
): Promise<State> {
  const [wishes, wished, found] = [byKind(wanted), byKind(seen.wanted), byKind(seen.observed)];
  return stateOf(
    kinds,
    await Promise.all(
      kinds.map(async (kind) => {
        const [wish, before, memory] = [
          wishes.get(kind.kind) ?? [],
          found.get(kind.kind) ?? [],
          memories[kind.kind] ?? {},
        ];
        if (wanted !== seen.wanted && !equal(wish, wished.get(kind.kind) ?? []))
          return await kind.observe(host, wish, memory);
        const concern = hints.filter(({ subsystem }) => subsystem === 'everything' || kind.watches.includes(subsystem));
        if (concern.length === 0) return before;
        const names = namesOf(concern);
        return names === undefined || kind.again === undefined
          ? await kind.observe(host, wish, memory)
          : await kind.again(host, wish, memory, names, before);
      }),
    ),
  );
}

/** Undefined: one of them could mean anything. */
function namesOf(hints: readonly Hint[]): readonly string[] | undefined {
  const names = new Set<string>();
  for (const { name } of hints) {
    if (name === undefined) return undefined;
    names.add(name);
  }
  return [...names];
}

function stateOf(kinds: Kinds, found: readonly (readonly Resource[])[]): State {
  const state = new Map<Ref, Resource>();
  for (const [i, kind] of kinds.entries())
    for (const resource of found[i] ?? []) state.set(nameOf(resource, kind), resource);
  return state;
}

const names = new WeakMap<Resource, Ref>();

/** The same text each time: a new one of the same words is hashed again. */
function nameOf(resource: Resource, kind: Kind): Ref {
  const known = names.get(resource) ?? (`${kind.kind} ${kind.key(resource)}` as const);
  names.set(resource, known);
  return known;
}

/** What is wanted, and what was seen, is asked for in each round. */
const byKind = memo((state: State): ReadonlyMap<string, readonly Resource[]> => {
  const groups = new Map<string, Resource[]>();
  for (const resource of state.values()) {
    const group = groups.get(resource.kind);
    if (group === undefined) groups.set(resource.kind, [resource]);
    else group.push(resource);
  }
  return groups;
});

/** What of an observed state the next run should know; of a kind that has nothing to remember, nothing. */
export function memoriesOf(observed: State, kinds: Kinds): Memories {
  const found = byKind(observed);
  const all = kinds.flatMap((kind): [string, Memory][] =>
    kind.remember === undefined ? [] : [[kind.kind, kind.remember(found.get(kind.kind) ?? [])]],
  );
  return Object.fromEntries(all.filter(([, memory]) => Object.keys(memory).length > 0));
}
