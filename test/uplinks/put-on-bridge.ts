// test/uplinks/put-on-bridge.ts — addresses, routes, neighbours, devices that others have put on a bridge: each is
// said.
import { expect } from 'vitest';
import type { Resource } from '../../src/core/resource.ts';
import { Claimed } from '../../src/uplinks/claimed.ts';
import { own, plain, put, route } from './left-scene.ts';
import type { Row } from './left-scene.ts';

export const putOnBridge: readonly Row[] = [
  [
    'an address',
    { addresses: [own, put] },
    { to: 'br-new' },
    [
      "bridge-address: the address 10.9.0.1/24 on br-lab is not netctl's, and is deleted with the bridge — ip address add 10.9.0.1/24 dev br-new",
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
      "route-lost: the route 10.1.0.0/16 nexthop via 203.0.113.2 weight 1 nexthop via 198.51.100.2 dev eth2 weight 1 on br-lab is not netctl's, and is deleted with the bridge — ip route replace 10.1.0.0/16 table 254 proto 3 scope 0 nexthop via 203.0.113.2 dev eth1 weight 1 nexthop via 198.51.100.2 dev eth2 weight 1",
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
      "bridge-nexthop: 2 next-hop objects on br-lab are not netctl's, and are deleted with the bridge: 5; 6 — ip nexthop add id 5 via 203.0.113.7 dev eth1; ip nexthop add id 6 group 5/4",
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
      "bridge-device: the device mv0 (macvlan) in the network namespace /run/netns/web on br-lab is not netctl's, and is deleted with the bridge — ip link add link eth1 netns /run/netns/web name mv0 type macvlan, with all that is on it",
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
      "bridge-device: the device br-lab.7 (vlan) on br-lab is not netctl's, and is deleted with the bridge — ip link add link eth1 name br-lab.7 type vlan id 7, with all that is on it",
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
        "bridge-queue: 2 queues on br-lab are not netctl's, and are deleted with the bridge: ingress filters; XDP program",
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
    {
      ofUplink: { ...plain, named: [{ of: 'label', address: '2001:db8::', prefixlen: 32, ifname: 'eth1', label: 7 }] },
    },
    [
      "bridge-named: the entry token set ::5 on br-lab is not netctl's, and is deleted with the bridge — ip token set ::5 dev eth1",
    ],
  ],
  [
    'forwarding entries',
    {},
    { forwarded: ['02:00:00:00:00:77 on d0'] },
    [expect.stringContaining('bridge-fdb: the forwarding entry 02:00:00:00:00:77 on d0 on br-lab') as string],
  ],
  [
    'neighbours that have come along, where nobody knows it any more',
    { neighbours: [{ dst: '203.0.113.8', lladdr: '02:00:00:00:00:88', state: ['PERMANENT'], protocol: '117' }] },
    {},
    [
      "bridge-neighbour: the neighbour 203.0.113.8 lladdr 02:00:00:00:00:88 nud permanent on br-lab is not netctl's, and is deleted with the bridge — ip neigh replace 203.0.113.8 lladdr 02:00:00:00:00:88 dev eth1 nud permanent",
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
];
