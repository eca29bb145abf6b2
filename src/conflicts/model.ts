// conflicts/model.ts — others' firewalls as values: tables, chains, rules and what a rule asks; and the packets that
// are put to them.
import type { Interval, Range } from '../net/ip.ts';

/** How many of the packets of one sort a match is true of. `unknown`: it asks what nobody can tell from here. */
export type Fits = 'all' | 'some' | 'none' | 'unknown';

export interface Match {
  readonly ask: Ask;
  readonly not?: true;
}

export type Ask =
  /** `eth1`, or with a `*` at the end whatever begins so. */
  | { readonly on: 'in' | 'out'; readonly links: readonly string[] }
  /** Ranges, here and below, are in order, and none touches the next. */
  | { readonly on: 'source' | 'destination'; readonly ranges: readonly Range<4>[] }
  | { readonly on: 'protocol'; readonly protocols: readonly string[] }
  | { readonly on: 'source-port' | 'destination-port'; readonly ports: readonly Interval[] }
  /** Without what comes first, the answer has no say. */
  | { readonly on: 'icmp'; readonly types: readonly string[] }
  /** Of the connection: new, established, related, invalid, untracked; dnat, snat. */
  | { readonly on: 'state'; readonly states: readonly string[] }
  /** Of an address: local, unicast, broadcast, multicast. */
  | { readonly on: 'source-type' | 'destination-type'; readonly types: readonly string[] }
  /** A SYN and nothing else. */
  | { readonly on: 'first-of-tcp' }
  | { readonly on: 'bridged' }
  /** `ip`, `arp`, and what is neither. */
  | { readonly on: 'ethertype'; readonly types: readonly string[] }
  /** Of ARP: what it says of who sends it, and of whom it asks for or tells. */
  | { readonly on: 'arp-source' | 'arp-destination'; readonly ranges: readonly Range<4>[] }
  /** `request`, `reply` */
  | { readonly on: 'arp-operation'; readonly operations: readonly string[] }
  /** Whatever else is asked of it: single guests, by their MACs. */
  | { readonly on: 'arp-partly' }
  /** A mark that a packet has which nobody has marked. */
  | { readonly on: 'mark'; readonly none: boolean }
  /** Each of these asked together, in one of the lists. */
  | { readonly on: 'any-of'; readonly lists: readonly (readonly Match[])[] }
  /** The same of all that is ours. */
  | { readonly on: 'whatever'; readonly fits: Fits };

export type Then =
  | { readonly then: 'accept' | 'drop' | 'return' | 'on' }
  /** A program is asked, by one of these queues. Where none listens, the kernel drops the packet. */
  | { readonly then: 'queue'; readonly queues: Interval }
  | { readonly then: 'jump' | 'goto'; readonly chain: string };

export interface Meaning {
  readonly matches: readonly Match[];
  readonly then: Then;
  /** It may mark the packet. */
  readonly marks?: true;
  /** What it does to the packet may end it: a TTL of hardly any hops; an address or port without connection tracking. */
  readonly spoils?: 'ttl' | 'address';
  /** It gives it another source or destination: one of these, or the host's own. */
  readonly translates?: Range<4> | 'own';
  /** It puts the packet into a zone of connection tracking: that of answers, 0 unless it says so. */
  readonly zone?: number | 'unknown';
}

export interface Rule {
  /** As its own tool says it; of nftables, a handle by which that is found. */
  readonly words: string | number;
  /** It is netctl's. */
  readonly ours: boolean;
  /** What it means: worked out when a packet first comes to it, since most rules of a host see none of ours. */
  meaning(): Meaning;
}

/**
 * What is looked for in a firewall. Whatever it is stands there as a drop, so that a walk ends at it: where packets are
 * dropped, are exempted from connection tracking or put into a zone of it, get a mark, or another source. `passes`:
 * what leaves table nat before netctl's chains have had it, translated by somebody else or not at all; `redirects`:
 * what is sent elsewhere; `proxies`: what a program on the host takes in the place of who is asked.
 */
export type Sought = 'drops' | 'untracks' | 'zones' | 'marks' | 'translates' | 'passes' | 'redirects' | 'proxies';

export type Hook = 'ingress' | 'egress' | 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

export interface Chain {
  readonly name: string;
  readonly rules: readonly Rule[];
  /**
   * Of one that the kernel leads packets to. `devices`: only those of these, at the ingress or egress. `onlyFirst`: of
   * each connection. `isDoubtful`: whether they come there at all.
   */
  readonly base?: {
    readonly hook: Hook;
    readonly priority: number;
    readonly policy: 'accept' | 'drop';
    readonly devices?: readonly string[];
    readonly onlyFirst?: true;
    readonly isDoubtful?: true;
  };
}

export interface Table {
  /** The command that it is changed with: `iptables`, `iptables-legacy`, `iptables-nft`, `nft`. */
  readonly tool: string;
  readonly family: 'ip' | 'inet' | 'bridge' | 'netdev' | 'arp';
  readonly name: string;
  readonly chains: ReadonlyMap<string, Chain>;
  /** Queues to which a program listens; absent: that was not looked at. */
  readonly heard?: ReadonlySet<number>;
}

/** The instances that a host has on a network, by their addresses in order. */
export interface Guests {
  readonly range: Range<4>;
  readonly at: readonly number[];
}

/** Packets of one sort. */
export interface Packet {
  /** Undefined: any. '': the host itself. */
  readonly in: string | undefined;
  readonly out: string | undefined;
  readonly source: Range<4>;
  /** Whose the source or the destination is, where that is a network's whole range. */
  readonly guests?: Guests;
  /** In that those which it can come from. */
  readonly sources?: readonly Range<4>[];
  readonly destination: Range<4>;
  readonly sourceType?: string;
  readonly destinationType?: string;
  /** ARP is none of IPv4's; its addresses are those that it speaks of. */
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'arp';
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly states: readonly string[];
  /** The host routes it on, and has not yet looked at its TTL. */
  readonly isToRoute?: true;
  /** Never leaves its bridge. */
  readonly bridged?: true;
  /** Where it is sent to before it is translated. */
  readonly sentTo?: Range<4>;
  readonly sentToPort?: number;
  /** In that the addresses of the host's that it can be sent to. */
  readonly bound?: Range<4>;
}

/** The priority of chains that see packets before their destinations are translated. */
export const BEFORE = -101;

/** A packet with this TTL is not routed any further. */
export const FEWEST_HOPS = 1;

export const EVERYWHERE: Range<4> = { first: 0, last: 2 ** 32 - 1 };

/** What makes a rule out of words only when it is asked for. */
export function once(work: () => Meaning): () => Meaning {
  let known: Meaning | undefined;
  return () => {
    known ??= work();
    return known;
  };
}
