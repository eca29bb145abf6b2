// kinds/chain/model.ts — an iptables chain and its rules as values; text appears at the very edge (render.ts).
import type { Resource } from '../../core/resource.ts';

export type Table = 'filter' | 'nat' | 'mangle';

/** A chain of ours (`netctl-…`), or our rules in one of the kernel's own (`FORWARD`). */
export interface Chain extends Resource {
  readonly kind: 'chain';
  readonly table: Table;
  readonly name: string;
  /** In order of `rank`, then as wanted. */
  readonly rules: readonly ChainRule[];
}

/** A rule as it is compared: by its tag. */
export interface ChainRule {
  /** Eight hexadecimal digits over the rendered rule; stands in its comment on the host. */
  readonly tag: string;
  /** The rule as `iptables-save` says it, without `-A CHAIN`, its comment included. */
  readonly text: string;
  readonly rank: number;
  /** In the kernel's own chains: put before (default) or behind all others when it is added. */
  readonly place?: 'top' | 'bottom';
  /** Of one that was read: the hash of its text. */
  readonly spelling?: string;
}

export interface Rule {
  /** Where in the chain; smaller comes first. */
  readonly rank: number;
  readonly match: readonly Match[];
  readonly then: Verdict;
  /** Ends up in the rule's comment: `networks.lab`. */
  readonly why: string;
  readonly place?: 'top' | 'bottom';
}

export type Match =
  | { readonly match: 'source' | 'destination'; readonly cidr: string; readonly not?: true }
  | { readonly match: 'in' | 'out'; readonly link: string; readonly not?: true }
  | {
      readonly match: 'protocol';
      readonly protocol: 'tcp' | 'udp';
      readonly destinationPort?: number;
      readonly sourcePort?: number;
    }
  | { readonly match: 'ctstate'; readonly states: readonly string[]; readonly not?: true }
  /** The destination is an address of the host itself. */
  | { readonly match: 'local' }
  /** Every n-th of the connections that come to this rule. */
  | { readonly match: 'every'; readonly nth: number };

export type Verdict =
  | { readonly target: 'accept' | 'drop' | 'return' }
  | { readonly target: 'jump'; readonly chain: string }
  | { readonly target: 'checksum-fill' }
  /** `203.0.113.11`, or a range: `203.0.113.8-203.0.113.11`. */
  | { readonly target: 'snat'; readonly to: string }
  /** `10.0.0.3`, or with a port: `10.0.0.5:8775`. */
  | { readonly target: 'dnat'; readonly to: string }
  /** To a port of the host itself, at the address of the interface that the packet came in by. */
  | { readonly target: 'redirect'; readonly port: number };
