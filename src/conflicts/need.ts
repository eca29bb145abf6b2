// conflicts/need.ts — a kind of packet that a network needs to get through: what it is, which way it goes, and the host
// that it is asked of.
import type { Facts } from '../core/facts.ts';
import { rangeOf, toIp, toNumber } from '../net/ipv4.ts';
import type { Cidr, Ip, Range } from '../net/ipv4.ts';
import type { Host, Network, Spec } from '../specfile/model.ts';
import type { Packet } from './model.ts';

/** `over`: never leaves its bridge. */
export type Way = 'in' | 'out' | 'through' | 'over';

/** As an operator calls it. */
export const WORDS = {
  arp: 'ARP requests for the host',
  'arp-answer': 'ARP answers of the host',
  'arp-between': 'ARP between guests',
  'arp-outside': 'ARP of neighbours outside',
  'arp-outside-answer': 'ARP to neighbours outside',
  dhcp: 'DHCP requests',
  'dhcp-answer': 'DHCP answers',
  dns: 'DNS requests',
  'dns-answer': 'DNS answers',
  upstream: 'DNS requests to servers upstream',
  'upstream-answer': 'DNS answers of servers upstream',
  metadata: 'requests for metadata',
  outside: 'packets of guests to the outside',
  back: 'answers from the outside',
  floating: 'packets to floating addresses',
  'floating-answer': 'answers from floating addresses',
  between: 'packets between guests',
} as const;

export type What = keyof typeof WORDS;

export interface Need {
  readonly what: What;
  readonly way: Way;
  readonly packet: Packet;
  readonly network: Network;
  /** Of some of them: which, in words. */
  readonly part?: string;
}

export interface Site {
  readonly spec: Spec;
  readonly self: Host;
  /** What the operator calls the host, which need not be what the spec does. */
  readonly title?: string;
  readonly facts: Facts;
  /** Whom the host itself asks for names. */
  readonly resolvers?: readonly Ip[];
  readonly pairs?: readonly Pair[];
  /** By which device goes to everybody what no rule of the host's tells apart, where its rules were read. */
  readonly usual?: string;
}

/** A floating address and the instance's own that it stands for. */
export interface Pair {
  readonly floating: number;
  readonly fixed: number;
}

export function isUpstream(what: What): boolean {
  return what === 'upstream' || what === 'upstream-answer';
}

/** Who is asked, and answers. */
export function serverOf({ way, packet }: Need): Ip {
  return toIp((way === 'in' ? packet.source : packet.destination).first);
}

export function just(ip: Ip): Range {
  const value = toNumber(ip);
  return { first: value, last: value };
}

/** Guests' peers anywhere: public addresses, none of which is special. */
export const WORLD = rangeOf('64.0.0.0/4' as Cidr);
