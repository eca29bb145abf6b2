// core/defer.ts — leaves some changes for later, and with them what cannot be done without them.
import { atomicGroupsOf } from './atomic-group.ts';
import { providersIn, resolved } from './provides.ts';
import { kindOf } from './resource.ts';
import type { Change, Kinds, Ref, Wanted } from './resource.ts';

/**
 * Without what is deferred, what depends on something deferred that is to come, what something deferred depends on that
 * is to stay for now, what waits for something deferred to let go, and what moves an interface together with something
 * deferred.
 */
export function withoutDeferred(
  changes: readonly Change[],
  isDeferred: (ref: Ref) => boolean,
  wanted: Wanted,
  kinds: Kinds,
): readonly Change[] {
  const deferred = new Set(changes.map(({ ref }) => ref).filter(isDeferred));
  if (deferred.size === 0) return changes;
  const [coming, there] = [
    providersIn(
      changes.flatMap((change) => (change.verb === 'delete' ? [] : [[change.ref, change.after] as const])),
      kinds,
    ),
    providersIn(
      changes.flatMap((change) => (change.verb === 'create' ? [] : [[change.ref, change.before] as const])),
      kinds,
    ),
  ];
  const waitsFor = (change: Change): readonly Ref[] => {
    const kind = kindOf(change.verb === 'delete' ? change.before : change.after, kinds);
    return [
      ...(change.verb === 'delete'
        ? []
        : resolved([...kind.needs(change.after), ...(wanted.after.get(change.ref) ?? [])], coming)),
      ...holdersOf(change, changes, kinds),
    ];
  };
  const carries = (change: Change): boolean =>
    change.verb === 'delete' &&
    changes.some(
      (other) =>
        other.verb !== 'create' &&
        deferred.has(other.ref) &&
        resolved(kindOf(other.before, kinds).needs(other.before), there).includes(change.ref),
    );
  const groups = atomicGroupsOf(changes, kinds);
  const isTorn = ({ ref }: Change): boolean =>
    groups.some(({ refs }) => refs.has(ref) && [...deferred].some((other) => refs.has(other)));
  // Each turn defers one more, or ends.
  for (let spread = true; spread;) {
    spread = false;
    for (const change of changes) {
      if (
        deferred.has(change.ref) ||
        !(waitsFor(change).some((ref) => deferred.has(ref)) || carries(change) || isTorn(change))
      )
        continue;
      deferred.add(change.ref);
      spread = true;
    }
  }
  return changes.filter(({ ref }) => !deferred.has(ref));
}

/** Who is to let go of what this change takes. */
function holdersOf(change: Change, changes: readonly Change[], kinds: Kinds): readonly Ref[] {
  if (change.verb === 'delete') return [];
  const claims = kindOf(change.after, kinds).claims?.(change.after) ?? [];
  if (claims.length === 0) return [];
  return changes
    .filter(
      (other) =>
        other.verb !== 'create' &&
        other.ref !== change.ref &&
        (kindOf(other.before, kinds).claims?.(other.before) ?? []).some((claim) => claims.includes(claim)),
    )
    .map(({ ref }) => ref);
}
