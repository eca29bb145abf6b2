// core/kind-in-netns.ts — any kind once more, for what it holds in network namespaces of netctl's own. It learns nothing
// of that itself.
import equal from 'fast-deep-equal';
import { disruptionOf } from './disruption.ts';
import { inNetns, isInNetns, opIn, nameInNetns, readerIn, refInNetns, refOutOfNetns } from './in-netns.ts';
import { kindIn } from './ref.ts';
import type { InNetns, Namespaces } from './in-netns.ts';
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

/** The same kinds in network namespaces. Where there is none, nothing is read. */
export function inNamespaces(kinds: Kinds, namespaces: Namespaces): Kinds {
  const names = new Set(kinds.map(({ kind }) => kind));
  return kinds.map((kind) => kindInNetns(kind, names, namespaces));
}

/** `names`: of what can be in a namespace. What one of these needs of another is in the same one. */
function kindInNetns(
  { kind: name, watches, composite }: Kind,
  names: ReadonlySet<string>,
  namespaces: Namespaces,
): Kind<InNetns> {
  const inside = (netns: string): Kind => kindOf({ kind: name }, namespaces.kindsIn(netns));
  const of = ({ netns }: InNetns): Kind => inside(netns);
  const refs = (netns: string, all: readonly Ref[]): readonly Ref[] =>
    all.map((ref) => (names.has(kindIn(ref)) ? refInNetns(netns, ref) : ref));
  const look = async (
    host: HostReader,
    netns: string,
    wanted: readonly InNetns[],
    memory: Memory,
  ): Promise<readonly InNetns[]> => {
    const found = await inside(netns).observe(readerIn(host, netns), within(wanted, netns), memoryIn(memory, netns));
    return found.map((resource) => inNetns(netns, resource));
  };
  return {
    kind: nameInNetns(name),
    key: (contained) => `${contained.netns} ${of(contained).key(contained.resource)}`,
    needs: (contained) => [
      namespaces.ref(contained.netns),
      ...refs(contained.netns, of(contained).needs(contained.resource)),
    ],
    provides: (contained) => refs(contained.netns, of(contained).provides?.(contained.resource) ?? []),
    claims: (contained) =>
      (of(contained).claims?.(contained.resource) ?? []).map((claim) => `${contained.netns} ${claim}`),
    watches: ['in-namespaces', 'namespaces', ...watches.filter((part) => part === 'processes' || part === 'files')],
    signed: ({ netns }) => netns,
    observe: async (host, wanted, memory) => {
      const found = await namespaces.find(host, name);
      return (await Promise.all(found.map((netns) => look(host, netns, wanted, memory)))).flat();
    },
    again: async (host, wanted, memory, signs, before) => {
      const found = await namespaces.find(host, name);
      // A file or a process is signed by its path.
      const isMeant = (netns: string): boolean => signs.some((sign) => sign.split('/').includes(netns));
      const seen = await Promise.all(found.filter(isMeant).map((netns) => look(host, netns, wanted, memory)));
      return [...before.filter(({ netns }) => found.includes(netns) && !isMeant(netns)), ...seen.flat()];
    },
    steps: (changes, apart) =>
      namespacesIn(changes).flatMap((netns) => {
        const outer = changesIn(changes, netns);
        return inside(netns)
          .steps([...outer.keys()], apart)
          .map((step): Step => ({
            changes: step.changes.map((change) => outer.get(change) ?? unknown(change)),
            ops: step.ops.map((op) => opIn(netns, op)),
          }));
      }),
    ...(composite === undefined ? {} : { composite: compositeInNetns(composite) }),
    merge(a, b) {
      const merged = of(a).merge?.(a.resource, b.resource);
      return merged === undefined ? undefined : inNetns(a.netns, merged);
    },
    same: (found, wanted) =>
      of(found).same?.(found.resource, wanted.resource) ?? equal(found.resource, wanted.resource),
    mustReplace: (found, wanted) => of(found).mustReplace?.(found.resource, wanted.resource) === true,
    fallsWith: (found, before, after) =>
      isInNetns(before) &&
      isInNetns(after) &&
      of(found).fallsWith?.(found.resource, before.resource, after.resource) === true,
    remember: (found) => ({
      ...memoryOf(new Set(found.map(({ netns }) => netns)), (netns) => inside(netns).remember?.(within(found, netns))),
      ...(namespaces.seesWantedOnly(name)
        ? Object.fromEntries(
            found.map((contained) => [
              `${WANTED} ${contained.netns} ${of(contained).key(contained.resource)}`,
              JSON.stringify(contained.resource),
            ]),
          )
        : {}),
    }),
    recordBefore: (changes) =>
      memoryOf(namespacesIn(changes), (netns) => inside(netns).recordBefore?.([...changesIn(changes, netns).keys()])),
    // With a namespace goes what is in it. What is wanted no more, and seen by nobody for that, was remembered.
    goesWith: async (host, removed, memory = {}) => {
      const going = new Set(removed.flatMap((resource) => namespaces.of(resource) ?? []));
      if (going.size === 0 || !namespaces.seesWantedOnly(name)) return [];
      const there = (await namespaces.find(host, name)).filter((netns) => going.has(netns));
      return (await Promise.all(there.map((netns) => look(host, netns, rememberedIn(memory, netns), {})))).flat();
    },
    irrevocable: (contained) => of(contained).irrevocable?.(contained.resource) === true,
    asFound(found, made) {
      const kind = of(found);
      const resource =
        kind.asFound === undefined ? found.resource : kind.asFound(found.resource, within(made, found.netns));
      return resource === undefined ? undefined : inNetns(found.netns, resource);
    },
    disrupts: (change) => {
      const { netns } = subjectOf(change);
      const [inner = unknown(change)] = changesIn([change], netns).keys();
      return disruptionIn(netns, disruptionOf(inner, [inside(netns)]));
    },
    describe: (contained, before) =>
      `${contained.netns}: ${of(contained).describe(contained.resource, before?.resource)}`,
  };
}

/** Its parts are where it is. */
function compositeInNetns(composite: Composite): Composite<InNetns, InNetns> {
  return {
    kind: nameInNetns(composite.kind),
    key: ({ netns, resource }) => `${netns} ${composite.key(resource)}`,
    merge(a, b) {
      const merged = composite.merge?.(a.resource, b.resource);
      return merged === undefined ? undefined : inNetns(a.netns, merged);
    },
    *partsOf({ netns, resource: whole }) {
      for (const { resource, because, names = [] } of composite.partsOf(whole))
        yield { resource: inNetns(netns, resource), because, names: names.map((ref) => refInNetns(netns, ref)) };
    },
  };
}

function within(all: readonly InNetns[], name: string): readonly Resource[] {
  return all.flatMap(({ netns, resource }) => (netns === name ? [resource] : []));
}

/** Each key begins with its namespace. */
function memoryOf(namespaces: Iterable<string>, of: (netns: string) => Memory | undefined): Memory {
  return Object.fromEntries(
    [...namespaces].flatMap((netns) =>
      Object.entries(of(netns) ?? {}).map(([key, value]) => [`${netns} ${key}`, value]),
    ),
  );
}

function memoryIn(memory: Memory, netns: string): Memory {
  const own = Object.entries(memory).filter(([key]) => key.startsWith(`${netns} `));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(netns.length + 1), value]));
}

/** Begins the key of what is remembered since it was wanted. */
const WANTED = 'wanted';

function rememberedIn(memory: Memory, netns: string): readonly InNetns[] {
  return Object.entries(memory).flatMap(([key, value]) =>
    key.startsWith(`${WANTED} ${netns} `) ? [inNetns(netns, JSON.parse(value) as Resource)] : [],
  );
}

function subjectOf(change: Change<InNetns>): InNetns {
  return change.verb === 'delete' ? change.before : change.after;
}

function namespacesIn(changes: readonly Change<InNetns>[]): readonly string[] {
  return [...new Set(changes.map((change) => subjectOf(change).netns))];
}

/** Changes as the kind knows them, each with what it is of here. */
function changesIn(changes: readonly Change<InNetns>[], netns: string): ReadonlyMap<Change, Change<InNetns>> {
  return new Map(
    changes.filter((change) => subjectOf(change).netns === netns).map((change) => [innerOf(change, netns), change]),
  );
}

function innerOf(change: Change<InNetns>, netns: string): Change {
  const ref = refOutOfNetns(netns, change.ref);
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

/** A device, or whose flows they are, is one of the namespace. */
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
  throw new Error(`a kind made a change of its own in a namespace: ${change.ref}`);
}
