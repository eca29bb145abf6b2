// uplinks/differences.ts — what an interface has no more, has besides, or has otherwise than in an earlier snapshot: in
// words, with the command that mends it.
import type { Fields } from '../iproute2/fields.ts';
import { FOREVER } from '../iproute2/links.ts';
import { KERNEL } from '../iproute2/routes.ts';
import { compared, keyOf, canonical } from './compared.ts';
import type { Difference } from './compared.ts';
import { ofLink } from './link-differences.ts';
import type { Snapshot } from './snapshot.ts';
import { isIpv6, wordsOf, wordsToSay } from './routes.ts';
import type { SeenRoute } from './routes.ts';
import { addressWords, neighbourWords, ruleWords, said } from './format.ts';

/** `elapsed`: seconds between the two snapshots. What had less time left may have expired. */
export function differences(before: Snapshot, after: Snapshot, elapsed = 0): readonly string[] {
  return differencesOf(before, after, elapsed).map(({ what, mend }) =>
    mend === undefined ? what : `${what}: ${mend}`,
  );
}

export function differencesOf(before: Snapshot, after: Snapshot, elapsed = 0): readonly Difference[] {
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

/** No command for the kernel's own routes: they come and go with the addresses. */
function routeCommand(verb: 'add' | 'del', route: SeenRoute): string | undefined {
  return route.fields['protocol'] === KERNEL
    ? undefined
    : `ip ${isIpv6(route) ? '-6 ' : ''}route ${verb} ${wordsToSay(route)}`;
}

/** Left out of the comparison of addresses; that one is `secondary` now, `order` tells. */
const OF_ADDRESS = ['valid_life_time', 'preferred_life_time', 'tentative', 'dadfailed', 'deprecated', 'secondary'];
const OF_ROUTE = ['flags', 'expires', 'nh_info', 'cache', 'error'];
const OF_FILTER = new Set(['handle', 'stats', 'installed', 'last_used', 'used', 'expires', 'rule_hit', 'success']);

/** What HTB and GRED count, they print among their options. */
const OF_QUEUE = new Set(['direct_packets_stat', 'vqs']);

/**
 * The order of the addresses, for the first one of a network is the source of what is sent there. An address of limited
 * time is left out: when it is renewed, it comes behind the others.
 */
function* order({ name, addresses }: Snapshot, after: Snapshot): Iterable<Difference> {
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
 * Of several routes to the same, the kernel uses the first. Tells routes of other devices that were behind one of the
 * interface's and are before it now; the command puts them behind again.
 */
function* overtaken({ ahead = {} }: Snapshot, after: Snapshot): Iterable<Difference> {
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

function* ofSettings({ name, settings }: Snapshot, after: Snapshot): Iterable<Difference> {
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

/** Whether it has a limited lifetime (router advertisement, DHCP client), of which less than `elapsed` was left. */
function mayHaveGone(fields: Fields, elapsed: number): boolean {
  const left = fields['valid_life_time'] ?? fields['expires'];
  return typeof left === 'number' && left !== FOREVER && left < elapsed;
}

/** Whether it is the route in table local of an IPv6 address with a limited lifetime. */
function isOfLimited({ table, dst }: Fields, { addresses }: Snapshot): boolean {
  return (
    table === '255' &&
    addresses.some(
      (address) => address['family'] === 'inet6' && address['local'] === dst && mayHaveGone(address, Infinity),
    )
  );
}

/**
 * Addresses that have become secondary, because somebody has put another of their network first: that one is now the
 * source of the kernel's route to the network.
 */
function demoted(before: Snapshot, after: Snapshot): ReadonlySet<unknown> {
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
