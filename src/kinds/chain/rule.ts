// kinds/chain/rule.ts — a rule of a firewall as a value: what it asks of a packet, and what becomes of that. No backend
// is known here.

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
  /** Of a type, and of a code of that; without one, all of the protocol. */
  | { readonly match: 'icmp' | 'icmpv6'; readonly type?: number; readonly code?: number }
  | { readonly match: 'ctstate'; readonly states: readonly string[]; readonly not?: true }
  /** The destination is an address of the host itself. */
  | { readonly match: 'local' }
  /** Every n-th of the connections that come to this rule. */
  | { readonly match: 'every'; readonly nth: number };

export type Verdict =
  | { readonly target: 'accept' | 'drop' | 'return' }
  /** And tells the sender, in the words of `--reject-with`: each family has its own. */
  | { readonly target: 'reject'; readonly answer: RejectWith }
  | { readonly target: 'jump'; readonly chain: string }
  | { readonly target: 'checksum-fill' }
  /** `203.0.113.11`, or a range: `203.0.113.8-203.0.113.11`. */
  | { readonly target: 'snat'; readonly to: string }
  /** `10.0.0.3`, or with a port: `10.0.0.5:8775`. */
  | { readonly target: 'dnat'; readonly to: string }
  /** To a port of the host itself, at the address of the interface that the packet came in by. */
  | { readonly target: 'redirect'; readonly port: number };

export type RejectWith = (typeof REJECT_WITH)[number];
export const REJECT_WITH = [
  'icmp-port-unreachable',
  'icmp-host-unreachable',
  'icmp-admin-prohibited',
  'icmp6-port-unreachable',
  'icmp6-addr-unreachable',
  'icmp6-adm-prohibited',
  'tcp-reset',
] as const;

/** What a rule says, whoever wrote it: others ask and do what none of ours does. */
export interface Said {
  readonly match: readonly (Match | OtherMatch)[];
  readonly then: Verdict | OtherVerdict;
  /** As far as its comment is one of ours. */
  readonly why: string;
}

export interface OtherMatch {
  readonly match: 'other';
  readonly words: string;
}

export interface OtherVerdict {
  readonly target: 'other';
  /** `LOG`, or a chain of somebody else's. */
  readonly name: string;
}

/** What becomes of the packet, as Linux calls it: `ACCEPT`, or the chain that it goes to. */
export function nameOf(then: Verdict | OtherVerdict): string {
  switch (then.target) {
    case 'jump':
      return then.chain;
    case 'other':
      return then.name;
    case 'checksum-fill':
      return 'CHECKSUM';
    case 'accept':
    case 'drop':
    case 'reject':
    case 'return':
    case 'snat':
    case 'dnat':
    case 'redirect':
      return then.target.toUpperCase();
  }
}
