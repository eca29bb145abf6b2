// neighbours/nft-expressions.ts — one expression of an nftables rule, out of nft's JSON: what it asks, or what it does.
import { baseOf, parseIp, rangeOf, toNumber } from '../net/ipv4.ts';
import type { Range } from '../net/ipv4.ts';
import type { Ask, Fits, Match, Meaning } from './model.ts';

export type Fields = Readonly<Record<string, unknown>>;
/** Named sets and maps, as listed. */
export type Sets = ReadonlyMap<string, Fields>;

export function fieldsOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function recordsOf(value: unknown): readonly Fields[] {
  return listOf(value).filter(isFields);
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Rates and counts of packets: what a rule means by them is some. */
const PARTLY: readonly string[] = ['limit', 'quota', 'ct count', 'ct expectation', 'meter', 'last'];
/** The kernel goes no further in this chain; nobody drops the packet. */
const ENDING: readonly string[] = ['queue', 'fwd', 'masquerade', 'snat', 'dnat', 'redirect', 'tproxy', 'synproxy'];

export function expressionOf(expression: Fields, sets: Sets): Partial<Meaning> {
  const [name = ''] = Object.keys(expression);
  const value = expression[name];
  switch (name) {
    case 'accept': return { then: { then: 'accept' } };
    case 'drop':
    case 'reject': return { then: { then: 'drop' } };
    case 'return': return { then: { then: 'return' } };
    case 'jump':
    case 'goto': return { then: { then: name, chain: textOf(fieldsOf(value)?.['target']) } };
    case 'match': return { matches: [matchOf(fieldsOf(value) ?? {}, sets)] };
    case 'mangle': return JSON.stringify(value).includes('"mark"') ? { marks: true } : {};
    // Written by iptables of the other backend, with a match that only it can read.
    case 'xt': return { matches: [whatever('unknown')] };
    default: return PARTLY.includes(name) ? { matches: [whatever('some')] } : ENDING.includes(name) ? { then: { then: 'accept' } } : {};
  }
}

function whatever(fits: Fits): Match {
  return { ask: { on: 'whatever', fits } };
}

function matchOf({ op, left, right }: Fields, sets: Sets): Match {
  const values = valuesOf(right, sets);
  // An order between numbers.
  const ask = op === '==' || op === 'in' || op === '!=' ? askOf(fieldsOf(left) ?? {}, values, sets) : { on: 'whatever' as const, fits: 'some' as const };
  return { ask, ...(op === '!=' ? { not: true as const } : {}) };
}

/** Undefined: a set that was not read. */
function valuesOf(right: unknown, sets: Sets): readonly unknown[] | undefined {
  if (typeof right === 'string' && right.startsWith('@')) {
    const elements = sets.get(right.slice(1))?.['elem'];
    return elements === undefined ? undefined : listOf(elements).map(unwrapped);
  }
  const set = fieldsOf(right)?.['set'];
  if (set !== undefined) return Array.isArray(set) ? set.map(unwrapped) : [set];
  return Array.isArray(right) ? listOf(right) : [right];
}

/** An element may carry a counter or a time. */
function unwrapped(element: unknown): unknown {
  return fieldsOf(fieldsOf(element)?.['elem'])?.['val'] ?? element;
}

function askOf(left: Fields, values: readonly unknown[] | undefined, sets: Sets): Ask {
  const [kind = ''] = Object.keys(left);
  const of = fieldsOf(left[kind]) ?? {};
  if (kind === 'concat') return together(listOf(left['concat']), values, sets);
  if (kind === '&') return masked(listOf(left['&']), values);
  // What a set that was not read holds is listed by somebody, and not everything.
  if (values === undefined) return { on: 'whatever', fits: kind === 'payload' ? 'some' : 'unknown' };
  const texts = values.map((value) => String(value));
  switch (kind) {
    case 'meta': return ofMeta(textOf(of['key']), texts, values);
    case 'payload': return ofPayload(textOf(of['protocol']), textOf(of['field']), texts, values);
    case 'ct': return /^(state|status)$/.test(textOf(of['key'])) ? { on: 'state', states: texts } : textOf(of['key']) === 'mark' ? { on: 'mark', none: texts.includes('0') } : { on: 'whatever', fits: textOf(of['key']).includes('addr') ? 'some' : 'unknown' };
    case 'fib': return ofFib(of, texts);
    case 'numgen': return { on: 'whatever', fits: 'some' };
    default: return { on: 'whatever', fits: 'unknown' };
  }
}

const NEVER: Ask = { on: 'whatever', fits: 'none' };
const SOME: Ask = { on: 'whatever', fits: 'some' };

function ofMeta(key: string, texts: readonly string[], values: readonly unknown[]): Ask {
  switch (key) {
    case 'iifname':
    case 'iif':
    case 'ibrname': return { on: 'in', links: texts };
    case 'oifname':
    case 'oif':
    case 'obrname': return { on: 'out', links: texts };
    case 'l4proto': return { on: 'protocol', protocols: texts };
    case 'nfproto':
    case 'protocol': return { on: 'ethertype', types: texts.map((text) => (text === 'ipv4' ? 'ip' : text)) };
    case 'mark': return { on: 'mark', none: values.includes(0) };
    case 'pkttype': return { on: 'destination-type', types: texts.flatMap((text) => (text === 'host' || text === 'unicast' ? ['unicast', 'local'] : [text])) };
    case 'time':
    case 'day':
    case 'hour':
    case 'length': return SOME;
    default: return { on: 'whatever', fits: 'unknown' };
  }
}

function ofPayload(protocol: string, field: string, texts: readonly string[], values: readonly unknown[]): Ask {
  switch (`${protocol} ${field}`) {
    case 'ip saddr': return { on: 'source', ranges: values.flatMap(rangeIn) };
    case 'ip daddr': return { on: 'destination', ranges: values.flatMap(rangeIn) };
    case 'ip protocol': return { on: 'protocol', protocols: texts };
    case 'icmp type': return { on: 'icmp', types: texts };
    case 'ether type': return { on: 'ethertype', types: texts };
    case 'arp operation': return { on: 'arp-operation', operations: texts };
    case 'arp saddr ip': return { on: 'arp-source', ranges: values.flatMap(rangeIn) };
    case 'arp daddr ip': return { on: 'arp-destination', ranges: values.flatMap(rangeIn) };
    // Of what IPv4 on Ethernet has all the same values.
    case 'arp htype':
    case 'arp ptype':
    case 'arp hlen':
    case 'arp plen': return { on: 'ethertype', types: ['arp'] };
    case 'tcp flags': return texts.includes('syn') ? { on: 'first-of-tcp' } : SOME;
  }
  if (/^(ip6|icmpv6|sctp|dccp|ah|esp|comp|vlan)$/.test(protocol)) return NEVER;
  if (protocol === 'arp') return { on: 'arp-partly' };
  if (/^(tcp|udp|th)$/.test(protocol) && /^[sd]port$/.test(field)) return portsOf(protocol, field === 'sport' ? 'source-port' : 'destination-port', values);
  return SOME;
}

/** A port of a protocol is that protocol, too. */
function portsOf(protocol: string, on: 'source-port' | 'destination-port', values: readonly unknown[]): Ask {
  const ports: Match = { ask: { on, ports: values.flatMap(numbersIn) } };
  return { on: 'any-of', lists: [[...(protocol === 'th' ? [] : [{ ask: { on: 'protocol', protocols: [protocol] } } as const]), ports]] };
}

/** By the routes: what kind of address it is; whether there is a way back, which the kernel has been asked of already. */
function ofFib({ result, flags }: Fields, texts: readonly string[]): Ask {
  if (result === 'type') return { on: listOf(flags).includes('saddr') || flags === 'saddr' ? 'source-type' : 'destination-type', types: texts };
  return { on: 'whatever', fits: texts.includes('false') || texts.includes('0') ? 'none' : 'unknown' };
}

/** Several questions at once, with the answers side by side. */
function together(parts: readonly unknown[], values: readonly unknown[] | undefined, sets: Sets): Ask {
  if (values === undefined) return SOME;
  return { on: 'any-of', lists: values.map((value) => listOf(fieldsOf(value)?.['concat']).map((part, i): Match => ({ ask: askOf(fieldsOf(parts[i]) ?? {}, [part], sets) }))) };
}

function masked([left]: readonly unknown[], values: readonly unknown[] | undefined): Ask {
  const of = fieldsOf(left) ?? {};
  const key = fieldsOf(of['meta'])?.['key'] ?? fieldsOf(of['ct'])?.['key'];
  if (key === 'mark') return { on: 'mark', none: values?.includes(0) === true };
  if (fieldsOf(of['payload'])?.['field'] === 'flags') return values?.length === 1 && values[0] === 'syn' ? { on: 'first-of-tcp' } : SOME;
  return { on: 'whatever', fits: 'unknown' };
}

function rangeIn(value: unknown): readonly Range[] {
  if (typeof value === 'string') return between(value, value);
  const fields = fieldsOf(value) ?? {};
  const prefix = fieldsOf(fields['prefix']);
  if (prefix !== undefined) return parseIp(textOf(prefix['addr'])) === undefined ? [] : [rangeOf(baseOf(`${textOf(prefix['addr'])}/${numberOf(prefix['len']) ?? 32}`))];
  const [first, last] = listOf(fields['range']);
  return between(textOf(first), textOf(last));
}

function between(from: string, to: string): readonly Range[] {
  const [first, last] = [parseIp(from), parseIp(to)];
  return first === undefined || last === undefined ? [] : [{ first: toNumber(first), last: toNumber(last) }];
}

function numbersIn(value: unknown): readonly Range[] {
  if (typeof value === 'number') return [{ first: value, last: value }];
  const [first, last] = listOf(fieldsOf(value)?.['range']);
  return typeof first === 'number' && typeof last === 'number' ? [{ first, last }] : [];
}
