// test/iproute2/parse.test.ts — what `ip -j` printed on a kernel, cut to a few keys, becomes typed records.
import { describe, expect, test } from 'vitest';
import { parseLinks } from '../../src/iproute2/links.ts';
import { parseNamespaces } from '../../src/iproute2/namespaces.ts';
import type { RouteRecord, RouteWords } from '../../src/iproute2/routes.ts';
import { parseRoutes, routeWords } from '../../src/iproute2/routes.ts';

const VETH = {
  ifindex: 4,
  link_index: 2,
  ifname: 'v0',
  flags: ['NO-CARRIER', 'BROADCAST', 'MULTICAST', 'PROMISC', 'UP'],
  mtu: 1400,
  qdisc: 'noqueue',
  master: 'br0',
  operstate: 'LOWERLAYERDOWN',
  group: '117',
  link_type: 'ether',
  address: 'fe:37:d2:98:a1:30',
  link_netnsid: 0,
  promiscuity: 1,
  linkinfo: { info_kind: 'veth', info_slave_kind: 'bridge', info_slave_data: { state: 'disabled', hairpin: true } },
  ifalias: 'vm-1/lab%232',
  addr_info: [
    {
      family: 'inet',
      local: '10.0.1.2',
      prefixlen: 24,
      metric: 117,
      broadcast: '10.0.1.255',
      scope: 'global',
      secondary: true,
      label: 'v0:x',
      valid_life_time: 4294967295,
    },
    { family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link', tentative: true },
  ],
};

describe('links', () => {
  test.each([
    [['NO-CARRIER', 'UP'], true],
    [['NO-CARRIER', 'UP', 'LOWER_UP'], undefined],
    [['UP', 'LOWER_UP'], undefined],
  ])('a link of %j has no carrier: %j', (flags, noCarrier) => {
    // The second: it came up a moment ago, and the kernel has not yet set its operational state.
    expect(parseLinks(JSON.stringify([{ ifindex: 2, ifname: 'eth1', flags, mtu: 1500 }]))[0]?.noCarrier).toBe(
      noCarrier,
    );
  });

  test('a port of a bridge with its other end elsewhere', () => {
    expect(parseLinks(JSON.stringify([VETH]))).toEqual([
      {
        index: 4,
        name: 'v0',
        up: true,
        noCarrier: true,
        promiscuous: true,
        mtu: 1400,
        group: '117',
        mac: 'fe:37:d2:98:a1:30',
        master: 'br0',
        alias: 'vm-1/lab#2',
        type: 'veth',
        hairpin: true,
        peer: { index: 2, namespace: 0 },
        addresses: [
          {
            family: 4,
            ip: '10.0.1.2',
            bits: 24,
            scope: 'global',
            broadcast: '10.0.1.255',
            label: 'v0:x',
            metric: 117,
            secondary: true,
            automatic: false,
            dynamic: false,
            noPrefixRoute: false,
            noDad: false,
            deprecated: false,
            flags: [],
          },
          {
            family: 6,
            ip: 'fe80::1',
            bits: 64,
            scope: 'link',
            secondary: false,
            automatic: false,
            dynamic: false,
            noPrefixRoute: false,
            noDad: false,
            tentative: true,
            deprecated: false,
            flags: [],
          },
        ],
      },
    ]);
  });

  for (const [name, more, vlan] of [
    [
      'a VLAN device',
      {
        link: 'eth1',
        linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 100, flags: ['REORDER_HDR'] } },
      },
      { id: 100, parent: 'eth1' },
    ],
    [
      'a VLAN device whose parent is in another namespace',
      { linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 100 } } },
      { id: 100, parent: '' },
    ],
    [
      "one of a provider's tags is none",
      { link: 'eth1', linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1ad', id: 100 } } },
      undefined,
    ],
  ] as const) {
    test(name, () => {
      expect(parseLinks(JSON.stringify([{ ...VETH, ...more }]))[0]?.vlan).toEqual(vlan);
    });
  }

  test('that a bridge listens on its ports does not make them promiscuous', () => {
    expect(parseLinks(JSON.stringify([{ ...VETH, flags: ['UP'] }]))[0]?.promiscuous).toBe(false);
  });

  test('nothing printed', () => {
    expect(parseLinks('')).toEqual([]);
  });

  for (const [name, text, message] of [
    ['another type', JSON.stringify([{ ...VETH, mtu: '1400' }]), 'ip -j printed mtu as "1400"'],
    ['a key that is missing', JSON.stringify([{ ifname: 'v0', ifindex: 1 }]), 'ip -j printed no mtu'],
    ['no list', '{}', 'ip -j failed: it printed no list'],
    ['half a list', '[{"ifname": "br', 'ip -j failed: what it printed is not whole, or no JSON: '],
  ] as const) {
    test(`${name} is said by name`, () => {
      expect(() => parseLinks(text)).toThrow(message);
    });
  }

  for (const [name, printed, alias] of [
    ['a bell', '"up\u0007link"', 'up\u0007link'],
    ['an escape, a NUL and a newline', '"\u001b[31m\u0000\n"', '\u001b[31m\u0000\n'],
    ['what is escaped already beside what is not', '"\\"\\\\\\t\u0001"', '"\\\t\u0001'],
    ["an old iproute2's apostrophe, behind a backslash or not", `"it\\'s \\\\'"`, "it's \\'"],
    ['bytes that were no UTF-8', '"\ufffd\u0001"', '\ufffd\u0001'],
  ] as const) {
    test(`an alias is understood as iproute2 printed it, which is no JSON: ${name}`, () => {
      const text = `${JSON.stringify([VETH]).replace(JSON.stringify(VETH.ifalias), printed)}\n`;
      expect(parseLinks(text).map((link) => link.alias)).toEqual([alias]);
    });
  }
});

test('namespaces', () => {
  expect(parseNamespaces('[{"name":"g1"},{"name":"g2","id":0}]')).toEqual([{ name: 'g1' }, { name: 'g2', number: 0 }]);
});

describe('routes', () => {
  const rows: readonly (readonly [string, 4 | 6, object, RouteRecord & RouteWords, string])[] = [
    [
      'by a gateway',
      4,
      { dst: 'default', gateway: '10.0.1.254', dev: 'br0', protocol: '117', metric: 5, flags: ['onlink', 'linkdown'] },
      { family: 4, to: 'default', via: '10.0.1.254', link: 'br0', protocol: '117', metric: 5, onlink: true, hops: [] },
      'default via 10.0.1.254 dev br0 proto 117 metric 5 onlink',
    ],
    [
      'by a link',
      4,
      { dst: '10.7.0.0/16', dev: 'br0', scope: '253', prefsrc: '10.0.0.5', flags: [] },
      {
        family: 4,
        to: '10.7.0.0/16',
        link: 'br0',
        protocol: '3',
        scope: '253',
        source: '10.0.0.5',
        metric: 0,
        onlink: false,
        hops: [],
      },
      '10.7.0.0/16 dev br0 proto 3 scope 253 src 10.0.0.5 metric 0',
    ],
    [
      'of IPv6',
      6,
      { dst: 'default', gateway: 'fd00::9', dev: 'br0', protocol: '117', metric: 1024, flags: [], pref: 'medium' },
      { family: 6, to: 'default', via: 'fd00::9', link: 'br0', protocol: '117', metric: 1024, onlink: false, hops: [] },
      '::/0 via fd00::9 dev br0 proto 117 metric 1024',
    ],
  ];
  for (const [name, family, printed, record, words] of rows) {
    test(name, () => {
      expect(parseRoutes(JSON.stringify([printed]), family)).toEqual([record]);
      expect(routeWords(record)).toBe(words);
    });
  }

  for (const [name, printed, hops] of [
    [
      'several ways',
      {
        dst: 'default',
        metric: 8,
        flags: [],
        nexthops: [
          { gateway: '10.1.0.1', dev: 'u0', weight: 1, flags: [] },
          { dev: 'u1', weight: 1, flags: [] },
        ],
      },
      [{ via: '10.1.0.1', link: 'u0' }, { link: 'u1' }],
    ],
    [
      'an IPv6 neighbour on the way',
      { dst: 'default', via: { family: 'inet6', host: 'fe80::1' }, dev: 'u0', flags: [] },
      [{ link: 'u0' }],
    ],
    ['no way', { type: 'blackhole', dst: 'default', flags: [] }, []],
  ] as const) {
    test(`${name}: of no one link`, () => {
      const [route] = parseRoutes(JSON.stringify([printed]), 4);
      expect(route?.link).toBeUndefined();
      expect(route?.hops).toEqual(hops);
    });
  }
});

test("a device's other names, and the most that it carries", () => {
  expect(
    parseLinks(
      JSON.stringify([
        {
          ifindex: 2,
          ifname: 'eth0',
          flags: ['UP'],
          mtu: 1500,
          max_mtu: 9000,
          altnames: ['enp1s0', 'lan'],
          addr_info: [],
        },
      ]),
    ),
  ).toMatchObject([{ altnames: ['enp1s0', 'lan'], maxMtu: 9000 }]);
  expect(
    parseLinks(
      JSON.stringify([{ ifindex: 2, ifname: 'eth0', flags: ['UP'], mtu: 1500, max_mtu: 0, addr_info: [] }]),
    )[0],
  ).not.toHaveProperty('maxMtu');
});
