// test/uplinks/left.test.ts — of a bridge that is about to go or to lose its uplink: what is somebody else's there is
// said, and nothing else.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/core/resource.ts';
import { Claimed } from '../../src/uplinks/claimed.ts';
import { forwardedIn } from '../../src/uplinks/left-devices.ts';
import { interfaceRulesIn } from '../../src/uplinks/interface-rules.ts';
import { LEFT_SORTS, renderSorts } from '../../src/uplinks/sorts.ts';
import { own, plain, put, route, said } from './left-scene.ts';
import { bridgeItself } from './bridge-itself.ts';
import { putOnBridge } from './put-on-bridge.ts';

describe('said, and asked', () => {
  for (const [name, snapshot, rest, expected] of [...putOnBridge, ...bridgeItself])
    test(name, () => expect(said(snapshot, rest)).toEqual(expected));
});

const claimed = new Claimed([
  { kind: 'address', link: 'eth1', cidr: '10.9.0.1/24', borrowed: true } as Resource,
  { kind: 'route', family: 4, to: '10.1.0.0/16', link: 'eth1', protocol: '3', table: '7' } as Resource,
  { kind: 'neighbour', ip: '203.0.113.9', link: 'eth1', state: 'permanent' } as Resource,
  { kind: 'neighbour', ip: '203.0.113.8', link: 'eth1', state: 'permanent' } as Resource,
]);

describe('not said', () => {
  for (const [name, snapshot, rest] of [
    ['of nothing', {}, {}],
    [
      "of netctl's own, and of what goes along",
      {
        addresses: [own, put],
        routes: [
          route({ protocol: '117' }, ''),
          route({ table: '7' }, ''),
          route({ protocol: '2' }, ''),
          route({ protocol: '9' }, ''),
        ],
        neighbours: [
          { dst: '203.0.113.9', state: ['PERMANENT'] },
          { dst: '203.0.113.8', state: ['PERMANENT'], protocol: '117' },
        ],
      },
      { claimed },
    ],
    [
      'of settings as new devices have them, as the uplink has them, as netctl sets them',
      {
        settings: {
          'ipv4/conf/rp_filter': '2',
          'ipv4/conf/arp_ignore': '1',
          'ipv4/conf/forwarding': '1',
          'ipv6/conf/accept_ra': '0',
        },
        defaults: {
          'ipv4/conf/rp_filter': '2',
          'ipv4/conf/arp_ignore': '0',
          'ipv4/conf/forwarding': '0',
          'ipv6/conf/accept_ra': '1',
        },
      },
      { ofUplink: { ...plain, settings: { 'ipv4/conf/arp_ignore': '1' } } },
    ],
    [
      'of rules that the interface has, too',
      { rules: [{ family: 4, priority: 99, iif: 'br-lab', table: '100' }] },
      {
        interfaceRules: interfaceRulesIn(
          '*filter\n-A INPUT -i eth1 -j ACCEPT\n-A INPUT -i br-lab -j ACCEPT\nCOMMIT\n',
          'iptables',
        ),
        ofUplink: { ...plain, rules: [{ family: 4, priority: 98, iif: 'eth1', table: '100' }] },
      },
    ],
    [
      'of a source that stays where it is',
      { addresses: [own], routes: [route({ dev: 'eth2', prefsrc: '192.168.50.1' }, '')] },
      { goes: false },
    ],
  ] as const)
    test(name, () => expect(said(snapshot, rest)).toEqual([]));
});

test('forwarding entries are those that somebody has put there', () => {
  const entry = (
    mac: string,
    ifname: string,
    more: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> => ({ mac, ifname, flags: [], ...more });
  expect(
    forwardedIn(
      [
        entry('02:00:00:00:00:01', 'eth1', { master: 'br-lab', state: 'permanent' }),
        entry('02:00:00:00:00:02', 'tap1', { master: 'br-lab', state: '' }),
        entry('33:33:00:00:00:01', 'br-lab', { flags: ['self'], state: 'permanent' }),
        entry('02:00:00:00:00:03', 'tap1', { master: 'br-lab', state: 'static' }),
        entry('02:00:00:00:00:04', 'vx0', { master: 'br-lab', state: '', flags: ['extern_learn'] }),
        entry('02:00:00:00:00:05', 'tap1', { master: 'br9', state: 'static' }),
      ],
      'br-lab',
      new Set(['02:00:00:00:00:01']),
    ),
  ).toEqual(['02:00:00:00:00:03 on tap1', '02:00:00:00:00:04 on vx0']);
});

describe('the table of what is left', () => {
  const seen = new Set(
    [...putOnBridge, ...bridgeItself].flatMap(([, snapshot, rest]) =>
      said(snapshot, rest).map((line) => line.split(':', 1).join('')),
    ),
  );
  for (const { code } of LEFT_SORTS)
    if (code !== undefined) test(`${code} is said`, () => expect([...seen]).toContain(code));
  test('has a row for each', () =>
    expect([...seen].filter((code) => LEFT_SORTS.every((sort) => sort.code !== code))).toEqual([]));
  test("is the README's", () =>
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain(
      renderSorts(LEFT_SORTS, 'its bridge'),
    ));
});
