// test/kernel/nova/neighbours.test.ts — flows that turn round at the host, on hosts whose kernel is set otherwise:
// bridge netfilter off, and sources looked at strictly.
import { describe } from 'vitest';
import { compare } from './compare.ts';
import type { Flow } from './compare.ts';

const surroundings = {
  world: ['address add 198.51.100.9/32 dev lo'],
  guests: {
    b1: { bridge: 'br-blue', address: '10.0.0.3/24', via: '10.0.0.1' },
    b2: { bridge: 'br-blue', address: '10.0.0.4/24', via: '10.0.0.1' },
    b3: { bridge: 'br-blue', address: '10.0.0.5/24', via: '10.0.0.1' },
    r2: { bridge: 'br-red', address: '10.0.1.4/24', via: '10.0.1.1' },
  },
};
const hosts = {
  nova: {
    publicInterface: 'eth1',
    routingSourceIp: '203.0.113.11',
    metadataHost: '127.0.0.1',
    dmzCidr: [],
    forceSnatRange: [],
    networks: [
      { bridge: 'br-blue', cidr: '10.0.0.0/24', dhcpServer: '10.0.0.1', gateway: '10.0.0.1', forward: ['all'] },
      { bridge: 'br-red', cidr: '10.0.1.0/24', dhcpServer: '10.0.1.1', gateway: '10.0.1.1', forward: ['all'] },
    ],
    floating: [
      { address: '203.0.113.65', fixed: '10.0.0.3', interface: 'eth1' },
      { address: '203.0.113.66', fixed: '10.0.0.4', interface: 'eth1' },
    ],
  },
  netctl: `apiVersion: netctl/v1
hosts:
  this: { publicInterface: eth1, sourceAddress: 203.0.113.11, metadata: {} }
networks:
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24 }
  red: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 }
pools:
  public: { ranges: [203.0.113.64/28] }
instances:
  b1: { nics: [{ network: blue, address: 10.0.0.3, floating: [203.0.113.65], device: { type: veth, netns: b1 } }] }
  b2: { nics: [{ network: blue, address: 10.0.0.4, floating: [203.0.113.66], device: { type: veth, netns: b2 } }] }
  b3: { nics: [{ network: blue, address: 10.0.0.5, device: { type: veth, netns: b3 } }] }
  r2: { nics: [{ network: red, address: 10.0.1.4, device: { type: veth, netns: r2 } }] }
`,
};

const alike: readonly Flow[] = [
  ['its own floating address', 'b1 tcp 203.0.113.65', '203.0.113.65 → 10.0.0.3'],
  ['and by ping', 'b1 icmp 203.0.113.65', 'answers'],
  ['its neighbour’s, as its own', 'b1 udp 203.0.113.66', '203.0.113.65 → 10.0.0.4'],
  ['one of another network', 'r2 tcp 203.0.113.65', '10.0.1.4 → 10.0.0.3'],
  ['the world reaches it', 'world tcp 203.0.113.65', '203.0.113.1 → 10.0.0.3'],
  ['and the host', 'host udp 203.0.113.66', '203.0.113.66 → 10.0.0.4'],
  ['who has one goes out as that', 'b2 tcp 198.51.100.9', '203.0.113.66 → 198.51.100.9'],
  ['who has none, as the host', 'b3 udp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
  ['neighbours see each other as they are', 'b1 tcp 10.0.0.4', '10.0.0.3 → 10.0.0.4'],
  ['and without floating addresses', 'b3 udp 10.0.0.4', '10.0.0.5 → 10.0.0.4'],
  ['the metadata service sees a guest as it is', 'b3 tcp 169.254.169.254:80', '10.0.0.5 → 10.0.0.1'],
];

/**
 * Asked without a floating address of one's own: the answer goes straight to the neighbour, and only bridge netfilter
 * shows it to who must put it right.
 */
const turning = 'its neighbour’s, without one of its own';
const own = 'it is on for this bridge alone';

describe('bridge netfilter is off', () => {
  compare({ ...surroundings, settings: ['net.bridge.bridge-nf-call-iptables=0'] }, hosts, [
    ...alike,
    [turning, 'b3 tcp 203.0.113.65', 'silence', { netctl: '10.0.0.5 → 10.0.0.3', because: own }],
    [turning, 'b3 udp 203.0.113.65', 'silence', { netctl: '10.0.0.5 → 10.0.0.3', because: own }],
    [turning, 'b3 icmp 203.0.113.65', 'another answers', { netctl: 'answers', because: own }],
  ]);
});

describe('sources are looked at strictly', () => {
  compare(
    { ...surroundings, settings: ['net.ipv4.conf.all.rp_filter=1', 'net.ipv4.conf.default.rp_filter=1'] },
    hosts,
    [
      ...alike,
      [turning, 'b3 tcp 203.0.113.65', '10.0.0.5 → 10.0.0.3'],
      [turning, 'b3 udp 203.0.113.65', '10.0.0.5 → 10.0.0.3'],
      [turning, 'b3 icmp 203.0.113.65', 'answers'],
    ],
  );
});
