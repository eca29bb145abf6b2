// kinds/link/model.ts — network devices: those we make, and those of others that we put in a bridge.
import type { Resource } from '../../core/resource.ts';
import type { AddrGenMode } from '../../iproute2/modes.ts';

export type Link = Bridge | Vlan | Tap | Veth | Port;

interface LinkBase extends Resource {
  readonly kind: 'link';
  readonly name: string;
  /** Observed only: what of it is not as we leave it. */
  readonly deviations?: readonly Deviation[];
  /**
   * Observed of ours, and wanted only where one is made again as it was: what the kernel chose, and what somebody has
   * set of a bridge, as `ip link set dev BRIDGE` takes it. A tap cannot be given a number.
   */
  readonly kernelAssigned?: {
    readonly index: number;
    readonly mac?: string;
    readonly peerIndex?: number;
    readonly options?: readonly string[];
  };
}

export type Deviation =
  'unmarked' | 'down' | 'stp' | 'forward-delay' | 'no-hairpin' | 'hairpin' | 'peer-down' | 'peer-mtu' | 'addresses';

/** STP off, forward delay 0, up. */
export interface Bridge extends LinkBase {
  readonly type: 'bridge';
  /** Pinned, or the bridge would take the lowest of its ports'. */
  readonly mac: string;
  readonly mtu: number;
  /**
   * Bridged packets pass iptables, on this bridge alone: or an answer that goes straight back over it would never be
   * translated.
   */
  readonly netfilter: boolean;
  /** Wanted only: when its MAC changes, its addresses are announced, and none that is about to leave it. */
  readonly announces?: true;
}

/** An 802.1Q device, up, a port of its bridge without hairpin. Its MAC is its parent's. */
export interface Vlan extends LinkBase {
  readonly type: 'vlan';
  /** Where the kernel has IPv6: the host has no address there, and so no instance reaches it past its bridge. */
  readonly bare?: true;
  /** Observed in another namespace: ''. */
  readonly parent: string;
  /** 1 to 4094. */
  readonly id: number;
  /** Observed in no bridge: ''. */
  readonly master: string;
  /** No more than its parent's. */
  readonly mtu: number;
}

/** Persistent, up, a port of its bridge with hairpin on. */
export interface Tap extends LinkBase {
  readonly type: 'tap';
  /** Where the kernel has IPv6: the host has no address there, and so no instance reaches it past its bridge. */
  readonly bare?: true;
  /** Observed in no bridge: ''. */
  readonly master: string;
  readonly mtu: number;
  /** Says whose it is, and lets a lost store be rebuilt: `vm-1/lab 192.168.50.5 fa:16:3e:2c:e8:ec`. */
  readonly alias: string;
}

/**
 * A pair; the near end is a port of its bridge with hairpin on, the far end is in a namespace, up, with the guest's
 * MAC.
 */
export interface Veth extends LinkBase {
  readonly type: 'veth';
  /** Where the kernel has IPv6: the host has no address there, and so no instance reaches it past its bridge. */
  readonly bare?: true;
  /** Observed in no bridge: ''. */
  readonly master: string;
  readonly mtu: number;
  readonly alias: string;
  /** Observed in a namespace that has no name, or in none but our own: netns ''. */
  readonly peer: { readonly name: string; readonly netns: string; readonly mac: string };
}

/**
 * Somebody else's device that we use: as a port of our bridge, an uplink (promiscuous, no hairpin) or a guest's device
 * (hairpin, not promiscuous); or as the parent of VLAN devices.
 */
export interface Port extends LinkBase {
  readonly type: 'port';
  readonly borrowed: true;
  /** Absent: in no bridge. */
  readonly master?: string;
  readonly promiscuous: boolean;
  readonly hairpin: boolean;
  readonly up: boolean;
  /** As it is, and as it is restored. */
  readonly mtu?: number;
  /** Wanted only: the largest packet it has to let through. A greater MTU stays. */
  readonly carries?: number;
  /** Wanted of a guest's device, where the kernel has IPv6: `none`. As it is, and as it is restored. */
  readonly addrGenMode?: AddrGenMode;
  /** Observed only: what the kernel has given it by that, in the mode eui64. */
  readonly generated?: readonly string[];
  /** Wanted only: VLAN devices stand on it, and its place among bridges is what it was. */
  readonly parent?: true;
}

export function isLink(resource: { readonly kind: string }): resource is Link {
  return resource.kind === 'link';
}
