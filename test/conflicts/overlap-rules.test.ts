// test/conflicts/overlap-rules.test.ts — a network to whose range policy rules of the host lead by other tables.
import { describe, expect, test } from 'vitest';
import { READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import { READ_RULES } from '../../src/iproute2/policy.ts';
import { MAIN, spec, told } from './overlap-scene.ts';

describe('routes', () => {
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
});
