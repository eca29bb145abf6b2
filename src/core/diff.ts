// core/diff.ts — from what is there to what is wanted: the changes, without their order.
import equal from 'fast-deep-equal';
import { providersIn, resolved } from './provides.ts';
import { kindOf } from './resource.ts';
import type { Change, Kind, Kinds, Ref, Resource, State, Wanted } from './resource.ts';

/** Compares two states by key. What is foreign is left alone; the guards speak of it. */
export function diff(observed: State, wanted: Wanted, kinds: Kinds): readonly Change[] {
  const replaced = replacements(observed, wanted, kinds);
  const changes: Change[] = [];
  for (const [ref, after] of wanted.state) {
    const before = observed.get(ref);
    if (before === undefined) changes.push({ verb: 'create', ref, after });
    else if (before.foreign) continue;
    else if (replaced.has(ref)) changes.push({ verb: 'replace', ref, before, after });
    else if (!same(before, after, kinds)) changes.push({ verb: 'update', ref, before, after });
  }
  for (const [ref, before] of observed) {
    if (!wanted.state.has(ref) && !before.foreign) changes.push({ verb: 'delete', ref, before });
  }
  return changes;
}

/**
 * What was found, and what was wanted of it when they were last compared and agreed: what no hint names is not read
 * again, nor compared.
 */
const agreed = new WeakMap<Resource, Resource>();

function same(observed: Resource, wanted: Resource, kinds: Kinds): boolean {
  if (agreed.get(observed) === wanted) return true;
  const kind = kindOf(wanted, kinds);
  const isSame = kind.same === undefined ? equal(observed, wanted) : kind.same(observed, wanted);
  if (isSame) agreed.set(observed, wanted);
  return isSame;
}

/**
 * What must be recreated: what its kind says, and whatever is found to stand on something that is replaced or is not
 * there (a daemon whose bridge somebody deleted), or is updated in a way that takes it along. The second spreads until
 * nothing more falls.
 */
function replacements(observed: State, wanted: Wanted, kinds: Kinds): ReadonlySet<Ref> {
  const replaced = new Set<Ref>();
  for (const [ref, before] of observed) {
    const after = wanted.state.get(ref);
    if (after === undefined || before.foreign) continue;
    const kind = kindOf(after, kinds);
    const mustGo = agreed.get(before) !== after && kind.mustReplace?.(before, after) === true;
    if (
      mustGo ||
      (kind.fallsWith !== undefined &&
        needsOf(before, kinds).some((need) => takes(before, kind, observed.get(need), wanted.state.get(need))))
    )
      replaced.add(ref);
  }
  const falls = (ref: Ref): boolean => replaced.has(ref) || (wanted.state.has(ref) && !observed.has(ref));
  const providers = providersIn(wanted.state, kinds);
  for (let spread = replaced.size > 0 || lacks(observed, wanted); spread;) {
    spread = false;
    for (const [ref, before] of observed) {
      if (replaced.has(ref) || before.foreign || !wanted.state.has(ref)) continue;
      if (!resolved(needsOf(before, kinds), providers).some(falls)) continue;
      replaced.add(ref);
      spread = true;
    }
  }
  return replaced;
}

function takes(resource: Resource, kind: Kind, before: Resource | undefined, after: Resource | undefined): boolean {
  return (
    before !== undefined && after !== undefined && !before.foreign && kind.fallsWith?.(resource, before, after) === true
  );
}

function lacks(observed: State, wanted: Wanted): boolean {
  for (const ref of wanted.state.keys()) if (!observed.has(ref)) return true;
  return false;
}

const needs = new WeakMap<Resource, readonly Ref[]>();

/** Told once of each: of a chain it takes a look at every rule. */
function needsOf(resource: Resource, kinds: Kinds): readonly Ref[] {
  const known = needs.get(resource) ?? kindOf(resource, kinds).needs(resource);
  needs.set(resource, known);
  return known;
}
