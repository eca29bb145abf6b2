// core/placed-kind.ts — any kind once more, for what it holds in places. It learns nothing of that itself.
import equal from 'fast-deep-equal';
import { disruptionOf } from './disruption.ts';
import { inPlace, isPlaced, opIn, placedName, readerIn, refInPlace, refOutOf } from './place.ts';
import { kindIn } from './ref.ts';
import type { Placed, Places } from './place.ts';
import { kindOf } from './resource.ts';
import type {
  Change,
  Composite,
  Disruption,
  HostReader,
  Kind,
  Kinds,
  Memory,
  Ref,
  Resource,
  Step,
} from './resource.ts';

/** The same kinds in places. Where there is no place, nothing is read. */
export function inPlaces(kinds: Kinds, places: Places): Kinds {
  const names = new Set(kinds.map(({ kind }) => kind));
  return kinds.map((kind) => placedKind(kind, names, places));
}

/** `names`: of what can be in a place. What one of these needs of another is in the same place. */
function placedKind(
  { kind: name, watches, composite }: Kind,
  names: ReadonlySet<string>,
  places: Places,
): Kind<Placed> {
  const inside = (netns: string): Kind => kindOf({ kind: name }, places.kindsIn(netns));
  const of = ({ netns }: Placed): Kind => inside(netns);
  const refs = (netns: string, all: readonly Ref[]): readonly Ref[] =>
    all.map((ref) => (names.has(kindIn(ref)) ? refInPlace(netns, ref) : ref));
  const look = async (
    host: HostReader,
    netns: string,
    wanted: readonly Placed[],
    memory: Memory,
  ): Promise<readonly Placed[]> => {
    const found = await inside(netns).observe(readerIn(host, netns), within(wanted, netns), memoryIn(memory, netns));
    return found.map((resource) => inPlace(netns, resource));
  };
  return {
    kind: placedName(name),
    key: (placed) => `${placed.netns} ${of(placed).key(placed.resource)}`,
    needs: (placed) => [places.ref(placed.netns), ...refs(placed.netns, of(placed).needs(placed.resource))],
    provides: (placed) => refs(placed.netns, of(placed).provides?.(placed.resource) ?? []),
    claims: (placed) => (of(placed).claims?.(placed.resource) ?? []).map((claim) => `${placed.netns} ${claim}`),
    watches: ['places', 'namespaces', ...watches.filter((part) => part === 'processes' || part === 'files')],
    signed: ({ netns }) => netns,
    observe: async (host, wanted, memory) => {
      const found = await places.find(host, name);
      return (await Promise.all(found.map((netns) => look(host, netns, wanted, memory)))).flat();
    },
    again: async (host, wanted, memory, signs, before) => {
      const found = await places.find(host, name);
      // A file or a process is signed by its path.
      const isMeant = (netns: string): boolean => signs.some((sign) => sign.split('/').includes(netns));
      const seen = await Promise.all(found.filter(isMeant).map((netns) => look(host, netns, wanted, memory)));
      return [...before.filter(({ netns }) => found.includes(netns) && !isMeant(netns)), ...seen.flat()];
    },
    steps: (changes, apart) =>
      placesOf(changes).flatMap((netns) => {
        const outer = changesIn(changes, netns);
        return inside(netns)
          .steps([...outer.keys()], apart)
          .map((step): Step => ({
            changes: step.changes.map((change) => outer.get(change) ?? unknown(change)),
            ops: step.ops.map((op) => opIn(netns, op)),
          }));
      }),
    ...(composite === undefined ? {} : { composite: placedComposite(composite) }),
    merge(a, b) {
      const merged = of(a).merge?.(a.resource, b.resource);
      return merged === undefined ? undefined : inPlace(a.netns, merged);
    },
    same: (found, wanted) =>
      of(found).same?.(found.resource, wanted.resource) ?? equal(found.resource, wanted.resource),
    mustReplace: (found, wanted) => of(found).mustReplace?.(found.resource, wanted.resource) === true,
    fallsWith: (found, before, after) =>
      isPlaced(before) &&
      isPlaced(after) &&
      of(found).fallsWith?.(found.resource, before.resource, after.resource) === true,
    remember: (found) => ({
      ...memoryOf(new Set(found.map(({ netns }) => netns)), (netns) => inside(netns).remember?.(within(found, netns))),
      ...(places.seesWantedOnly(name)
        ? Object.fromEntries(
            found.map((placed) => [
              `${WANTED} ${placed.netns} ${of(placed).key(placed.resource)}`,
              JSON.stringify(placed.resource),
            ]),
          )
        : {}),
    }),
    recordBefore: (changes) =>
      memoryOf(placesOf(changes), (netns) => inside(netns).recordBefore?.([...changesIn(changes, netns).keys()])),
    // With a place goes what stands in it. What is wanted no more, and seen by nobody for that, was remembered.
    goesWith: async (host, removed, memory = {}) => {
      const going = new Set(removed.flatMap((resource) => places.of(resource) ?? []));
      if (going.size === 0 || !places.seesWantedOnly(name)) return [];
      const there = (await places.find(host, name)).filter((netns) => going.has(netns));
      return (await Promise.all(there.map((netns) => look(host, netns, rememberedIn(memory, netns), {})))).flat();
    },
    irrevocable: (placed) => of(placed).irrevocable?.(placed.resource) === true,
    asFound(found, made) {
      const kind = of(found);
      const resource =
        kind.asFound === undefined ? found.resource : kind.asFound(found.resource, within(made, found.netns));
      return resource === undefined ? undefined : inPlace(found.netns, resource);
    },
    disrupts: (change) => {
      const { netns } = placedIn(change);
      const [inner = unknown(change)] = changesIn([change], netns).keys();
      return disruptionIn(netns, disruptionOf(inner, [inside(netns)]));
    },
    describe: (placed, before) => `${placed.netns}: ${of(placed).describe(placed.resource, before?.resource)}`,
  };
}

/** Its parts are where it is. */
function placedComposite(composite: Composite): Composite<Placed, Placed> {
  return {
    kind: placedName(composite.kind),
    key: ({ netns, resource }) => `${netns} ${composite.key(resource)}`,
    merge(a, b) {
      const merged = composite.merge?.(a.resource, b.resource);
      return merged === undefined ? undefined : inPlace(a.netns, merged);
    },
    *partsOf({ netns, resource: placed }) {
      for (const { resource, because, names = [] } of composite.partsOf(placed))
        yield { resource: inPlace(netns, resource), because, names: names.map((ref) => refInPlace(netns, ref)) };
    },
  };
}

function within(all: readonly Placed[], place: string): readonly Resource[] {
  return all.flatMap(({ netns, resource }) => (netns === place ? [resource] : []));
}

/** Each key begins with its place. */
function memoryOf(places: Iterable<string>, of: (netns: string) => Memory | undefined): Memory {
  return Object.fromEntries(
    [...places].flatMap((netns) => Object.entries(of(netns) ?? {}).map(([key, value]) => [`${netns} ${key}`, value])),
  );
}

function memoryIn(memory: Memory, netns: string): Memory {
  const own = Object.entries(memory).filter(([key]) => key.startsWith(`${netns} `));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(netns.length + 1), value]));
}

/** Begins the key of what is remembered since it was wanted. */
const WANTED = 'wanted';

function rememberedIn(memory: Memory, netns: string): readonly Placed[] {
  return Object.entries(memory).flatMap(([key, value]) =>
    key.startsWith(`${WANTED} ${netns} `) ? [inPlace(netns, JSON.parse(value) as Resource)] : [],
  );
}

function placedIn(change: Change<Placed>): Placed {
  return change.verb === 'delete' ? change.before : change.after;
}

function placesOf(changes: readonly Change<Placed>[]): readonly string[] {
  return [...new Set(changes.map((change) => placedIn(change).netns))];
}

/** Changes as the kind knows them, each with what it is of here. */
function changesIn(changes: readonly Change<Placed>[], netns: string): ReadonlyMap<Change, Change<Placed>> {
  return new Map(
    changes.filter((change) => placedIn(change).netns === netns).map((change) => [innerOf(change, netns), change]),
  );
}

function innerOf(change: Change<Placed>, netns: string): Change {
  const ref = refOutOf(netns, change.ref);
  switch (change.verb) {
    case 'create':
      return { verb: change.verb, ref, after: change.after.resource };
    case 'delete':
      return { verb: change.verb, ref, before: change.before.resource };
    case 'update':
    case 'replace':
      return { verb: change.verb, ref, before: change.before.resource, after: change.after.resource };
  }
}

/** A device, or whose flows they are, is one of the place. */
function disruptionIn(netns: string, disruption: Disruption): Disruption {
  const named = (name: string): string => `${name} in ${netns}`;
  switch (disruption.class) {
    case 'none':
      return disruption.makes === undefined ? disruption : { ...disruption, makes: named(disruption.makes) };
    case 'flows':
      return { ...disruption, of: disruption.of.map(named) };
    case 'link':
      return { ...disruption, link: named(disruption.link) };
    case 'new-connections':
      return disruption;
  }
}

function unknown(change: Change): never {
  throw new Error(`a kind made a change of its own in a place: ${change.ref}`);
}
