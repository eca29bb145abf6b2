// uplinks/borrowing.ts — which interfaces a plan is about to take for its bridges: those that are in none of netctl's
// yet.
import type { Ref, Resource, State } from '../core/resource.ts';
import { isLink } from '../kinds/link/model.ts';
import type { Port } from '../kinds/link/model.ts';

/** By name. What is to wait is not taken. */
export function aboutToBorrow(
  wanted: State,
  observed: State,
  isHeld: (ref: Ref) => boolean = () => false,
): readonly string[] {
  return [...wanted].flatMap(([ref, resource]) =>
    isUplink(resource) && !isHeld(ref) && isTaken(ref, resource, wanted, observed) ? [resource.name] : [],
  );
}

/**
 * Into a bridge of ours that it is not in; not from one network to another, which has borrowed it already, and not back
 * to where it was.
 */
export function isTaken(ref: Ref, { master }: Port, wanted: State, observed: State): boolean {
  const before = observed.get(ref);
  const bridge = wanted.get(`link ${master ?? ''}`);
  if (bridge === undefined || !isLink(bridge) || bridge.type !== 'bridge') return false;
  if (before === undefined || !isUplink(before, false) || before.master === master) return false;
  const former = observed.get(`link ${before.master ?? ''}`);
  return former === undefined || former.borrowed === true || former.foreign === true;
}

/** An uplink, and no instance's device. */
export function isUplink(resource: Resource, inBridge = true): resource is Port {
  return (
    isLink(resource) &&
    resource.type === 'port' &&
    resource.parent !== true &&
    (!inBridge || (!resource.hairpin && resource.master !== undefined))
  );
}
