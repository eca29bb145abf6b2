// core/atomic-group.ts — the changes that move an interface with all that it carries: they stand or fall together.
import { released, taken } from './order.ts';
import { kindOf } from './resource.ts';
import type { Change, Kinds, Plan, Ref, Resource } from './resource.ts';

export interface AtomicGroup {
  /** The interfaces that are moved: more than one where they change places. */
  readonly moved: readonly string[];
  readonly refs: ReadonlySet<Ref>;
}

/**
 * What kinds say to be part of a move; what else is on the interface that moves, and comes or goes; whatever takes the
 * place of any of these, or makes room for it; and what moves another interface to where this one leaves. No change is
 * in two of them.
 */
export function atomicGroupsOf(changes: readonly Change[], kinds: Kinds): readonly AtomicGroup[] {
  const moves = new Map<Ref, string>();
  for (const change of changes) {
    const moved = kindIn(change, kinds).moves?.(change);
    if (moved !== undefined) moves.set(change.ref, moved);
  }
  if (moves.size === 0) return [];
  const names = new Set(moves.values());
  for (const change of changes) {
    const on = kindIn(change, kinds).signed?.(resourceOf(change));
    if (on !== undefined && names.has(on) && !moves.has(change.ref)) moves.set(change.ref, on);
  }
  const found = [...names].map((name) => ({
    moved: [name],
    refs: new Set([...moves].flatMap(([ref, of]) => (of === name ? [ref] : []))),
  }));
  return withRivals(found, [
    ...rivalsIn(changes, kinds),
    ...successorsIn(
      changes.filter(({ ref }) => moves.has(ref)),
      kinds,
    ),
  ]);
}

/**
 * A plan in which no step of a group begins before all is done that any other of it waits for: what cannot be done
 * whole is not begun.
 */
export function boundBy(plan: Plan, groups: readonly AtomicGroup[]): Plan {
  const groupOf = plan.steps.map(({ changes }) => groups.find(({ refs }) => changes.some(({ ref }) => refs.has(ref))));
  const before = new Map(
    groups.map((group) => [
      group,
      new Set(
        plan.steps.flatMap(({ waitsFor }, i) =>
          groupOf[i] === group ? waitsFor.filter((earlier) => groupOf[earlier] !== group) : [],
        ),
      ),
    ]),
  );
  const steps = plan.steps.map((step, i) => {
    const group = groupOf[i];
    return group === undefined
      ? step
      : {
          ...step,
          waitsFor: [
            ...new Set([...step.waitsFor, ...[...(before.get(group) ?? [])].filter((earlier) => earlier < i)]),
          ],
        };
  });
  return { ...plan, steps };
}

type Pair = readonly [Ref, Ref];

/** Each turn takes one more into a group, makes one of two, or ends. */
function withRivals(found: readonly AtomicGroup[], rivals: readonly Pair[]): readonly AtomicGroup[] {
  let groups = found;
  for (let spread = true; spread;) {
    spread = false;
    for (const pair of rivals) {
      const theirs = groups.filter(({ refs }) => pair.some((ref) => refs.has(ref)));
      if (theirs.length === 0 || (theirs.length === 1 && pair.every((ref) => theirs[0]?.refs.has(ref)))) continue;
      const one = {
        moved: theirs.flatMap(({ moved }) => moved).sort(),
        refs: new Set([...theirs.flatMap(({ refs }) => [...refs]), ...pair]),
      };
      groups = [...groups.filter((group) => !theirs.includes(group)), one];
      spread = true;
    }
  }
  return groups;
}

/** Of one kind: an address on its way from one link to another, an interface that is put in another's place. */
function rivalsIn(changes: readonly Change[], kinds: Kinds): readonly Pair[] {
  const takers = new Map<string, Ref>();
  for (const change of changes)
    for (const claim of taken(change, kinds)) takers.set(`${kindIn(change, kinds).kind} ${claim}`, change.ref);
  return changes.flatMap((change) =>
    released(change, kinds).flatMap((claim): Pair[] => {
      const taker = takers.get(`${kindIn(change, kinds).kind} ${claim}`);
      return taker === undefined || taker === change.ref ? [] : [[change.ref, taker]];
    }),
  );
}

/** Who comes to what another leaves: two in one bridge would join two networks. */
function successorsIn(moving: readonly Change[], kinds: Kinds): readonly Pair[] {
  const needs = (resource: Resource | undefined): readonly Ref[] =>
    resource === undefined ? [] : kindOf(resource, kinds).needs(resource);
  const [left, entered] = [new Map<Ref, Ref>(), new Map<Ref, Ref>()];
  for (const change of moving) {
    const [before, after] = [
      needs(change.verb === 'create' ? undefined : change.before),
      needs(change.verb === 'delete' ? undefined : change.after),
    ];
    for (const need of before) if (!after.includes(need)) left.set(need, change.ref);
    for (const need of after) if (!before.includes(need)) entered.set(need, change.ref);
  }
  return [...left].flatMap(([need, ref]): Pair[] => {
    const other = entered.get(need);
    return other === undefined ? [] : [[ref, other]];
  });
}

function kindIn(change: Change, kinds: Kinds): Kinds[number] {
  return kindOf(resourceOf(change), kinds);
}

function resourceOf(change: Change): Resource {
  return change.verb === 'delete' ? change.before : change.after;
}
