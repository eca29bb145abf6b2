// net/ipv4.ts — what only IPv4 networks have: a dotted mask, and a broadcast address.
import { bitsOf, rangeOf, toIp } from './ip.ts';
import type { Cidr, Ip } from './ip.ts';

/** The dotted mask: `10.0.0.0/24` → `255.255.255.0`. */
export function maskOf(cidr: Cidr<4>): Ip<4> {
  return toIp(2 ** 32 - 2 ** (32 - bitsOf(cidr)));
}

export function broadcastOf(cidr: Cidr<4>): Ip<4> {
  return toIp(rangeOf(cidr).last);
}
