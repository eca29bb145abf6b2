// specfile/dhcp-values.ts — what a DHCP option may hold, by its type (RFC 2132, 3397, 3442): what dnsmasq would send of
// it, or why it would not.
import { isIPv4 } from 'node:net';
import { toIp, toNumber } from '../net/ip.ts';
import type { Ip } from '../net/ip.ts';

export interface Wrong {
  readonly message: string;
  readonly hint: string;
}

/** How many bytes dnsmasq sends of a value, or what is wrong with it. */
export type Measured = number | Wrong;

export type Type =
  /** IPv4 addresses: at least one, `single` no more, `pairs` an even number. */
  | { readonly is: 'addresses'; readonly count?: 'single' | 'pairs' }
  /** A number of so many bytes. `told`: dnsmasq knows the size; else the value has to say it. */
  | {
      readonly is: 'number';
      readonly bytes: 1 | 2 | 4;
      readonly least?: number;
      readonly most?: number;
      readonly only?: readonly number[];
      readonly told?: true;
    }
  | { readonly is: 'time' }
  /** `told`: dnsmasq knows that it is text, whatever it looks like. */
  | { readonly is: 'text'; readonly told?: true }
  | { readonly is: 'domains' | 'routes' | 'sip' | 'any' };

export function measure(type: Type, value: string): Measured {
  switch (type.is) {
    case 'addresses':
      return addresses(value, type.count);
    case 'number':
      return number(value, type);
    case 'time':
      return time(value);
    case 'text':
      return type.told ? text(value) : plainText(value);
    case 'domains':
      return domains(value);
    case 'routes':
      return routes(value);
    case 'sip':
      return /[a-z]/i.test(value) ? plus(1, domains(value)) : plus(1, addresses(value));
    case 'any':
      return any(value);
  }
}

function wrong(message: string, hint: string): Wrong {
  return { message, hint };
}

function plus(bytes: number, measured: Measured): Measured {
  return typeof measured === 'number' ? bytes + measured : measured;
}

function partsOf(value: string): readonly string[] {
  return value.split(',').map((part) => part.trim());
}

function addresses(value: string, count?: 'single' | 'pairs'): Measured {
  const parts = partsOf(value);
  const bad = parts.find((part) => !isIPv4(part));
  if (bad !== undefined)
    return wrong(
      `${quoted(bad)} is not an IPv4 address`,
      /[a-z]/i.test(bad)
        ? 'DHCP sends addresses here, and dnsmasq looks no name up: write the address'
        : 'write addresses with commas between them',
    );
  if (count === 'single' && parts.length > 1)
    return wrong(`${parts.length} addresses where DHCP has room for one`, 'write the first');
  if (count === 'pairs' && parts.length % 2 === 1)
    return wrong('an address without the one that belongs to it', 'write pairs of addresses');
  return parts.length * 4;
}

const HEX = /^[0-9a-f]{1,2}(:[0-9a-f]{1,2})+$/i;
const SUFFIX = { 1: 'b', 2: 's', 4: 'i' } as const;

function number(
  value: string,
  { bytes, least = 0, most = 2 ** (8 * bytes) - 1, only, told }: Extract<Type, { is: 'number' }>,
): Measured {
  if (HEX.test(value))
    return value.split(':').length === bytes
      ? bytes
      : wrong(
          `${value.split(':').length} bytes where the option has ${bytes}`,
          `write a number from ${least} to ${most}`,
        );
  const [, digits = '', suffix = ''] = /^(-?\d+)([bsi]?)$/.exec(value) ?? [];
  if (digits === '') return wrong(`${quoted(value)} is not a number`, `write a number from ${least} to ${most}`);
  if (Number(digits) < least || Number(digits) > most)
    return wrong(`${digits} is not from ${least} to ${most}`, `write a number from ${least} to ${most}`);
  if (only?.includes(Number(digits)) === false)
    return wrong(`${digits} is none of ${only.join(', ')}`, `write one of ${only.join(', ')}`);
  if (suffix !== '' && suffix !== SUFFIX[bytes])
    return wrong(
      `a value of another size than the option's, of ${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`,
      `write ${digits}${told ? '' : SUFFIX[bytes]}`,
    );
  if (!told && bytes !== 1 && suffix === '')
    return wrong(`dnsmasq does not know that this option has ${bytes} bytes`, `write ${digits}${SUFFIX[bytes]}`);
  return bytes;
}

const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Undefined where it is no time. */
export function secondsOf(value: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+)([smhdw]?)$/i.exec(value) ?? [];
  return digits === undefined ? undefined : Number(digits) * (SECONDS[unit.toLowerCase()] ?? 1);
}

function time(value: string): Measured {
  const seconds = secondsOf(value);
  if (seconds === undefined)
    return wrong(`${quoted(value)} is not a time`, 'write a number and one unit: 600, 30m, 1h');
  return seconds < 2 ** 31 ? 4 : wrong(`${value} is too long a time`, 'write less than 2147483648 seconds');
}

/** Quotes keep what dnsmasq would read as a sign; within them a backslash is one. */
function text(value: string): Measured {
  const [, inner] = /^"([^"\\]*)"$/.exec(value) ?? [];
  if (inner === undefined && value.includes('"'))
    return wrong('a quote within a text', 'put the whole text in quotes, or leave them out');
  return Buffer.byteLength(inner ?? value);
}

/** What dnsmasq would take for addresses or a number is none; bytes are meant by who writes them. */
function plainText(value: string): Measured {
  if (HEX.test(value)) return value.split(':').length;
  if (value.includes('"'))
    return /^"\d*"$/.test(value)
      ? wrong(
          `dnsmasq would send the number ${value.slice(1, -1)}`,
          `write it as bytes: ${bytesOf(value.slice(1, -1))}`,
        )
      : text(value);
  if (looksLike(value) !== 'text')
    return wrong(
      `dnsmasq would send ${value} as ${looksLike(value)}, not as text`,
      /^\d+[bsi]?$/.test(value) ? `write it as bytes: ${bytesOf(value)}` : `put the value in quotes: "${value}"`,
    );
  return text(value);
}

function bytesOf(value: string): string {
  return [...Buffer.from(value)].map((byte) => byte.toString(16)).join(':');
}

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;

function domains(value: string): Measured {
  const parts = partsOf(value);
  const bad = parts.find(
    (part) =>
      part !== '.' &&
      (part.length > 253 ||
        !part
          .replace(/\.$/, '')
          .split('.')
          .every((label) => LABEL.test(label))),
  );
  if (bad !== undefined)
    return wrong(
      `${quoted(bad)} is not a DNS domain`,
      'write domains with commas between them: a.example.org,example.org',
    );
  return parts.reduce((sum, part) => sum + (part === '.' ? 1 : part.replace(/\.$/, '').length + 2), 0);
}

/** RFC 3442: each destination, and the router that leads there. */
function routes(value: string): Measured {
  const parts = partsOf(value);
  const hint = 'write each destination and its router: 10.0.0.0/8,192.168.50.1';
  if (parts.length % 2 === 1) return wrong('a destination without its router', hint);
  let bytes = 0;
  for (const [i, part] of parts.entries()) {
    const [ip = '', bits, ...rest] = part.split('/');
    if (!isIPv4(ip) || rest.length > 0) return wrong(`${quoted(part)} is not an address`, hint);
    if (i % 2 === 1 && bits !== undefined) return wrong(`${part} is no router's address`, hint);
    if (i % 2 === 1) bytes += 4;
    else {
      if (bits === undefined || !/^\d+$/.test(bits) || Number(bits) > 32)
        return wrong(`${part} is no range of addresses`, hint);
      const base = toIp(
        Number(bits) === 0
          ? 0
          : Math.floor(toNumber(ip as Ip<4>) / 2 ** (32 - Number(bits))) * 2 ** (32 - Number(bits)),
      );
      if (base !== ip) return wrong(`${part} is an address in ${base}/${bits}, not the range`, `write ${base}/${bits}`);
      bytes += 1 + Math.ceil(Number(bits) / 8);
    }
  }
  return bytes;
}

/** As dnsmasq tells them apart where it knows no type. */
function looksLike(value: string): 'addresses' | 'a number' | 'bytes' | 'text' {
  if (/^-?\d+[bsi]?$/.test(value)) return 'a number';
  if (/^[0-9a-f]*(:[0-9a-f]*)+$/i.test(value)) return 'bytes';
  return /^[0-9., /]+$/.test(value) && /\d/.test(value) && !value.startsWith('/') ? 'addresses' : 'text';
}

function any(value: string): Measured {
  switch (looksLike(value)) {
    case 'a number': {
      const size = { b: 1, s: 2, i: 4 }[value.slice(-1)] ?? 4;
      const [most, digits] = [2 ** (8 * size) - 1, Number.parseInt(value, 10)];
      return digits >= -(2 ** 31) && digits <= most
        ? size
        : wrong(
            `${value} is more than ${size} ${size === 1 ? 'byte' : 'bytes'} hold`,
            `write a number up to ${most}, or bytes: 01:02:ff`,
          );
    }
    case 'bytes':
      return HEX.test(value)
        ? value.split(':').length
        : wrong(`${value} is not bytes`, 'write two hexadecimal digits for each, with colons between them: 01:02:ff');
    case 'text':
      return text(value);
    case 'addresses': {
      const parts = partsOf(value);
      const bad = parts.find(
        (part) => !isIPv4(part.split('/')[0] ?? '') || !/^[^/]*(\/([0-9]|[12][0-9]|3[0-2]))?$/.test(part),
      );
      if (bad !== undefined)
        return wrong(
          `dnsmasq would take ${value} for addresses, and ${quoted(bad)} is none`,
          'write several numbers as bytes (01:02:ff), and text that looks like addresses in quotes',
        );
      return parts.reduce(
        (sum, part) => sum + (part.includes('/') ? 1 + Math.ceil(Number(part.split('/')[1]) / 8) : 4),
        0,
      );
    }
  }
}

function quoted(part: string): string {
  return part === '' ? "''" : part;
}
