// core/provides.ts — what comes with a resource under another name, and is needed by that: the far end of a veth.
import { kindOf } from './resource.ts';
import type { Change, Kinds, Ref, Resource } from './resource.ts';

/** By whom a ref is there, where that is not itself. */
export type Providers = ReadonlyMap<Ref, Ref>;

export function providersIn(resources: Iterable<readonly [Ref, Resource]>, kinds: Kinds): Providers {
  const providers = new Map<Ref, Ref>();
  const providing = new Map(kinds.flatMap((kind) => (kind.provides === undefined ? [] : [[kind.kind, kind] as const])));
  for (const [ref, resource] of resources)
    for (const provided of providing.get(resource.kind)?.provides?.(resource) ?? []) providers.set(provided, ref);
  return providers;
}

/** What is really needed: of what comes with another, that one. */
export function resolved(refs: readonly Ref[], providers: Providers): readonly Ref[] {
  return providers.size === 0 ? refs : refs.map((ref) => providers.get(ref) ?? ref);
}

/** What a change brings or takes along, beside itself. */
export function providedBy(change: Change, kinds: Kinds): readonly Ref[] {
  const resource = change.verb === 'delete' ? change.before : change.after;
  return kindOf(resource, kinds).provides?.(resource) ?? [];
}
