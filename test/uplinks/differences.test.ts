// test/uplinks/differences.test.ts — what differs between two snapshots of an interface is said, with what mends it.
import { describe, expect, test } from 'vitest';
import { differences } from '../../src/uplinks/differences.ts';
import type { Snapshot } from '../../src/uplinks/snapshot.ts';
import type { SeenRoute } from '../../src/uplinks/routes.ts';
import { snapshotTaken } from './printed.ts';
import {
  addresses,
  before,
  each,
  joins,
  link,
  neighbours,
  nexthops,
  qdiscs,
  routes,
  rules,
  settings,
} from './differences-scene.ts';

const rpFilter = settings['ipv4/conf/rp_filter'] ?? '';

test('the same snapshot taken twice has none', () => expect(differences(before, snapshotTaken())).toEqual([]));

function routesWithout(start: string): readonly SeenRoute[] {
  return each(routes, ({ words }) => words.startsWith(start));
}

const rows: readonly (readonly [string, Partial<Snapshot>, readonly unknown[]])[] = [
  [
    'an address is gone',
    { addresses: each(addresses, ({ local }) => local === '203.0.113.11') },
    [
      'address of eth1 203.0.113.11/24 brd 203.0.113.255 dev eth1 is gone: ip address add 203.0.113.11/24 brd 203.0.113.255 dev eth1',
    ],
  ],
  [
    'an address lost an attribute',
    {
      addresses: each(
        addresses,
        ({ local }) => local === '10.9.8.1',
        ({ noprefixroute: _, ...rest }) => [rest],
      ),
    },
    [
      'address of eth1 10.9.8.1/24 dev eth1 label eth1:x scope link noprefixroute is gone: ip address add 10.9.8.1/24 dev eth1 label eth1:x scope link noprefixroute',
      'address of eth1 10.9.8.1/24 dev eth1 label eth1:x scope link was not there: ip address del 10.9.8.1/24 dev eth1',
    ],
  ],
  [
    'an address has an attribute that nobody knows',
    {
      addresses: each(
        addresses,
        ({ local }) => local === '10.9.8.1',
        (address) => [{ ...address, colour: 'red' }],
      ),
    },
    [
      expect.stringContaining('10.9.8.1/24 dev eth1 label eth1:x scope link noprefixroute is gone'),
      expect.stringContaining('was not there'),
    ],
  ],
  [
    'an address ends no more',
    {
      addresses: each(
        addresses,
        ({ local }) => local === '203.0.113.12',
        (address) => [{ ...address, valid_life_time: 4_294_967_295, preferred_life_time: 4_294_967_295 }],
      ),
    },
    [
      'address of eth1 203.0.113.12/24 dev eth1 valid_lft 600 preferred_lft 500 is gone: ip address add 203.0.113.12/24 dev eth1 valid_lft 600 preferred_lft 500',
      'address of eth1 203.0.113.12/24 dev eth1 was not there: ip address del 203.0.113.12/24 dev eth1',
    ],
  ],
  [
    'addresses in another order',
    { addresses: [...addresses.slice(1, 2), ...addresses.slice(0, 1), ...addresses.slice(2)] },
    [
      expect.stringMatching(
        /^the order of the addresses of eth1 is 203.0.113.11\/24, 10.9.8.1\/24, .*, and was 10.9.8.1\/24, 203.0.113.11\/24, /,
      ),
    ],
  ],
  [
    'a lock is gone',
    {
      routes: each(
        routes,
        ({ locks }) => locks.includes('mtu'),
        (route) => [{ ...route, words: route.words.replace('mtu lock', 'mtu'), locks: ['rto_min'] }],
      ),
    },
    [
      expect.stringMatching(
        /^route default via .* mtu lock 1400 .* is gone: ip route add default via .* mtu lock 1400 /,
      ),
      expect.stringMatching(/^route default via .* mtu 1400 .* was not there: ip route del default via .* mtu 1400 /),
    ],
  ],
  [
    'a route of another table is gone',
    { routes: routesWithout('broadcast 198.51.112.255') },
    [
      'route broadcast 198.51.112.255 dev eth1 table 100 proto 3 scope 253 is gone: ip route add broadcast 198.51.112.255 dev eth1 table 100 proto 3 scope 253',
    ],
  ],
  [
    'a route with several ways is gone',
    { routes: routesWithout('198.51.101.0') },
    [
      expect.stringMatching(
        /: ip route add 198.51.101.0\/24 table 100 .* nexthop via 203.0.113.1 dev eth1 weight 2 nexthop via 203.0.113.2 dev eth1 weight 1$/,
      ),
    ],
  ],
  [
    'a route that ends is said to IPv6',
    { routes: routesWithout('2001:db8:2::') },
    [
      expect.stringMatching(
        /: ip -6 route add 2001:db8:2::\/64 dev eth1 table 254 proto 3 scope 0 metric 1024 expires \d+ pref high$/,
      ),
    ],
  ],
  [
    "IPv6's default route is another than IPv4's",
    {
      routes: [
        ...routes,
        { fields: { dst: 'default', pref: 'medium' }, words: 'default via fe80::1 dev eth1 table 254', locks: [] },
      ],
    },
    ['route default via fe80::1 dev eth1 table 254 was not there: ip -6 route del ::/0 via fe80::1 dev eth1 table 254'],
  ],
  [
    'a route by way of an IPv6 neighbour is one of IPv4',
    { routes: routesWithout('198.51.102.0') },
    [expect.stringContaining(': ip route add 198.51.102.0/24 via inet6 fe80::9 dev eth1')],
  ],
  [
    'a route with a next-hop object is said by that',
    { routes: routesWithout('198.51.103.0') },
    [
      'route 198.51.103.0/24 nhid 5 via 203.0.113.7 dev eth1 table 254 proto 3 scope 0 is gone: ip route add 198.51.103.0/24 nhid 5 table 254 proto 3 scope 0',
    ],
  ],
  [
    'a policy rule is gone',
    { rules: each(rules, ({ family }) => family === 6) },
    [
      'policy rule priority 32765 from all iif eth1 lookup 100 is gone: ip -6 rule add priority 32765 from all iif eth1 lookup 100',
    ],
  ],
  [
    'a neighbour is gone',
    { neighbours: neighbours.slice(1) },
    [
      'neighbour on eth1 203.0.113.1 lladdr 02:00:00:00:00:99 dev eth1 nud permanent is gone: ip neigh replace 203.0.113.1 lladdr 02:00:00:00:00:99 dev eth1 nud permanent',
    ],
  ],
  [
    'a proxy more',
    { neighbours: [...neighbours, { dst: '203.0.113.8', dev: 'eth1', proxy: null }] },
    ['neighbour on eth1 proxy 203.0.113.8 dev eth1 was not there: ip neigh del proxy 203.0.113.8 dev eth1'],
  ],
  ['a group of next hops is gone', { nexthops: nexthops.slice(0, 1) }, ['next-hop object id 6 is gone']],
  ['a queue is gone', { qdiscs: qdiscs.slice(1) }, ['qdisc of eth1 tbf is gone']],
  [
    'a filter more',
    { filters: [{ place: 'ingress', kind: 'matchall', pref: 10 }] },
    ['filter of eth1 ingress matchall pref 10 was not there'],
  ],
  [
    'a multicast MAC is gone',
    { joins: [] },
    ['multicast address of eth1 33:33:00:00:00:05 is gone: ip maddr add 33:33:00:00:00:05 dev eth1'],
  ],
  [
    'and one is left',
    { joins: [...joins, '33:33:00:00:00:06'] },
    ['multicast address of eth1 33:33:00:00:00:06 was not there: ip maddr del 33:33:00:00:00:06 dev eth1'],
  ],
  [
    'a setting',
    { settings: { ...settings, 'ipv4/conf/rp_filter': '7' } },
    [`net.ipv4.conf.eth1.rp_filter is 7, and was ${rpFilter}: sysctl -w net.ipv4.conf.eth1.rp_filter='${rpFilter}'`],
  ],
  ['its MTU', { link: { ...link, mtu: 1400 } }, ['mtu of eth1 is 1400, and was 1500: ip link set dev eth1 mtu 1500']],
  [
    'it is promiscuous',
    { link: { ...link, flags: ['BROADCAST', 'MULTICAST', 'PROMISC', 'UP', 'LOWER_UP'] } },
    ['flags of eth1 are BROADCAST,MULTICAST,PROMISC, and were BROADCAST,MULTICAST: ip link set dev eth1 promisc off'],
  ],
  [
    'it is down',
    { link: { ...link, flags: ['BROADCAST', 'MULTICAST'] } },
    ['eth1 is down, and was up: ip link set dev eth1 up'],
  ],
  [
    'it is in a bridge',
    { master: { ifname: 'br0' } },
    ['eth1 is in br0, and was in nothing: ip link set dev eth1 nomaster'],
  ],
  [
    'what nobody knows is compared as well',
    { link: { ...link, colour: 'red' } },
    ['colour of eth1 is red, and was none'],
  ],
];

describe('a difference', () => {
  for (const [name, after, said] of rows)
    test(name, () => expect(differences(before, { ...before, ...after })).toEqual(said));
});

/** A route of another device to where the host's own network is. */
const rival: SeenRoute = {
  fields: { type: '1', dst: '203.0.113.0/24', dev: 'eth2', table: '254', protocol: '2', scope: '253' },
  words: '203.0.113.0/24 dev eth2 table 254 proto 2 scope 253 src 203.0.113.14 linkdown',
  locks: [],
};
const ownWords = routes.map(({ words }) => words).find((words) => words.startsWith('203.0.113.0/24')) ?? '';
const ahead = { [ownWords]: ['203.0.113.0/24 dev eth2 table 254 proto 2 scope 253 src 203.0.113.14'] };
const leading = { ...before, rivals: [rival], ahead };

describe('of routes to the same', () => {
  test('one that comes behind another by now is said', () =>
    expect(differences(leading, { ...leading, ahead: {} })).toEqual([
      `route ${ownWords} comes behind 203.0.113.0/24 dev eth2 table 254 proto 2 scope 253 src 203.0.113.14, and came before: ip route del 203.0.113.0/24 dev eth2 table 254 proto 2 scope 253 src 203.0.113.14 && ip route append 203.0.113.0/24 dev eth2 table 254 proto 2 scope 253 src 203.0.113.14`,
    ]));
  test('nothing of one that still comes before', () => expect(differences(leading, leading)).toEqual([]));
  test('nothing where the other is gone, or was before it', () =>
    expect(
      [{ ...leading, rivals: [], ahead: {} }, before].flatMap((after) => [
        ...differences(leading, after),
        ...differences(after, leading),
      ]),
    ).toEqual([]));
});
