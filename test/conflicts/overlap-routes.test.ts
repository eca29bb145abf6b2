// test/conflicts/overlap-routes.test.ts — a network to whose range the host has routes of its own.
import { describe, expect, test } from 'vitest';
import { READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import { READ_RULES } from '../../src/iproute2/policy.ts';
import { linksOf, MAIN, spec, told } from './overlap-scene.ts';

describe('routes', () => {
  const taken = 'what this host has by that way goes to br-lab instead';
  for (const [name, routes, rules, expected] of [
    ['elsewhere', ['1 10.0.0.0/8 via 203.0.113.1 dev eth1 table 254 proto 3 scope 0'], MAIN, []],
    [
      'the way to everybody',
      [
        '1 default via 203.0.113.1 dev eth1 table 254 proto 3 scope 0',
        '1 128.0.0.0/1 dev tun0 table 254 proto 3 scope 0',
      ],
      MAIN,
      [],
    ],
    [
      'a wider one',
      ['1 192.168.0.0/16 via 203.0.113.1 dev eth1 table 254 proto 3 scope 0'],
      MAIN,
      [`asks: lab (192.168.50.0/24) overlaps the route 192.168.0.0/16 via 203.0.113.1 dev eth1: ${taken}`],
    ],
    [
      'a narrower one',
      ['1 192.168.50.7 dev tun0 table 254 proto 3 scope 0'],
      MAIN,
      [
        'asks: lab (192.168.50.0/24) overlaps the route 192.168.50.7/32 dev tun0: what this host sends to some of its instances goes by that way',
      ],
    ],
    [
      'the same',
      ['1 192.168.50.0/24 table 254 proto 3 scope 0 \\\tnexthop dev eth1 weight 1 \\\tnexthop dev eth2 weight 1'],
      MAIN,
      [
        'asks: lab (192.168.50.0/24) overlaps the route 192.168.50.0/24 dev eth1 and eth2: what this host sends to its instances goes by that way',
      ],
    ],
    ['to nowhere, around it', ['6 192.168.0.0/16 table 254 proto 3 scope 0'], MAIN, []],
    [
      'to nowhere, in it',
      ['7 192.168.50.128/25 table 254 proto 3 scope 0'],
      MAIN,
      [
        'asks: lab (192.168.50.0/24) overlaps the route unreachable 192.168.50.128/25: what this host sends to some of its instances goes by that way',
      ],
    ],
    [
      "netctl's, and the kernel's for an address of netctl's",
      [
        '1 192.168.0.0/16 dev br0 table 254 proto 117 scope 0',
        '1 192.168.50.0/24 dev br-old table 254 proto 2 scope 0 metric 117 ',
      ],
      MAIN,
      [],
    ],
    [
      "on the network's own bridge",
      ['1 192.168.50.128/25 via 192.168.50.9 dev br-lab table 254 proto 3 scope 0'],
      MAIN,
      [],
    ],
    [
      "of the host's own addresses",
      ['2 192.168.50.7 dev eth1 table 255 proto 2 scope 254', '3 192.168.50.255 dev eth1 table 255 proto 2 scope 253'],
      MAIN,
      [],
    ],
    ['in a table that nobody asks', ['1 192.168.50.0/24 dev tun0 table 7 proto 3 scope 0'], MAIN, []],
    [
      'in one that is asked before, for all',
      ['1 default dev tun0 table 7 proto 3 scope 0'],
      [{ priority: 9, src: 'all', table: '7' }, ...MAIN],
      [
        'asks: lab (192.168.50.0/24) overlaps the route 0.0.0.0/0 dev tun0 table 7: what this host sends to its instances goes by that way',
      ],
    ],
    [
      'but after the main one without its widest',
      ['1 default dev tun0 table 7 proto 3 scope 0'],
      [
        { priority: 8, src: 'all', table: '254', suppress_prefixlen: 0 },
        { priority: 9, src: 'all', table: '7' },
        ...MAIN,
      ],
      [],
    ],
    [
      'for some packets only',
      ['1 default dev tun0 table 7 proto 3 scope 0'],
      [
        { priority: 9, src: '203.0.113.11', table: '7' },
        { priority: 10, src: 'all', fwmark: '0x1', table: '7' },
        ...MAIN,
      ],
      [],
    ],
  ] as const) {
    test(name, async () =>
      expect(
        await told(spec(), {
          others: { [READ_ALL_ROUTES.join(' ')]: routes.join('\n'), [READ_RULES.join(' ')]: JSON.stringify(rules) },
        }),
      ).toEqual(expected),
    );
  }

  test('what an address of the host brings with it is said once', async () => {
    expect(
      await told(spec(), {
        links: linksOf({ name: 'eth1', has: '192.168.50.5/24' }),
        others: { [READ_ALL_ROUTES.join(' ')]: '1 192.168.50.0/24 dev eth1 table 254 proto 2 scope 253' },
      }),
    ).toHaveLength(1);
  });
});
