// conflicts/nft-expressions.ts — one expression of an nftables rule, out of nft's JSON: what it asks, or what it does.
import { memo } from '../core/memo.ts';
import { union } from '../net/intervals.ts';
import { baseOf, parseIp, rangeOf, toNumber } from '../net/ip.ts';
import type { Interval, Range } from '../net/ip.ts';
import { EVERYWHERE, FEWEST_HOPS } from './model.ts';
import { ofLength, ofTtl } from './length-and-ttl.ts';
import type { Ask, Fits, Match, Meaning, Then } from './model.ts';
import { between, holds, unordered } from './nft-orders.ts';
import { fieldsOf, listOf, numberOf, recordsOf, textOf } from './nft-fields.ts';
import type { Fields } from './nft-fields.ts';
import { valuesOf } from './nft-sets.ts';
import type { Sets } from './nft-sets.ts';

/** Rates and counts of packets: what a rule means by them is some. */
const PARTLY: readonly string[] = ['limit', 'quota', 'ct count', 'ct expectation', 'meter', 'last'];
/** The kernel goes no further in this chain; nobody drops the packet. */
const ENDING: readonly string[] = ['fwd', 'tproxy', 'synproxy'];

export function expressionOf(expression: Fields, sets: Sets): Partial<Meaning> {
  const [name = ''] = Object.keys(expression);
  const value = expression[name];
  switch (name) {
    case 'accept':
      return { then: { then: 'accept' } };
    case 'drop':
    case 'reject':
      return { then: { then: 'drop' } };
    case 'return':
      return { then: { then: 'return' } };
    case 'jump':
    case 'goto':
      return { then: { then: name, chain: textOf(fieldsOf(value)?.['target']) } };
    case 'match':
      return { matches: matchesOf(fieldsOf(value) ?? {}, sets) };
    case 'mangle':
      return mangled(fieldsOf(value) ?? {});
    // Each packet goes into a set of somebody's; where that counts them, it is a rate.
    case 'set':
      return {
        matches: recordsOf(fieldsOf(value)?.['stmt']).some((one) => PARTLY.some((word) => word in one))
          ? [whatever('some')]
          : [],
      };
    case 'queue':
      return { then: thenOfQueue(fieldsOf(value) ?? {}) };
    case 'masquerade':
    case 'redirect':
      return { then: { then: 'accept' }, translates: 'own' };
    case 'snat':
    case 'dnat':
      return { then: { then: 'accept' }, ...translationOf(fieldsOf(value) ?? {}, sets) };
    // Written by iptables of the other backend, with a match that only it can read.
    case 'xt':
      return { matches: [whatever('unknown')] };
    default:
      return PARTLY.includes(name)
        ? { matches: [whatever('some')] }
        : ENDING.includes(name)
          ? { then: { then: 'accept' } }
          : {};
  }
}

/** `meta mark set 1`, `ct zone set 5`, `ct original zone set 5`: that leaves answers in zone 0. */
function mangled(fields: Fields): Partial<Meaning> {
  const ct = fieldsOf(fieldsOf(fields['key'])?.['ct']);
  if (ct?.['key'] === 'zone') return { zone: ct['dir'] === 'original' ? 0 : (numberOf(fields['value']) ?? 'unknown') };
  const { protocol, field } = fieldsOf(fieldsOf(fields['key'])?.['payload']) ?? {};
  const name = `${textOf(protocol)} ${textOf(field)}`;
  // To a number that is worked out, nobody knows which.
  if (name === 'ip ttl') return (numberOf(fields['value']) ?? 0) <= FEWEST_HOPS ? { spoils: 'ttl' } : {};
  if (/^(ip [sd]addr|(tcp|udp|th) [sd]port)$/.test(name))
    return { spoils: 'address', matches: protocolsOf(fieldsOf(fields['key']) ?? {}) };
  return JSON.stringify(fields).includes('"mark"') ? { marks: true } : {};
}

/** `queue`, `queue num 7`, `queue flags bypass to 0-3`; one that is worked out for each packet is not followed. */
function thenOfQueue({ num = 0, flags }: Fields): Then {
  const [first, last] = typeof num === 'number' ? [num, num] : listOf(fieldsOf(num)?.['range']);
  const isBypassed = [flags].flat().includes('bypass');
  return isBypassed || typeof first !== 'number' || typeof last !== 'number'
    ? { then: 'accept' }
    : { then: 'queue', queues: { first, last } };
}

/** By a map: of what has an entry there, and to somebody's addresses. */
function translationOf({ addr, family }: Fields, sets: Sets): Partial<Meaning> {
  if (family === 'ip6') return { matches: [whatever('none')] };
  const map = fieldsOf(fieldsOf(addr)?.['map']);
  if (map !== undefined)
    return { matches: matchesOf({ op: '==', left: map['key'], right: keysOf(map['data'], sets) }, sets) };
  const to = addr === undefined ? 'own' : rangeIn(addr)[0];
  return to === undefined ? {} : { translates: to };
}

function keysOf(data: unknown, sets: Sets): unknown {
  const entries = typeof data === 'string' ? sets.get(data.slice(1)) : listOf(fieldsOf(data)?.['set']);
  return entries === undefined ? data : { set: entries.map((entry) => listOf(entry)[0]) };
}

function whatever(fits: Fits): Match {
  return { ask: { on: 'whatever', fits } };
}

function matchesOf({ op, left, right }: Fields, sets: Sets): readonly Match[] {
  const of = fieldsOf(left) ?? {};
  const order = between(textOf(op), right);
  const isEqual = op === '==' || op === 'in' || op === '!=';
  const ask = isEqual
    ? askOf(of, valuesOf(right, sets), sets)
    : order === undefined
      ? unordered(of)
      : askOf(of, [order], sets);
  return [...protocolsOf(of), { ask, ...(op === '!=' ? { not: true as const } : {}) }];
}

/** What is in a protocol's header is asked of that protocol's packets only, also where it is to be something else. */
function protocolsOf(left: Fields): readonly Match[] {
  const parts = [left, ...recordsOf(left['concat']), ...recordsOf(left['&'])];
  const protocols = parts
    .map((part) => textOf(fieldsOf(part['payload'])?.['protocol']))
    .filter((protocol) => /^(tcp|udp|icmp)$/.test(protocol));
  return [...new Set(protocols)].map((protocol) => ({ ask: { on: 'protocol', protocols: [protocol] } }));
}

function askOf(left: Fields, values: readonly unknown[] | undefined, sets: Sets): Ask {
  const [kind = ''] = Object.keys(left);
  const of = fieldsOf(left[kind]) ?? {};
  if (kind === 'concat') return together(listOf(left['concat']), values, sets);
  if (kind === '&') return masked(listOf(left['&']), values);
  // What a set that was not read holds is listed by somebody, and not everything.
  if (values === undefined) return { on: 'whatever', fits: kind === 'payload' ? 'some' : 'unknown' };
  if (kind !== 'payload' && values.includes(ANY)) return { on: 'whatever', fits: 'all' };
  const texts = textsOf(values);
  switch (kind) {
    case 'meta':
      return ofMeta(textOf(of['key']), texts, values);
    case 'payload':
      return ofPayload(textOf(of['protocol']), textOf(of['field']), texts, values);
    case 'ct':
      return /^(state|status)$/.test(textOf(of['key']))
        ? { on: 'state', states: texts }
        : textOf(of['key']) === 'mark'
          ? { on: 'mark', none: texts.includes('0') }
          : { on: 'whatever', fits: textOf(of['key']).includes('addr') ? 'some' : 'unknown' };
    case 'fib':
      return ofFib(of, texts);
    case 'numgen':
      return { on: 'whatever', fits: 'some' };
    default:
      return { on: 'whatever', fits: 'unknown' };
  }
}

/** In a set: whatever else there is. */
export const ANY = '*';
const textsOf = memo((values: readonly unknown[]) => values.map(String));
const NEVER: Ask = { on: 'whatever', fits: 'none' };
const SOME: Ask = { on: 'whatever', fits: 'some' };

function ofMeta(key: string, texts: readonly string[], values: readonly unknown[]): Ask {
  switch (key) {
    case 'iifname':
    case 'iif':
    case 'ibrname':
      return { on: 'in', links: texts };
    case 'oifname':
    case 'oif':
    case 'obrname':
      return { on: 'out', links: texts };
    case 'l4proto':
      return { on: 'protocol', protocols: texts };
    case 'nfproto':
    case 'protocol':
      return { on: 'ethertype', types: texts.map((text) => (text === 'ipv4' ? 'ip' : text)) };
    case 'mark':
      return { on: 'mark', none: values.includes(0) };
    case 'pkttype':
      return {
        on: 'destination-type',
        types: texts.flatMap((text) => (text === 'host' || text === 'unicast' ? ['unicast', 'local'] : [text])),
      };
    case 'length':
      return ofLength(portsIn(values));
    default:
      return { on: 'whatever', fits: 'unknown' };
  }
}

function ofPayload(protocol: string, field: string, texts: readonly string[], values: readonly unknown[]): Ask {
  switch (`${protocol} ${field}`) {
    case 'ip saddr':
      return { on: 'source', ranges: rangesIn(values) };
    case 'ip daddr':
      return { on: 'destination', ranges: rangesIn(values) };
    case 'ip protocol':
      return { on: 'protocol', protocols: texts };
    case 'ip length':
      return ofLength(portsIn(values));
    case 'ip ttl':
      return ofTtl(portsIn(values));
    case 'ip dscp':
      return texts.includes('cs0') || values.includes(0) ? { on: 'whatever', fits: 'all' } : SOME;
    // Of a header without options five words, as nearly all have.
    case 'ip version':
    case 'ip hdrlength':
      return holds(portsIn(values), field === 'version' ? 4 : 5);
    case 'icmp type':
      return { on: 'icmp', types: texts };
    case 'ether type':
      return { on: 'ethertype', types: texts };
    case 'arp operation':
      return { on: 'arp-operation', operations: texts };
    case 'arp saddr ip':
      return { on: 'arp-source', ranges: rangesIn(values) };
    case 'arp daddr ip':
      return { on: 'arp-destination', ranges: rangesIn(values) };
    // Of what IPv4 on Ethernet has all the same values.
    case 'arp htype':
    case 'arp ptype':
    case 'arp hlen':
    case 'arp plen':
      return { on: 'ethertype', types: ['arp'] };
    case 'tcp flags':
      return texts.includes('syn') ? { on: 'first-of-tcp' } : SOME;
  }
  if (/^(ip6|icmpv6|sctp|dccp|ah|esp|comp|vlan)$/.test(protocol)) return NEVER;
  if (protocol === 'arp') return { on: 'arp-partly' };
  if (/^(tcp|udp|th)$/.test(protocol) && /^[sd]port$/.test(field))
    return { on: field === 'sport' ? 'source-port' : 'destination-port', ports: portsIn(values) };
  // Bits at a place that only its writer understands: `@th,160,128 0x3666f6f`.
  return protocol === '' ? { on: 'whatever', fits: 'unknown' } : SOME;
}

/**
 * By the routes: what kind of address it is; whether there is a way back, which the kernel has been asked of already.
 */
function ofFib({ result, flags }: Fields, texts: readonly string[]): Ask {
  if (result === 'type')
    return {
      on: listOf(flags).includes('saddr') || flags === 'saddr' ? 'source-type' : 'destination-type',
      types: texts,
    };
  return { on: 'whatever', fits: texts.includes('false') || texts.includes('0') ? 'none' : 'unknown' };
}

/** Several questions at once, with the answers side by side. */
function together(parts: readonly unknown[], values: readonly unknown[] | undefined, sets: Sets): Ask {
  if (values === undefined) return SOME;
  return {
    on: 'any-of',
    lists: values.map((value) =>
      listOf(fieldsOf(value)?.['concat']).map((part, i): Match => ({
        ask: askOf(fieldsOf(parts[i]) ?? {}, [part], sets),
      })),
    ),
  };
}

function masked([left, mask]: readonly unknown[], values: readonly unknown[] | undefined): Ask {
  const of = fieldsOf(left) ?? {};
  const key = fieldsOf(of['meta'])?.['key'] ?? fieldsOf(of['ct'])?.['key'];
  if (key === 'mark') return { on: 'mark', none: values?.includes(0) === true };
  // Of a packet that is whole: its offset, and that more are to come. Whether it may be fragmented is not asked here.
  if (fieldsOf(of['payload'])?.['field'] === 'frag-off' && typeof mask === 'number' && (mask & 0xc000) === 0)
    return { on: 'whatever', fits: values?.includes(0) === true ? 'all' : 'none' };
  if (fieldsOf(of['payload'])?.['field'] === 'flags')
    return values?.length === 1 && values[0] === 'syn' ? { on: 'first-of-tcp' } : SOME;
  return { on: 'whatever', fits: 'unknown' };
}

/** In order, and as few as there can be: a list of somebody's may be long. */
const rangesIn = memo((values: readonly unknown[]) => union(values.flatMap(rangeIn)));
const portsIn = memo((values: readonly unknown[]) => union(values.flatMap(numbersIn)));

function rangeIn(value: unknown): readonly Range<4>[] {
  if (value === ANY) return [EVERYWHERE];
  if (typeof value === 'string') return addresses(value, value);
  const fields = fieldsOf(value) ?? {};
  const prefix = fieldsOf(fields['prefix']);
  if (prefix !== undefined)
    return parseIp(textOf(prefix['addr']), 4) === undefined
      ? []
      : [rangeOf(baseOf(`${textOf(prefix['addr'])}/${numberOf(prefix['len']) ?? 32}`, 4))];
  const [first, last] = listOf(fields['range']);
  return addresses(textOf(first), textOf(last));
}

function addresses(from: string, to: string): readonly Range<4>[] {
  const [first, last] = [parseIp(from, 4), parseIp(to, 4)];
  return first === undefined || last === undefined ? [] : [{ first: toNumber(first), last: toNumber(last) }];
}

function numbersIn(value: unknown): readonly Interval[] {
  if (value === ANY) return [{ first: 0, last: 65_535 }];
  if (typeof value === 'number') return [{ first: value, last: value }];
  const [first, last] = listOf(fieldsOf(value)?.['range']);
  return typeof first === 'number' && typeof last === 'number' ? [{ first, last }] : [];
}
