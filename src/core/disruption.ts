// core/disruption.ts — what the changes of a plan do to packets, each beside the others.
import { kindOf } from './resource.ts';
import type { Change, Disruption, Kinds } from './resource.ts';

/**
 * Each change with what it does. What a plan itself makes carries nothing before, whatever another change does to it.
 */
export function disruptionsOf(changes: readonly Change[], kinds: Kinds): readonly (readonly [Change, Disruption])[] {
  const all = changes.map((change) => [change, disruptionOf(change, kinds)] as const);
  const made = new Set(all.flatMap(([, disruption]) => (disruption.class === 'none' ? (disruption.makes ?? []) : [])));
  return all.map(([change, disruption]) => [change, withoutMade(disruption, made)]);
}

/** Whether established flows pass by untouched. */
export function sparesFlows({ class: what }: Disruption): boolean {
  return what === 'none' || what === 'new-connections';
}

/** What one does by itself. */
export function disruptionOf(change: Change, kinds: Kinds): Disruption {
  const resource = change.verb === 'delete' ? change.before : change.after;
  const kind = kindOf(resource, kinds);
  return (
    kind.disrupts?.(change) ??
    (change.verb === 'create' && resource.borrowed !== true
      ? { class: 'none' }
      : { class: 'flows', of: [kind.key(resource)] })
  );
}

function withoutMade(disruption: Disruption, made: ReadonlySet<string>): Disruption {
  if (disruption.class === 'none') return { class: 'none' };
  if (disruption.class === 'link') return made.has(disruption.link) ? { class: 'none' } : disruption;
  if (disruption.class !== 'flows') return disruption;
  const of = disruption.of.filter((name) => !made.has(name));
  return of.length === 0 ? { class: 'none' } : { class: 'flows', of };
}
