// uplinks/leaving.ts — which bridges of netctl's a plan is about to remove, or to take the uplink out of: what others
// have put on them is looked at before.
import type { Ref, State } from '../core/resource.ts';
import { isLink } from '../kinds/link/model.ts';
import type { Link } from '../kinds/link/model.ts';
import { isUplink } from './borrowing.ts';

export interface Leaving {
  readonly bridge: string;
  /** Of the change by which it is left: its own removal, or that of its uplink from it. */
  readonly ref: Ref;
  readonly goes: boolean;
  /** By which the host was reached there. */
  readonly uplink?: string;
  /** Where that is afterwards: itself, or the other bridge that it is in. */
  readonly to?: string;
}

/** What is to wait is not left. */
export function leavingIn(
  wanted: State,
  observed: State,
  isHeld: (ref: Ref) => boolean = () => false,
): readonly Leaving[] {
  const ports = [...observed.values()].filter((one) => isLink(one)).filter(isUplinkOrVlan);
  return [...observed].flatMap(([ref, bridge]): readonly Leaving[] => {
    if (!isLink(bridge) || bridge.type !== 'bridge' || bridge.foreign || bridge.borrowed) return [];
    const uplink = ports.find((one) => masterOf(one) === bridge.name);
    const after = uplink === undefined ? undefined : wanted.get(`link ${uplink.name}`);
    const place = after === undefined || !isLink(after) ? undefined : (masterOf(after) ?? after.name);
    const to = {
      ...(uplink === undefined ? {} : { uplink: uplink.name }),
      ...(place === undefined || place === bridge.name ? {} : { to: place }),
    };
    if (!wanted.has(ref)) return isHeld(ref) ? [] : [{ bridge: bridge.name, ref, goes: true, ...to }];
    const portRef: Ref = `link ${uplink?.name ?? ''}`;
    return 'to' in to && !isHeld(portRef) ? [{ bridge: bridge.name, ref: portRef, goes: false, ...to }] : [];
  });
}

/** Of these, and of their uplinks, snapshots are taken. */
export function aboutToLeave(leaving: readonly Leaving[]): readonly string[] {
  return [...new Set(leaving.flatMap(({ bridge, uplink }) => [bridge, ...(uplink === undefined ? [] : [uplink])]))];
}

function isUplinkOrVlan(port: Link): boolean {
  return port.type === 'vlan' || isUplink(port);
}

function masterOf(link: Link): string | undefined {
  return link.type === 'bridge' || link.master === '' ? undefined : link.master;
}
