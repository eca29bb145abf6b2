// net/ipv6.ts — IPv6 addresses as RFC 5952 writes them, and those that a guest makes of a prefix and its MAC.
import { Address6 } from 'ip-address';
import type { Mac } from './mac.ts';

/** Bytes (RFC 8200, section 5): on a device with a smaller MTU the kernel has no IPv6, nor its settings. */
export const LEAST_MTU = 1280;

/** The one way to write an address: `fd00:0:0:64::1`. The text must be a valid one. */
export function canonical6(ip: string): string {
  return new Address6(ip).correctForm();
}

/** The base of the network that an address lies in. */
export function baseOf6(ip: string, bits = 64): string {
  return new Address6(`${ip}/${bits}`).startAddress().correctForm();
}

/**
 * RFC 4291 appendix A: the MAC with `ff:fe` in its middle and the universal bit turned over, behind a /64: `fd00::/64`.
 */
export function eui64(cidr6: string, mac: Mac): string {
  const [first = 0, ...rest] = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  const octets = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  const host = octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  return Address6.fromBigInt(new Address6(cidr6).startAddress().bigInt() + host).correctForm();
}

/**
 * Whether it is a link-local address that a kernel makes of a MAC, whosever that was: by the bytes in its middle (RFC
 * 4291, appendix A).
 */
export function isLinkLocalOfMac(ip: string): boolean {
  return /^fe80:.*ff:fe[0-9a-f]{2}:[0-9a-f]{1,4}$/i.test(ip);
}
