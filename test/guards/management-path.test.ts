// test/guards/management-path.test.ts — which plans touch the way by which the operator came in, and what is said of
// them.
import { describe, expect, test } from 'vitest';
import { managementPathOf } from '../../src/pipeline/management-path.ts';
import { diff } from '../../src/core/diff.ts';
import { order } from '../../src/core/order.ts';
import { refOf } from '../../src/core/resource.ts';
import type { Diagnostic, Ref, Resource, Wanted } from '../../src/core/resource.ts';
import { review } from '../../src/core/review.ts';
import type { Way } from '../../src/guards/circumstances.ts';
import { guardsFor } from '../../src/guards/index.ts';
import { parseLinks } from '../../src/iproute2/links.ts';
import { parseRoutes } from '../../src/iproute2/routes.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import type { Bridge, Port, Tap } from '../../src/kinds/link/model.ts';
import type { Route } from '../../src/kinds/route/model.ts';
import { PATHS } from '../world.ts';

const kinds = kindsFor(PATHS);
const way: Way = { peer: '198.51.100.7', local: '203.0.113.11', links: ['eth1'], route: 'default' };

function said(before: readonly Resource[], after: readonly Resource[], came: Way = way): readonly Diagnostic[] {
  const stateOf = (all: readonly Resource[]): ReadonlyMap<Ref, Resource> =>
    new Map(all.map((one) => [refOf(one, kinds), one]));
  const wanted: Wanted = {
    state: stateOf(after),
    because: new Map(after.map((one) => [refOf(one, kinds), [['networks', 'lab', 'interface']]])),
    after: new Map(),
    waiting: [],
  };
  const observed = stateOf(before);
  return review(
    order(diff(observed, wanted, kinds), wanted, kinds),
    observed,
    wanted,
    kinds,
    guardsFor({ way: came, links: new Map() }),
  ).filter(({ code }) => code === 'management-path');
}

const bridge: Bridge = {
  kind: 'link',
  type: 'bridge',
  name: 'br0',
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  netfilter: false,
};
const port = (name: string, rest: Partial<Port> = {}): Port => ({
  kind: 'link',
  type: 'port',
  borrowed: true,
  name,
  promiscuous: false,
  hairpin: false,
  up: true,
  ...rest,
});
const uplink = (name: string, master = 'br0'): Port => port(name, { master, promiscuous: true });
const tap = (name: string): Tap => ({
  kind: 'link',
  type: 'tap',
  name,
  master: 'br0',
  mtu: 1500,
  alias: `${name}/lab`,
});
const address = (link: string, cidr: string, rest: Partial<Address> = {}): Address => ({
  kind: 'address',
  link,
  cidr,
  ...rest,
});
const route = (to: string, link: string, rest: Partial<Route> = {}): Route => ({
  kind: 'route',
  to,
  family: 4,
  link,
  protocol: '117',
  ...rest,
});

describe('touches it', () => {
  for (const [name, before, after, came] of [
    ['the interface goes into a bridge', [port('eth1')], [bridge, uplink('eth1')], way],
    [
      'the interface gets another MTU',
      [port('eth1', { mtu: 1400 })],
      [port('eth1', { carries: 9000, parent: true })],
      way,
    ],
    ['the bridge goes', [bridge], [], { ...way, links: ['br0', 'eth1'] }],
    [
      'another uplink goes into the bridge',
      [bridge, port('eth2')],
      [bridge, uplink('eth2')],
      { ...way, links: ['br0', 'eth1'] },
    ],
    ['the address goes', [address('eth1', '203.0.113.11/24')], [], way],
    [
      'the address moves',
      [address('eth1', '203.0.113.11/24', { borrowed: true })],
      [address('br0', '203.0.113.11/24', { movedFrom: 'eth1' })],
      way,
    ],
    ['an address that lends the route goes', [address('eth1', '203.0.113.12/24')], [], way],
    ['the route goes', [route('default', 'eth1', { via: '203.0.113.1' })], [], way],
    [
      'the route leads by another gateway',
      [route('default', 'eth1', { via: '203.0.113.1' })],
      [route('default', 'eth1', { via: '203.0.113.2' })],
      way,
    ],
    ['a longer route leads elsewhere', [], [route('198.51.100.0/24', 'eth2', { via: '192.0.2.1' })], way],
    ['a network of ours has the peer in it', [], [address('br9', '198.51.100.1/24')], way],
    ["the peer's own address is bound here", [], [address('eth2', '198.51.100.7/32')], way],
    [
      'the same by IPv6',
      [],
      [address('br9', '2001:db8:7::1/64')],
      { peer: '2001:db8:7::9', local: '2001:db8::11', links: ['eth1'], route: 'default' },
    ],
  ] as const satisfies readonly (readonly [string, readonly Resource[], readonly Resource[], Way])[]) {
    test(name, () => {
      expect(said(before, after, came)).toMatchObject([{ severity: 'warning', asks: true, code: 'management-path' }]);
    });
  }
});

describe('does not', () => {
  for (const [name, before, after, came] of [
    ['another interface goes into a bridge', [port('eth2')], [bridge, uplink('eth2')], way],
    ['a guest comes onto the bridge', [bridge], [bridge, tap('tap-1')], { ...way, links: ['br0', 'eth1'] }],
    [
      "somebody else's guest comes onto the bridge",
      [bridge, port('vnet0')],
      [bridge, port('vnet0', { master: 'br0', hairpin: true })],
      { ...way, links: ['br0', 'eth1'] },
    ],
    [
      "somebody else's guest leaves the bridge",
      [bridge, port('vnet0', { master: 'br0', hairpin: true })],
      [bridge, port('vnet0', { hairpin: true })],
      { ...way, links: ['br0', 'eth1'] },
    ],
    ['the interface is made promiscuous', [port('eth1')], [port('eth1', { promiscuous: true })], way],
    [
      'the route is given a source',
      [route('default', 'eth1', { via: '203.0.113.1' })],
      [route('default', 'eth1', { via: '203.0.113.1', source: '203.0.113.11' })],
      way,
    ],
    [
      'a floating address comes and goes beside it',
      [address('eth1', '203.0.113.50/32')],
      [address('eth1', '203.0.113.51/32')],
      way,
    ],
    ['a network of ours elsewhere', [], [bridge, address('br0', '10.0.0.1/24')], way],
    ['a route to elsewhere', [], [route('192.0.2.0/24', 'eth1', { via: '203.0.113.9' })], way],
    [
      'a default route, where the peer is found by another',
      [route('default', 'eth1', { via: '203.0.113.1' })],
      [],
      { ...way, peer: '203.0.113.7', route: '203.0.113.0/24' },
    ],
    [
      'a shorter network than the one by which it is found',
      [],
      [address('br9', '198.51.100.1/16')],
      { ...way, route: '198.51.100.0/24' },
    ],
    [
      'nothing changes',
      [uplink('eth1'), address('eth1', '203.0.113.11/24')],
      [uplink('eth1'), address('eth1', '203.0.113.11/24')],
      way,
    ],
  ] as const satisfies readonly (readonly [string, readonly Resource[], readonly Resource[], Way])[]) {
    test(name, () => {
      expect(said(before, after, came)).toEqual([]);
    });
  }
});

test('it says whose session, by which way, and each step that touches it; of many the first', () => {
  const before = [
    port('eth1'),
    address('eth1', '203.0.113.11/24', { borrowed: true }),
    route('default', 'eth1', { via: '203.0.113.1', borrowed: true, protocol: '3' }),
  ];
  const after = [
    bridge,
    uplink('eth1'),
    address('br0', '203.0.113.11/24', { movedFrom: 'eth1' }),
    route('default', 'br0', { via: '203.0.113.1', movedFrom: 'eth1' }),
    address('eth1', '10.0.0.1/0'),
    address('eth2', '198.51.100.7/32'),
  ];
  const [diagnostic] = said(before, after);
  expect(diagnostic?.message).toMatch(
    /^your SSH session from 198\.51\.100\.7 arrives at 203\.0\.113\.11 on eth1, and this plan touches its way: it (adds|changes|removes) .*, (adds|changes|removes) .* and 1 more$/,
  );
  expect(diagnostic?.message).toContain('changes link eth1 into br0, promiscuous');
  expect(diagnostic?.message).toContain('removes address 203.0.113.11/24 on eth1');
  expect(diagnostic?.at).toEqual([['networks', 'lab', 'interface']]);
  expect(diagnostic?.hint).toContain('--confirm-timeout 60s');
});

describe('the way', () => {
  const link = (name: string, rest: object = {}): object => ({
    ifindex: 1,
    ifname: name,
    flags: ['UP'],
    mtu: 1500,
    group: 'default',
    promiscuity: 0,
    addr_info: [],
    ...rest,
  });
  const at = (local: string): object => ({
    addr_info: [{ family: local.includes(':') ? 'inet6' : 'inet', local, prefixlen: 24, scope: 'global' }],
  });
  const links = parseLinks(
    JSON.stringify([
      link('eth0'),
      link('eth1', { master: 'br0' }),
      link('vnet0', { master: 'br0', linkinfo: { info_kind: 'tun', info_data: { type: 'tap' } } }),
      link('br0', { ...at('203.0.113.11'), linkinfo: { info_kind: 'bridge', info_data: {} } }),
      link('vlan7', {
        ...at('192.0.2.11'),
        link: 'eth0',
        linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 7 } },
      }),
      link('eth2', at('2001:db8::11')),
      link('eth3', at('fe80::11')),
      link('eth4', at('fe80::11')),
    ]),
  );
  const route = (fields: object) => parseRoutes(JSON.stringify([{ flags: [], ...fields }]), 4)[0];
  const operator = { peer: '198.51.100.7', peerPort: 50_022, localPort: 22 };

  for (const [name, local, by, expected] of [
    [
      'by a bridge, and the uplink in it',
      '203.0.113.11',
      route({ dst: 'default', gateway: '203.0.113.1', dev: 'br0' }),
      { links: ['br0', 'eth1'], route: 'default' },
    ],
    ['by a VLAN device, and what it depends on', '192.0.2.11', undefined, { links: ['vlan7', 'eth0'] }],
    [
      'in by one, out by another',
      '192.0.2.11',
      route({ dst: 'default', gateway: '203.0.113.1', dev: 'br0' }),
      { links: ['vlan7', 'br0', 'eth0', 'eth1'], route: 'default' },
    ],
    [
      'out by several ways',
      '203.0.113.11',
      route({
        dst: 'default',
        nexthops: [
          { gateway: '203.0.113.1', dev: 'br0' },
          { gateway: '192.0.2.1', dev: 'vlan7' },
        ],
      }),
      { links: ['br0', 'vlan7', 'eth1', 'eth0'] },
    ],
    ['by the link that its address names', 'fe80::11%eth4', undefined, { links: ['eth4'], local: 'fe80::11%eth4' }],
  ] as const) {
    test(name, () => {
      expect(managementPathOf({ ...operator, local }, links, by)).toMatchObject(expected);
    });
  }

  test('with no address known, as the route says', () => {
    expect(managementPathOf(operator, links, route({ dst: 'default', gateway: '203.0.113.1', dev: 'br0' }))).toEqual({
      peer: '198.51.100.7',
      links: ['br0', 'eth1'],
      route: 'default',
    });
  });
  test("there is none where the address is not this host's", () => {
    expect(
      managementPathOf(
        { ...operator, local: '10.9.9.9' },
        links,
        route({ dst: 'default', gateway: '203.0.113.1', dev: 'br0' }),
      ),
    ).toBeUndefined();
  });
  test('nor where nothing is known', () => {
    expect(managementPathOf(operator, links, undefined)).toBeUndefined();
  });
});
