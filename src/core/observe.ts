// core/observe.ts — reads from the host what is ours, and what the spec names of others.
import { kindOf } from './resource.ts';
import type { HostReader, Kind, Kinds, Memory, Ref, Resource, State } from './resource.ts';

/** What each kind remembers, by kind. */
export type Memories = Readonly<Record<string, Memory>>;

/** Begins what is read in any case, beside whatever is done until it is asked for: there it is said, too, if it failed. */
export function readAhead(host: HostReader, kinds: Kinds): void {
  for (const argv of kinds.flatMap(({ reads = [] }) => reads)) host.read(argv).catch(() => undefined);
}

/** Asks every kind at once; the reader makes equal reads only once. */
export async function observe(host: HostReader, wanted: State, kinds: Kinds, memories: Memories): Promise<State> {
  const found = await Promise.all(kinds.map((kind) => kind.observe(host, wantedOf(kind, wanted), memories[kind.kind] ?? {})));
  const state = new Map<Ref, Resource>();
  for (const [i, kind] of kinds.entries()) for (const resource of found[i] ?? []) state.set(`${kind.kind} ${kind.key(resource)}`, resource);
  return state;
}

/** What of an observed state the next run should know. */
export function memoriesOf(observed: State, kinds: Kinds): Memories {
  const own = (kind: Kind): readonly Resource[] => [...observed.values()].filter((resource) => kindOf(resource, kinds) === kind);
  return Object.fromEntries(kinds.flatMap((kind) => (kind.remember === undefined ? [] : [[kind.kind, kind.remember(own(kind))]])));
}

function wantedOf(kind: Kind, wanted: State): readonly Resource[] {
  return [...wanted.values()].filter((resource) => resource.kind === kind.kind);
}
