// iproute2/settled-since.ts — an interface in a bridge of netctl's is somebody else's all the same: what he has made of
// it meanwhile.
import type { Fields } from './fields.ts';
import { textsOf } from './fields.ts';

/**
 * What netctl sets on an interface that it borrows, what the kernel sets with that, and what is told apart elsewhere.
 */
const OF_THE_WAY: ReadonlySet<string> = new Set([
  'ifindex',
  'ifname',
  'master',
  'mtu',
  'flags',
  'linkinfo',
  'qdisc',
  'operstate',
  'promiscuity',
  'allmulti',
  'addr_info',
]);
/** As `ip` prints them, in its order, those that do not tell how it goes at the moment. */
export const LASTING_FLAGS: readonly string[] = [
  'LOOPBACK',
  'BROADCAST',
  'POINTOPOINT',
  'MULTICAST',
  'NOARP',
  'ALLMULTI',
  'PROMISC',
  'MASTER',
  'SLAVE',
  'DEBUG',
  'DYNAMIC',
  'AUTOMEDIA',
  'PORTSEL',
  'NOTRAILERS',
  'UP',
  'DORMANT',
  'ECHO',
];
const FLAGS_OF_THE_WAY: ReadonlySet<string> = new Set(['UP', 'PROMISC']);

/**
 * A link as it `was` found, in the words of `ip -d link`, with what somebody has made of it since: its MAC, alias,
 * group, queues, flags.
 */
export function linkSettledSince(was: Fields, now: Fields): Fields {
  const isOwn = ([field]: readonly [string, unknown]): boolean => !OF_THE_WAY.has(field);
  const data = partIn(now, 'info_data');
  return {
    ...Object.fromEntries(Object.entries(was).filter((entry) => !isOwn(entry))),
    ...Object.fromEntries(Object.entries(now).filter(isOwn)),
    ...flagsSince(was, now),
    ...(data === undefined || typeof was['linkinfo'] !== 'object'
      ? {}
      : { linkinfo: { ...was['linkinfo'], info_data: data } }),
  };
}

/** A bridge has its ports hear all multicast: what the flag says is somebody's, and one of those that are counted. */
function flagsSince(was: Fields, now: Fields): Fields {
  if (was['flags'] === undefined) return {};
  const [before, since] = [textsOf(was, 'flags'), textsOf(now, 'flags')];
  const flags = LASTING_FLAGS.filter((flag) => (FLAGS_OF_THE_WAY.has(flag) ? before : since).includes(flag));
  const hears = (all: readonly string[]): number => (all.includes('ALLMULTI') ? 1 : 0);
  return {
    flags,
    ...(typeof was['allmulti'] === 'number' ? { allmulti: was['allmulti'] - hears(before) + hears(since) } : {}),
  };
}

/** Of its kind, a bond's mode; not what it says of itself as a port. */
function partIn({ linkinfo: info }: Fields, name: string): unknown {
  return typeof info === 'object' && info !== null && name in info
    ? new Map<string, unknown>(Object.entries(info)).get(name)
    : undefined;
}
