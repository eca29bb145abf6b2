// kinds/link/model.ts — network devices: those we make, and those of others that we put in a bridge.
import type { Resource } from '../../core/resource.ts';

export type Link = Bridge | Tap | Veth | Port;

interface LinkBase extends Resource {
  readonly kind: 'link';
  readonly name: string;
  /** Observed only: what of it is not as we leave it. */
  readonly amiss?: readonly Amiss[];
}

export type Amiss = 'unmarked' | 'down' | 'stp' | 'forward-delay' | 'no-hairpin' | 'peer-down' | 'peer-mtu';

/** STP off, forward delay 0, up. */
export interface Bridge extends LinkBase {
  readonly type: 'bridge';
  /** Pinned, or the bridge would take the lowest of its ports'. */
  readonly mac: string;
  readonly mtu: number;
  /** Bridged packets pass iptables, on this bridge alone: or an answer that goes straight back over it would never be translated. */
  readonly netfilter: boolean;
}

/** Persistent, up, a port of its bridge with hairpin on. */
export interface Tap extends LinkBase {
  readonly type: 'tap';
  /** Observed in no bridge: ''. */
  readonly master: string;
  readonly mtu: number;
  /** Says whose it is, and lets a lost store be rebuilt: `vm-1/lab 192.168.50.5 fa:16:3e:2c:e8:ec`. */
  readonly alias: string;
}

/** A pair; the near end is a port of its bridge with hairpin on, the far end is in a namespace, up, with the guest's MAC. */
export interface Veth extends LinkBase {
  readonly type: 'veth';
  /** Observed in no bridge: ''. */
  readonly master: string;
  readonly mtu: number;
  readonly alias: string;
  /** Observed in a namespace that has no name, or in none but our own: netns ''. */
  readonly peer: { readonly name: string; readonly netns: string; readonly mac: string };
}

/** Somebody else's device as a port of our bridge: an uplink (promiscuous, no hairpin) or a guest's device (hairpin, not promiscuous). */
export interface Port extends LinkBase {
  readonly type: 'port';
  readonly borrowed: true;
  /** Absent: in no bridge. */
  readonly master?: string;
  readonly promiscuous: boolean;
  readonly hairpin: boolean;
  readonly up: boolean;
}
