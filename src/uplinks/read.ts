// uplinks/read.ts — reads all that is tied to interfaces which are about to be borrowed, or have just been restored.
import { DriverError } from '../core/resource.ts';
import type { HostReader } from '../core/resource.ts';
import { readRecords } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { READ_LINKS } from '../iproute2/links.ts';
import { READ_ALL_NEIGHBOURS, READ_PROXIES } from '../iproute2/neighbours.ts';
import { READ_ALL_ROUTES } from '../iproute2/route-lines.ts';
import { managersOf } from './managers.ts';
import { snapshotOf } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

export const READ_JOINS: readonly string[] = ['ip', '-j', 'maddr', 'show'];

const READ = {
  routes: ['ip', '-d', '-N', '-j', 'route', 'show', 'table', 'all'],
  rules4: ['ip', '-d', '-N', '-j', 'rule', 'show'],
  rules6: ['ip', '-6', '-d', '-N', '-j', 'rule', 'show'],
  neighbours: READ_ALL_NEIGHBOURS,
  proxies: READ_PROXIES,
  nexthops: ['ip', '-d', '-N', '-j', 'nexthop', 'show'],
  joins: READ_JOINS,
  tokens: ['ip', '-j', 'token', 'show'],
  labels: ['ip', '-j', 'addrlabel', 'list'],
} as const;

/** A kernel without MPTCP knows nothing of it, and `ip` says so in many ways. */
export const READ_ENDPOINTS: readonly string[] = [
  'sh',
  '-c',
  '[ ! -e /proc/sys/net/mptcp ] || exec ip -j mptcp endpoint show',
];

/** One process for all files. Some cannot be read before they are set: that is no fault. */
const SETTINGS =
  'for n; do grep -rs "" "/proc/sys/net/ipv4/conf/$n" "/proc/sys/net/ipv6/conf/$n" "/proc/sys/net/ipv4/neigh/$n" "/proc/sys/net/ipv6/neigh/$n"; [ -e "/sys/class/net/$n/phy80211" ] && echo "/sys/class/net/$n:wireless"; done; grep -s "" /proc/net/ip_tables_names /proc/net/ip6_tables_names; :';

export function readSettingsOf(names: readonly string[]): readonly string[] {
  return ['sh', '-c', SETTINGS, 'sh', ...names];
}

/** Without those that are not there. Of no names nothing is read. */
export async function readSnapshots(
  host: HostReader,
  names: readonly string[],
): Promise<ReadonlyMap<string, Snapshot>> {
  if (names.length === 0) return new Map();
  const unread: string[] = [];
  const read = async (argv: readonly string[]): Promise<string> => await attempt(host, argv, unread);
  const [
    links,
    routes,
    oneLined,
    rules4,
    rules6,
    neighbours,
    proxies,
    nexthops,
    joins,
    settings,
    tokens,
    labels,
    endpoints,
  ] = await Promise.all([
    host.read(READ_LINKS),
    read(READ.routes),
    read(READ_ALL_ROUTES),
    read(READ.rules4),
    read(READ.rules6),
    read(READ.neighbours),
    read(READ.proxies),
    read(READ.nexthops),
    read(READ.joins),
    read(readSettingsOf([...new Set([...names, 'default', 'lo'])])),
    read(READ.tokens),
    read(READ.labels),
    read(READ_ENDPOINTS),
  ]);
  const printed = {
    links,
    routes,
    // By the very words that are carried: what is not known of them must not go unsaid.
    routeWords: oneLined.replaceAll('\\\t', '\n\t'),
    rules: { 4: rules4, 6: rules6 },
    neighbours,
    proxies,
    nexthops,
    joins,
    settings,
    tokens,
    labels,
    endpoints,
  };
  const there = readRecords(links).flatMap(({ ifname, ifindex }) =>
    typeof ifname === 'string' && typeof ifindex === 'number' && names.includes(ifname)
      ? [{ name: ifname, index: ifindex }]
      : [],
  );
  const found = await Promise.all(
    there.map(async ({ name, index }): Promise<readonly [string, Snapshot][]> => {
      const [queues, managers] = await Promise.all([queuesOf(host, name, unread), managersOf(host, name, index)]);
      const snapshot = snapshotOf(name, printed, { ...queues, managers, unread });
      return snapshot === undefined ? [] : [[name, snapshot]];
    }),
  );
  return new Map(found.flat());
}

/**
 * What a tool that is missing or refuses would have said is put down as unread. Of what a kernel does not have at all,
 * there is none.
 */
export async function attempt(host: HostReader, argv: readonly string[], unread: string[]): Promise<string> {
  try {
    return await host.read(argv);
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    if (!/not supported/.test(error.stderr)) unread.push(`${argv.join(' ')}: ${error.stderr.trim()}`);
    return '';
  }
}

/** Filters are asked for only where something could hold them: each of these is a command. */
async function queuesOf(
  host: HostReader,
  name: string,
  unread: string[],
): Promise<Pick<Snapshot, 'qdiscs' | 'filters'>> {
  const qdiscs = readRecords(await attempt(host, ['tc', '-d', '-j', 'qdisc', 'show', 'dev', name], unread));
  const places = qdiscs.flatMap(({ kind }) =>
    kind === 'clsact' ? ['ingress', 'egress'] : kind === 'ingress' ? ['ingress'] : [],
  );
  const filters = await Promise.all(
    places.map(async (place): Promise<readonly Fields[]> => {
      const records = readRecords(
        await attempt(host, ['tc', '-d', '-j', 'filter', 'show', 'dev', name, place], unread),
      );
      return records.map((filter) => ({ place, ...filter }));
    }),
  );
  return { qdiscs, filters: filters.flat() };
}
