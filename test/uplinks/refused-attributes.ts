// test/uplinks/refused-attributes.ts — addresses, routes and neighbours of an interface that cannot go along: each is
// refused.
import { expect } from 'vitest';
import { address, full, link, permanent, route } from './judged.ts';
import type { Row } from './judged.ts';

export const refusedAttributes: readonly Row[] = [
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
    'a route by way of an IPv6 neighbour, where IPv6 was disabled since',
    {
      routes: [
        route(
          { gateway: undefined, via: { family: 'inet6', host: 'fe80::1' } },
          '192.0.2.0/24 via inet6 fe80::1 dev eth1',
        ),
      ],
      settings: { 'ipv6/conf/disable_ipv6': '1' },
    },
    [
      'error uplink-route: the gateway of route 192.0.2.0/24 via inet6 fe80::1 dev eth1 is an IPv6 neighbour, and eth1 has no IPv6 any more: the kernel takes no such route, neither on a bridge nor on eth1 again',
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
