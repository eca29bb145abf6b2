// test/uplinks/judge.test.ts — of an interface that is about to be borrowed: what is refused, what is said, and what is
// not worth a word.
import { describe, expect, test } from 'vitest';
import { judge } from '../../src/uplinks/judge.ts';
import {
  address,
  aheadOf,
  connected,
  found,
  full,
  link,
  localsOf,
  on,
  permanent,
  plain,
  rivalTo,
  route,
  way,
  withConnected,
} from './judged.ts';
import type { Row } from './judged.ts';
import { asked } from './asked.ts';
import { deviceStates } from './device-states.ts';
import { refusedAttributes } from './refused-attributes.ts';
import { refusedDevices } from './refused-devices.ts';

const nothing: readonly Row[] = [
  [
    'another device in its network, behind it: it is put first again',
    { rivals: [rivalTo(connected)], ahead: aheadOf([connected, rivalTo(connected)]) },
    [],
  ],
  ['another device in its network, before it: it comes last again', { rivals: [rivalTo(connected)], ahead: {} }, []],
  [
    'addresses, routes, permanent neighbours and proxies',
    {
      neighbours: [
        { dst: '203.0.113.9', dev: 'eth1', ...permanent },
        { dst: '203.0.113.8', dev: 'eth1', proxy: null },
      ],
    },
    [],
  ],
  [
    'every attribute of an address',
    {
      addresses: full.addresses.filter(({ dynamic }) => dynamic !== true),
      routes: full.routes.filter(({ fields }) => fields['protocol'] === '2'),
    },
    [],
  ],
  [
    'metrics, TOS, realms, via inet6, local, broadcast and multicast',
    {
      routes: full.routes.filter(({ fields }) =>
        ['nhid', 'encap', 'nexthops', 'from', 'expires'].every((name) => fields[name] === undefined),
      ),
    },
    [],
  ],
  [
    'gateways that are next to it: by another route, onlink, by an IPv6 neighbour',
    {
      routes: [
        route({ gateway: '198.51.100.9' }),
        route({ dst: '198.51.100.9', gateway: undefined, table: '100' }),
        route({ dst: '192.0.2.0/24', gateway: '198.51.100.77', flags: ['onlink'] }),
        route({ dst: '192.0.3.0/24', gateway: undefined, via: { family: 'inet6', host: 'fe80::1' } }),
      ],
    },
    [],
  ],
  ['routes by router advertisement', { routes: [route({ protocol: '9', expires: 1700, unheard: 1 })] }, []],
  ["routes of the kernel's own", { routes: [route({ protocol: '2', nexthops: [{ dev: 'eth1' }] })] }, []],
  [
    'a macvlan that has its parent for itself',
    { link: link({ linkinfo: { info_kind: 'macvlan', info_data: { mode: 'passthru' } } }) },
    [],
  ],
  ['VLAN devices on it', { dependents: on('vlan') }, []],
  [
    'queues as the kernel makes them',
    {
      qdiscs: [
        { kind: 'mq', handle: '0:', root: true },
        { kind: 'fq_codel', handle: '0:', parent: ':1' },
        { kind: 'clsact', handle: 'ffff:' },
      ],
    },
    [],
  ],
  [
    'IPv6 addresses for a limited time, which the look at neighbours tells of',
    { addresses: [address({ family: 'inet6', local: '2001:db8::5', dynamic: true, valid_life_time: 100 })] },
    [],
  ],
];

for (const [title, rows] of [
  ['nothing is said of', nothing],
  ['refused', [...refusedDevices, ...refusedAttributes]],
  ['said', asked],
] as const) {
  describe(title, () => {
    for (const [name, snapshot, said] of rows) test(name, () => expect(found(snapshot)).toEqual(said));
  });
}

test('of what goes in no bridge, nothing else is said', () =>
  expect(found({ wireless: true, rules: full.rules, nexthops: full.nexthops })).toHaveLength(1));

test('all of it has a way out', () => {
  const all = [...refusedDevices, ...refusedAttributes, ...asked].flatMap(([, snapshot]) => [
    ...judge({ ...plain, ...snapshot }, way([])),
  ]);
  expect(all.filter(({ hint }) => hint === undefined || hint === '' || /MASTER|NAME/.test(hint))).toEqual([]);
});

test('the mend of policy rules names the bridge', () => {
  expect([...judge({ ...plain, ...withConnected({}), rules: full.rules }, way([]))].map(({ hint }) => hint)).toEqual([
    'the same once more with br-lab: ip rule add priority 99 from all fwmark 0x3 oif br-lab lookup 101; ip rule add priority 32765 from all iif br-lab lookup 100; ip -6 rule add priority 32765 from all iif br-lab lookup 100',
  ]);
});

describe('its state', () => {
  for (const [name, snapshot, more, expected] of deviceStates)
    test(name, () => expect(found(snapshot, [], more)).toEqual(expected));
});

describe('of table local', () => {
  const without = (type: string): readonly string[] =>
    [
      ...judge(
        {
          ...plain,
          addresses: [address({ broadcast: '203.0.113.255' })],
          routes: [
            ...plain.routes,
            connected,
            ...localsOf({ local: '203.0.113.11', broadcast: '203.0.113.255' }).filter(
              ({ fields }) => fields['type'] !== type,
            ),
          ],
        },
        way([]),
      ),
    ].map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
  for (const [name, type, words] of [
    ['an address', '2', 'local 203.0.113.11'],
    ['a broadcast', '3', 'broadcast 203.0.113.255'],
  ] as const) {
    test(`${name} that somebody has taken out is refused`, () =>
      expect(without(type)).toEqual([
        `error uplink-route: 203.0.113.11 on eth1 has no route \`${words}\` in table local, which the kernel makes with such an address: it would come with it on the bridge, and again on eth1`,
      ]));
  }
});
