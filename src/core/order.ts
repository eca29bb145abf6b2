// core/order.ts — changes become steps, in an order that the kernel accepts and a reader can follow.
import { providedBy } from './provides.ts';
import { kindOf } from './resource.ts';
import type { Change, Kinds, Plan, Ref, Resource, Step, Wanted } from './resource.ts';

/**
 * Orders by what depends on what (`needs`, `after`), who must let go first (`claims`), and otherwise as the features
 * wanted it, so that what belongs together is done together; removals nobody waits for come last.
 */
export function order(changes: readonly Change[], wanted: Wanted, kinds: Kinds): Plan {
  const place = new Map([...wanted.state.keys()].map((ref, i) => [ref, i]));
  const parts = [...changes].sort((a, b) => compare(placeOf(a, place), placeOf(b, place))).flatMap(split);
  const before = [...precedence(parts, wanted, kinds)];
  const arranged = (apart: boolean, lasting = false): Arranged => {
    const steps = stepsOf(parts, kinds, apart).sort((a, b) => compare(first(a, place), first(b, place)));
    const waitsFor = waitsOf(steps, before, lasting ? (removal, step) => lastsIn(step, removal, kinds) : () => false);
    return { waitsFor, ...sort(steps, waitsFor, kinds) };
  };
  let way = arranged(false);
  // What depends on something that is removed and made again in one step outlives it.
  if (way.cycle !== undefined) way = arranged(false, true);
  // What a kind does at once may wait for itself by way of others.
  if (way.cycle !== undefined) way = arranged(true);
  const { waitsFor, sorted, cycle } = way;
  if (cycle !== undefined)
    throw new Error(
      `these wait for each other: ${cycle.flatMap((s) => s.changes.map((c) => `${c.verb} ${c.ref}`)).join(' → ')}`,
    );
  const at = new Map(sorted.map((step, i) => [step, i]));
  return {
    changes: inStepOrder(changes, sorted),
    steps: sorted.map((step) => ({
      ...step,
      waitsFor: [...(waitsFor.get(step) ?? [])].map((s) => at.get(s) ?? unreachable(step)),
    })),
  };
}

interface Sorted {
  readonly sorted: readonly Step[];
  /** Steps that wait for each other; the order is none then. */
  readonly cycle?: readonly Step[];
}
interface Arranged extends Sorted {
  readonly waitsFor: ReadonlyMap<Step, ReadonlySet<Step>>;
}

/** What only one may hold is let go of and taken in one step: the host has it throughout. */
function lastsIn(step: Step, removal: Change, kinds: Kinds): boolean {
  const held = new Set(released(removal, kinds));
  return step.changes.some((other) => other !== removal && taken(other, kinds).some((claim) => held.has(claim)));
}

/**
 * `lasts`: what is removed in a step and there again after it. What has to wait for that step does not come before it
 * on account of the removal.
 */
function waitsOf(
  steps: readonly Step[],
  before: readonly Before[],
  lasts: (removal: Change, step: Step) => boolean,
): Arranged['waitsFor'] {
  const stepOf = new Map(steps.flatMap((step) => step.changes.map((change) => [change, step] as const)));
  const waitsFor = new Map<Step, Set<Step>>(steps.map((step) => [step, new Set()]));
  const between = before.flatMap(
    ([earlier, later]): { readonly a: Step; readonly b: Step; readonly later: Change }[] => {
      const [a, b] = [stepOf.get(earlier), stepOf.get(later)];
      return a !== undefined && b !== undefined && a !== b ? [{ a, b, later }] : [];
    },
  );
  for (const { a, b, later } of between) if (later.verb !== 'delete' || !lasts(later, b)) waitsFor.get(b)?.add(a);
  for (const { a, b } of between) if (!waitsFor.get(a)?.has(b)) waitsFor.get(b)?.add(a);
  return waitsFor;
}

/** A replaced resource is removed and made as two changes, so that others can come between. */
function split(change: Change): readonly Change[] {
  if (change.verb !== 'replace') return [change];
  return [
    { verb: 'delete', ref: change.ref, before: change.before },
    { verb: 'create', ref: change.ref, after: change.after },
  ];
}

function stepsOf(parts: readonly Change[], kinds: Kinds, apart: boolean): Step[] {
  return kinds.flatMap((kind) => {
    const own = parts.filter((part) => part.ref.startsWith(`${kind.kind} `));
    return own.length === 0 ? [] : [...kind.steps(own, apart)];
  });
}

/** Unlike a difference, knows two infinities to be equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function placeOf(change: Change, place: ReadonlyMap<Ref, number>): number {
  return change.verb === 'delete' ? Infinity : (place.get(change.ref) ?? Infinity);
}

function first(step: Step, place: ReadonlyMap<Ref, number>): number {
  return Math.min(...step.changes.map((change) => placeOf(change, place)));
}

type Before = readonly [earlier: Change, later: Change];

function* precedence(parts: readonly Change[], wanted: Wanted, kinds: Kinds): Iterable<Before> {
  const made = new Map<Ref, Change>();
  const removed = new Map<Ref, Change>();
  for (const part of parts)
    for (const ref of [part.ref, ...providedBy(part, kinds)]) (part.verb === 'delete' ? removed : made).set(ref, part);
  for (const part of parts) {
    if (part.verb === 'delete') yield* aroundRemoval(part, made, removed, kinds);
    else yield* aroundMaking(part, made, removed, wanted, kinds);
  }
  yield* letGoFirst(parts, kinds);
}

function* aroundMaking(
  part: Exclude<Change, { verb: 'delete' }>,
  made: ReadonlyMap<Ref, Change>,
  removed: ReadonlyMap<Ref, Change>,
  wanted: Wanted,
  kinds: Kinds,
): Iterable<Before> {
  const needs = kindOf(part.after, kinds).needs(part.after);
  for (const ref of needs) {
    const earlier = made.get(ref);
    if (earlier !== undefined) yield [earlier, part];
  }
  for (const ref of wanted.after.get(part.ref) ?? [])
    for (const earlier of [made.get(ref), removed.get(ref)]) {
      if (earlier !== undefined) yield [earlier, part];
    }
  const gone = removed.get(part.ref);
  if (gone !== undefined) yield [gone, part];
  if (part.verb === 'create') return;
  for (const ref of kindOf(part.before, kinds).needs(part.before)) {
    const later = removed.get(ref);
    if (later !== undefined && !needs.includes(ref)) yield [part, later];
  }
}

/** What depends on something goes before that goes, also where the other comes back at once. */
function* aroundRemoval(
  part: Extract<Change, { verb: 'delete' }>,
  made: ReadonlyMap<Ref, Change>,
  removed: ReadonlyMap<Ref, Change>,
  kinds: Kinds,
): Iterable<Before> {
  for (const ref of kindOf(part.before, kinds).needs(part.before)) {
    const later = removed.get(ref) ?? made.get(ref);
    if (later !== undefined && later.verb !== 'update') yield [part, later];
  }
}

function* letGoFirst(parts: readonly Change[], kinds: Kinds): Iterable<Before> {
  const takers = new Map<string, Change>();
  for (const part of parts) for (const claim of taken(part, kinds)) takers.set(claim, part);
  for (const part of parts)
    for (const claim of released(part, kinds)) {
      const taker = takers.get(claim);
      if (taker !== undefined && taker !== part) yield [part, taker];
    }
}

/** What only one may hold, and this change takes. */
export function taken(part: Change, kinds: Kinds): readonly string[] {
  if (part.verb === 'delete') return [];
  const claims = kindOf(part.after, kinds).claims?.(part.after) ?? [];
  if (part.verb === 'create') return claims;
  const held = kindOf(part.before, kinds).claims?.(part.before) ?? [];
  return claims.filter((claim) => !held.includes(claim));
}

/** The same, and lets go of. */
export function released(part: Change, kinds: Kinds): readonly string[] {
  if (part.verb === 'create') return [];
  const held = kindOf(part.before, kinds).claims?.(part.before) ?? [];
  if (part.verb === 'delete') return held;
  const kept = kindOf(part.after, kinds).claims?.(part.after) ?? [];
  return held.filter((claim) => !kept.includes(claim));
}

/**
 * Depth first: a step is preceded by just what it waits for, so neighbours in the spec stay neighbours in time. Daemons
 * end before all else and start after it: what has to happen in one batch (a host's own address on its way to a bridge)
 * does not wait for them in the middle.
 * Last come removals that nobody waits for, and of those what cannot be had again: hardly anything can fail then.
 */
function sort(steps: readonly Step[], waitsFor: ReadonlyMap<Step, ReadonlySet<Step>>, kinds: Kinds): Sorted {
  const sorted: Step[] = [];
  let cycle: readonly Step[] | undefined;
  const done = new Set<Step>();
  const visit = (step: Step, path: readonly Step[]): void => {
    if (done.has(step) || cycle !== undefined) return;
    if (path.includes(step)) {
      cycle = [...path, step];
      return;
    }
    for (const earlier of waitsFor.get(step) ?? []) visit(earlier, [...path, step]);
    done.add(step);
    sorted.push(step);
  };
  const turns = turnsOf(steps, waitsFor, kinds);
  const turn = (step: Step): number => turns.get(step) ?? 0;
  for (const step of [...steps].sort((a, b) => turn(a) - turn(b))) visit(step, []);
  return { sorted, ...(cycle === undefined ? {} : { cycle }) };
}

const [REMOVAL, FOR_GOOD] = [3, 4];

/** A removal that waits for one that is for good would have that done early. */
function turnsOf(
  steps: readonly Step[],
  waitsFor: ReadonlyMap<Step, ReadonlySet<Step>>,
  kinds: Kinds,
): ReadonlyMap<Step, number> {
  const turns = new Map(steps.map((step) => [step, turnOf(step, kinds)]));
  const isLast = (step: Step): boolean => turns.get(step) === FOR_GOOD;
  // Each round puts one off, or ends.
  for (let spread = steps.some(isLast); spread;) {
    const later = steps.filter((step) => turns.get(step) === REMOVAL && [...(waitsFor.get(step) ?? [])].some(isLast));
    for (const step of later) turns.set(step, FOR_GOOD);
    spread = later.length > 0;
  }
  return turns;
}

function turnOf({ ops, changes }: Step, kinds: Kinds): number {
  if (ops.some((op) => op.op === 'signal' && op.signal === 'TERM')) return 0;
  if (changes.every(({ verb }) => verb === 'delete'))
    return changes.some((change) => change.verb === 'delete' && isForGood(change.before, kinds)) ? FOR_GOOD : REMOVAL;
  return ops.some(({ op }) => op === 'start') ? 2 : 1;
}

/** What only may be is the least of what cannot be had again. */
function isForGood(resource: Resource, kinds: Kinds): boolean {
  const kind = kindOf(resource, kinds);
  return kind.mayBe === undefined && kind.irrevocable?.(resource) === true;
}

function inStepOrder(changes: readonly Change[], sorted: readonly Step[]): readonly Change[] {
  const done = sorted.flatMap((step) => step.changes.map((change) => change.ref));
  const at = new Map(done.map((ref, i) => [ref, i]));
  return [...changes].sort((a, b) => compare(at.get(a.ref) ?? Infinity, at.get(b.ref) ?? Infinity));
}

function unreachable(step: Step): never {
  throw new Error(`a step waits for one that is not in the plan: ${step.changes.map((c) => c.ref).join(', ')}`);
}
