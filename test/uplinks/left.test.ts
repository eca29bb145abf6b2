// test/uplinks/left.test.ts — of a bridge that is about to go or to lose its uplink: what is somebody else's there is
// said, and nothing else.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Ref, Resource } from '../../src/core/resource.ts';
import { guardsFor } from '../../src/guards/index.ts';
import type { Bridge, Port } from '../../src/kinds/link/model.ts';
import { Claimed } from '../../src/uplinks/claimed.ts';
import { aboutToLeave, leavingIn } from '../../src/uplinks/leaving.ts';
import { forwardedIn, whatIsLeft } from '../../src/uplinks/left.ts';
import type { Left } from '../../src/uplinks/left.ts';
import { namingIn } from '../../src/uplinks/naming.ts';
import { namingInNft } from '../../src/uplinks/naming-nft.ts';
import type { Picture } from '../../src/uplinks/picture.ts';
import type { SeenRoute } from '../../src/uplinks/routes.ts';
import { LEFT_SORTS, renderSorts } from '../../src/uplinks/sorts.ts';

const plain: Picture = {
  name: 'br-lab',
  link: { ifname: 'br-lab' },
  dependents: [],
  addresses: [],
  routes: [],
  rules: [],
  neighbours: [],
  nexthops: [],
  qdiscs: [{ kind: 'noqueue', handle: '0:' }],
  filters: [],
  joins: [],
  wireless: false,
  settings: {},
  defaults: {},
  managers: [],
  unread: [],
};
const route = (fields: Readonly<Record<string, unknown>>, words: string): SeenRoute => ({
  fields: { type: '1', dst: '10.1.0.0/16', dev: 'br-lab', table: '254', protocol: '3', flags: [], ...fields },
  words,
  locks: [],
});
const base: Left = {
  bridge: 'br-lab',
  ref: 'link br-lab',
  goes: true,
  wire: 'eth1',
  to: 'eth1',
  picture: plain,
  claimed: new Claimed([]),
  isKnown: (device) => device === 'vlan7',
  naming: [],
  bound: [],
  elsewhere: [],
  forwarded: [],
  strangers: [],
  fact: {
    name: 'br-lab',
    ours: true,
    promiscuous: false,
    addresses: [
      { cidr: '10.9.0.1/24', ours: false },
      { cidr: '192.168.50.1/24', ours: true },
    ],
    routes: [],
  },
};
const said = (picture: Partial<Picture>, rest: Partial<Left> = {}): readonly string[] =>
  [...whatIsLeft({ ...base, ...rest, picture: { ...plain, ...picture } })].map(
    ({ code, message, hint, asks }) => `${asks === true ? '' : 'unasked '}${code}: ${message} — ${hint ?? ''}`,
  );
const own = { family: 'inet', local: '192.168.50.1', prefixlen: 24, metric: 117, scope: 'global' };
const put = { family: 'inet', local: '10.9.0.1', prefixlen: 24, scope: 'global', label: 'br-lab' };

const rows: readonly (readonly [
  name: string,
  picture: Partial<Picture>,
  rest: Partial<Left>,
  expected: readonly string[],
])[] = [
  [
    'an address',
    { addresses: [own, put] },
    { to: 'br-new' },
    [
      "bridge-address: the address 10.9.0.1/24 on br-lab is not netctl's, and goes with the bridge — ip address add 10.9.0.1/24 dev br-new",
    ],
  ],
  [
    "a route with several ways, of which one is another device's",
    {
      routes: [
        route(
          { dev: undefined, nexthops: [{ dev: 'br-lab' }, { dev: 'eth2' }] },
          '10.1.0.0/16 table 254 proto 3 scope 0 nexthop via 203.0.113.2 dev br-lab weight 1 nexthop via 198.51.100.2 dev eth2 weight 1',
        ),
      ],
    },
    {},
    [
      "route-lost: the route 10.1.0.0/16 nexthop via 203.0.113.2 weight 1 nexthop via 198.51.100.2 dev eth2 weight 1 on br-lab is not netctl's, and goes with the bridge — ip route replace 10.1.0.0/16 table 254 proto 3 scope 0 nexthop via 203.0.113.2 dev eth1 weight 1 nexthop via 198.51.100.2 dev eth2 weight 1",
    ],
  ],
  [
    'a group of next-hop objects',
    {
      nexthops: [
        { id: 5, gateway: '203.0.113.7', dev: 'br-lab' },
        { id: 6, group: [{ id: 5 }, { id: 4 }] },
      ],
    },
    {},
    [
      "bridge-nexthop: 2 next-hop objects on br-lab are not netctl's, and go with the bridge: 5; 6 — ip nexthop add id 5 via 203.0.113.7 dev eth1; ip nexthop add id 6 group 5/4",
    ],
  ],
  [
    'a neighbour, when the uplink leaves',
    { neighbours: [{ dst: '203.0.113.9', dev: 'br-lab', lladdr: '02:00:00:00:00:99', state: ['PERMANENT'] }] },
    { goes: false },
    [
      "bridge-neighbour: the neighbour 203.0.113.9 lladdr 02:00:00:00:00:99 nud permanent on br-lab is not netctl's, and stays there when eth1 leaves — ip neigh replace 203.0.113.9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent",
    ],
  ],
  [
    'what is not known of what others have put there',
    { addresses: [{ family: 'inet', local: '10.9.0.1', prefixlen: 24, quux: 7 }] },
    { claimed: new Claimed([{ kind: 'address', link: 'eth1', cidr: '10.9.0.1/24' } as never]) },
    [
      'bridge-unknown: ip prints `quux` of address 10.9.0.1/24 dev br-lab, which netctl does not know: eth1 does not get it — see what it is for, and say yes where the host can do without it',
    ],
  ],
  [
    "what is not known of netctl's own and the kernel's",
    {
      link: { ifname: 'br-lab', quux: 7 },
      addresses: [{ family: 'inet', local: '192.168.50.1', prefixlen: 24, metric: 117, quux: 7 }],
      routes: [
        {
          fields: { dst: '192.168.50.0/24', dev: 'br-lab', protocol: '2', quux: 7 },
          words: '192.168.50.0/24 dev br-lab',
          locks: [],
        },
        {
          fields: { dst: '10.9.0.0/16', dev: 'br-lab', protocol: '117', quux: 7 },
          words: '10.9.0.0/16 dev br-lab',
          locks: [],
        },
      ],
    },
    {},
    [],
  ],
  [
    "a container's macvlan",
    { link: { ifname: 'br-lab', ifindex: 7 } },
    {
      elsewhere: [
        { parent: 7, netns: '/run/netns/web', device: { ifname: 'mv0', linkinfo: { info_kind: 'macvlan' } } },
        { parent: 8, netns: '/run/netns/web', device: { ifname: 'mv1', linkinfo: { info_kind: 'macvlan' } } },
      ],
    },
    [
      "bridge-device: the device mv0 (macvlan) in the network namespace /run/netns/web on br-lab is not netctl's, and goes with the bridge — ip link add link eth1 netns /run/netns/web name mv0 type macvlan, with all that is on it",
    ],
  ],
  [
    "VLAN devices, but not netctl's",
    {
      dependents: [
        { ifname: 'br-lab.7', linkinfo: { info_kind: 'vlan', info_data: { id: 7 } } },
        { ifname: 'vlan7', linkinfo: { info_kind: 'vlan', info_data: { id: 8 } } },
      ],
    },
    {},
    [
      "bridge-device: the device br-lab.7 (vlan) on br-lab is not netctl's, and goes with the bridge — ip link add link eth1 name br-lab.7 type vlan id 7, with all that is on it",
    ],
  ],
  [
    'filters and XDP',
    {
      qdiscs: [{ kind: 'clsact', handle: 'ffff:' }],
      filters: [{ place: 'ingress' }, { place: 'ingress' }],
      link: { ifname: 'br-lab', xdp: {} },
    },
    {},
    [
      expect.stringContaining(
        "bridge-queue: 2 queues on br-lab are not netctl's, and go with the bridge: ingress filters; XDP program",
      ) as string,
    ],
  ],
  [
    'multicast',
    { joins: ['33:33:00:00:00:05'] },
    {},
    [expect.stringContaining('bridge-join: the multicast MAC 33:33:00:00:00:05 ') as string],
  ],
  [
    'an IPv6 token, but no label that the interface has, too',
    {
      named: [
        { of: 'token', token: '::5', ifname: 'br-lab' },
        { of: 'label', address: '2001:db8::', prefixlen: 32, ifname: 'br-lab', label: 7 },
      ],
    },
    { ofWire: { ...plain, named: [{ of: 'label', address: '2001:db8::', prefixlen: 32, ifname: 'eth1', label: 7 }] } },
    [
      "bridge-named: the entry token set ::5 on br-lab is not netctl's, and goes with the bridge — ip token set ::5 dev eth1",
    ],
  ],
  [
    'forwarding entries',
    {},
    { forwarded: ['02:00:00:00:00:77 on d0'] },
    [expect.stringContaining('bridge-fdb: the forwarding entry 02:00:00:00:00:77 on d0 on br-lab') as string],
  ],
  [
    'a setting',
    { settings: { 'ipv4/conf/rp_filter': '2' }, defaults: { 'ipv4/conf/rp_filter': '0' } },
    { bridge: 'br.lab' },
    [
      "bridge-setting: settings that somebody has given br.lab go with it: net.ipv4.conf.br/lab.rp_filter=2 — sysctl -w net.ipv4.conf.eth1.rp_filter='2'",
    ],
  ],
  [
    'options of a bridge that goes',
    {
      link: {
        ifname: 'br-lab',
        txqlen: 500,
        linkinfo: { info_kind: 'bridge', info_data: { ageing_time: 60_000, mcast_snooping: 1, forward_delay: 0 } },
      },
    },
    {},
    [
      'bridge-setting: settings that somebody has given br-lab go with it: ageing_time 60000; txqueuelen 500 — ip link set dev BRIDGE type bridge ageing_time 60000; ip link set dev BRIDGE txqueuelen 500',
    ],
  ],
  [
    'options of a bridge that stays',
    { link: { ifname: 'br-lab', linkinfo: { info_kind: 'bridge', info_data: { ageing_time: 60_000 } } } },
    { goes: false },
    [],
  ],
  [
    'what netctl has set of a bridge itself',
    {
      settings: { 'ipv4/conf/arp_notify': '1', 'ipv4/conf/forwarding': '1', 'ipv6/conf/accept_ra': '0' },
      defaults: { 'ipv4/conf/arp_notify': '0', 'ipv4/conf/forwarding': '0', 'ipv6/conf/accept_ra': '1' },
    },
    {},
    [],
  ],
  [
    'an MTU of its own, and of its IPv6',
    { link: { ifname: 'br-lab', mtu: 1400 }, settings: { 'ipv6/conf/mtu': '1300' }, defaults: {} },
    { ofWire: { ...plain, name: 'eth1', link: { ifname: 'eth1', mtu: 1500 } } },
    [
      "bridge-setting: settings that somebody has given br-lab go with it: net.ipv6.conf.br-lab.mtu=1300; mtu 1400 — sysctl -w net.ipv6.conf.eth1.mtu='1300'; ip link set dev eth1 mtu 1400",
    ],
  ],
  [
    'neighbours that have come along, where nobody knows it any more',
    { neighbours: [{ dst: '203.0.113.8', lladdr: '02:00:00:00:00:88', state: ['PERMANENT'], protocol: '117' }] },
    {},
    [
      "bridge-neighbour: the neighbour 203.0.113.8 lladdr 02:00:00:00:00:88 nud permanent on br-lab is not netctl's, and goes with the bridge — ip neigh replace 203.0.113.8 lladdr 02:00:00:00:00:88 dev eth1 nud permanent",
    ],
  ],
  [
    "an address of a client of DHCPv6, but not a router's",
    {
      addresses: [
        { family: 'inet6', local: '2001:db8::5', prefixlen: 128, scope: 'global', dynamic: true },
        { family: 'inet6', local: '2001:db8::6', prefixlen: 64, scope: 'global', dynamic: true, protocol: 'kernel_ra' },
        { family: 'inet6', local: '2001:db8::7', prefixlen: 64, scope: 'global', dynamic: true, mngtmpaddr: true },
      ],
    },
    {},
    [expect.stringMatching(/^bridge-address: the address 2001:db8::5\/128 on br-lab /) as string],
  ],
  [
    'what somebody has changed of an address that came along',
    {
      addresses: [
        { family: 'inet', local: '203.0.113.11', prefixlen: 24, scope: 'global', label: 'br-lab', metric: 500 },
        { family: 'inet', local: '203.0.113.12', prefixlen: 24, scope: 'global', label: 'br-lab', valid_life_time: 60 },
        {
          family: 'inet',
          local: '203.0.113.13',
          prefixlen: 24,
          scope: 'global',
          label: 'br-lab',
          valid_life_time: 4_294_967_295,
        },
      ],
    },
    {
      claimed: new Claimed(
        ['203.0.113.11/24', '203.0.113.12/24', '203.0.113.13/24'].map(
          (cidr) => ({ kind: 'address', link: 'eth1', cidr, borrowed: true }) as Resource,
        ),
      ),
    },
    [
      'bridge-address: somebody has changed on br-lab what came along to it, and eth1 gets it back as it was: 203.0.113.11/24 dev br-lab metric 500; 203.0.113.12/24 dev br-lab valid_lft 60 — ip address replace 203.0.113.11/24 dev eth1 metric 500; ip address replace 203.0.113.12/24 dev eth1 valid_lft 60',
    ],
  ],
  [
    'what netctl itself has put with another prefix',
    { addresses: [{ family: 'inet', local: '203.0.113.11', prefixlen: 25, scope: 'global' }] },
    {
      claimed: new Claimed([
        {
          kind: 'address',
          link: 'eth1',
          cidr: '203.0.113.11/24',
          borrowed: true,
          metric: 100,
          putAs: { cidr: '203.0.113.11/25' },
        } as Resource,
      ]),
    },
    [],
  ],
  [
    'an MTU that the uplink had, and netctl has raised there',
    { link: { ifname: 'br-lab', mtu: 1500 }, defaults: {} },
    { mtuFound: 1500, ofWire: { ...plain, name: 'eth1', link: { ifname: 'eth1', mtu: 9000 } } },
    [],
  ],
  [
    'a policy rule',
    { rules: [{ family: 6, priority: 99, src: 'all', oif: 'br-lab', oif_detached: null, table: '100' }] },
    {},
    [
      'bridge-policy-rule: a policy rule names br-lab, which goes, and matches nothing of it any more: priority 99 from all oif br-lab lookup 100 — the same for eth1: ip -6 rule add priority 99 from all oif eth1 lookup 100',
    ],
  ],
  [
    'a rule of a firewall, of a bridge without an uplink',
    {},
    {
      to: undefined,
      wire: undefined,
      naming: namingIn('*filter\n-A FORWARD ! -i br-lab -j DROP\nCOMMIT\n', 'iptables'),
    } as unknown as Partial<Left>,
    [
      'bridge-rules: a rule of others names br-lab, which goes: `iptables -A FORWARD ! -i br-lab -j DROP` will match packets that it was to leave alone — take them away, or have them name another device',
    ],
  ],
  [
    'a rule about its frames',
    {},
    {
      naming: namingInNft(
        'table bridge filter {\n\tchain FORWARD {\n\t\tmeta ibrname "br-lab" drop # handle 4\n\t}\n}\n',
        () => false,
      ),
    },
    [
      expect.stringContaining(
        'bridge-rules: a rule of others names br-lab, which goes: `nft bridge filter FORWARD: meta ibrname "br-lab" drop`',
      ) as string,
    ],
  ],
  [
    'a route by another device, with its source',
    {
      addresses: [own],
      routes: [route({ dev: 'eth2', prefsrc: '192.168.50.1' }, '10.1.0.0/16 dev eth2 src 192.168.50.1')],
    },
    {},
    [
      expect.stringContaining(
        'route-lost: a route by other devices has an address of br-lab as source, and falls with that: 10.1.0.0/16 dev eth2 src 192.168.50.1',
      ) as string,
    ],
  ],
  [
    "the default route of an interface that is gone, but none of netctl's own",
    {
      routes: [
        route(
          { dst: 'default', dev: 'br-lab', gateway: '203.0.113.1', protocol: '117' },
          'default via 203.0.113.1 dev br-lab table 254 proto 117 scope 0',
        ),
        route(
          { dst: '10.9.0.0/16', dev: 'br-lab', protocol: '117' },
          '10.9.0.0/16 dev br-lab table 254 proto 117 scope 0',
        ),
      ],
    },
    {
      to: undefined,
      claimed: new Claimed(
        [],
        [{ kind: 'route', family: 4, to: 'default', via: '203.0.113.1', link: 'eth1', protocol: 'static' }],
      ),
    } as unknown as Partial<Left>,
    [
      "route-lost: the route default via 203.0.113.1 on br-lab is not netctl's, and goes with the bridge — ip route replace default via 203.0.113.1 dev INTERFACE table 254 scope 0",
    ],
  ],
  [
    "not one whose source goes along, if as netctl's own",
    {
      addresses: [
        { ...own, metric: 117 },
        { family: 'inet', local: '203.0.113.11', prefixlen: 24, scope: 'global' },
      ],
      routes: [
        route({ dev: 'eth2', prefsrc: '203.0.113.11' }, '10.1.0.0/16 dev eth2 src 203.0.113.11'),
        route({ dev: 'eth2', prefsrc: '192.168.50.1' }, '10.2.0.0/16 dev eth2 src 192.168.50.1'),
      ],
    },
    {
      claimed: new Claimed(
        ['203.0.113.11/24', '192.168.50.1/24'].map(
          (cidr) => ({ kind: 'address', link: 'eth1', cidr, borrowed: true }) as Resource,
        ),
      ),
    },
    [],
  ],
  [
    'strangers',
    {},
    { strangers: ['vnet8'] },
    [
      "bridge-port: not netctl's, and in no bridge any more when br-lab goes: vnet8 — ip link set dev vnet8 master BRIDGE",
    ],
  ],
  [
    "sockets, but not the DHCP server's",
    {},
    {
      bound: [
        { link: 'br-lab', what: 'socket udp 0.0.0.0:67' },
        { link: 'br-lab', what: 'socket tcp 0.0.0.0:22' },
        { link: 'br-labo', what: 'socket tcp 0.0.0.0:23' },
      ],
    },
    ['bridge-bound: bound to br-lab, which goes: socket tcp 0.0.0.0:22 — bind it to eth1 when it is done'],
  ],
  [
    'what could not be read',
    { unread: ['tc: no such file'] },
    {},
    [
      expect.stringContaining(
        'bridge-unread: not all that others have put on br-lab could be read: tc: no such file',
      ) as string,
    ],
  ],
];

describe('said, and asked', () => {
  for (const [name, picture, rest, expected] of rows) test(name, () => expect(said(picture, rest)).toEqual(expected));
});

const claimed = new Claimed([
  { kind: 'address', link: 'eth1', cidr: '10.9.0.1/24', borrowed: true } as Resource,
  { kind: 'route', family: 4, to: '10.1.0.0/16', link: 'eth1', protocol: '3', table: '7' } as Resource,
  { kind: 'neighbour', ip: '203.0.113.9', link: 'eth1', state: 'permanent' } as Resource,
  { kind: 'neighbour', ip: '203.0.113.8', link: 'eth1', state: 'permanent' } as Resource,
]);

describe('not said', () => {
  for (const [name, picture, rest] of [
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
      { ofWire: { ...plain, settings: { 'ipv4/conf/arp_ignore': '1' } } },
    ],
    [
      'of rules that the interface has, too',
      { rules: [{ family: 4, priority: 99, iif: 'br-lab', table: '100' }] },
      {
        naming: namingIn('*filter\n-A INPUT -i eth1 -j ACCEPT\n-A INPUT -i br-lab -j ACCEPT\nCOMMIT\n', 'iptables'),
        ofWire: { ...plain, rules: [{ family: 4, priority: 98, iif: 'eth1', table: '100' }] },
      },
    ],
    [
      'of a source that stays where it is',
      { addresses: [own], routes: [route({ dev: 'eth2', prefsrc: '192.168.50.1' }, '')] },
      { goes: false },
    ],
  ] as const)
    test(name, () => expect(said(picture, rest)).toEqual([]));
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

describe('left are', () => {
  const bridge = (name: string): Bridge => ({
    kind: 'link',
    type: 'bridge',
    name,
    mac: '02:00:00:00:00:01',
    mtu: 1500,
    netfilter: false,
  });
  const port = (rest: Partial<Port>): Port => ({
    kind: 'link',
    type: 'port',
    borrowed: true,
    name: 'eth1',
    promiscuous: true,
    hairpin: false,
    up: true,
    ...rest,
  });
  const state = (...all: readonly (Bridge | Port)[]): ReadonlyMap<Ref, Resource> =>
    new Map(all.map((one) => [`link ${one.name}`, one]));
  const before = state(bridge('br-lab'), port({ master: 'br-lab' }));
  test.each([
    [
      'one that goes with its uplink',
      state(port({})),
      [{ bridge: 'br-lab', ref: 'link br-lab', goes: true, wire: 'eth1', to: 'eth1' }],
    ],
    [
      'one whose uplink has another bridge',
      state(port({ master: 'br-new' }), bridge('br-new')),
      [{ bridge: 'br-lab', ref: 'link br-lab', goes: true, wire: 'eth1', to: 'br-new' }],
    ],
    [
      'one that stays, and whose uplink leaves',
      state(bridge('br-lab'), port({})),
      [{ bridge: 'br-lab', ref: 'link eth1', goes: false, wire: 'eth1', to: 'eth1' }],
    ],
    ['none where nothing changes', before, []],
  ] as const)('%s', (_name, wanted, expected) => {
    expect(leavingIn(wanted, before)).toEqual(expected);
  });
  test('none that is to wait', () => expect(leavingIn(state(port({})), before, () => true)).toEqual([]));
  test('looked at with their wires', () =>
    expect(aboutToLeave(leavingIn(state(port({})), before))).toEqual(['br-lab', 'eth1']));
  test('not spoken of where they were not looked at', () =>
    expect(
      guardsFor({ links: new Map() }).flatMap((guard) => [
        ...guard(
          { changes: [], steps: [] },
          before,
          { state: state(port({})), because: new Map(), after: new Map(), waiting: [] },
          [],
        ),
      ]),
    ).toEqual([]));
});

describe('the table of what is left', () => {
  const seen = new Set(
    rows.flatMap(([, picture, rest]) => said(picture, rest).map((line) => line.split(':', 1).join(''))),
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
