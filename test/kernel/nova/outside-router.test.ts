// test/kernel/nova/outside-router.test.ts — flows where another router is the guests' gateway, with and without
// destinations that are source-NATed all the same.
import { describe } from 'vitest';
import { compare } from './compare.ts';

/**
 * The world is the guests' router 192.168.0.254, behind the uplink eth2 that is in their bridge. The host is
 * 192.168.0.1 there; its own way out is eth1.
 */
const guest = (address: string) => ({
  bridge: 'br-office',
  address: `${address}/24`,
  via: '192.168.0.254',
  routes: ['route add 169.254.0.0/16 dev eth0'],
});
const surroundings = {
  world: [
    'address add 198.51.100.9/32 dev lo',
    'address add 198.51.100.19/32 dev lo',
    'address add 192.168.0.254/24 dev far2',
    'route add 10.0.0.0/16 via 203.0.113.11',
  ],
  guests: {
    o1: guest('192.168.0.3'),
    o2: guest('192.168.0.4'),
    o3: guest('192.168.0.5'),
    b3: { bridge: 'br-blue', address: '10.0.0.5/24', via: '10.0.0.1' },
  },
};
const nova = (...forceSnatRange: readonly string[]) => ({
  publicInterface: 'eth1',
  routingSourceIp: '203.0.113.11',
  metadataHost: '203.0.113.11',
  dmzCidr: [],
  forceSnatRange,
  networks: [
    {
      bridge: 'br-office',
      cidr: '192.168.0.0/24',
      dhcpServer: '192.168.0.1',
      gateway: '192.168.0.254',
      forward: ['all'],
      uplink: 'eth2',
    },
    { bridge: 'br-blue', cidr: '10.0.0.0/24', dhcpServer: '10.0.0.1', gateway: '10.0.0.1', forward: ['all'] },
  ],
  floating: [
    { address: '203.0.113.65', fixed: '192.168.0.3', interface: 'eth1' },
    { address: '203.0.113.66', fixed: '192.168.0.5', interface: 'eth1' },
  ],
});
const spec = (snatTo: string): string => `apiVersion: netctl/v1
hosts:
  this: { publicInterface: eth1, sourceAddress: 203.0.113.11, metadata: { address: 203.0.113.11 } }
networks:
  office: { mode: flat-dhcp, interface: eth2, cidr: 192.168.0.0/24, gateway: 192.168.0.254, dhcp: { server: 192.168.0.1 }${snatTo} }
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24 }
pools:
  public: { ranges: [203.0.113.64/28] }
instances:
  o1: { nics: [{ network: office, address: 192.168.0.3, floating: [203.0.113.65], device: { type: veth, netns: o1 } }] }
  o2: { nics: [{ network: office, address: 192.168.0.4, device: { type: veth, netns: o2 } }] }
  o3: { nics: [{ network: office, address: 192.168.0.5, floating: [203.0.113.66], device: { type: veth, netns: o3 } }] }
  b3: { nics: [{ network: blue, address: 10.0.0.5, device: { type: veth, netns: b3 } }] }
`;
const alike = [
  ['a floating address is reached', 'world tcp 203.0.113.65', '203.0.113.1 → 192.168.0.3'],
  ['and by UDP', 'world udp 203.0.113.65', '203.0.113.1 → 192.168.0.3'],
  ['and by ping', 'world icmp 203.0.113.65', 'answers'],
  ['who has one goes out as that, through the host', 'o1 tcp 198.51.100.19', '203.0.113.65 → 198.51.100.19'],
  ['and by UDP', 'o3 udp 203.0.113.1', '203.0.113.66 → 203.0.113.1'],
  ['its own is reached', 'o1 tcp 203.0.113.65', '203.0.113.65 → 192.168.0.3'],
  ['its neighbour’s, as its own', 'o1 tcp 203.0.113.66', '203.0.113.65 → 192.168.0.5'],
  ['neighbours see each other as they are', 'o1 tcp 192.168.0.4', '192.168.0.3 → 192.168.0.4'],
  ['and by UDP', 'o2 udp 192.168.0.3', '192.168.0.4 → 192.168.0.3'],
  ['a guest sees the router, and the router it', 'o2 tcp 192.168.0.254', '192.168.0.4 → 192.168.0.254'],
  ['and the host', 'o2 tcp 192.168.0.1', '192.168.0.4 → 192.168.0.1'],
  ['the router reaches a guest', 'world tcp 192.168.0.4', '192.168.0.254 → 192.168.0.4'],
  ['the host reaches a guest', 'host tcp 192.168.0.4', '192.168.0.1 → 192.168.0.4'],
  ['and a floating address', 'host tcp 203.0.113.65', '203.0.113.65 → 192.168.0.3'],
  ['the metadata service sees a guest as it is', 'o2 tcp 169.254.169.254:80', '192.168.0.4 → 203.0.113.11'],
  ['with a floating address too', 'o1 tcp 169.254.169.254:80', '192.168.0.3 → 203.0.113.11'],
  ['a network beside it goes out as the host', 'b3 tcp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
  ['and reaches its floating addresses', 'b3 tcp 203.0.113.65', '10.0.0.5 → 192.168.0.3'],
] as const;

describe('without destinations', () => {
  compare(surroundings, { nova: nova(), netctl: spec('') }, [
    ...alike,
    ['a guest goes out as it is, through the router', 'o2 tcp 198.51.100.9', '192.168.0.4 → 198.51.100.9'],
    ['and by UDP', 'o2 udp 203.0.113.1', '192.168.0.4 → 203.0.113.1'],
  ]);
});

describe('with destinations', () => {
  compare(surroundings, { nova: nova('198.51.100.0/28'), netctl: spec(', snatTo: [198.51.100.0/28]') }, [
    ...alike,
    ['there a guest goes out as the host', 'o2 tcp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
    ['and by UDP', 'o2 udp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
    ['with a floating address, as that', 'o3 tcp 198.51.100.9', '203.0.113.66 → 198.51.100.9'],
    ['elsewhere as it is, through the router', 'o2 tcp 198.51.100.19', '192.168.0.4 → 198.51.100.19'],
    ['and by UDP', 'o2 udp 203.0.113.1', '192.168.0.4 → 203.0.113.1'],
  ]);
});
