// guards/circumstances.ts — what guards know beside the plan itself: by which way the operator came in, and what is in
// which bridge.
import type { Facts } from '../core/facts.ts';
import type { State } from '../core/resource.ts';
import type { Snapshot } from '../uplinks/snapshot.ts';
import type { Uplinks } from '../uplinks/uplinks.ts';

export interface Circumstances {
  /** Absent: nobody came in by an interface of this host. */
  readonly way?: Way | undefined;
  /** The host's devices, by name. */
  readonly links: Facts['links'];
  /** What hangs on the interfaces that are about to be borrowed. Absent: none is. */
  readonly uplinks?: Uplinks;
  /** Borrowed things as they were. Absent: none are. */
  readonly borrowed?: State;
  /** How interfaces were found that are restored. Absent: none is. */
  readonly restored?: readonly Snapshot[];
  /** All rules of iptables, as `iptables-save` says them. Absent: they are not known. */
  readonly rules?: string | undefined;
  /** Rules of others that translate what the host forwards; read where it is to forward no more. */
  readonly translating?: readonly string[];
  /** Whether netctl has kept anything of this host. Absent: it has. */
  readonly isRecorded?: boolean;
}

/** How the operator came in. */
export interface Way {
  readonly peer: string;
  /** Address of this host at which the session arrives. */
  readonly local?: string;
  /** Where the session leaves the host first: `eth1`. The others are what that depends on, or is in. */
  readonly links: readonly string[];
  /** The network by which the host finds the peer: `default`, `203.0.113.0/24`. */
  readonly route?: string;
}
