// test/iproute2/route-lines.test.ts — routes as `ip -d -N -o route show table all` of iproute2 6.1 prints them, and
// said again in its words.
import { describe, expect, test } from 'vitest';
import { comesByItself } from '../../src/iproute2/connected.ts';
import { parseLinks } from '../../src/iproute2/links.ts';
import { parseRouteLines } from '../../src/iproute2/route-lines.ts';
import { routePattern, routeWords } from '../../src/iproute2/routes.ts';

/** What is printed, and what `ip route add` makes the same of. */
const said: readonly (readonly [printed: string, words: string])[] = [
  [
    '1 default via 203.0.113.1 dev eth1 table 254 proto 3 scope 0 ',
    'default via 203.0.113.1 dev eth1 proto 3 metric 0',
  ],
  [
    '1 default via 203.0.113.1 dev eth1 table 254 proto 3 scope 0 realms 3/4 mtu lock 1400 window 1000 rtt 300ms rttvar 20ms ssthresh 3 cwnd lock 4 advmss 1300 reordering 5 hoplimit 33 initcwnd 20 features ecn rto_min lock 200ms initrwnd 10 quickack 1 congctl reno fastopen_no_cookie 1 ',
    'default via 203.0.113.1 dev eth1 proto 3 metric 0 realms 3/4 mtu lock 1400 window 1000 rtt 300ms rttvar 20ms ssthresh 3 cwnd lock 4 advmss 1300 reordering 5 hoplimit 33 initcwnd 20 features ecn rto_min 200ms initrwnd 10 quickack 1 congctl reno fastopen_no_cookie 1',
  ],
  [
    '2 10.9.0.0/16 dev eth1 table 100 proto 3 scope 254 ',
    'local 10.9.0.0/16 dev eth1 table 100 proto 3 scope 254 metric 0',
  ],
  [
    '5 239.1.1.1 dev eth1 table 7 proto 3 scope 253 ',
    'multicast 239.1.1.1 dev eth1 table 7 proto 3 scope 253 metric 0',
  ],
  [
    '1 192.0.2.0/24 tos 0x10 via 203.0.113.2 dev eth1 table 254 proto 3 scope 0 linkdown ',
    '192.0.2.0/24 tos 0x10 via 203.0.113.2 dev eth1 proto 3 metric 0',
  ],
  [
    '1 192.0.3.0/24 via inet6 fe80::1 dev eth1 table 254 proto 3 scope 0 ',
    '192.0.3.0/24 via inet6 fe80::1 dev eth1 proto 3 metric 0',
  ],
  ['1 192.0.2.0/24 dev eth1 table 254 proto 3 scope 0 ', '192.0.2.0/24 dev eth1 proto 3 scope 0 metric 0'],
  [
    '1 192.0.2.0/24 via 198.51.100.9 dev eth1 table 254 proto 3 scope 0 metric 5 onlink ',
    '192.0.2.0/24 via 198.51.100.9 dev eth1 proto 3 metric 5 onlink',
  ],
  [
    '1 203.0.113.0/24 dev eth1 table 254 proto 2 scope 253 src 203.0.113.11 metric 100 ',
    '203.0.113.0/24 dev eth1 proto 2 scope 253 src 203.0.113.11 metric 100',
  ],
  [
    '1 2001:db8:9::/64 via 2001:db8::1 dev eth1 table 33 proto 3 scope 0 metric 1024 expires 270sec pref high',
    '2001:db8:9::/64 via 2001:db8::1 dev eth1 table 33 proto 3 metric 1024 pref high expires 270',
  ],
  [
    '1 default via fe80::1 dev eth1 table 254 proto 3 scope 0 metric 1024 mtu 1400 pref medium',
    '::/0 via fe80::1 dev eth1 proto 3 metric 1024 mtu 1400',
  ],
];

describe('said as it was printed', () => {
  for (const [printed, words] of said)
    test(printed, () => {
      expect(parseRouteLines(`${printed}\n`).map((route) => routeWords({ ...route, link: route.link ?? '' }))).toEqual([
        words,
      ]);
    });
});

describe('cannot be said again', () => {
  for (const [printed, why] of [
    [
      '1 198.51.100.0/24  encap ip id 3 src 0.0.0.0 dst 203.0.113.9 ttl 0 tos 0 via 203.0.113.5 dev eth1 table 254 proto 3 scope 0 ',
      'encap',
    ],
    [
      '1 192.0.5.0/24 nhid 5 via 203.0.113.7 dev eth1 table 254 proto 3 scope 0 \n\tnh_info id 5 via 203.0.113.7 dev eth1 scope 253 proto 0 ',
      'nhid',
    ],
    [
      '1 2001:db8:9::/64 from 2001:db8:8::/64 via 2001:db8::1 dev eth1 table 254 proto 3 scope 0 metric 1024 pref medium',
      'from',
    ],
    ['1 192.0.5.0/24 via 203.0.113.7 dev eth1 table 254 proto 3 scope 0 newword 7 ', 'newword'],
  ] as const)
    test(why, () => {
      expect(parseRouteLines(printed).map(({ to, unsayable = [] }) => [to, unsayable[0]])).toEqual([
        [printed.split(' ')[1], why],
      ]);
    });
});

test('a multipath route has no link of its own', () => {
  const [route] = parseRouteLines(
    '1 192.0.4.0/24 table 254 proto 3 scope 0 \\\tnexthop via 203.0.113.3 dev eth1 weight 2 \\\tnexthop via 203.0.113.4 dev far1 weight 1 onlink ',
  );
  expect([route?.link, route?.hops]).toEqual([
    undefined,
    [
      { via: '203.0.113.3', link: 'eth1' },
      { via: '203.0.113.4', link: 'far1' },
    ],
  ]);
});

test('one is removed by what tells it apart, whatever its metrics', () => {
  const [route] = parseRouteLines(
    '1 192.0.2.0/24 tos 0x10 via 203.0.113.2 dev eth1 table 100 proto 3 scope 0 metric 5 mtu lock 1400 ',
  );
  expect(route === undefined ? '' : routePattern({ ...route, link: 'eth1' })).toBe(
    '192.0.2.0/24 tos 0x10 via 203.0.113.2 dev eth1 table 100 proto 3 metric 5',
  );
});

const ADDRESSES =
  parseLinks(
    JSON.stringify([
      {
        ifindex: 2,
        ifname: 'eth1',
        mtu: 1500,
        flags: [],
        address: '02:00:00:00:00:e1',
        addr_info: [
          { family: 'inet', local: '203.0.113.11', prefixlen: 24, scope: 'global' },
          { family: 'inet', local: '198.51.100.11', prefixlen: 24, scope: 'global', noprefixroute: true },
          { family: 'inet', local: '10.1.0.1', address: '10.1.0.2', prefixlen: 32, scope: 'global' },
          { family: 'inet', local: '10.4.0.1', prefixlen: 24, metric: 77, scope: 'global' },
          { family: 'inet6', local: '2001:db8::11', prefixlen: 64, scope: 'global' },
          { family: 'inet6', local: '2001:db8:1::1', address: '2001:db8:1::2', prefixlen: 128, scope: 'global' },
        ],
      },
    ]),
  )[0]?.addresses ?? [];

describe('comes by itself', () => {
  for (const [printed, by] of [
    ['1 203.0.113.0/24 dev eth1 table 254 proto 2 scope 253 src 203.0.113.11 ', true],
    ['1 203.0.113.0/24 dev eth1 table 254 proto 2 scope 253 src 203.0.113.11 metric 100 ', false],
    ['1 198.51.100.0/24 dev eth1 table 254 proto 2 scope 253 src 198.51.100.11 ', false],
    ['1 10.1.0.2 dev eth1 table 254 proto 2 scope 253 src 10.1.0.1 ', true],
    ['1 10.4.0.0/24 dev eth1 table 254 proto 2 scope 253 src 10.4.0.1 metric 77 ', true],
    ['1 10.5.0.0/24 dev eth1 table 254 proto 2 scope 253 src 203.0.113.11 ', false],
    ['1 10.5.0.0/24 dev eth1 table 100 proto 2 scope 253 src 203.0.113.11 ', false],
    ['2 203.0.113.11 dev eth1 table 255 proto 2 scope 254 src 203.0.113.11 ', true],
    ['2 10.9.0.0/24 dev eth1 table 255 proto 3 scope 254 ', false],
    ['1 2001:db8::/64 dev eth1 table 254 proto 2 scope 0 metric 256 pref medium', true],
    ['1 2001:db8::/64 dev eth1 table 254 proto 2 scope 0 metric 100 pref medium', false],
    ['1 2001:db8:1::1 dev eth1 table 254 proto 2 scope 0 metric 256 pref medium', true],
    ['1 2001:db8:1::2 dev eth1 table 254 proto 2 scope 0 metric 256 pref medium', true],
    ['1 fe80::/64 dev eth1 table 254 proto 2 scope 0 metric 256 pref medium', true],
    ['1 default via fe80::1 dev eth1 table 254 proto 9 scope 0 metric 1024 expires 1700sec pref medium', true],
  ] as const)
    test(`${printed}: ${by ? 'yes' : 'no'}`, () => {
      expect(parseRouteLines(printed).map((route) => comesByItself(route, ADDRESSES))).toEqual([by]);
    });
});
