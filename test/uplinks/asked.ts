// test/uplinks/asked.ts — what on an interface is said and asked about before it is borrowed.
import { expect } from 'vitest';
import type { SeenRoute } from '../../src/uplinks/routes.ts';
import { snapshotTaken, printedWith } from './printed.ts';
import { address, aheadOf, connected, full, link, on, rivalTo, route } from './judged.ts';
import type { Row } from './judged.ts';

const six: SeenRoute = route(
  { dst: '2001:db8::/64', gateway: undefined, protocol: '2', metric: 256, pref: 'medium' },
  '2001:db8::/64 dev eth1 metric 256',
);

export const asked: readonly Row[] = [
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
        snapshotTaken(
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
