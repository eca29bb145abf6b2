// net/ipv6.ts — what only IPv6 has: addresses that a guest makes of a prefix and its MAC, and a least MTU.
import { rangeOf, toIp } from './ip.ts';
import type { Cidr, Ip } from './ip.ts';
import type { Mac } from './mac.ts';

/** Bytes (RFC 8200, section 5): on a device with a smaller MTU the kernel has no IPv6, nor its settings. */
export const LEAST_MTU = 1280;

/**
 * RFC 4291 appendix A: the MAC with `ff:fe` in its middle and the universal bit turned over, behind a /64: `fd00::/64`.
 */
export function eui64(cidr6: Cidr<6>, mac: Mac): Ip<6> {
  const [first = 0, ...rest] = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  const octets = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  const host = octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  return toIp(rangeOf(cidr6).first + host);
}

/**
 * Whether it is a link-local address that a kernel makes of a MAC, whosever that was: by the bytes in its middle (RFC
 * 4291, appendix A).
 */
export function isLinkLocalOfMac(ip: string): boolean {
  return /^fe80:.*ff:fe[0-9a-f]{2}:[0-9a-f]{1,4}$/i.test(ip);
}
