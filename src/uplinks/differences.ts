// uplinks/differences.ts — what an interface has no more, has besides, or has otherwise than in an earlier picture: in
// words, with the command that mends it.
import type { Fields } from '../iproute2/fields.ts';
import { recordsOf, textsOf } from '../iproute2/fields.ts';
import { FOREVER } from '../iproute2/links.ts';
import { KERNEL } from '../iproute2/routes.ts';
import type { Picture } from './picture.ts';
import { isIpv6, wordsOf, wordsToSay } from './routes.ts';
import type { SeenRoute } from './routes.ts';
import { addressWords, neighbourWords, ruleWords, said } from './words.ts';

export interface Difference {
  readonly what: string;
  /** Absent: there is none. */
  readonly mend?: string;
}

/** `elapsed`: seconds between the two. What had less time left may have gone by itself. */
export function differences(before: Picture, after: Picture, elapsed = 0): readonly string[] {
  return differencesOf(before, after, elapsed).map(({ what, mend }) =>
    mend === undefined ? what : `${what}: ${mend}`,
  );
}

export function differencesOf(before: Picture, after: Picture, elapsed = 0): readonly Difference[] {
  const { name } = before;
  const behind = demoted(before, after);
  const lasting = <T>(items: readonly T[], fields: (item: T) => Fields): readonly T[] =>
    items.filter((item) => !mayHaveGone(fields(item), elapsed));
  return [
    ...ofLink(before, after),
    ...compared(
      `address of ${name}`,
      lasting(before.addresses, (address) => address),
      after.addresses,
      {
        key: (address) => keyOf(address, OF_ADDRESS),
        words: (address) => addressWords(address, name),
        add: (words, address) => `ip ${family(address)}address add ${words}`,
        remove: (_words, address) =>
          `ip ${family(address)}address del ${said(address, 'local')}/${said(address, 'prefixlen')} dev ${name}`,
        isOwn: (address) => mayHaveGone(address, Infinity) && address['family'] === 'inet6',
      },
    ),
    ...order(before, after),
    ...compared(
      'route',
      lasting(before.routes, ({ fields }) => fields).filter(
        ({ fields }) => !isOfLimited(fields, before) && !isOfDemoted(fields, behind),
      ),
      after.routes,
      {
        key: ({ fields, locks }: SeenRoute) => `${keyOf(fields, OF_ROUTE)} ${[...locks].sort().join(' ')}`,
        words: ({ words }) => words,
        add: (_words, route) => routeCommand('add', route),
        remove: (_words, route) => routeCommand('del', route),
        isOwn: ({ fields }) => mayHaveGone(fields, Infinity),
      },
    ),
    ...overtaken(before, after),
    ...compared('policy rule', before.rules, after.rules, {
      key: (rule) => keyOf(rule, []),
      words: ruleWords,
      add: (words, rule) => `ip ${sixOf(rule)}rule add ${words}`,
      remove: (words, rule) => `ip ${sixOf(rule)}rule del ${words}`,
    }),
    ...compared(`neighbour on ${name}`, before.neighbours, after.neighbours, {
      key: (neighbour) => keyOf(neighbour, []),
      words: (neighbour) => neighbourWords(neighbour, name),
      add: (words) => `ip neigh replace ${words}`,
      remove: (_words, neighbour) =>
        `ip neigh del ${neighbour['proxy'] === undefined ? '' : 'proxy '}${said(neighbour, 'dst')} dev ${name}`,
    }),
    ...compared('next-hop object', before.nexthops, after.nexthops, {
      key: (hop) => keyOf(hop, ['flags']),
      words: (hop) => `id ${said(hop, 'id')}`,
    }),
    ...compared(`qdisc of ${name}`, before.qdiscs, after.qdiscs, {
      key: ({ kind, parent, root, options }) => canonical([kind, parent, root, options], OF_QUEUE),
      words: (qdisc) => said(qdisc, 'kind'),
    }),
    ...compared(`filter of ${name}`, before.filters, after.filters, {
      key: (filter) => canonical(filter, OF_FILTER),
      words: (filter) => `${said(filter, 'place')} ${said(filter, 'kind')} pref ${said(filter, 'pref')}`,
    }),
    ...compared(`multicast address of ${name}`, before.joins, after.joins, {
      key: (mac) => mac,
      words: (mac) => mac,
      add: (mac) => `ip maddr add ${mac} dev ${name}`,
      remove: (mac) => `ip maddr del ${mac} dev ${name}`,
    }),
    ...(before.named === undefined
      ? []
      : compared(`on ${name}`, before.named, after.named ?? [], {
          key: (one) => keyOf(one, ['id']),
          words: ({ of: sort, ...fields }) =>
            `${NAMED[sort]} ${['token', 'address', 'label']
              .map((field) => said(fields, field))
              .filter((word) => word !== '')
              .join(' ')}`,
        })),
    ...ofSettings(before, after),
  ];
}

const NAMED = { token: 'IPv6 token', label: 'address label', endpoint: 'MPTCP endpoint' } as const;

/** Those that the kernel makes come and go with the addresses. */
function routeCommand(verb: 'add' | 'del', route: SeenRoute): string | undefined {
  return route.fields['protocol'] === KERNEL
    ? undefined
    : `ip ${isIpv6(route) ? '-6 ' : ''}route ${verb} ${wordsToSay(route)}`;
}

/** Numbers, counts, and what only tells how it goes at the moment. */
const OF_LINK = new Set([
  'ifindex',
  'ifname',
  'link_index',
  'link_netnsid',
  'operstate',
  'promiscuity',
  'allmulti',
  'stats',
  'stats64',
  'flags',
  'qdisc',
  'carrier',
  'carrier_changes',
  'carrier_up_count',
  'carrier_down_count',
  'event',
]);
const FLAGS: ReadonlySet<string> = new Set([
  'UP',
  'PROMISC',
  'ALLMULTI',
  'NOARP',
  'MULTICAST',
  'BROADCAST',
  'POINTOPOINT',
  'DYNAMIC',
  'DEBUG',
  'NOTRAILERS',
  'PORTSEL',
  'AUTOMEDIA',
]);
/** Whether another of its network comes before it, the order of the addresses says. */
const OF_ADDRESS = ['valid_life_time', 'preferred_life_time', 'tentative', 'dadfailed', 'deprecated', 'secondary'];
const OF_ROUTE = ['flags', 'expires', 'nh_info', 'cache', 'error'];
/** What of the kind of device comes and goes by itself: a bond's choice, a bridge's clocks. */
const OF_INFO = new Set([
  'active_slave',
  'ad_info',
  'hello_timer',
  'tcn_timer',
  'topology_change_timer',
  'gc_timer',
  'mii_status',
  'link_failure_count',
  'num_disabled_queues',
  'root_id',
  'bridge_id',
  'root_port',
  'root_path_cost',
  'topology_change',
  'topology_change_detected',
]);
const OF_FILTER = new Set(['handle', 'stats', 'installed', 'last_used', 'used', 'expires', 'rule_hit', 'success']);
/** What HTB and GRED count, they print among their options. */
const OF_QUEUE = new Set(['direct_packets_stat', 'vqs']);

function* ofLink({ name, link, master }: Picture, after: Picture): Iterable<Difference> {
  if (textsOf(link, 'flags').includes('UP') !== textsOf(after.link, 'flags').includes('UP')) {
    const was = textsOf(link, 'flags').includes('UP') ? 'up' : 'down';
    yield {
      what: `${name} is ${was === 'up' ? 'down' : 'up'}, and was ${was}`,
      mend: `ip link set dev ${name} ${was}`,
    };
  }
  const [was, is] = [flagsOf(link), flagsOf(after.link)];
  if (was !== is)
    yield {
      what: `flags of ${name} are ${is}, and were ${was}`,
      ...(was.includes('PROMISC') === is.includes('PROMISC')
        ? {}
        : { mend: `ip link set dev ${name} promisc ${was.includes('PROMISC') ? 'on' : 'off'}` }),
    };
  const [inWas, inIs] = [nameOf(master), nameOf(after.master)];
  if (inWas !== inIs)
    yield {
      what: `${name} is in ${inIs ?? 'nothing'}, and was in ${inWas ?? 'nothing'}`,
      mend: `ip link set dev ${name} ${inWas === undefined ? 'nomaster' : `master ${inWas}`}`,
    };
  for (const field of new Set([...Object.keys(link), ...Object.keys(after.link)])) {
    if (OF_LINK.has(field) || field === 'master') continue;
    const [a, b] = [shown(link[field]), shown(after.link[field])];
    const word = WORDS[field];
    if (a !== b)
      yield {
        what: `${word ?? field} of ${name} is ${b}, and was ${a}`,
        ...(word === undefined || link[field] === undefined ? {} : { mend: `ip link set dev ${name} ${word} ${a}` }),
      };
  }
}

/** What `ip link set` calls it. */
const WORDS: Readonly<Record<string, string>> = {
  mtu: 'mtu',
  address: 'address',
  group: 'group',
  txqlen: 'txqueuelen',
  ifalias: 'alias',
  inet6_addr_gen_mode: 'addrgenmode',
};

function flagsOf(link: Fields): string {
  return textsOf(link, 'flags')
    .filter((flag) => flag !== 'UP' && FLAGS.has(flag))
    .sort()
    .join(',');
}

function nameOf(link: Fields | undefined): string | undefined {
  return link === undefined ? undefined : said(link, 'ifname');
}

function shown(value: unknown): string {
  return value === undefined
    ? 'none'
    : typeof value === 'string' || typeof value === 'number'
      ? String(value)
      : canonical(value, OF_INFO);
}

interface How<T> {
  readonly key: (item: T) => string;
  readonly words: (item: T) => string;
  /** What makes it be there, or not, where a command does. */
  readonly add?: (words: string, item: T) => string | undefined;
  readonly remove?: (words: string, item: T) => string | undefined;
  /** One that comes by itself, and is no difference. */
  readonly isOwn?: (item: T) => boolean;
}

/** As bags: one that is there twice may not be there once. */
function* compared<T>(
  what: string,
  before: readonly T[],
  after: readonly T[],
  { key, words, add, remove, isOwn = () => false }: How<T>,
): Iterable<Difference> {
  const [missing, more] = [left(before, after, key), left(after, before, key)];
  for (const item of missing) yield { what: `${what} ${words(item)} is gone`, ...mended(add?.(words(item), item)) };
  for (const item of more)
    if (!isOwn(item)) yield { what: `${what} ${words(item)} was not there`, ...mended(remove?.(words(item), item)) };
}

function mended(mend: string | undefined): Pick<Difference, 'mend'> {
  return mend === undefined ? {} : { mend };
}

/** Those of the one that the other has not. */
function left<T>(one: readonly T[], other: readonly T[], key: (item: T) => string): readonly T[] {
  const had = new Map<string, number>();
  for (const item of other) had.set(key(item), (had.get(key(item)) ?? 0) + 1);
  return one.filter((item) => {
    const count = had.get(key(item)) ?? 0;
    had.set(key(item), count - 1);
    return count <= 0;
  });
}

/**
 * The first address of a network is the source of what goes there. What is for a limited time comes anew, and then
 * behind the others.
 */
function* order({ name, addresses }: Picture, after: Picture): Iterable<Difference> {
  const key = (address: Fields): string => `${said(address, 'local')}/${said(address, 'prefixlen')}`;
  const lasts = (address: Fields): boolean => !mayHaveGone(address, Infinity);
  const now = after.addresses.filter(lasts).map(key);
  const was = addresses
    .filter(lasts)
    .map(key)
    .filter((cidr) => now.includes(cidr));
  const is = now.filter((cidr) => was.includes(cidr));
  if (was.join(' ') !== is.join(' '))
    yield { what: `the order of the addresses of ${name} is ${is.join(', ')}, and was ${was.join(', ')}` };
}

/**
 * The kernel sends by the first of those to the same. Another's is said as it is by now: whoever sets it again gives it
 * its place.
 */
function* overtaken({ ahead = {} }: Picture, after: Picture): Iterable<Difference> {
  const there = new Map((after.rivals ?? []).map((rival) => [wordsOf(rival), rival]));
  const own = new Set(after.routes.map(wordsOf));
  for (const [route, behind] of Object.entries(ahead)) {
    const before = behind.flatMap((words) =>
      after.ahead?.[route]?.includes(words) === true ? [] : (there.get(words) ?? []),
    );
    if (!own.has(route) || before.length === 0) continue;
    const mend = before
      .flatMap((rival) =>
        ['del', 'append'].map((verb) => `ip ${isIpv6(rival) ? '-6 ' : ''}route ${verb} ${wordsOf(rival)}`),
      )
      .join(' && ');
    yield { what: `route ${route} comes behind ${before.map(wordsOf).join(', ')}, and came before`, mend };
  }
}

function* ofSettings({ name, settings }: Picture, after: Picture): Iterable<Difference> {
  for (const setting of new Set([...Object.keys(settings), ...Object.keys(after.settings)])) {
    const [was, is] = [settings[setting], after.settings[setting]];
    const [family = '', room = '', word = ''] = setting.split('/');
    const whole = `net.${family}.${room}.${name.replaceAll('.', '/')}.${word}`;
    if (was !== is)
      yield {
        what: `${whole} is ${is ?? 'not there'}, and was ${was ?? 'not there'}`,
        ...(was === undefined ? {} : { mend: `sysctl -w ${whole}='${was}'` }),
      };
  }
}

/** By router advertisement, by a DHCP client, or by somebody who said so: it ends by itself. */
function mayHaveGone(fields: Fields, elapsed: number): boolean {
  const left = fields['valid_life_time'] ?? fields['expires'];
  return typeof left === 'number' && left !== FOREVER && left < elapsed;
}

/** The kernel's in table local, of an IPv6 address that comes and goes by itself. */
function isOfLimited({ table, dst }: Fields, { addresses }: Picture): boolean {
  return (
    table === '255' &&
    addresses.some(
      (address) => address['family'] === 'inet6' && address['local'] === dst && mayHaveGone(address, Infinity),
    )
  );
}

/**
 * Addresses before which somebody has put another of their network meanwhile: the kernel says that one where it said
 * them.
 */
function demoted(before: Picture, after: Picture): ReadonlySet<unknown> {
  const first = new Set(
    before.addresses.filter((address) => address['secondary'] !== true).map((address) => address['local']),
  );
  return new Set(
    after.addresses
      .filter((address) => address['secondary'] === true && first.has(address['local']))
      .map((address) => address['local']),
  );
}

function isOfDemoted({ protocol, prefsrc }: Fields, behind: ReadonlySet<unknown>): boolean {
  return protocol === KERNEL && behind.has(prefsrc);
}

function family(address: Fields): string {
  return address['family'] === 'inet6' ? '-6 ' : '';
}

function sixOf(rule: Fields): string {
  return rule['family'] === 6 ? '-6 ' : '';
}

/** Without `leaves`; a lifetime tells only whether there is one. */
function keyOf(fields: Fields, leaves: readonly string[]): string {
  const limited = [fields['valid_life_time'], fields['expires']].some(
    (time) => typeof time === 'number' && time !== FOREVER,
  );
  const hops = recordsOf(fields, 'nexthops').map((hop) => canonical(hop, FLAG));
  const rest = Object.entries(fields).filter(([name]) => name !== 'nexthops' && !leaves.includes(name));
  return [
    canonical(Object.fromEntries(rest), NONE),
    ...hops,
    limited ? 'limited' : '',
    textsOf(fields, 'flags').includes('onlink') ? 'onlink' : '',
  ].join(' ');
}

const NONE: ReadonlySet<string> = new Set();
const FLAG: ReadonlySet<string> = new Set(['flags']);

/** The same text for the same value, in whatever order a tool says its parts. */
function canonical(value: unknown, leaves: ReadonlySet<string>): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part)
            .filter(([name]) => !leaves.has(name))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : part,
  );
}
