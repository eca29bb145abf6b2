// uplinks/link-differences.ts — what an interface itself has otherwise than in an earlier snapshot: whether it is up,
// its flags, its bridge, its fields.
import { textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { canonical } from './compared.ts';
import type { Difference } from './compared.ts';
import type { Snapshot } from './snapshot.ts';
import { said } from './format.ts';

/** Fields that are no settings: numbers, counters, state of the moment. */
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

/** Fields of a kind of device that change by themselves: a bond's active slave, a bridge's timers. */
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

export function* ofLink({ name, link, master }: Snapshot, after: Snapshot): Iterable<Difference> {
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

/** Fields by the keyword with which `ip link set` sets them. */
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
