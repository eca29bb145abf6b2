// conflicts/required-traffic.ts — a kind of packet that a network needs to get through: what it is, which way it goes,
// and the host that it is asked of.
import type { Facts } from '../core/facts.ts';
import type { Allocations } from '../core/stored.ts';
import { rangeOf, toIp, toNumber } from '../net/ip.ts';
import type { Cidr, Ip, Range } from '../net/ip.ts';
import type { Host, Network, Spec } from '../specfile/model.ts';
import type { Packet } from './model.ts';

/** To the host, from it, through it; `over`: from port to port of one bridge. */
export type Way = 'in' | 'out' | 'through' | 'over';

/** The kinds of traffic, as messages name them. */
export const WORDS = {
  arp: 'ARP requests for the host',
  'arp-answer': 'ARP replies of the host',
  'arp-between': 'ARP between instances',
  'arp-outside': 'ARP of neighbours outside',
  'arp-outside-answer': 'ARP to neighbours outside',
  dhcp: 'DHCP requests',
  'dhcp-answer': 'DHCP replies',
  dns: 'DNS requests',
  'dns-answer': 'DNS replies',
  upstream: 'DNS requests to servers upstream',
  'upstream-answer': 'DNS replies of servers upstream',
  metadata: 'requests for metadata',
  outside: 'packets of instances to the outside',
  back: 'replies from outside',
  floating: 'packets to floating addresses',
  'floating-answer': 'replies from floating addresses',
  between: 'packets between instances',
} as const;

export type What = keyof typeof WORDS;

/** A kind of packet that has to get through for a network to work, such as the DHCP requests of its instances. */
export interface RequiredTraffic {
  readonly what: What;
  readonly way: Way;
  readonly packet: Packet;
  readonly network: Network;
  /** Where a conflict concerns only some of these packets: which, as messages name them. */
  readonly part?: string;
}

/** The host that is asked, with the spec that it is to serve. */
export interface Site {
  readonly spec: Spec;
  readonly self: Host;
  /** What the operator calls the host, which need not be what the spec does. */
  readonly title?: string;
  readonly facts: Facts;
  /** Who was given which address; known where that was worked out. */
  readonly allocations?: Allocations;
  /** The DNS servers of the host's own resolver. */
  readonly resolvers?: readonly Ip<4>[];
  readonly pairs?: readonly Pair[];
  /** The device of the default route for packets that no policy rule singles out; known where the rules were read. */
  readonly usual?: string;
}

/** A floating address and the fixed address that it is translated to. */
export interface Pair {
  readonly floating: number;
  readonly fixed: number;
}

export function isUpstream(what: What): boolean {
  return what === 'upstream' || what === 'upstream-answer';
}

/** The DNS server of a need that `isUpstream`. */
export function serverOf({ way, packet }: RequiredTraffic): Ip<4> {
  return toIp((way === 'in' ? packet.source : packet.destination).first);
}

/** The range of this one address. */
export function just(ip: Ip<4>): Range<4> {
  const value = toNumber(ip);
  return { first: value, last: value };
}

/** What stands for the whole Internet: public addresses, none of them reserved. */
export const WORLD = rangeOf('64.0.0.0/4' as Cidr<4>);
