// test/uplinks/judge.test.ts — of an interface that is about to be borrowed: what is refused, what is said, and what is
// not worth a word.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Fields } from '../../src/iproute2/fields.ts';
import { judge } from '../../src/uplinks/judge.ts';
import type { Way } from '../../src/uplinks/judge.ts';
import type { NamingRule } from '../../src/uplinks/naming.ts';
import { namingIn } from '../../src/uplinks/naming.ts';
import type { Picture } from '../../src/uplinks/picture.ts';
import type { SeenRoute } from '../../src/uplinks/routes.ts';
import { renderSorts, SORTS } from '../../src/uplinks/sorts.ts';
import { pictured, printedWith } from './printed.ts';

const full = pictured();
const { valid, permanent } = { valid: 4_294_967_295, permanent: { state: ['PERMANENT'], lladdr: '02:00:00:00:00:99' } };

const route = (fields: Fields, words = 'default via 203.0.113.1 dev eth1'): SeenRoute => ({
  fields: {
    type: '1',
    dst: 'default',
    dev: 'eth1',
    gateway: '203.0.113.1',
    table: '254',
    protocol: '3',
    scope: '0',
    flags: [],
    ...fields,
  },
  words,
  locks: [],
});
/** What the kernel has for the address. */
const connected: SeenRoute = {
  fields: { type: '1', dst: '203.0.113.0/24', dev: 'eth1', table: '254', protocol: '2', scope: '253', flags: [] },
  words: '203.0.113.0/24 dev eth1',
  locks: [],
};
const address = (fields: Fields = {}): Fields => ({
  family: 'inet',
  local: '203.0.113.11',
  prefixlen: 24,
  scope: 'global',
  label: 'eth1',
  valid_life_time: valid,
  preferred_life_time: valid,
  ...fields,
});
const on = (kind: string): readonly Fields[] => [{ ifname: 'x0', linkinfo: { info_kind: kind } }];
const link = (fields: Fields = {}): Fields => ({ ...full.link, ...fields });

/** With nothing on it but what each row gives. */
const plain: Picture = {
  ...full,
  link: link(),
  addresses: [address()],
  routes: [route({})],
  rules: [],
  neighbours: [],
  nexthops: [],
  qdiscs: [{ kind: 'mq', handle: '0:', root: true }],
  filters: [],
  joins: [],
  managers: [],
};

function way(naming: readonly NamingRule[], rest: Partial<Way> = {}): Way {
  return { bridge: 'br-lab', carries: 1500, naming, bound: [], elsewhere: [], ...rest };
}

function withConnected({
  routes = plain.routes,
  addresses = plain.addresses,
}: Partial<Picture>): Pick<Picture, 'routes'> {
  return { routes: [...routes, connected, ...addresses.flatMap(localsOf)] };
}

/** What the kernel has of an address in table local. */
function localsOf({ local, broadcast }: Fields): readonly SeenRoute[] {
  const held = { gateway: undefined, table: '255', protocol: '2' } as const;
  return [
    route({ ...held, type: '2', dst: local, scope: '254' }),
    ...(broadcast === undefined ? [] : [route({ ...held, type: '3', dst: broadcast })]),
  ];
}

function found(rest: Partial<Picture>, naming: readonly NamingRule[] = [], more: Partial<Way> = {}): readonly string[] {
  return [...judge({ ...plain, ...rest, ...withConnected(rest) }, way(naming, more))].map(
    ({ severity, asks, code, message }) => `${severity}${asks === true ? ' asks' : ''} ${code}: ${message}`,
  );
}

type Row = readonly [name: string, picture: Partial<Picture>, said: readonly unknown[]];

const six: SeenRoute = route(
  { dst: '2001:db8::/64', gateway: undefined, protocol: '2', metric: 256, pref: 'medium' },
  '2001:db8::/64 dev eth1 metric 256',
);
const rivalTo = ({ fields, words, locks }: SeenRoute, dev = 'eth2'): SeenRoute => ({
  fields: { ...fields, dev },
  words: words.replace('eth1', dev),
  locks,
});
/** `all`: in the kernel's order. */
const aheadOf = (all: readonly SeenRoute[]): NonNullable<Picture['ahead']> =>
  Object.fromEntries(
    all.flatMap(({ fields, words }, i) =>
      fields['dev'] === 'eth1' ? [[words, all.slice(i + 1).map((other) => other.words)]] : [],
    ),
  );

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

const errors: readonly Row[] = [
  [
    'an address that another host has',
    {
      addresses: [address(), address({ family: 'inet6', local: '2001:db8::1', prefixlen: 64, dadfailed: true })],
      routes: [route({ dst: '2001:db8::/64', gateway: undefined, protocol: '2', metric: 256 })],
    },
    [
      'error uplink-duplicate: another host has 2001:db8::1/64 of eth1 (dadfailed), and this one does not use it: on the bridge, and again on eth1, it would',
    ],
  ],
  [
    'an address of which that is being asked',
    {
      link: link({ flags: ['UP', 'LOWER_UP'] }),
      addresses: [address(), address({ family: 'inet6', local: '2001:db8::1', prefixlen: 128, tentative: true })],
    },
    [
      'error uplink-duplicate: whether another host has 2001:db8::1/128 of eth1 is being asked (tentative): on the bridge it would be used at once',
    ],
  ],
  [
    'one address with two prefix lengths',
    { addresses: [address(), address({ prefixlen: 16, noprefixroute: true })] },
    [
      'error uplink-address: eth1 has 203.0.113.11 with two prefix lengths, /24 and /16: one of them is all that goes along to a bridge',
    ],
  ],
  [
    'a tun',
    { link: link({ link_type: 'none', address: undefined, linkinfo: { info_kind: 'tun' } }) },
    ['error uplink-not-bridged: the kernel puts eth1 in no bridge: it has no Ethernet link layer (tun, none)'],
  ],
  [
    'PPP',
    { link: link({ link_type: 'ppp', linkinfo: { info_kind: 'ppp' } }) },
    [expect.stringContaining('no Ethernet link layer (ppp, ppp)')],
  ],
  [
    'InfiniBand',
    { link: link({ link_type: 'infiniband', linkinfo: undefined }) },
    [expect.stringContaining('no Ethernet link layer (infiniband)')],
  ],
  [
    'the loopback',
    { link: link({ link_type: 'loopback', flags: ['LOOPBACK', 'UP'] }) },
    [expect.stringContaining('it is the loopback')],
  ],
  [
    'a bridge',
    { link: link({ linkinfo: { info_kind: 'bridge' } }) },
    [expect.stringContaining('it is a bridge itself')],
  ],
  ['a VRF', { link: link({ linkinfo: { info_kind: 'vrf' } }) }, [expect.stringContaining('it is of the kind vrf')]],
  [
    'an ipvlan',
    { link: link({ linkinfo: { info_kind: 'ipvlan' } }) },
    [expect.stringContaining('it is of the kind ipvlan')],
  ],
  ['wireless', { wireless: true }, [expect.stringContaining('it is wireless')]],
  [
    'a multicast MAC',
    { link: link({ address: '01:00:5e:00:00:01' }) },
    [expect.stringContaining('01:00:5e:00:00:01 as its MAC')],
  ],
  [
    'no MAC',
    { link: link({ address: '00:00:00:00:00:00' }) },
    [expect.stringContaining('00:00:00:00:00:00 as its MAC')],
  ],
  [
    'a slave of a bond',
    { link: link({ master: 'bond0' }), master: { linkinfo: { info_kind: 'bond' } } },
    ['error uplink-in-use: eth1 is in the bond bond0: as a port of another bridge it would be lost to that'],
  ],
  [
    'a slave of a team',
    { link: link({ master: 't0' }), master: { linkinfo: { info_kind: 'team' } } },
    [expect.stringContaining('is in the team t0')],
  ],
  [
    'a port of a bridge of others',
    { link: link({ master: 'br9' }), master: { linkinfo: { info_kind: 'bridge' } } },
    [expect.stringContaining("is a port of the bridge br9, which is not netctl's")],
  ],
  [
    'in a VRF',
    { link: link({ master: 'vrf1' }), master: { linkinfo: { info_kind: 'vrf' } } },
    [expect.stringContaining('is in the VRF vrf1')],
  ],
  [
    'of Open vSwitch',
    { link: link({ master: 'ovs-system' }), master: { linkinfo: { info_kind: 'openvswitch' } } },
    [expect.stringContaining('Open vSwitch (ovs-system)')],
  ],
  [
    'in what nobody knows',
    { link: link({ master: 'm0' }), master: { linkinfo: { info_kind: 'new' } } },
    [expect.stringContaining('belongs to m0 (new)')],
  ],
  ...['macvlan', 'macvtap', 'ipvlan', 'macsec'].map((kind): Row => [
    `a ${kind} on it`,
    { dependents: on(kind) },
    [
      `error uplink-shared: x0 (${kind}) depends on eth1: it gets the packets that come in by it, and the kernel lets only one have them`,
    ],
  ]),
  [
    'an unknown device on it',
    { dependents: on('new') },
    ['error uplink-shared: x0 (new) depends on eth1: it depends on it, and netctl does not know what becomes of a new'],
  ],
  [
    'an attribute of an address',
    { addresses: [address({ colour: 'red' })] },
    [
      'error uplink-unknown: ip prints `colour` of address 203.0.113.11/24 dev eth1, which netctl does not know and could not move',
    ],
  ],
  [
    'of a route',
    { routes: [route({ colour: 'red' })] },
    [expect.stringContaining('error uplink-unknown: ip prints `colour` of route default via 203.0.113.1 dev eth1')],
  ],
  [
    'of the metrics of a route',
    { routes: [route({ metrics: [{ mtu: 1400, colour: 1 }] })] },
    [expect.stringContaining('`metrics.colour` of route')],
  ],
  ['a flag of a route', { routes: [route({ flags: ['onlink', 'red'] })] }, [expect.stringContaining('`red` of route')]],
  [
    'of a neighbour',
    { neighbours: [{ dst: '203.0.113.9', dev: 'eth1', ...permanent, colour: 'red' }] },
    [
      expect.stringContaining(
        'error uplink-unknown: ip prints `colour` of neighbour 203.0.113.9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent',
      ),
    ],
  ],
  [
    "a route of the kernel's that somebody has changed",
    {
      routes: [
        route(
          { dst: '203.0.113.0/24', gateway: undefined, protocol: '2', scope: '253', metrics: [{ mtu: 1400 }] },
          '203.0.113.0/24 dev eth1 proto 2 mtu 1400',
        ),
      ],
    },
    [
      "error uplink-route: route 203.0.113.0/24 dev eth1 proto 2 mtu 1400 is the kernel's for an address of eth1, and somebody has given it mtu: it would come back without that",
    ],
  ],
  [
    'an address whose network somebody has taken out of the table, or given another metric',
    {
      addresses: [address(), address({ local: '198.51.100.11', label: 'eth1' })],
      routes: [
        route(
          { dst: '198.51.100.0/24', gateway: undefined, protocol: '2', scope: '253', metric: 100 },
          '198.51.100.0/24 dev eth1 metric 100',
        ),
      ],
    },
    [expect.stringContaining('error uplink-route: 198.51.100.11/24 on eth1 has no route to its network')],
  ],
  [
    'a macvlan',
    { link: link({ linkinfo: { info_kind: 'macvlan', info_data: { mode: 'bridge' } } }) },
    [expect.stringContaining('error uplink-not-bridged: eth1 is a macvlan (mode bridge)')],
  ],
  [
    'a word of a route that ip says in its text alone',
    { routes: [route({}, 'default via 203.0.113.1 dev eth1 shiny 7')] },
    [expect.stringContaining('error uplink-unknown: ip prints `shiny` of route'), expect.stringContaining('`7`')],
  ],
  [
    'an address of a scope and a family that nobody knows',
    { addresses: [address(), address({ family: 'inet9', scope: 'galaxy', noprefixroute: true })] },
    [expect.stringContaining('`family inet9`'), expect.stringContaining('`scope galaxy`')],
  ],
  [
    'routes that differ in their gateway alone',
    { routes: [route({}), route({ gateway: '203.0.113.2' }, 'default via 203.0.113.2 dev eth1')] },
    [
      expect.stringContaining('error uplink-route: route default via 203.0.113.1 dev eth1 is one of several'),
      expect.stringContaining('route default via 203.0.113.2 dev eth1 is one of several'),
    ],
  ],
  [
    "a route that the kernel's own stands before",
    { routes: [route({ dst: '203.0.113.0/24', gateway: '203.0.113.5' }, '203.0.113.0/24 via 203.0.113.5 dev eth1')] },
    [expect.stringContaining('is one of several')],
  ],
  [
    'a route that another leads nowhere beside',
    { rivals: [{ fields: { type: '7', dst: 'default', table: '254' }, words: 'unreachable default', locks: [] }] },
    [expect.stringContaining('is one of several')],
  ],
  [
    'IPv6 addresses of one network with metrics of their own',
    {
      addresses: [
        address({ family: 'inet6', local: '2001:db8::1', prefixlen: 64 }),
        address({ family: 'inet6', local: '2001:db8::2', prefixlen: 64, metric: 100 }),
      ],
      routes: [256, 100].map((metric) =>
        route(
          { dst: '2001:db8::/64', gateway: undefined, protocol: '2', metric, pref: 'medium' },
          `2001:db8::/64 dev eth1 metric ${metric}`,
        ),
      ),
    },
    [expect.stringContaining('error uplink-route: 2001:db8::1/64 and 2001:db8::2/64 on eth1 are of one network')],
  ],
  [
    'a point-to-point IPv6 address of a network',
    {
      addresses: [address({ family: 'inet6', local: '2001:db8:9::2', address: '2001:db8:a::1', prefixlen: 64 })],
      routes: [
        route(
          { dst: '2001:db8:9::/64', gateway: undefined, protocol: '2', metric: 256, pref: 'medium' },
          '2001:db8:9::/64 dev eth1',
        ),
      ],
    },
    [
      'error uplink-route: 2001:db8:9::2/64 on eth1 is a point-to-point address of a network: the kernel makes other routes of one that is changed than of one that is added',
    ],
  ],
  [
    'a route whose gateway a policy rule shuts off',
    { barred: { '203.0.113.1': '100: from all to 203.0.113.1/32 prohibit' } },
    [
      'error uplink-route: the gateway of route default via 203.0.113.1 dev eth1 is shut off by the policy rule 100: from all to 203.0.113.1/32 prohibit: the kernel takes no such route while that is there, neither on a bridge nor on eth1 again',
    ],
  ],
  [
    'a route whose gateway no network of it has',
    { routes: [route({ gateway: '198.51.100.9' }, 'default via 198.51.100.9 dev eth1')] },
    [
      'error uplink-route: the gateway of route default via 198.51.100.9 dev eth1 is in no network of eth1: the kernel takes no such route, and would not take it on a bridge',
    ],
  ],
  [
    'the same of IPv6',
    { routes: [route({ gateway: '2001:db8:7::1', pref: 'medium' }, 'default via 2001:db8:7::1 dev eth1')] },
    [
      expect.stringContaining(
        'error uplink-route: the gateway of route default via 2001:db8:7::1 dev eth1 is in no network',
      ),
    ],
  ],
  [
    'a route with a next-hop object',
    { routes: [route({ nhid: 5 }, 'default nhid 5')] },
    ['error uplink-route: route default nhid 5 uses a next-hop object: netctl does not move such a route to a bridge'],
  ],
  [
    'with several ways',
    { routes: [route({ dev: undefined, nexthops: [{ dev: 'eth1' }, { dev: 'eth2' }] })] },
    [expect.stringContaining('has several ways')],
  ],
  [
    'that encapsulates',
    { routes: [route({ encap: 'mpls', labels: 100 })] },
    [expect.stringContaining('encapsulates what it sends')],
  ],
  [
    'for single sources',
    { routes: [route({ from: '2001:db8::/64' })] },
    [expect.stringContaining('is for single sources')],
  ],
  [
    'of a type that leads nowhere',
    { routes: [route({ type: '8' })] },
    [expect.stringContaining('of a type that cannot be said again')],
  ],
  [
    'next-hop objects and groups',
    { nexthops: full.nexthops },
    [
      'error uplink-nexthop: next-hop object 5 leads by eth1: netctl does not move such an object to a bridge',
      expect.stringContaining('next-hop object 6 is a group with one that leads by eth1'),
    ],
  ],
  [
    'a neighbour without ARP',
    { neighbours: [{ dst: '203.0.113.2', dev: 'eth1', lladdr: '02:00:00:00:00:99', state: ['NOARP'] }] },
    [
      expect.stringContaining(
        'error uplink-neighbour: neighbour 203.0.113.2 lladdr 02:00:00:00:00:99 dev eth1 nud noarp',
      ),
    ],
  ],
];

const warnings: readonly Row[] = [
  [
    'policy rules',
    { rules: full.rules },
    [
      'warning asks uplink-policy-rule: packets will come and go by br-lab, so these 3 policy rules match none of them any more: priority 99 from all fwmark 0x3 oif eth1 lookup 101; priority 32765 from all iif eth1 lookup 100; priority 32765 from all iif eth1 lookup 100',
    ],
  ],
  [
    'policy rules by group',
    { rules: [{ family: 4, priority: 100, src: 'all', table: 'main', suppress_ifgroup: '0' }] },
    [
      expect.stringMatching(
        /^warning asks uplink-policy-rule: eth1 is in group 0 and br-lab will be in group 117, which this policy rule tells apart: priority 100 .*suppress_ifgroup 0/,
      ),
    ],
  ],
  [
    'routes of a routing daemon',
    {
      routes: [
        route({}),
        route({ dst: '10.1.0.0/16', protocol: '186', metric: 20 }, '10.1.0.0/16 via 203.0.113.9 dev eth1 proto 186'),
      ],
    },
    [
      "warning asks uplink-daemon: a route by eth1 of a routing daemon (proto bgp): on br-lab it is netctl's, and what the daemon withdraws or changes stays as it is: 10.1.0.0/16 via 203.0.113.9 dev eth1 proto 186",
    ],
  ],
  [
    'a tunnel',
    { dependents: on('vxlan') },
    [
      'warning asks uplink-tunnel: x0 (vxlan) sends by eth1, which has no addresses of its own any more once it is a port of br-lab: it gets nowhere',
    ],
  ],
  [
    'another device in its network, of IPv6',
    {
      addresses: [address(), address({ family: 'inet6', local: '2001:db8::1', prefixlen: 64 })],
      routes: [route({}), six],
      rivals: [rivalTo(six)],
      ahead: aheadOf([six, rivalTo(six)]),
    },
    [
      expect.stringContaining(
        'warning asks uplink-order: another device is in the same network, and the kernel, which sent by eth1 what goes there, may send it by that one afterwards: 2001:db8::/64 dev eth2',
      ),
    ],
  ],
  [
    'two others in its network, one before it and one behind',
    {
      rivals: [rivalTo(connected, 'eth0'), rivalTo(connected)],
      ahead: aheadOf([rivalTo(connected, 'eth0'), connected, rivalTo(connected)]),
    },
    [expect.stringMatching(/^warning asks uplink-order: .*: 203\.0\.113\.0\/24 dev eth2$/)],
  ],
  [
    'a route by router advertisement that a program makes',
    {
      settings: { 'ipv6/conf/accept_ra': '0' },
      routes: [
        route({}),
        route(
          { gateway: 'fe80::1', protocol: '9', expires: 1800, metric: 100 },
          'default via fe80::1 dev eth1 proto ra metric 100 expires 1800sec',
        ),
      ],
    },
    [
      expect.stringMatching(
        /^warning asks uplink-expires: a route by eth1 by router advertisement, of which the kernel heeds none there \(accept_ra=0\).*: default via fe80::1 dev eth1/,
      ),
    ],
  ],
  [
    'one of a host that forwards',
    {
      settings: { 'ipv6/conf/accept_ra': '1', 'ipv6/conf/forwarding': '1' },
      routes: [route({}), route({ gateway: 'fe80::1', protocol: '9', expires: 1800, metric: 100 })],
    },
    [expect.stringContaining('heeds none there (accept_ra=1)')],
  ],
  [
    'a route that ends',
    { routes: [route({ expires: 300 })] },
    [expect.stringContaining('warning asks uplink-expires: route default via 203.0.113.1 dev eth1 ends by itself')],
  ],
  [
    'a lease',
    { addresses: [address({ dynamic: true, valid_life_time: 600, preferred_life_time: 500 })] },
    [
      'warning asks uplink-lease: 203.0.113.11/24 dev eth1 valid_lft 600 preferred_lft 500: for a limited time, by a DHCP client. On br-lab nobody renews it, and it stays after its time is over',
    ],
  ],
  [
    'who looks after it',
    { managers: ['NetworkManager'] },
    [
      'warning asks uplink-managed: NetworkManager configures eth1 by itself: it may take eth1 out of br-lab, or give it addresses and routes again',
    ],
  ],
  [
    'queues and filters',
    {
      qdiscs: full.qdiscs,
      filters: [
        { place: 'ingress', kind: 'matchall' },
        { place: 'ingress', kind: 'u32' },
      ],
    },
    [
      expect.stringMatching(
        /^warning asks uplink-queue: eth1 has qdisc tbf [0-9a-f]+:, ingress filters: that stays on eth1/,
      ),
    ],
  ],
  [
    'XDP',
    { link: link({ xdp: { mode: 1, prog: { id: 7 } } }) },
    [expect.stringContaining('uplink-queue: eth1 has an XDP program')],
  ],
  [
    'multicast',
    { joins: full.joins },
    [
      'warning asks uplink-join: somebody has eth1 listen to 33:33:00:00:00:05: what comes for that is given to br-lab, which does not listen',
    ],
  ],
  [
    'a neighbour that a program keeps',
    {
      neighbours: [
        { dst: '203.0.113.2', dev: 'eth1', lladdr: '02:00:00:00:00:99', state: ['NOARP'], extern_learn: null },
      ],
    },
    [expect.stringContaining('error uplink-neighbour')],
  ],
  [
    'what could not be read',
    { unread: ['tc: No such file or directory'] },
    ['warning asks uplink-unread: not all that hangs on eth1 could be read: tc: No such file or directory'],
  ],
  [
    'an unknown attribute of the interface',
    { link: link({ colour: 'red' }) },
    [expect.stringContaining('warning asks uplink-unknown: ip prints `colour` of eth1')],
  ],
  [
    'a flag of it',
    { link: link({ flags: ['UP', 'RED'] }) },
    [expect.stringContaining('warning asks uplink-unknown: ip prints `RED` of eth1')],
  ],
  [
    'of its kind',
    { link: link({ linkinfo: { info_kind: 'veth', colour: 1, info_data: { shade: 2 } } }) },
    [
      expect.stringContaining('ip prints `linkinfo.colour` of eth1'),
      expect.stringContaining('ip prints `linkinfo.shade` of eth1'),
    ],
  ],
  [
    'of its multicast groups',
    {
      odd:
        pictured(
          printedWith('joins', () => '[{"ifname":"eth1","maddr":[{"link":"33:33:00:00:00:01","colour":1}],"shade":2}]'),
        ).odd ?? [],
    },
    [
      expect.stringContaining('warning asks uplink-unknown: ip prints `shade` of its multicast groups on eth1'),
      expect.stringContaining('ip prints `colour` of a multicast group on eth1'),
    ],
  ],
  [
    'an IPv6 token',
    { named: [{ of: 'token', token: '::5', ifname: 'eth1' }] },
    [
      'warning asks uplink-token: addresses that eth1 makes itself of what routers advertise end with its IPv6 token, and br-lab has none: ip token set ::5 dev eth1',
    ],
  ],
  [
    'address labels',
    { named: [{ of: 'label', address: '2001:db8::', prefixlen: 32, ifname: 'eth1', label: 7 }] },
    [
      expect.stringContaining(
        'uplink-label: eth1 has address labels, by which sources are chosen, and br-lab has none: ip addrlabel add prefix 2001:db8::/32 dev eth1 label 7',
      ),
    ],
  ],
  [
    'MPTCP endpoints',
    { named: [{ of: 'endpoint', address: '203.0.113.11', id: 3, subflow: true, backup: true, dev: 'eth1' }] },
    [
      expect.stringContaining(
        'uplink-endpoint: eth1 has endpoints of MPTCP, and br-lab has none: ip mptcp endpoint add 203.0.113.11 dev eth1 subflow backup',
      ),
    ],
  ],
  [
    'an MTU for IPv6 alone',
    { settings: { 'ipv6/conf/mtu': '1400' } },
    ['warning asks uplink-ipv6-mtu: eth1 has an MTU of 1400 for IPv6 alone, and br-lab has that of the device'],
  ],
  [
    'of a policy rule',
    { rules: [{ ...full.rules[0], colour: 'red' }] },
    [
      expect.stringContaining('warning asks uplink-unknown: ip prints `colour` of policy rule'),
      expect.stringContaining('uplink-policy-rule'),
    ],
  ],
];

for (const [title, rows] of [
  ['nothing is said of', nothing],
  ['refused', errors],
  ['said', warnings],
] as const) {
  describe(title, () => {
    for (const [name, picture, said] of rows) test(name, () => expect(found(picture)).toEqual(said));
  });
}

test('of what goes in no bridge, nothing else is said', () =>
  expect(found({ wireless: true, rules: full.rules, nexthops: full.nexthops })).toHaveLength(1));

test('all of it has a way out', () => {
  const all = [...errors, ...warnings].flatMap(([, picture]) => [...judge({ ...plain, ...picture }, way([]))]);
  expect(all.filter(({ hint }) => hint === undefined || hint === '' || /MASTER|NAME/.test(hint))).toEqual([]);
});

test('the mend of policy rules names the bridge', () => {
  expect([...judge({ ...plain, ...withConnected({}), rules: full.rules }, way([]))].map(({ hint }) => hint)).toEqual([
    'the same once more with br-lab: ip rule add priority 99 from all fwmark 0x3 oif br-lab lookup 101; ip rule add priority 32765 from all iif br-lab lookup 100; ip -6 rule add priority 32765 from all iif br-lab lookup 100',
  ]);
});

const up = full.link['flags'];
const states: readonly (readonly [string, Partial<Picture>, Partial<Way>, readonly string[]])[] = [
  [
    "a smaller MTU than the network's",
    { link: link({ mtu: 1400 }) },
    {},
    [
      'warning asks uplink-mtu: eth1 has an MTU of 1400, and a network by it one of 1500: it is raised, and what is longer than the wire carries is lost',
    ],
  ],
  ['one that is enough', { link: link({ mtu: 1400 }) }, { carries: 1400 }, []],
  [
    'down',
    { link: link({ flags: ['BROADCAST', 'MULTICAST'] }) },
    {},
    ['warning asks uplink-down: eth1 is down, and is set up: its addresses are in use from then on'],
  ],
  [
    'without ARP',
    { link: link({ flags: [...(Array.isArray(up) ? (up as readonly unknown[]) : []), 'NOARP'] }) },
    {},
    ['warning asks uplink-arp: eth1 neither asks nor answers by ARP, and br-lab does both'],
  ],
  [
    'a macvlan on it in another network namespace',
    {},
    {
      elsewhere: [
        { parent: Number(full.link['ifindex']), netns: '/run/netns/web', device: on('macvlan')[0] ?? {} },
        { parent: 99, netns: '/run/netns/web', device: on('ipvlan')[0] ?? {} },
      ],
    },
    [
      'error uplink-shared: x0 (macvlan) in the network namespace /run/netns/web depends on eth1: it gets the packets that come in by it, and the kernel lets only one have them',
    ],
  ],
  [
    'what is bound to it',
    {},
    {
      bound: [
        { link: 'eth1', what: 'socket tcp 0.0.0.0:22' },
        { link: 'eth10', what: 'socket tcp 0.0.0.0:23' },
      ],
    },
    [
      'warning asks uplink-bound: bound to eth1, by which nothing comes and goes for the host any more: socket tcp 0.0.0.0:22',
    ],
  ],
];

describe('its state', () => {
  for (const [name, picture, more, expected] of states)
    test(name, () => expect(found(picture, [], more)).toEqual(expected));
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

describe('the table of sorts', () => {
  const naming = namingIn('*filter\n-A INPUT -i eth1 -j ACCEPT\nCOMMIT\n', 'iptables');
  const cases: readonly (readonly [Partial<Picture>, Partial<Way>])[] = [
    ...[...errors, ...warnings].map(([, picture]) => [picture, {}] as const),
    [{}, { naming }],
    ...states.map(([, picture, more]) => [picture, more] as const),
  ];
  const seen = new Set(
    cases
      .flatMap(([picture, more]) => [...judge({ ...plain, ...picture, ...withConnected(picture) }, way([], more))])
      .map(({ code, severity }) => `${code} ${severity === 'error' ? 'refused' : 'said'}`),
  );
  for (const { code, fate } of SORTS)
    if (code !== undefined) test(`${code} is ${fate}`, () => expect([...seen]).toContain(`${code} ${fate}`));
  test('has a row for each finding', () =>
    expect(
      [...new Set([...seen].map((one) => one.split(' ')[0] ?? ''))].filter((code) =>
        SORTS.every((sort) => sort.code !== code),
      ),
    ).toEqual([]));
  test("is the README's", () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const start = readme.indexOf('| hangs on the interface');
    expect(readme.slice(start, readme.indexOf('\n\n', start))).toBe(renderSorts());
  });
});
