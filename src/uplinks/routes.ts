// uplinks/routes.ts — routes of all tables twice: as records, and in the words of `ip`, which alone say which metrics
// are locked.
import { readRecords, textOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { metricOf } from '../kinds/route/model.ts';
import type { Route } from '../kinds/route/model.ts';

export interface SeenRoute {
  readonly fields: Fields;
  /**
   * Behind `ip route add` it would be said again: `default via 203.0.113.1 dev eth1 table 254 proto 3 scope 0 mtu lock
   * 1400`.
   */
  readonly words: string;
  /** Metrics that path MTU discovery and the like may not change. */
  readonly locks: readonly string[];
}

/** Reads `ip -d -N -j route show table all` and the same without `-j`. Both list the same routes in the same order. */
export function routesIn(json: string, text: string): readonly SeenRoute[] {
  const records = readRecords(json);
  const words = wordsIn(text);
  return records.map((fields, i) => {
    const said = records.length === words.length ? words[i] : undefined;
    const own =
      ` ${said ?? ''} `.includes(` ${firstWord(fields)} `) && said !== undefined ? said : [...spelt(fields)].join(' ');
    return { fields, words: own, locks: [...own.matchAll(/ (\S+) lock /g)].map(([, metric = '']) => metric) };
  });
}

/** Of IPv6's alone a preference is said. */
export function isIpv6({ fields }: SeenRoute): boolean {
  return fields['pref'] !== undefined || firstWord(fields).includes(':');
}

/** What of a route the kernel has once, unless somebody says `append`. */
export function routeKeyOf(route: SeenRoute): string {
  const { fields } = route;
  const family = isIpv6(route) ? 6 : 4;
  return [family, fields['table'] ?? '254', fields['dst'], fields['tos'] ?? '0', fields['metric'] ?? 0]
    .map(String)
    .join(' ');
}

/** The same of one that is to be there. */
export function routeKeyFor({
  family,
  table = '254',
  to,
  tos = '0',
  metric,
}: Pick<Route, 'family' | 'table' | 'to' | 'tos' | 'metric'>): string {
  return [family, table, to, tos, metricOf({ ...(metric === undefined ? {} : { metric }), family })].join(' ');
}

/** The routes of one device, each with those of others to the same that come behind it: as `wordsOf` says them. */
export type Ahead = Readonly<Record<string, readonly string[]>>;

/**
 * `rivals`: of other devices, to the same as one of its routes. What is on a device anyway, or ends by itself, has no
 * order to keep.
 */
export function aheadOf(all: readonly SeenRoute[], own: ReadonlySet<SeenRoute>, rivals: readonly SeenRoute[]): Ahead {
  const at = new Map(all.map((route, i) => [route, i]));
  const isBehind = (rival: SeenRoute, route: SeenRoute): boolean =>
    routeKeyOf(rival) === routeKeyOf(route) && (at.get(rival) ?? 0) > (at.get(route) ?? 0);
  const led = [...own]
    .filter(isOrdered)
    .map(
      (route) =>
        [wordsOf(route), rivals.filter((rival) => isOrdered(rival) && isBehind(rival, route)).map(wordsOf)] as const,
    );
  return Object.fromEntries(led.filter(([, behind]) => behind.length > 0));
}

/** As it can be said, without what it is at the moment. */
export function wordsOf(route: SeenRoute): string {
  return wordsToSay(route).replaceAll(
    / (dead|linkdown|offload|rt_offload|trap|rt_trap|offload_failed|rt_offload_failed)\b/g,
    '',
  );
}

/** By table local the host answers from wherever it is asked; of what is on the link alone somebody says the device. */
function isOrdered({ fields }: SeenRoute): boolean {
  return (
    ['1', '3', undefined].includes(textOf(fields, 'type')) &&
    fields['expires'] === undefined &&
    !/^(fe80:|ff00:)/.test(firstWord(fields))
  );
}

/**
 * As `ip route` takes it: `rto_min` is locked in any case, a lifetime is a number, and with a next-hop object all else
 * of the way is that one's.
 */
export function wordsToSay(route: SeenRoute): string {
  const words = route.words.replace(/ (expires \d+)sec\b/, ' $1').replace(' rto_min lock ', ' rto_min ');
  const said = words.includes(' nhid ')
    ? words.replace(/( nhid \d+) via( inet6)? \S+/, '$1').replace(/ dev \S+/, '')
    : words;
  return isIpv6(route) ? said.replace(/^([a-z]+ )?default\b/, '$1::/0') : said;
}

/** One with several next hops goes on in further lines. */
function wordsIn(text: string): readonly string[] {
  const whole = text.replaceAll(/\n\s+nh_info .*/g, '').replaceAll(/\n[ \t]+/g, ' ');
  return whole
    .split('\n')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .filter((line) => line !== '')
    .map((line) => line.replace(/^\d+ /, typeWord));
}

/** By the kernel's numbers; what leads to somebody is not called anything. */
const TYPES = [
  'unspec',
  '',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
] as const;

function typeWord(number: string): string {
  const word = TYPES[Number(number)] ?? number.trim();
  return word === '' ? '' : `${word} `;
}

function firstWord(fields: Fields): string {
  return textOf(fields, 'dst') ?? '';
}

/** Where both texts are of different moments. */
function* spelt(fields: Fields): Iterable<string> {
  yield firstWord(fields);
  for (const [name, word] of [
    ['gateway', 'via'],
    ['dev', 'dev'],
    ['table', 'table'],
    ['protocol', 'proto'],
    ['prefsrc', 'src'],
    ['metric', 'metric'],
  ] as const) {
    const value = fields[name];
    if (typeof value === 'string' || typeof value === 'number') yield `${word} ${value}`;
  }
}
