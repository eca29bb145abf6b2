// test/kernel/nova/host-gateway.test.ts — fifty flows where the host is the gateway: source NAT, floating addresses,
// metadata, what is forwarded and what not.
import { compare } from './compare.ts';

/**
 * The host: eth1 203.0.113.11 to the world, eth2 192.0.2.11 to a second network of it. The metadata service is the
 * host's own, at 203.0.113.11.
 */
const surroundings = {
  world: [
    'address add 198.51.100.9/32 dev lo',
    'address add 10.128.0.9/32 dev lo',
    'address add 192.0.2.1/24 dev far2',
    // It knows the way to the guests: who is not forwarded is not merely lost, and who is not source-NATed gets
    // answers.
    'route add 10.0.0.0/16 via 203.0.113.11',
    'route add 169.254.169.254/32 via 203.0.113.11',
    'route add 10.0.4.0/24 via 192.0.2.11',
  ],
  host: ['address add 192.0.2.11/24 dev eth2'],
  // What is not let through by a rule is not let through.
  firewall: '*filter\n:FORWARD DROP [0:0]\nCOMMIT\n',
  guests: {
    b1: { bridge: 'br-blue', address: '10.0.0.3/24', via: '10.0.0.1' },
    b2: { bridge: 'br-blue', address: '10.0.0.4/24', via: '10.0.0.1' },
    b3: { bridge: 'br-blue', address: '10.0.0.5/24', via: '10.0.0.1' },
    r1: { bridge: 'br-red', address: '10.0.1.3/24', via: '10.0.1.1' },
    r2: { bridge: 'br-red', address: '10.0.1.4/24', via: '10.0.1.1' },
    // Against what it was told, it has a way out.
    d1: { bridge: 'br-dark', address: '10.0.2.3/24', via: '10.0.2.1' },
    d2: { bridge: 'br-dark', address: '10.0.2.4/24' },
    s1: { bridge: 'br-shut', address: '10.0.3.3/24', via: '10.0.3.1' },
    s2: { bridge: 'br-shut', address: '10.0.3.4/24', via: '10.0.3.1' },
    l1: { bridge: 'br-list', address: '10.0.4.3/24', via: '10.0.4.1' },
  },
};

const nova = {
  publicInterface: 'eth1',
  routingSourceIp: '203.0.113.11',
  metadataHost: '203.0.113.11',
  dmzCidr: ['10.128.0.0/24'],
  forceSnatRange: [],
  networks: [
    // In an order in which what is not forwarded comes before what is.
    { bridge: 'br-dark', cidr: '10.0.2.0/24', dhcpServer: '10.0.2.1', gateway: '', forward: ['all'] },
    { bridge: 'br-shut', cidr: '10.0.3.0/24', dhcpServer: '10.0.3.1', gateway: '10.0.3.1', forward: [] },
    { bridge: 'br-list', cidr: '10.0.4.0/24', dhcpServer: '10.0.4.1', gateway: '10.0.4.1', forward: ['eth2'] },
    { bridge: 'br-blue', cidr: '10.0.0.0/24', dhcpServer: '10.0.0.1', gateway: '10.0.0.1', forward: ['all'] },
    { bridge: 'br-red', cidr: '10.0.1.0/24', dhcpServer: '10.0.1.1', gateway: '10.0.1.1', forward: ['all'] },
  ],
  floating: [
    { address: '203.0.113.65', fixed: '10.0.0.3', interface: 'eth1' },
    { address: '203.0.113.66', fixed: '10.0.0.4', interface: 'eth1' },
    { address: '203.0.113.67', fixed: '10.0.0.4', interface: 'eth1' },
    { address: '203.0.113.68', fixed: '10.0.1.3', interface: 'eth1' },
  ],
};

const netctl = `apiVersion: netctl/v1
hosts:
  this: { publicInterface: eth1, sourceAddress: 203.0.113.11, metadata: { address: 203.0.113.11 } }
defaults: { noSnat: [10.128.0.0/24] }
networks:
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24 }
  red: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 }
  dark: { mode: flat-dhcp, interface: null, cidr: 10.0.2.0/24, gateway: null }
  shut: { mode: flat-dhcp, interface: null, cidr: 10.0.3.0/24, forward: none }
  list: { mode: flat-dhcp, interface: null, cidr: 10.0.4.0/24, forward: [eth2] }
pools:
  public: { ranges: [203.0.113.64/28] }
instances:
  b1: { nics: [{ network: blue, address: 10.0.0.3, floating: [203.0.113.65], device: { type: veth, netns: b1 } }] }
  b2: { nics: [{ network: blue, address: 10.0.0.4, floating: [203.0.113.66, 203.0.113.67], device: { type: veth, netns: b2 } }] }
  b3: { nics: [{ network: blue, address: 10.0.0.5, device: { type: veth, netns: b3 } }] }
  r1: { nics: [{ network: red, address: 10.0.1.3, floating: [203.0.113.68], device: { type: veth, netns: r1 } }] }
  r2: { nics: [{ network: red, address: 10.0.1.4, device: { type: veth, netns: r2 } }] }
  d1: { nics: [{ network: dark, address: 10.0.2.3, device: { type: veth, netns: d1 } }] }
  d2: { nics: [{ network: dark, address: 10.0.2.4, device: { type: veth, netns: d2 } }] }
  s1: { nics: [{ network: shut, address: 10.0.3.3, device: { type: veth, netns: s1 } }] }
  s2: { nics: [{ network: shut, address: 10.0.3.4, device: { type: veth, netns: s2 } }] }
  l1: { nics: [{ network: list, address: 10.0.4.3, device: { type: veth, netns: l1 } }] }
`;

compare(surroundings, { nova, netctl }, [
  ['a guest without floating address goes out as the host', 'b3 tcp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
  ['and by UDP', 'b3 udp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
  ['and by ping', 'b3 icmp 198.51.100.9', 'answers'],
  ['of another network too', 'r2 tcp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
  ['and to the neighbour of the public interface', 'r2 udp 203.0.113.1', '203.0.113.11 → 203.0.113.1'],
  ['but not out of another interface', 'b3 tcp 192.0.2.1', '10.0.0.5 → 192.0.2.1'],
  ['a guest with a floating address goes out as that', 'b1 tcp 198.51.100.9', '203.0.113.65 → 198.51.100.9'],
  ['and by UDP', 'b1 udp 198.51.100.9', '203.0.113.65 → 198.51.100.9'],
  ['and by ping', 'b1 icmp 198.51.100.9', 'answers'],
  ['with two, as the first', 'b2 tcp 198.51.100.9', '203.0.113.66 → 198.51.100.9'],
  ['but only out of the public interface', 'b1 tcp 192.0.2.1', '10.0.0.3 → 192.0.2.1'],
  ['the world reaches a floating address', 'world tcp 203.0.113.65', '203.0.113.1 → 10.0.0.3'],
  ['and by UDP', 'world udp 203.0.113.65', '203.0.113.1 → 10.0.0.3'],
  ['and by ping', 'world icmp 203.0.113.65', 'answers'],
  ['from beyond the router', 'world as 198.51.100.9 tcp 203.0.113.65', '198.51.100.9 → 10.0.0.3'],
  ['the first of two', 'world tcp 203.0.113.66', '203.0.113.1 → 10.0.0.4'],
  ['the second of two', 'world udp 203.0.113.67', '203.0.113.1 → 10.0.0.4'],
  ['on another network', 'world tcp 203.0.113.68', '203.0.113.1 → 10.0.1.3'],
  ['a host in noSnat reaches one too', 'world as 10.128.0.9 tcp 203.0.113.65', '10.128.0.9 → 10.0.0.3'],
  ['the host itself is reached as ever', 'world tcp 203.0.113.11', '203.0.113.1 → 203.0.113.11'],
  ['a guest reaches its own floating address, as that', 'b1 tcp 203.0.113.65', '203.0.113.65 → 10.0.0.3'],
  ['and by UDP', 'b1 udp 203.0.113.65', '203.0.113.65 → 10.0.0.3'],
  ['and by ping', 'b1 icmp 203.0.113.65', 'answers'],
  ['its own second, as the first', 'b2 tcp 203.0.113.67', '203.0.113.66 → 10.0.0.4'],
  ['its neighbour’s, as its own', 'b1 tcp 203.0.113.66', '203.0.113.65 → 10.0.0.4'],
  ['and by UDP', 'b1 udp 203.0.113.66', '203.0.113.65 → 10.0.0.4'],
  ['its neighbour’s, without one of its own', 'b3 tcp 203.0.113.65', '10.0.0.5 → 10.0.0.3'],
  ['and by UDP', 'b3 udp 203.0.113.65', '10.0.0.5 → 10.0.0.3'],
  ['and by ping', 'b3 icmp 203.0.113.65', 'answers'],
  ['one of another network, as its own', 'r1 tcp 203.0.113.65', '203.0.113.68 → 10.0.0.3'],
  ['one of another network, without one of its own', 'r2 tcp 203.0.113.65', '10.0.1.4 → 10.0.0.3'],
  ['and the other way round', 'b3 udp 203.0.113.68', '10.0.0.5 → 10.0.1.3'],
  ['the host reaches a floating address, as that', 'host tcp 203.0.113.65', '203.0.113.65 → 10.0.0.3'],
  ['and by UDP, a second one', 'host udp 203.0.113.67', '203.0.113.67 → 10.0.0.4'],
  ['the host reaches a guest, as the gateway', 'host tcp 10.0.0.3', '10.0.0.1 → 10.0.0.3'],
  ['and one of another network', 'host udp 10.0.1.4', '10.0.1.1 → 10.0.1.4'],
  ['neighbours see each other as they are', 'b1 tcp 10.0.0.4', '10.0.0.3 → 10.0.0.4'],
  ['and by UDP', 'b3 udp 10.0.0.3', '10.0.0.5 → 10.0.0.3'],
  ['so do guests of two networks', 'b1 tcp 10.0.1.3', '10.0.0.3 → 10.0.1.3'],
  ['and without floating addresses', 'r2 udp 10.0.0.5', '10.0.1.4 → 10.0.0.5'],
  ['a guest reaches its gateway', 'b1 tcp 10.0.0.1', '10.0.0.3 → 10.0.0.1'],
  ['what is in noSnat sees a guest as it is', 'b3 tcp 10.128.0.9', '10.0.0.5 → 10.128.0.9'],
  ['with a floating address too', 'b1 udp 10.128.0.9', '10.0.0.3 → 10.128.0.9'],
  ['the metadata service sees a guest as it is', 'b3 tcp 169.254.169.254:80', '10.0.0.5 → 203.0.113.11'],
  ['with a floating address too', 'b1 tcp 169.254.169.254:80', '10.0.0.3 → 203.0.113.11'],
  ['from another network', 'r1 tcp 169.254.169.254:80', '10.0.1.3 → 203.0.113.11'],
  ['also when it is named', 'b1 tcp 203.0.113.11:8775', '10.0.0.3 → 203.0.113.11'],
  ['from a network without gateway', 'd1 tcp 169.254.169.254:80', '10.0.2.3 → 203.0.113.11'],
  ['from one that is not forwarded', 's1 tcp 169.254.169.254:80', '10.0.3.3 → 203.0.113.11'],
  ['the host itself has none', 'host tcp 169.254.169.254:80', 'refused'],
  [
    'nor has the world',
    'world tcp 169.254.169.254:80',
    '203.0.113.1 → 203.0.113.11',
    { netctl: 'silence', because: 'only guests are to be redirected, and the address is for them alone' },
  ],
  [
    'without a gateway, neighbours reach each other',
    'd1 tcp 10.0.2.4',
    'silence',
    {
      netctl: '10.0.2.3 → 10.0.2.4',
      because: 'the wire between neighbours is not what is forwarded, though bridge netfilter shows it to FORWARD',
    },
  ],
  ['but no other network', 'd1 tcp 10.0.0.3', 'silence'],
  ['nor the world', 'd1 tcp 198.51.100.9', 'silence'],
  ['nor the world them', 'world tcp 10.0.2.3', 'silence'],
  ['nor another network them', 'b1 udp 10.0.2.3', 'silence'],
  ['the host does', 'host tcp 10.0.2.3', '10.0.2.1 → 10.0.2.3'],
  ['where nothing is forwarded, neighbours reach each other', 's1 udp 10.0.3.4', '10.0.3.3 → 10.0.3.4'],
  ['but no other network', 's1 tcp 10.0.0.3', 'silence'],
  ['nor the world', 's1 udp 198.51.100.9', 'silence'],
  ['nor a floating address', 's1 tcp 203.0.113.65', 'silence'],
  ['nor the world them', 'world tcp 10.0.3.3', 'silence'],
  ['with a list, out of the listed interface', 'l1 tcp 192.0.2.1', '10.0.4.3 → 192.0.2.1'],
  ['and in', 'world as 192.0.2.1 tcp 10.0.4.3', '192.0.2.1 → 10.0.4.3'],
  ['but out of no other', 'l1 tcp 198.51.100.9', 'silence'],
  ['nor to another network', 'l1 udp 10.0.0.3', 'silence'],
]);
