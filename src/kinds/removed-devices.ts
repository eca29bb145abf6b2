// kinds/removed-devices.ts — which devices go, for kinds of what goes with them.
import type { Resource } from '../core/resource.ts';

/**
 * Bridges and VLAN devices: what somebody has given a guest's device is nothing to the host, and there may be
 * thousands.
 */
export function removedDevicesIn(removed: readonly Resource[]): readonly string[] {
  return removed.flatMap((one) =>
    one.kind === 'link' &&
    'type' in one &&
    (one.type === 'bridge' || one.type === 'vlan') &&
    'name' in one &&
    typeof one.name === 'string'
      ? [one.name]
      : [],
  );
}
