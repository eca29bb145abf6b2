// net/ip.ts — addresses, networks and ranges of IPv4 and IPv6: strict to read, exact to compare. Each tells its family:
// a text by its colons, a range by its numbers.
import { isIPv4, isIPv6 } from 'node:net';
import { bitsOfText, textOfBits } from './ipv6-text.ts';

export type Family = 4 | 6;

declare const brand: unique symbol;
/** IPv4: dotted quad, no leading zeros: `10.0.0.1`. IPv6: in the form of RFC 5952: `fd00::1`. */
export type Ip<F extends Family = Family> = string & { readonly [brand]: readonly ['ip', F] };
/** A network by its base address: `10.0.0.0/24`, `fd00:1::/64`. */
export type Cidr<F extends Family = Family> = string & { readonly [brand]: readonly ['cidr', F] };

/** An address as a number: of IPv4 an unsigned one of 32 bits, of IPv6 a bigint. */
export type Value<F extends Family = Family> = Values[F];
interface Values {
  readonly 4: number;
  readonly 6: bigint;
}

/** Numbers from one to another, both included: ports, lengths, addresses. */
export interface Interval<N extends number | bigint = number> {
  readonly first: N;
  readonly last: N;
}

/** First and last address. */
export type Range<F extends Family = Family> = Interval<Value<F>>;

/** What tools call the families. */
const WORDS = {
  /** Below /proc/sys/net, and in what we print. */
  kernel: { 4: 'ipv4', 6: 'ipv6' },
  /** Tables of nftables. */
  nft: { 4: 'ip', 6: 'ip6' },
  /** In what `ip -j` prints. */
  socket: { 4: 'inet', 6: 'inet6' },
} as const;

/** What a tool calls a family: `familyWord(6, 'socket')` is `inet6`. */
export function familyWord<F extends Family, Tool extends keyof typeof WORDS>(
  family: F,
  tool: Tool,
): (typeof WORDS)[Tool][F] {
  return WORDS[tool][family];
}

/** Of an address, a network, or a range as text. */
export function familyOf(text: string): Family {
  return text.includes(':') ? 6 : 4;
}

/** The length of an address in bits. */
export function widthOf(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/** Reads an address, of either family or of this one. IPv6 gets its one spelling; with a zone it is no address. */
export function parseIp<F extends Family = Family>(text: string, family?: F): Ip<F> | undefined {
  if (family !== 6 && isIPv4(text)) return text as Ip<F>;
  if (family === 4 || !isIPv6(text) || text.includes('%')) return undefined;
  return textOfBits(bitsOfText(text)) as Ip<F>;
}

/** Reads a network; one whose host bits are set is not a network (see `baseOf` for what it should say). */
export function parseCidr<F extends Family = Family>(text: string, family?: F): Cidr<F> | undefined {
  const [address = '', bits = '', ...rest] = text.split('/');
  const ip = parseIp(address, family);
  if (ip === undefined || !/^(0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > widthOf(familyOf(ip)) || rest.length > 0)
    return undefined;
  const cidr = `${ip}/${bits}`;
  return baseOf(cidr) === cidr ? (cidr as Cidr<F>) : undefined;
}

/**
 * The network that an `address/bits` lies in: `10.0.0.5/24` → `10.0.0.0/24`. The text must be a valid address and
 * length.
 */
export function baseOf<F extends Family = Family>(text: string, family?: F): Cidr<F>;
export function baseOf(text: string): Cidr {
  const slash = text.indexOf('/');
  const [value, bits] = [toNumber(text.slice(0, slash) as Ip), Number(text.slice(slash + 1))];
  if (typeof value === 'bigint') {
    const rest = BigInt(128 - bits);
    return `${toIp((value >> rest) << rest)}/${bits}` as Cidr;
  }
  const size = 2 ** (32 - bits);
  return `${toIp(Math.floor(value / size) * size)}/${bits}` as Cidr;
}

/** Reads `10.0.0.0/28`, `10.0.0.1-10.0.0.9` or `10.0.0.1`; or the same of IPv6. */
export function parseRange<F extends Family = Family>(text: string, family?: F): Range<F> | undefined {
  const cidr = parseCidr(text, family);
  if (cidr !== undefined) return rangeOf(cidr);
  const [from = '', to = from, ...rest] = text.split('-').map((part) => part.trim());
  const [low, high] = [parseIp(from, family), parseIp(to, family)];
  if (low === undefined || high === undefined || familyOf(low) !== familyOf(high) || rest.length > 0) return undefined;
  const range = { first: toNumber(low), last: toNumber(high) };
  return range.first <= range.last ? range : undefined;
}

/** Without its length: `10.0.0.1/24` → `10.0.0.1`. */
export function ipOf(cidr: string): string {
  return cidr.split('/', 1)[0] ?? cidr;
}

const ZERO = 48;

/** Without a list in between: thousands of addresses are sorted by it. */
export function toNumber<F extends Family>(ip: Ip<F>): Value<F>;
export function toNumber(ip: Ip): Value {
  let sum = 0;
  let part = 0;
  for (let i = 0; i < ip.length; i++) {
    const digit = ip.charCodeAt(i) - ZERO;
    // A colon or a letter.
    if (digit > 9) return bitsOfText(ip);
    // A dot.
    if (digit < 0) {
      sum = sum * 256 + part;
      part = 0;
    } else part = part * 10 + digit;
  }
  return sum * 256 + part;
}

export function toIp(value: number): Ip<4>;
export function toIp(value: bigint): Ip<6>;
export function toIp<F extends Family>(value: Value<F>): Ip<F>;
export function toIp(value: Value): Ip {
  if (typeof value === 'bigint') return textOfBits(value) as Ip;
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}` as Ip;
}

/** The length of a network: of one address all its bits, of `default` none. */
export function bitsOf(network: string): number {
  if (network === 'default') return 0;
  const [address = '', bits] = network.split('/', 2);
  return bits === undefined ? widthOf(familyOf(address)) : Number(bits);
}

export function rangeOf<F extends Family>(cidr: Cidr<F>): Range<F>;
export function rangeOf(cidr: Cidr): Range {
  const first = toNumber(ipOf(cidr) as Ip);
  return typeof first === 'bigint'
    ? { first, last: first + (1n << BigInt(128 - bitsOf(cidr))) - 1n }
    : { first, last: first + 2 ** (32 - bitsOf(cidr)) - 1 };
}

/**
 * The addresses a guest can have. IPv4: without network and broadcast address, except in a /31 or /32. IPv6: without
 * the first, which any router answers for (RFC 4291, section 2.6.1), except in a /127 or /128.
 */
export function hostsOf<F extends Family>(cidr: Cidr<F>): Range<F>;
export function hostsOf(cidr: Cidr): Range {
  const { first, last } = rangeOf(cidr);
  if (typeof first === 'bigint') return bitsOf(cidr) > 126 ? { first, last } : { first: first + 1n, last };
  return bitsOf(cidr) > 30 ? { first, last } : { first: first + 1, last: Number(last) - 1 };
}

/**
 * Whether an address lies in a network as tools print it, by any of its addresses: `10.0.0.1/24`, `2001:db8::/64`,
 * `default`. Without a length it is one address.
 */
export function contains(network: string, ip: string): boolean {
  const at = parseIp(ip);
  const by = network === 'default' ? at : parseIp(ipOf(network));
  if (at === undefined || by === undefined) return false;
  return holds(rangeOf(baseOf(`${by}/${bitsOf(network)}`)), at);
}

export function holds(range: Range, ip: Ip): boolean {
  const value = toNumber(ip);
  return range.first <= value && value <= range.last && typeof range.first === typeof value;
}

export function overlap(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last && typeof a.first === typeof b.first;
}

/** Whether every address of the second lies in the first. */
export function covers(outer: Range, inner: Range): boolean {
  return outer.first <= inner.first && inner.last <= outer.last && typeof outer.first === typeof inner.first;
}
