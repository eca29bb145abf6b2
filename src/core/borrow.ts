// core/borrow.ts — what is changed of others' things is put down first, and restored when nobody asks for it any
// more.
import { kindOf, refOf } from './resource.ts';
import type { Change, Kinds, Ref, Resource, State, Wanted } from './resource.ts';

/** Borrowed things as they were before we touched them. */
export type Originals = State;

/**
 * Adds what a plan is about to change, behind what was put down before: that stays as it was then, and is restored
 * first.
 */
export function recordOriginals(changes: readonly Change[], originals: Originals): Originals {
  const borrowed = changes.flatMap((change): [Ref, Resource][] =>
    change.verb !== 'create' && change.before.borrowed ? [[change.ref, change.before]] : [],
  );
  return new Map([...originals, ...borrowed.filter(([ref]) => !originals.has(ref))]);
}

/**
 * Adds things of others' that a plan found as they are wanted: nothing of them is netctl's to restore, whatever
 * becomes of them until then and is set right again. They are no borrowed ones.
 */
export function found(
  kind: string,
  observed: State,
  wanted: State,
  originals: Originals,
  changes: readonly Change[],
): Originals {
  const changed = new Set(changes.map(({ ref }) => ref));
  const right = [...wanted].flatMap(([ref, one]): [Ref, Resource][] => {
    const { borrowed, ...there } = observed.get(ref) ?? one;
    return one.kind === kind && borrowed === true && observed.has(ref) && !changed.has(ref) && !originals.has(ref)
      ? [[ref, there]]
      : [];
  });
  return right.length === 0 ? originals : new Map([...originals, ...right]);
}

/**
 * What nobody wants any more is wanted as it was. It is still in use while it is wanted by its own name, or while
 * something else holds what only one can hold (its address, moved to a bridge). `devices` are those of others that
 * exist: with a device goes what lived on it.
 */
export function withRestored(originals: Originals, wanted: Wanted, devices: ReadonlySet<string>, kinds: Kinds): Wanted {
  const held = heldOf(originals, wanted, kinds);
  const back = [...originals].filter(([ref, former]) => {
    const device = kindOf(former, kinds).livesOn?.(former);
    return (
      former.borrowed === true &&
      !wanted.state.has(ref) &&
      !claimsOf(former, kinds).some((claim) => held.has(claim)) &&
      (device === undefined || devices.has(device))
    );
  });
  return { ...wanted, state: new Map([...wanted.state, ...back]) };
}

/**
 * The originals once a plan is settled: only what is still in use is still borrowed. What has made room for one of ours
 * of its name is not.
 */
export function stillBorrowed(originals: Originals, wanted: Wanted, kinds: Kinds): Originals {
  const held = heldOf(originals, wanted, kinds);
  return new Map(
    [...originals].filter(([ref, former]) => {
      const want = wanted.state.get(ref);
      return want === undefined ? claimsOf(former, kinds).some((claim) => held.has(claim)) : want.borrowed === true;
    }),
  );
}

/** Which claims of the originals are wanted: what is borrowed is little beside all that is wanted. */
function heldOf(originals: Originals, wanted: Wanted, kinds: Kinds): ReadonlySet<string> {
  const asked = new Set([...originals.values()].flatMap((former) => claimsOf(former, kinds)));
  const held = new Set<string>();
  if (asked.size > 0)
    for (const resource of wanted.state.values())
      for (const claim of claimsOf(resource, kinds)) if (asked.has(claim)) held.add(claim);
  return held;
}

export function claimsOf(resource: Resource, kinds: Kinds): readonly string[] {
  return kindOf(resource, kinds).claims?.(resource) ?? [];
}

/** Reads originals from where they were stored: resources by their own names. */
export function originalsOf(resources: readonly Resource[], kinds: Kinds): Originals {
  return new Map(resources.map((resource) => [refOf(resource, kinds), resource]));
}
