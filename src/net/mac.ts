// net/mac.ts — Ethernet addresses: reading them, and deriving stable ones from names.
import { hash } from 'node:crypto';

declare const brand: unique symbol;
/** Six lower-case hexadecimal octets: `fa:16:3e:2c:e8:ec`. */
export type Mac = string & { readonly [brand]: 'mac' };

export function parseMac(text: string): Mac | undefined {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text) ? (text.toLowerCase() as Mac) : undefined;
}

/** The lowest bit of the first octet: a group address, which no interface may have. */
export function isMulticast(mac: Mac): boolean {
  return Number.parseInt(mac.slice(0, 2), 16) % 2 === 1;
}

/**
 * Fills up a prefix (`fa:16:3e`) with octets of a hash of the name. The same name gives the same address on every host.
 */
export function deriveMac(prefix: string, name: string, attempt = 0): Mac {
  const digest = hash('sha256', attempt === 0 ? name : `${name}#${attempt}`);
  const given = prefix.toLowerCase().split(':');
  const derived = Array.from({ length: 6 - given.length }, (_, i) => digest.slice(2 * i, 2 * i + 2));
  return [...given, ...derived].join(':') as Mac;
}

/**
 * The IPv6 address that a kernel gives a device of its own (RFC 4291 appendix A): `02:00:00:00:00:e1` →
 * `fe80::ff:fe00:e1`.
 */
export function linkLocalOf(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(':').map((octet) => Number.parseInt(octet, 16));
  const first = ((a ^ 2) << 8) | b;
  const rest = [(c << 8) | 0xff, 0xfe00 | d, (e << 8) | f];
  return `fe80::${(first === 0 ? rest : [first, ...rest]).map((group) => group.toString(16)).join(':')}`;
}
