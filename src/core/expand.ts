// core/expand.ts — from composites that features want to the resources that stand for them.
import { refOf } from './resource.ts';
import type { Composite, Diagnostic, Kinds, Ref, Waiting, Want } from './resource.ts';
import { unite } from './unite.ts';

type Wants = readonly (Want | Waiting)[];

export interface Expanded {
  readonly wants: Wants;
  readonly problems: readonly Diagnostic[];
}

/**
 * What several features want of one composite is united first; its parts come where the first of them wanted it. Who
 * is to come after something of a composite comes after the part that has it.
 */
export function expand(wants: Iterable<Want | Waiting>, kinds: Kinds): Expanded {
  const all = [...wants];
  const composites = new Map(kinds.flatMap(({ composite: one }) => (one === undefined ? [] : [[one.kind, one]])));
  const parts = new Map<Want | Waiting, readonly Want[]>();
  const refsOf = new Map<Ref, Ref[]>();
  const problems: Diagnostic[] = [];
  for (const { ref, composite, own } of compositesIn(all, composites)) {
    const united = unite(ref, own, composite);
    const after = [...new Set(united.agreeing.flatMap((want) => want.after ?? []))];
    const found = [...composite.partsOf(united.resource)];
    for (const { resource, names = [] } of found)
      for (const name of [ref, ...names]) append(refsOf, name, refOf(resource, kinds));
    for (const want of own) parts.set(want, []);
    parts.set(
      own[0],
      found.map(({ resource, because }) => ({ resource, because, after })),
    );
    problems.push(...united.problems);
  }
  return { wants: parts.size === 0 ? all : withParts(all, parts, refsOf), problems };
}

interface Wanted {
  readonly ref: Ref;
  readonly composite: Composite;
  readonly own: readonly [Want, ...Want[]];
}

function compositesIn(all: Wants, composites: ReadonlyMap<string, Composite>): Iterable<Wanted> {
  const byRef = new Map<Ref, { ref: Ref; composite: Composite; own: [Want, ...Want[]] }>();
  for (const want of all) {
    const composite = 'waiting' in want ? undefined : composites.get(want.resource.kind);
    if (composite === undefined || 'waiting' in want) continue;
    const ref: Ref = `${composite.kind} ${composite.key(want.resource)}`;
    const known = byRef.get(ref);
    if (known === undefined) byRef.set(ref, { ref, composite, own: [want] });
    else known.own.push(want);
  }
  return byRef.values();
}

function withParts(
  all: Wants,
  parts: ReadonlyMap<Want | Waiting, readonly Want[]>,
  refsOf: ReadonlyMap<Ref, readonly Ref[]>,
): Wants {
  return all
    .flatMap((want): Wants => parts.get(want) ?? [want])
    .map((want) =>
      'waiting' in want || want.after?.some((ref) => refsOf.has(ref)) !== true
        ? want
        : { ...want, after: want.after.flatMap((ref) => refsOf.get(ref) ?? [ref]) },
    );
}

function append(lists: Map<Ref, Ref[]>, name: Ref, ref: Ref): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [ref]);
  else list.push(ref);
}
