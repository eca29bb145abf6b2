// test/kinds/address/missing-routes.test.ts — which routes the kernel has made for an address, whether they are there,
// and what puts them back.
import { describe, expect, test } from 'vitest';
import type { AddressRecord, LinkRecord } from '../../../src/iproute2/links.ts';
import { parseRouteLines } from '../../../src/iproute2/route-lines.ts';
import { address } from '../../../src/kinds/address/index.ts';
import { Tables } from '../../../src/kinds/address/missing-routes.ts';
import type { Address } from '../../../src/kinds/address/model.ts';
import { addressesOf } from '../../../src/kinds/address/observe.ts';

const HELD: AddressRecord = {
  family: 4,
  ip: '10.0.0.1',
  bits: 24,
  scope: 'global',
  broadcast: '10.0.0.255',
  metric: 117,
  secondary: false,
  automatic: false,
  dynamic: false,
  noPrefixRoute: false,
  noDad: false,
  deprecated: false,
  flags: [],
};
const { broadcast: _broadcast, ...SILENT } = HELD;
const SECOND = { ...HELD, ip: '10.0.0.2', secondary: true } as const;
const SIX: AddressRecord = { ...SILENT, family: 6, ip: '2001:db8::5', bits: 64 };
const BRIDGE: LinkRecord = {
  index: 3,
  name: 'br-lab',
  up: true,
  promiscuous: false,
  mtu: 1500,
  group: '117',
  type: 'bridge',
  hairpin: false,
  addresses: [],
};
const VRF: LinkRecord = { ...BRIDGE, index: 4, name: 'blue', group: 'default', type: 'vrf', vrf: '100' };

const NET = '1 10.0.0.0/24 dev br-lab table 254 proto 2 scope 253 src 10.0.0.1 metric 117';
const ENTRY = '2 10.0.0.1 dev br-lab table 255 proto 2 scope 254 src 10.0.0.1';
const LAST = '3 10.0.0.255 dev br-lab table 255 proto 2 scope 253 src 10.0.0.1';
const NET6 = '1 2001:db8::/64 dev br-lab table 254 proto 2 scope 0 metric 117 pref medium';
const ENTRY6 = '2 2001:db8::5 dev br-lab table 255 proto 2 scope 0 metric 0 pref medium';

const [WAY, OWN, ALL] = [
  'route replace 10.0.0.0/24 dev br-lab proto 2 scope 253 src 10.0.0.1 metric 117',
  'route replace local 10.0.0.1 dev br-lab table 255 proto 2 scope 254 src 10.0.0.1',
  'route replace broadcast 10.0.0.255 dev br-lab table 255 proto 2 scope 253 src 10.0.0.1',
];
const [NO_ROUTE, NO_ENTRY] = ['its route is missing', 'its entry in table local is missing'];

describe('an address lacks', () => {
  for (const [name, link, record, routes, lack] of [
    ['nothing', {}, HELD, [NET, ENTRY, LAST], undefined],
    ['its route', {}, HELD, [ENTRY, LAST], { what: [NO_ROUTE], lines: [WAY] }],
    ['its entry', {}, HELD, [NET, LAST], { what: [NO_ENTRY], lines: [OWN] }],
    ['all that the kernel has made', {}, HELD, [], { what: [NO_ROUTE, NO_ENTRY], lines: [OWN, WAY, ALL] }],
    ['nothing, on a link that is down', { up: false }, HELD, [], undefined],
    [
      'nothing, with a route that leads nowhere for the moment',
      {},
      HELD,
      [`${NET} linkdown`, `${ENTRY} linkdown`, LAST],
      undefined,
    ],
    ['nothing, as what nobody misses', {}, HELD, [NET, ENTRY], undefined],
    [
      'nothing, with another metric that somebody has said',
      {},
      HELD,
      [NET.replace(' metric 117', ' metric 400'), ENTRY],
      undefined,
    ],
    [
      'nothing, where somebody leads elsewhere first',
      {},
      HELD,
      ['1 10.0.0.0/24 via 192.0.2.9 dev eth2 table 254 proto 3 scope 0 metric 50', ENTRY],
      undefined,
    ],
    ['nothing, where somebody drops it first', {}, HELD, ['6 10.0.0.0/24 table 254 proto 3 scope 0', ENTRY], undefined],
    [
      'its route, where another comes after it',
      {},
      HELD,
      ['1 10.0.0.0/24 via 192.0.2.9 dev eth2 table 254 proto 3 scope 0 metric 400', ENTRY, LAST],
      { what: [NO_ROUTE], lines: [WAY] },
    ],
    [
      'its route, where one is for a type of service or in another table',
      {},
      HELD,
      [`${NET} tos 0x10`, NET.replace('254', '100'), ENTRY, LAST],
      { what: [NO_ROUTE], lines: [WAY] },
    ],
    [
      'nothing, as a secondary',
      { addresses: [HELD, SECOND] },
      SECOND,
      [ENTRY.replace('10.0.0.1 ', '10.0.0.2 '), NET, LAST],
      undefined,
    ],
    [
      'its entry, as a secondary, behind that of the first',
      { addresses: [HELD, SECOND] },
      SECOND,
      [NET, LAST],
      { what: [NO_ENTRY], lines: [OWN, OWN.replace('local 10.0.0.1', 'local 10.0.0.2')] },
    ],
    ['nothing, as one without a route', {}, { ...HELD, noPrefixRoute: true }, [ENTRY], undefined],
    ['nothing, as a /32', {}, { ...SILENT, bits: 32 }, [ENTRY], undefined],
    ['its entry, as a /32', {}, { ...SILENT, bits: 32 }, [], { what: [NO_ENTRY], lines: [OWN] }],
    [
      'the way to its other end',
      {},
      { ...SILENT, bits: 32, peer: '10.9.0.2' },
      [ENTRY],
      { what: [NO_ROUTE], lines: [WAY.replace('10.0.0.0/24', '10.9.0.2')] },
    ],
    [
      'nothing, with the way to its other end',
      {},
      { ...SILENT, bits: 32, peer: '10.9.0.2' },
      [ENTRY, NET.replace('10.0.0.0/24', '10.9.0.2')],
      undefined,
    ],
    [
      'the way to the network of its other end',
      {},
      { ...SILENT, peer: '10.9.0.2' },
      [ENTRY, LAST.replace('10.0.0', '10.9.0')],
      { what: [NO_ROUTE], lines: [WAY.replace('10.0.0.0', '10.9.0.0')] },
    ],
    [
      'nothing of a network in 0.0.0.0/8',
      {},
      { ...SILENT, ip: '0.0.0.5' },
      [ENTRY.replace('10.0.0.1', '0.0.0.5')],
      undefined,
    ],
    [
      'a route of two addresses',
      {},
      { ...SILENT, bits: 31, ip: '10.0.0.0' },
      [ENTRY.replace('10.0.0.1', '10.0.0.0')],
      { what: [NO_ROUTE], lines: [WAY.replace('/24', '/31').replace('src 10.0.0.1', 'src 10.0.0.0')] },
    ],
    ['nothing on the loopback device', { name: 'lo' }, HELD, [ENTRY], undefined],
    [
      'nothing in a VRF',
      { master: 'blue' },
      HELD,
      [NET.replace('254', '100'), ENTRY.replace('255', '100'), LAST.replace('table 255', 'table 100')],
      undefined,
    ],
    [
      'its route in a VRF, where the main table has it',
      { master: 'blue' },
      HELD,
      [NET, ENTRY.replace('255', '100'), LAST.replace('table 255', 'table 100')],
      { what: [NO_ROUTE], lines: [WAY.replace(' proto', ' table 100 proto')] },
    ],
    ['nothing, as IPv6', {}, SIX, [NET6, ENTRY6], undefined],
    ['its route, as IPv6, which comes back by itself', {}, SIX, [ENTRY6], { what: [NO_ROUTE], lines: [] }],
    [
      'its entry, as IPv6, which comes back with it alone',
      {},
      SIX,
      [NET6],
      { what: [NO_ENTRY], lines: [], anew: true },
    ],
    ['nothing, as IPv6 that somebody else might have', {}, { ...SIX, tentative: true }, [NET6], undefined],
    ['nothing, as a /128', {}, { ...SIX, bits: 128 }, [ENTRY6], undefined],
    [
      'its other end, as IPv6',
      {},
      { ...SIX, bits: 128, peer: '2001:db8::9' },
      [ENTRY6, NET6.replace('::/64', '::5')],
      { what: [NO_ROUTE], lines: [], anew: true },
    ],
  ] as const satisfies readonly (readonly [
    string,
    Partial<LinkRecord>,
    AddressRecord,
    readonly string[],
    object | undefined,
  ])[]) {
    test(name, () => {
      const on: LinkRecord = { ...BRIDGE, addresses: [record], ...link };
      expect(new Tables(parseRouteLines(routes.join('\n')), [on, VRF]).lackOf(on, record, 117)).toEqual(lack);
    });
  }
});

const gateway: Address = { kind: 'address', link: 'br-lab', cidr: '10.0.0.1/24', broadcast: '10.0.0.255', first: true };

describe('netctl looks after the routes', () => {
  for (const [name, link, wanted, lacks] of [
    ['of its own addresses', {}, [gateway], true],
    [
      'of those that it has moved',
      { addresses: [{ ...SILENT, ip: '192.0.2.5' }] },
      [{ ...gateway, cidr: '192.0.2.5/24', movedFrom: 'eth1' }],
      true,
    ],
    ['not of those that go', {}, [], false],
    [
      'not of somebody’s on its bridge',
      { addresses: [{ ...SILENT, ip: '10.5.0.1', metric: 0 }] },
      [gateway],
      undefined,
    ],
    [
      'not of those that are restored',
      { name: 'eth1', group: 'default', addresses: [{ ...SILENT, metric: 5 }] },
      [{ kind: 'address', link: 'eth1', cidr: '10.0.0.1/24', metric: 5, borrowed: true }],
      false,
    ],
  ] as const satisfies readonly (readonly [string, Partial<LinkRecord>, readonly Address[], boolean | undefined])[]) {
    test(name, () => {
      const [found] = addressesOf([{ ...BRIDGE, addresses: [HELD], ...link }], [], wanted);
      expect(found && found.lacks !== undefined).toBe(lacks);
    });
  }
});

test('IPv6 that is made again is the source of the same routes again', () => {
  const routes = [
    '1 default via fe80::1 dev br-lab table 254 proto 117 scope 0 src 2001:db8::5 metric 1024 pref medium',
    '1 2001:db8:9::/48 via 2001:db8:1::1 dev eth2 table 254 proto 3 scope 0 src 2001:db8::5 metric 1024 pref medium',
  ];
  const [found] = addressesOf([{ ...BRIDGE, addresses: [SIX] }], parseRouteLines(routes.join('\n')), [
    { kind: 'address', link: 'br-lab', cidr: '2001:db8::5/64' },
  ]);
  expect(found?.restores).toEqual([
    'route replace ::/0 via fe80::1 dev br-lab proto 117 src 2001:db8::5 metric 1024',
    'route replace 2001:db8:9::/48 via 2001:db8:1::1 dev eth2 proto 3 src 2001:db8::5 metric 1024',
  ]);
});

describe('ip is told', () => {
  const lines = (before: Partial<Address>, after = gateway): readonly string[] =>
    address
      .steps([{ verb: 'update', ref: 'address x', before: { ...after, metric: 117, ...before }, after }])
      .flatMap(({ ops }) => ops.flatMap((op) => (op.op === 'batch' ? op.lines : [])));

  test('what is missing, behind the address', () => {
    expect(lines({ lacks: { what: [NO_ROUTE], lines: [WAY] } })).toEqual([
      'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
      WAY,
    ]);
  });
  test('to make an IPv6 address again, and the routes from it', () => {
    const after: Address = { kind: 'address', link: 'br-lab', cidr: '2001:db8::5/64' };
    expect(lines({ lacks: { what: [NO_ENTRY], lines: [], anew: true } }, after)).toEqual([
      'address del 2001:db8::5/64 dev br-lab',
      'address replace 2001:db8::5/64 metric 117 dev br-lab nodad',
    ]);
  });
});

test('what lacks something differs, and a person reads why', () => {
  const found: Address = { ...gateway, metric: 117, lacks: { what: [NO_ROUTE, NO_ENTRY], lines: [] } };
  expect(address.same?.(found, gateway)).toBe(false);
  expect(address.describe(gateway, found)).toBe(
    '10.0.0.1/24 on br-lab (its route is missing, its entry in table local is missing)',
  );
  expect(address.disrupts?.({ verb: 'update', ref: 'address x', before: found, after: gateway })).toEqual({
    class: 'none',
  });
  expect(address.asFound?.(found, [])).not.toHaveProperty('lacks');
});
