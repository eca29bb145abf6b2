// uplinks/format.ts — what `ip` prints as records, in the words by which it would be said again.
import type { Fields } from '../iproute2/fields.ts';
import { FOREVER } from '../iproute2/links.ts';
import { textsOf } from '../iproute2/fields.ts';

/** Flags of an address that `ip address add` takes. */
const ADDRESS_FLAGS = ['nodad', 'home', 'mngtmpaddr', 'noprefixroute', 'autojoin', 'optimistic'] as const;

/** `203.0.113.11/24 brd 203.0.113.255 dev eth1 label eth1:x scope link`. */
export function addressWords(address: Fields, link: string): string {
  const [local, bits] = [said(address, 'local'), said(address, 'prefixlen')];
  return [
    address['address'] === undefined ? `${local}/${bits}` : `${local} peer ${said(address, 'address')}/${bits}`,
    ...valued(address, [
      ['broadcast', 'brd'],
      ['anycast', 'any'],
    ]),
    `dev ${link}`,
    ...(address['label'] === link ? [] : valued(address, [['label', 'label']])),
    ...(address['scope'] === 'global' ? [] : valued(address, [['scope', 'scope']])),
    ...valued(address, [
      ['metric', 'metric'],
      ['protocol', 'proto'],
    ]),
    ...ADDRESS_FLAGS.filter((flag) => address[flag] === true),
    ...lifetime(address['valid_life_time'], 'valid_lft'),
    ...lifetime(address['preferred_life_time'], 'preferred_lft'),
  ].join(' ');
}

/** `priority 99 from all fwmark 0x3 oif eth1 lookup 101`. */
export function ruleWords(rule: Fields): string {
  return [
    ...valued(rule, [['priority', 'priority']]),
    ...(rule['not'] === undefined ? [] : ['not']),
    ...ranged(rule, 'from', ['src', 'srclen']),
    ...ranged(rule, 'to', ['dst', 'dstlen']),
    ...valued(rule, [['tos', 'tos']]),
    ...(rule['fwmark'] === undefined
      ? []
      : [`fwmark ${said(rule, 'fwmark')}${rule['fwmask'] === undefined ? '' : `/${said(rule, 'fwmask')}`}`]),
    ...valued(rule, [
      ['iif', 'iif'],
      ['oif', 'oif'],
    ]),
    ...between(rule, 'uidrange', 'uid'),
    // With -N it says `ipproto-17`, which it does not take.
    ...(rule['ipproto'] === undefined ? [] : [`ipproto ${said(rule, 'ipproto').replace(/^ipproto-/, '')}`]),
    ...valued(rule, [['sport', 'sport']]),
    ...between(rule, 'sport', 'sport'),
    ...valued(rule, [['dport', 'dport']]),
    ...between(rule, 'dport', 'dport'),
    ...valued(rule, [
      ['tun_id', 'tun_id'],
      ['table', 'lookup'],
      ['goto', 'goto'],
      ['suppress_prefixlen', 'suppress_prefixlength'],
      ['suppress_ifgroup', 'suppress_ifgroup'],
      ['action', ''],
    ]),
  ].join(' ');
}

/** `sport 5-9` */
function between(rule: Fields, word: string, field: string): readonly string[] {
  const [first, last] = [said(rule, `${field}_start`), said(rule, `${field}_end`)];
  return first === '' ? [] : [`${word} ${first}-${last}`];
}

/** `203.0.113.1 lladdr 02:00:00:00:00:99 dev eth1 nud permanent`, `proxy 203.0.113.9 dev eth1`. */
export function neighbourWords(neighbour: Fields, link: string): string {
  if (neighbour['proxy'] !== undefined) return `proxy ${said(neighbour, 'dst')} dev ${link}`;
  return [
    said(neighbour, 'dst'),
    ...valued(neighbour, [['lladdr', 'lladdr']]),
    `dev ${link}`,
    ...textsOf(neighbour, 'state').map((state) => `nud ${state.toLowerCase()}`),
    ...['router', 'extern_learn', 'managed'].filter((flag) => neighbour[flag] !== undefined),
    ...valued(neighbour, [['protocol', 'protocol']]),
  ].join(' ');
}

function valued(fields: Fields, names: readonly (readonly [field: string, word: string])[]): readonly string[] {
  return names.flatMap(([field, word]) =>
    said(fields, field) === '' ? [] : [`${word} ${said(fields, field)}`.trimStart()],
  );
}

/** A network of all lengths is one address. */
function ranged(rule: Fields, word: string, [field, length]: readonly [string, string]): readonly string[] {
  if (said(rule, field) === '') return [];
  return [`${word} ${said(rule, field)}${said(rule, length) === '' ? '' : `/${said(rule, length)}`}`];
}

/** Empty where the tool does not say it, or has nothing to say of it. */
export function said(fields: Fields, field: string): string {
  const value = fields[field] ?? '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function lifetime(value: unknown, word: string): readonly string[] {
  return typeof value === 'number' && value !== FOREVER ? [`${word} ${value}`] : [];
}
