// probes/model.ts — what is asked before and after an apply, what came of it, and who sits at the other end.
import type { Path } from '../core/resource.ts';
import type { Family } from '../net/ip.ts';

/**
 * The verb with which netctl runs itself to ask: probes on standard input, an answer a line on standard output. No
 * operator needs it.
 */
export const ASK = '__ask';

/** A probe as the spec has it. */
export interface AskedFor {
  readonly path: Path;
  readonly target: Target;
  /** Milliseconds. */
  readonly timeout: number;
  /** Name of the only host that asks; absent: each of them. */
  readonly host?: string;
}

/** Whom a probe asks, and what for. Hosts are addresses, IPv4 or IPv6, or names. */
export type Target =
  | { readonly kind: 'ping'; readonly host: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** `server`: as node takes it, `192.0.2.53`, `[2001:db8::53]:5353`; absent: those of the host. */
  | { readonly kind: 'dns'; readonly name: string; readonly server?: string }
  /** `status` absent: any below 500. */
  | { readonly kind: 'http'; readonly url: string; readonly status?: number };

export interface Probe {
  /** As an operator reads it: `ping 203.0.113.1`, `default gateway 203.0.113.1`. */
  readonly name: string;
  readonly target: Target | Session | Way;
  /** Milliseconds for which it is asked again and again. */
  readonly timeout: number;
  /** Where the spec asks for it; absent: nobody had to. */
  readonly path?: Path;
}

export interface Answer {
  readonly probe: Probe;
  readonly answered: boolean;
  /** How long it took, or was tried. */
  readonly ms: number;
  /** What came instead of an answer. */
  readonly why?: string;
  /** What the answer was, where it has to be the same afterwards. */
  readonly said?: string;
}

/** The way that the host's routing decides on for what is far away. Nothing is sent. */
export interface Way {
  readonly kind: 'way';
  readonly family: Family;
  /** An address that no other route than a default one leads to. */
  readonly to: string;
  /** There are several gateways, any of which may be taken. */
  readonly any?: true;
  /** Addresses that netctl gave the host and now takes from it: whoever spoke from one may speak from another. */
  readonly going?: readonly string[];
  /**
   * The host's own addresses that it has lost, and now gets again: who spoke from another one meanwhile may speak from
   * these.
   */
  readonly back?: readonly string[];
  /** What it was: `via 203.0.113.1 from 203.0.113.11`. */
  readonly was?: string;
}

/** The operator's own connection: whether what is sent on it is acknowledged. Asks no ICMP of anybody. */
export interface Session extends Operator {
  readonly kind: 'session';
  /** It was there: if it is not any more, its owner has ended it. */
  readonly wasThere?: true;
}

/** Who came by SSH: both ends of that connection, as the server sees them. */
export interface Operator {
  readonly peer: string;
  readonly peerPort: number;
  /** Address of this host; absent: not known. */
  readonly local?: string;
  readonly localPort: number;
}
