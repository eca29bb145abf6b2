// pipeline/borrowed/moves-several.ts — whether a plan moves more than one thing of a borrowed interface.
import type { Change, Resource } from '../../core/resource.ts';
import { isAddress } from '../../kinds/address/model.ts';
import { isLink } from '../../kinds/link/model.ts';
import { isRoute } from '../../kinds/route/model.ts';

/**
 * Whether a plan moves more than one of an interface, its addresses and its routes. While such a plan is executed, some
 * of them are nowhere, or on another bridge.
 */
export function movesSeveral(changes: readonly Change[]): boolean {
  const isMoved = (one: Resource): boolean => isCarried(one) || isUplink(one);
  return (
    changes.filter(
      (change) =>
        (change.verb !== 'create' && isMoved(change.before)) || (change.verb !== 'delete' && isMoved(change.after)),
    ).length > 1
  );
}

function isUplink(one: Resource): boolean {
  return isLink(one) && one.type === 'port' && one.promiscuous;
}

function isCarried(one: Resource): boolean {
  return (isAddress(one) || isRoute(one)) && (one.borrowed === true || one.movedFrom !== undefined);
}
