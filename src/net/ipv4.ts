// net/ipv4.ts — IPv4 addresses, networks and ranges: strict to read, exact to compare.
import { isIPv4 } from 'node:net';

declare const brand: unique symbol;
/** Dotted quad, no leading zeros: `10.0.0.1`. */
export type Ip = string & { readonly [brand]: 'ip' };
/** A network by its base address: `10.0.0.0/24`. */
export type Cidr = string & { readonly [brand]: 'cidr' };
/** First and last address, both included, as unsigned 32-bit numbers. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

export function parseIp(text: string): Ip | undefined {
  return isIPv4(text) ? (text as Ip) : undefined;
}

/** Reads a network; one whose host bits are set is not a network (see `baseOf` for what it should say). */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', bits = '', ...rest] = text.split('/');
  if (!isIPv4(address) || !/^(0|[1-9]\d?)$/.test(bits) || Number(bits) > 32 || rest.length > 0) return undefined;
  return baseOf(text) === text ? (text as Cidr) : undefined;
}

/**
 * The network that an `address/bits` lies in: `10.0.0.5/24` → `10.0.0.0/24`. The text must be a valid address and
 * length.
 */
export function baseOf(text: string): Cidr {
  const slash = text.indexOf('/');
  const bits = Number(text.slice(slash + 1));
  const size = 2 ** (32 - bits);
  return `${toIp(Math.floor(toNumber(text.slice(0, slash) as Ip) / size) * size)}/${bits}` as Cidr;
}

/** Reads `10.0.0.0/28`, `10.0.0.1-10.0.0.9` or `10.0.0.1`. */
export function parseRange(text: string): Range | undefined {
  const cidr = parseCidr(text);
  if (cidr !== undefined) return rangeOf(cidr);
  const [from = '', to = from, ...rest] = text.split('-').map((part) => part.trim());
  if (!isIPv4(from) || !isIPv4(to) || rest.length > 0) return undefined;
  const range = { first: toNumber(from as Ip), last: toNumber(to as Ip) };
  return range.first <= range.last ? range : undefined;
}

const ZERO = 48;

/** Without a list in between: thousands of addresses are sorted by it. */
/** Without its length: `10.0.0.1/24` → `10.0.0.1`. IPv6 as well. */
export function ipOf(cidr: string): string {
  return cidr.split('/', 1)[0] ?? cidr;
}

export function toNumber(ip: Ip): number {
  let [sum, part] = [0, 0];
  for (let i = 0; i < ip.length; i++) {
    const digit = ip.charCodeAt(i) - ZERO;
    // A dot.
    if (digit < 0) [sum, part] = [sum * 256 + part, 0];
    else part = part * 10 + digit;
  }
  return sum * 256 + part;
}

export function toIp(value: number): Ip {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}` as Ip;
}

export function bitsOf(cidr: Cidr): number {
  return Number(cidr.split('/')[1]);
}

export function rangeOf(cidr: Cidr): Range {
  const first = toNumber(cidr.split('/')[0] as Ip);
  return { first, last: first + 2 ** (32 - bitsOf(cidr)) - 1 };
}

/** The dotted mask: `10.0.0.0/24` → `255.255.255.0`. */
export function maskOf(cidr: Cidr): Ip {
  return toIp(2 ** 32 - 2 ** (32 - bitsOf(cidr)));
}

export function broadcastOf(cidr: Cidr): Ip {
  return toIp(rangeOf(cidr).last);
}

/** The addresses a guest can have: without network and broadcast address, except in a /31 or /32. */
export function hostsOf(cidr: Cidr): Range {
  const { first, last } = rangeOf(cidr);
  return last - first < 2 ? { first, last } : { first: first + 1, last: last - 1 };
}

export function holds(range: Range, ip: Ip): boolean {
  const value = toNumber(ip);
  return range.first <= value && value <= range.last;
}

export function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** Whether every address of the second lies in the first. */
export function covers(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
