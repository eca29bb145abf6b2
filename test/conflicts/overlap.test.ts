// test/conflicts/overlap.test.ts — a network whose range the host has already: which of its addresses and routes stand
// against it, and how much.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';
import type { Around } from './around.ts';
import { READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import { READ_RULES } from '../../src/iproute2/policy.ts';

const spec = (more = ''): string =>
  `apiVersion: netctl/v1\nnetworks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null${more} } }\n`;

interface Link {
  readonly name: string;
  readonly has?: string;
  readonly more?: object;
  readonly address?: object;
}

function linksOf(...all: readonly Link[]): string {
  return JSON.stringify(
    all.map(({ name, has, more = {}, address = {} }, i) => {
      const [local, prefixlen] = has?.split('/') ?? [];
      return {
        ifindex: i + 2,
        ifname: name,
        flags: ['UP'],
        mtu: 1500,
        group: 'default',
        addr_info:
          local === undefined
            ? []
            : [{ family: 'inet', local, prefixlen: Number(prefixlen), scope: 'global', ...address }],
        ...more,
      };
    }),
  );
}

async function told(text: string, around: Around): Promise<unknown> {
  return (await found(text, around))
    .filter(({ code }) => code === 'network-overlap')
    .map(({ severity, asks, message }) => `${asks === true ? 'asks' : severity}: ${message}`);
}

const lost = 'this host would have the same addresses on br-lab and on eth1, and lose one or the other';
describe('addresses', () => {
  for (const [name, text, links, expected] of [
    ['elsewhere', spec(), linksOf({ name: 'eth1', has: '192.168.51.5/24' }), []],
    [
      'the same network',
      spec(),
      linksOf({ name: 'eth1', has: '192.168.50.5/24' }),
      [`error: lab (192.168.50.0/24) is the network of 192.168.50.5/24 on eth1: ${lost}`],
    ],
    [
      'a wider one',
      spec(),
      linksOf({ name: 'eth1', has: '192.168.0.5/16' }),
      [`error: lab (192.168.50.0/24) lies in the network of 192.168.0.5/16 on eth1: ${lost}`],
    ],
    [
      'a narrower one',
      spec(),
      linksOf({ name: 'eth1', has: '192.168.50.130/25' }),
      [`error: lab (192.168.50.0/24) holds the network of 192.168.50.130/25 on eth1: ${lost}`],
    ],
    [
      'a wire of one network is none of another',
      spec().replace('} }', '}, office: { mode: flat, cidr: 10.0.0.0/24, interface: eth1 } }'),
      linksOf({ name: 'eth1', has: '192.168.50.5/24' }),
      [`error: lab (192.168.50.0/24) is the network of 192.168.50.5/24 on eth1: ${lost}`],
    ],
    ['its own wire', spec().replace('null', 'eth1'), linksOf({ name: 'eth1', has: '192.168.50.5/24' }), []],
    [
      'moved into its bridge',
      spec().replace('null', 'eth1'),
      linksOf({ name: 'eth1' }, { name: 'br-lab', has: '192.168.50.5/24' }),
      [],
    ],
    [
      'one machine',
      spec(),
      linksOf({ name: 'tun0', has: '192.168.50.5/32' }),
      ['asks: lab (192.168.50.0/24) holds 192.168.50.5/32, which this host has on tun0: no instance can have it'],
    ],
    [
      'without a route of its own',
      spec(),
      linksOf({ name: 'eth1', has: '192.168.50.5/24', address: { noprefixroute: true } }),
      ['asks: lab (192.168.50.0/24) holds 192.168.50.5/24, which this host has on eth1: no instance can have it'],
    ],
    [
      'in a VRF',
      spec(),
      linksOf(
        { name: 'vrf1', more: { linkinfo: { info_kind: 'vrf' } } },
        { name: 'eth1', has: '192.168.50.5/24', more: { master: 'vrf1' } },
      ),
      [],
    ],
    [
      "netctl's own of another network",
      spec(),
      linksOf({ name: 'br-old', has: '192.168.50.1/24', address: { metric: 117 } }),
      [],
    ],
    [
      'come since',
      spec(),
      linksOf(
        { name: 'br-lab', has: '192.168.50.1/24', address: { metric: 117 } },
        { name: 'eth1', has: '192.168.50.5/24' },
      ),
      [`warning: lab (192.168.50.0/24) is the network of 192.168.50.5/24 on eth1: ${lost}`],
    ],
    [
      "a network without an address of the host's",
      spec().replace('flat-dhcp', 'flat'),
      linksOf({ name: 'eth1', has: '192.168.50.5/24' }),
      [],
    ],
  ] as const) {
    test(name, async () => expect(await told(text, { links })).toEqual(expected));
  }

  test('a VLAN is not on the wire of its parent', async () => {
    const text =
      'apiVersion: netctl/v1\nnetworks: { lab: { mode: vlan, vlan: 5, cidr: 192.168.50.0/24, interface: eth1 } }\n';
    expect(await told(text, { links: linksOf({ name: 'eth1', has: '192.168.50.5/24' }) })).toEqual([
      `error: lab (192.168.50.0/24) is the network of 192.168.50.5/24 on eth1: ${lost.replace('br-lab', 'br5')}`,
    ]);
  });
});

describe('routes', () => {
  const MAIN = [
    { priority: 0, src: 'all', table: '255' },
    { priority: 32766, src: 'all', table: '254' },
  ];
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

  const sent = 'what this host sends to its instances goes by that way';
  const some = 'what this host sends to some of its instances goes by that way';
  const EVERYWHERE = '1 default dev tun0 table 100 proto 3 scope 253 linkdown ';
  const THERE = '1 192.168.48.0/20 dev tun0 table 100 proto 3 scope 253';
  const TO = { src: 'all', dst: '192.168.50.0', dstlen: 24 };
  const FROM = { src: '192.168.50.0', srclen: 24 };
  const by = (words: string): string =>
    `asks: lab (192.168.50.0/24) overlaps the route 0.0.0.0/0 dev tun0 table 100 by the rule 100: ${words} lookup 100: ${sent}`;
  const cut = (words: string): string =>
    `asks: lab (192.168.50.0/24) overlaps the rule 100: ${words}: what this host sends to its instances does not reach them`;
  const at = (rule: object): readonly object[] => [{ priority: 100, ...rule }];
  for (const [name, routes, rules, expected] of [
    [
      'to a range around it',
      [EVERYWHERE],
      at({ src: 'all', dst: '192.168.0.0', dstlen: 16, table: '100' }),
      [by('from all to 192.168.0.0/16')],
    ],
    ['to one that it is not in', [EVERYWHERE], at({ src: 'all', dst: '10.0.0.0', dstlen: 8, table: '100' }), []],
    [
      'to a part of it',
      [EVERYWHERE],
      at({ src: 'all', dst: '192.168.50.64', dstlen: 26, table: '100' }),
      [by('from all to 192.168.50.64/26').replace(sent, some)],
    ],
    [
      'to one of it',
      [EVERYWHERE],
      at({ src: 'all', dst: '192.168.50.9', table: '100' }),
      [by('from all to 192.168.50.9/32').replace(sent, some)],
    ],
    ['from it', [EVERYWHERE], at({ ...FROM, table: '100' }), [by('from 192.168.50.0/24')]],
    ['from one of it', [EVERYWHERE], at({ src: '192.168.50.9', table: '100' }), [by('from 192.168.50.9/32')]],
    ['from it, to elsewhere', ['1 10.0.0.0/8 dev tun0 table 100 proto 3 scope 0'], at({ ...FROM, table: '100' }), []],
    ['from elsewhere', [EVERYWHERE], at({ src: '203.0.113.0', srclen: 24, table: '100' }), []],
    [
      'from anywhere but elsewhere',
      [EVERYWHERE],
      at({ not: null, src: '203.0.113.0', srclen: 24, table: '100' }),
      [by('not from 203.0.113.0/24')],
    ],
    [
      'to anywhere but elsewhere',
      [EVERYWHERE],
      at({ not: null, src: 'all', dst: '10.0.0.0', dstlen: 8, table: '100' }),
      [by('not from all to 10.0.0.0/8')],
    ],
    [
      'to anywhere but it',
      [EVERYWHERE],
      at({ not: null, src: 'all', dst: '192.168.0.0', dstlen: 16, table: '100' }),
      [],
    ],
    [
      'from the host itself',
      [THERE],
      at({ src: 'all', iif: 'lo', table: '100' }),
      [by('from all iif lo').replace('0.0.0.0/0', '192.168.48.0/20')],
    ],
    ['from another device', [THERE], at({ src: 'all', iif: 'eth1', table: '100' }), []],
    [
      'without a mark',
      ['1 0.0.0.0/1 dev wg0 table 100 proto 3 scope 253', '1 128.0.0.0/1 dev wg0 table 100 proto 3 scope 253'],
      at({ not: null, src: 'all', fwmark: '0x1', table: '100' }),
      [by('not from all fwmark 0x1').replace('0.0.0.0/0 dev tun0', '128.0.0.0/1 dev wg0')],
    ],
    [
      'without marks of a mask',
      [EVERYWHERE],
      at({ src: 'all', fwmark: '0', fwmask: '0xff00', table: '100' }),
      [by('from all fwmark 0/0xff00')],
    ],
    [
      'with a mark, said otherwise',
      [EVERYWHERE],
      at({ not: null, src: 'all', fwmark: '0', fwmask: '0xff00', table: '100' }),
      [],
    ],
    ['of some users', [EVERYWHERE], at({ src: 'all', uid_start: 0, uid_end: 100, table: '100' }), []],
    [
      'of some ports',
      [EVERYWHERE],
      at({ ...TO, ipproto: 'ipproto-6', sport_start: 10, sport_end: 20, table: '100' }),
      [],
    ],
    ['of a kind of which netctl knows nothing', [EVERYWHERE], at({ ...TO, colour: 'red', table: '100' }), []],
    ['of VRFs', [EVERYWHERE], at({ src: 'all', l3mdev: null }), []],
    ['prohibited', [], at({ ...TO, action: '8' }), [cut('from all to 192.168.50.0/24 prohibit')]],
    ['prohibited, as a name', [], at({ ...TO, action: 'prohibit' }), [cut('from all to 192.168.50.0/24 prohibit')]],
    ['what the host has itself', [EVERYWHERE], at({ src: 'all', dst: '192.168.50.1', action: '8' }), []],
    ['unreachable', [], at({ ...TO, action: '7' }), [cut('from all to 192.168.50.0/24 unreachable')]],
    ['a black hole for what comes from it', [], at({ ...FROM, action: '6' }), [cut('from 192.168.50.0/24 blackhole')]],
    ['led past the main table', [], at({ ...TO, goto: 32767 }), [cut('from all to 192.168.50.0/24 goto 32767')]],
    [
      'led to the main table',
      [EVERYWHERE],
      [...at({ ...TO, goto: 32766 }), { priority: 101, src: 'all', table: '100' }],
      [],
    ],
    ['led to a rule that is not there', [], at({ ...TO, goto: 31000, unresolved: null }), []],
    ['nothing', [], at({ ...TO, nop: null }), []],
    [
      'to the main table first',
      [EVERYWHERE],
      [{ priority: 99, ...TO, table: '254' }, ...at({ src: 'all', table: '100' })],
      [],
    ],
    [
      'but thrown back',
      [EVERYWHERE, '9 192.168.50.0/25 table 100 proto 3 scope 0', '9 192.168.50.128/25 table 100 proto 3 scope 0'],
      at({ src: 'all', table: '100' }),
      [],
    ],
    [
      'but by its own bridge',
      [EVERYWHERE, '1 192.168.50.0/24 dev br-lab table 100 proto 3 scope 253'],
      at({ src: 'all', table: '100' }),
      [],
    ],
    [
      'as wg-quick has it',
      [EVERYWHERE],
      [
        { priority: 99, src: 'all', table: '254', suppress_prefixlen: 0 },
        ...at({ not: null, src: 'all', fwmark: '0xca6c', table: '100' }),
      ],
      [],
    ],
    [
      'as Tailscale has it',
      [
        '1 100.64.0.2 dev tailscale0 table 52 proto 3 scope 253',
        '9 192.168.0.0/16 table 52 proto 3 scope 0',
        '1 default dev tailscale0 table 52 proto 3 scope 253',
      ],
      [
        { priority: 5210, src: 'all', fwmark: '0x80000', fwmask: '0xff0000', table: '254' },
        { priority: 5230, src: 'all', fwmark: '0x80000', fwmask: '0xff0000', table: '253' },
        { priority: 5250, src: 'all', fwmark: '0x80000', fwmask: '0xff0000', action: '7' },
        { priority: 5270, src: 'all', table: '52' },
      ],
      [],
    ],
    [
      'thrown out of the main table',
      ['9 192.168.50.0/24 table 254 proto 3 scope 0'],
      [],
      [`asks: lab (192.168.50.0/24) overlaps the route throw 192.168.50.0/24: ${sent}`],
    ],
    [
      'the host itself, as somebody says',
      ['2 192.168.50.0/24 dev lo table 255 proto 3 scope 254'],
      [],
      [`asks: lab (192.168.50.0/24) overlaps the route local 192.168.50.0/24 dev lo table local: ${sent}`],
    ],
    [
      'a broadcast, as somebody says',
      ['3 192.168.50.2 dev lo table 255 proto 3 scope 253'],
      [],
      [`asks: lab (192.168.50.0/24) overlaps the route broadcast 192.168.50.2/32 dev lo table local: ${some}`],
    ],
    [
      'local in the main table',
      ['2 192.168.50.0/24 dev lo table 254 proto 3 scope 254'],
      [],
      [`asks: lab (192.168.50.0/24) overlaps the route local 192.168.50.0/24 dev lo: ${sent}`],
    ],
  ] as const) {
    test(`rules: ${name}`, async () =>
      expect(
        await told(spec(), {
          others: {
            [READ_ALL_ROUTES.join(' ')]: routes.join('\n'),
            [READ_RULES.join(' ')]: JSON.stringify([...rules, ...MAIN, { priority: 32767, src: 'all', table: '253' }]),
          },
        }),
      ).toEqual(expected));
  }

  for (const [iif, expected] of [
    ['eth1', [by('from all iif eth1').replace('0.0.0.0/0', '192.168.48.0/20')]],
    ['eth2', []],
  ] as const)
    test(`rules: of what comes by ${iif}, where answers come by eth1`, async () => {
      const outside = spec().replace('networks:', 'hosts: { h1: { publicInterface: eth1 } }\nnetworks:');
      expect(
        await told(outside, {
          others: {
            [READ_ALL_ROUTES.join(' ')]: THERE,
            [READ_RULES.join(' ')]: JSON.stringify([...at({ src: 'all', iif, table: '100' }), ...MAIN]),
          },
        }),
      ).toEqual(expected);
    });

  test('what an address of the host brings with it is said once', async () => {
    expect(
      await told(spec(), {
        links: linksOf({ name: 'eth1', has: '192.168.50.5/24' }),
        others: { [READ_ALL_ROUTES.join(' ')]: '1 192.168.50.0/24 dev eth1 table 254 proto 2 scope 253' },
      }),
    ).toHaveLength(1);
  });
});

test('what is there already is stopped by what is longer or the same, and not by what is wider', async () => {
  const stopped = async (has: string, text = spec()): Promise<boolean> => {
    const links = linksOf({ name: 'br-lab', has: '192.168.50.1/24', address: { metric: 117 } }, { name: 'eth1', has });
    return (await found(text, { links })).some(
      ({ code, stops = [] }) => code === 'network-overlap' && stops.length > 0,
    );
  };
  expect([
    await stopped('192.168.50.5/24'),
    await stopped('192.168.50.130/25'),
    await stopped('192.168.0.5/16'),
    await stopped('192.168.50.5/32'),
  ]).toEqual([true, true, false, false]);
  const instance = `${spec()}instances: { vm-1: { nics: [{ network: lab, address: 192.168.50.5 }] } }\n`;
  expect([await stopped('192.168.50.5/32', instance), await stopped('192.168.50.6/32', instance)]).toEqual([
    true,
    false,
  ]);
});
