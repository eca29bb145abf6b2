// test/kernel/nova/one-wire.test.ts — flows of a host with one interface: it is the public one, and the uplink of a
// network.
import { compare } from './compare.ts';

/**
 * The world has an address in the guests' network too, on the same wire. What the host sends there leaves by the public
 * interface, and so as the host.
 */
const surroundings = {
  world: [
    'address add 198.51.100.9/32 dev lo',
    'address add 10.0.0.200/24 dev far1',
    'route add 10.0.1.0/24 via 203.0.113.11',
    'route add 169.254.169.254/32 via 203.0.113.11',
  ],
  guests: {
    b1: { bridge: 'br-blue', address: '10.0.0.3/24', via: '10.0.0.1' },
    b2: { bridge: 'br-blue', address: '10.0.0.4/24', via: '10.0.0.1' },
    b3: { bridge: 'br-blue', address: '10.0.0.5/24', via: '10.0.0.1' },
    r1: { bridge: 'br-red', address: '10.0.1.3/24', via: '10.0.1.1' },
    r2: { bridge: 'br-red', address: '10.0.1.4/24', via: '10.0.1.1' },
  },
};

const nova = {
  publicInterface: 'br-blue',
  routingSourceIp: '203.0.113.11',
  metadataHost: '203.0.113.11',
  dmzCidr: [],
  forceSnatRange: [],
  networks: [
    {
      bridge: 'br-blue',
      cidr: '10.0.0.0/24',
      dhcpServer: '10.0.0.1',
      gateway: '10.0.0.1',
      forward: ['all'],
      uplink: 'eth1',
    },
    { bridge: 'br-red', cidr: '10.0.1.0/24', dhcpServer: '10.0.1.1', gateway: '10.0.1.1', forward: ['all'] },
  ],
  floating: [
    { address: '203.0.113.65', fixed: '10.0.0.3', interface: 'br-blue' },
    { address: '203.0.113.66', fixed: '10.0.0.4', interface: 'br-blue' },
    { address: '203.0.113.68', fixed: '10.0.1.3', interface: 'br-blue' },
  ],
};

const netctl = `apiVersion: netctl/v1
hosts:
  this: { publicInterface: eth1, sourceAddress: 203.0.113.11, metadata: { address: 203.0.113.11 } }
networks:
  blue: { mode: flat-dhcp, interface: eth1, cidr: 10.0.0.0/24 }
  red: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 }
pools:
  public: { ranges: [203.0.113.64/28] }
instances:
  b1: { nics: [{ network: blue, address: 10.0.0.3, floating: [203.0.113.65], device: { type: veth, netns: b1 } }] }
  b2: { nics: [{ network: blue, address: 10.0.0.4, floating: [203.0.113.66], device: { type: veth, netns: b2 } }] }
  b3: { nics: [{ network: blue, address: 10.0.0.5, device: { type: veth, netns: b3 } }] }
  r1: { nics: [{ network: red, address: 10.0.1.3, floating: [203.0.113.68], device: { type: veth, netns: r1 } }] }
  r2: { nics: [{ network: red, address: 10.0.1.4, device: { type: veth, netns: r2 } }] }
`;

compare(surroundings, { nova, netctl }, [
  ['a guest without floating address goes out as the host', 'b3 tcp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
  ['and by UDP', 'r2 udp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
  ['and by ping', 'b3 icmp 198.51.100.9', 'answers'],
  ['a guest with a floating address goes out as that', 'b1 tcp 198.51.100.9', '203.0.113.65 → 198.51.100.9'],
  ['of another network too', 'r1 udp 198.51.100.9', '203.0.113.68 → 198.51.100.9'],
  ['the world reaches it', 'world as 198.51.100.9 tcp 203.0.113.65', '198.51.100.9 → 10.0.0.3'],
  ['and by UDP', 'world udp 203.0.113.66', '203.0.113.1 → 10.0.0.4'],
  ['and by ping', 'world icmp 203.0.113.68', 'answers'],
  ['who is on the wire sees guests as they are', 'b3 tcp 10.0.0.200', '10.0.0.5 → 10.0.0.200'],
  ['with a floating address too', 'b1 udp 10.0.0.200', '10.0.0.3 → 10.0.0.200'],
  ['and reaches them', 'world tcp 10.0.0.5', '10.0.0.200 → 10.0.0.5'],
  ['and by UDP', 'world udp 10.0.0.3', '10.0.0.200 → 10.0.0.3'],
  ['its own floating address', 'b1 tcp 203.0.113.65', '203.0.113.65 → 10.0.0.3'],
  ['its neighbour’s, as its own', 'b1 tcp 203.0.113.66', '203.0.113.65 → 10.0.0.4'],
  ['its neighbour’s, without one of its own', 'b3 tcp 203.0.113.65', '203.0.113.11 → 10.0.0.3'],
  ['one of another network', 'b3 udp 203.0.113.68', '10.0.0.5 → 10.0.1.3'],
  ['and the other way round', 'r2 tcp 203.0.113.65', '203.0.113.11 → 10.0.0.3'],
  ['with one of its own, as that', 'r1 tcp 203.0.113.65', '203.0.113.68 → 10.0.0.3'],
  ['the host reaches a floating address', 'host tcp 203.0.113.65', '203.0.113.65 → 10.0.0.3'],
  ['neighbours see each other as they are', 'b1 tcp 10.0.0.4', '10.0.0.3 → 10.0.0.4'],
  ['and by UDP', 'b3 udp 10.0.0.3', '10.0.0.5 → 10.0.0.3'],
  ['so do guests of two networks, from within', 'b1 tcp 10.0.1.4', '10.0.0.3 → 10.0.1.4'],
  ['but who comes from another, comes by the public interface', 'r2 tcp 10.0.0.5', '203.0.113.11 → 10.0.0.5'],
  ['the metadata service sees a guest as it is', 'b3 tcp 169.254.169.254:80', '10.0.0.5 → 203.0.113.11'],
  ['with a floating address too', 'r1 tcp 169.254.169.254:80', '10.0.1.3 → 203.0.113.11'],
  [
    'the world has none',
    'world tcp 169.254.169.254:80',
    '203.0.113.1 → 203.0.113.11',
    { netctl: 'silence', because: 'only guests are to be redirected, and the address is for them alone' },
  ],
  ['the host itself is reached as ever', 'world tcp 203.0.113.11', '203.0.113.1 → 203.0.113.11'],
]);
