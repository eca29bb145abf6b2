// test/kernel/uplinks/snapshot.test.ts — a snapshot of a real interface: taken twice it is the same, and what is said
// of a difference mends it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLinuxDriver } from '../../../src/driver/linux.ts';
import { differences, differencesOf } from '../../../src/uplinks/differences.ts';
import type { Snapshot } from '../../../src/uplinks/snapshot.ts';
import { readSnapshots } from '../../../src/uplinks/read.ts';
import { Lab, must } from '../lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

async function snapshot(): Promise<Snapshot> {
  const found = (await readSnapshots(createLinuxDriver({ netns: lab.host }), ['eth1', 'eth9'])).get('eth1');
  if (found === undefined) throw new Error('no snapshot of eth1');
  return found;
}

function load(): void {
  for (const words of [
    'address add 10.9.9.1 peer 10.9.9.2 dev eth1',
    'address add 10.9.8.1/24 dev eth1 noprefixroute label eth1:x scope link',
    'address add 203.0.113.12/24 dev eth1 valid_lft 600 preferred_lft 500',
    '-6 address add 2001:db8::1/64 dev eth1 nodad',
    '-6 address add 2001:db8::2/64 dev eth1 nodad noprefixroute',
    'route add 198.51.100.0/24 via 203.0.113.1 mtu lock 1400 advmss 1300 rto_min 5ms features ecn congctl cubic',
    'route add 198.51.101.0/24 table 100 nexthop via 203.0.113.1 weight 2 nexthop via 203.0.113.2',
    'route add 198.51.102.0/24 via inet6 fe80::9 dev eth1',
    'nexthop add id 5 via 203.0.113.7 dev eth1',
    'route add 198.51.103.0/24 nhid 5',
    'route add 198.51.104.0/24 via 203.0.113.4 realms 3/4 src 203.0.113.11 table 7',
    'route add local 198.51.111.1 dev eth1',
    '-6 route add default via fe80::1 dev eth1',
    '-6 route add 2001:db8:2::/64 dev eth1 pref high expires 300',
    'rule add iif eth1 table 100',
    'rule add oif eth1 table 101 fwmark 0x3 priority 99',
    '-6 rule add from 2001:db8::/64 iif eth1 table 100',
    'neigh add 203.0.113.5 lladdr 02:00:00:00:00:99 dev eth1 nud permanent',
    'neigh add proxy 203.0.113.9 dev eth1',
    '-6 neigh add proxy 2001:db8::9 dev eth1',
    'maddr add 33:33:00:00:00:05 dev eth1',
  ])
    lab.ip(lab.host, words);
  must(
    lab.in(lab.host, ['sysctl', '-q', '-w', 'net.ipv4.conf.eth1.rp_filter=2', 'net.ipv6.neigh.eth1.gc_stale_time=77']),
  );
}

test('of an interface with all that can hang on it, everything could be read', async () => {
  load();
  const found = await snapshot();
  expect([
    found.unread,
    found.routes.filter(({ locks }) => locks.includes('mtu')).length,
    found.nexthops.length,
    found.rules.length,
    found.neighbours.length,
    found.joins.length,
  ]).toEqual([[], 1, 1, 3, 3, 1]);
});

test('taken twice it is the same, also when packets have gone by', async () => {
  load();
  const before = await snapshot();
  expect(lab.pings(lab.world, '203.0.113.11')).toBe(true);
  expect(differences(before, await snapshot())).toEqual([]);
});

describe('what is said of a difference mends it', () => {
  for (const [name, deed, count] of [
    [
      'routes of all tables',
      'ip route del 198.51.100.0/24; ip route del 198.51.101.0/24 table 100; ip route del 198.51.102.0/24; ip route del 198.51.103.0/24; ip route del 198.51.104.0/24 table 7; ip route del local 198.51.111.1 dev eth1',
      6,
    ],
    ['routes of IPv6', 'ip -6 route del default; ip -6 route del 2001:db8:2::/64', 2],
    [
      'policy rules',
      'ip rule del priority 99; ip rule del iif eth1; ip -6 rule del iif eth1; ip rule add oif eth1 table 5',
      4,
    ],
    [
      'neighbours',
      'ip neigh del 203.0.113.5 dev eth1; ip neigh del proxy 203.0.113.9 dev eth1; ip -6 neigh add proxy 2001:db8::8 dev eth1',
      3,
    ],
    [
      'addresses',
      'ip address del 203.0.113.12/24 dev eth1; ip address del 2001:db8::2/64 dev eth1; ip address add 203.0.113.13/24 dev eth1',
      4,
    ],
    [
      'settings, MTU and multicast',
      'sysctl -qw net.ipv4.conf.eth1.rp_filter=0; sysctl -qw net.ipv6.neigh.eth1.gc_stale_time=78; ip link set dev eth1 mtu 1400; ip link set dev eth1 promisc on; ip maddr del 33:33:00:00:00:05 dev eth1',
      5,
    ],
  ] as const) {
    test(name, async () => {
      load();
      const before = await snapshot();
      must(lab.in(lab.host, ['sh', '-e', '-c', deed]));
      const found = differencesOf(before, await snapshot());
      expect(found.length, found.map(({ what }) => what).join('\n')).toBeGreaterThanOrEqual(count);
      for (const { mend } of found) if (mend !== undefined) must(lab.in(lab.host, ['sh', '-e', '-c', mend]));
      expect(differences(before, await snapshot())).toEqual([]);
    });
  }
});
