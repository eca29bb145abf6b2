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

/** Fills up a prefix (`fa:16:3e`) with octets of a hash of the name. The same name gives the same address on every host. */
export function deriveMac(prefix: string, name: string, attempt = 0): Mac {
  const digest = hash('sha256', attempt === 0 ? name : `${name}#${attempt}`);
  const given = prefix.toLowerCase().split(':');
  const derived = Array.from({ length: 6 - given.length }, (_, i) => digest.slice(2 * i, 2 * i + 2));
  return [...given, ...derived].join(':') as Mac;
}
