// test/kernel/nova/settings.test.ts — flows where the public interface is not named, where nothing is source-NATed, and
// where the operator lets in nothing by himself.
import { describe } from 'vitest';
import { compare } from './compare.ts';

const surroundings = {
  world: [
    'address add 198.51.100.9/32 dev lo',
    'route add 10.0.0.0/16 via 203.0.113.11',
    'route add 169.254.169.254/32 via 203.0.113.11',
  ],
  guests: {
    b1: { bridge: 'br-blue', address: '10.0.0.3/24', via: '10.0.0.1' },
    b3: { bridge: 'br-blue', address: '10.0.0.5/24', via: '10.0.0.1' },
    r1: { bridge: 'br-red', address: '10.0.1.3/24', via: '10.0.1.1' },
    r2: { bridge: 'br-red', address: '10.0.1.4/24', via: '10.0.1.1' },
  },
};
const networks = [
  { bridge: 'br-blue', cidr: '10.0.0.0/24', dhcpServer: '10.0.0.1', gateway: '10.0.0.1', forward: ['all'] },
  { bridge: 'br-red', cidr: '10.0.1.0/24', dhcpServer: '10.0.1.1', gateway: '10.0.1.1', forward: ['all'] },
];
const floating = [
  { address: '203.0.113.65', fixed: '10.0.0.3', interface: 'eth1' },
  { address: '203.0.113.68', fixed: '10.0.1.3', interface: 'eth1' },
];
const spec = (host: string, network = ''): string => `apiVersion: netctl/v1
hosts:
  this: ${host}
networks:
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24${network} }
  red: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24${network} }
pools:
  public: { ranges: [203.0.113.64/28], interface: eth1 }
instances:
  b1: { nics: [{ network: blue, address: 10.0.0.3, floating: [203.0.113.65], device: { type: veth, netns: b1 } }] }
  b3: { nics: [{ network: blue, address: 10.0.0.5, device: { type: veth, netns: b3 } }] }
  r1: { nics: [{ network: red, address: 10.0.1.3, floating: [203.0.113.68], device: { type: veth, netns: r1 } }] }
  r2: { nics: [{ network: red, address: 10.0.1.4, device: { type: veth, netns: r2 } }] }
`;

describe('without a public interface, and with the metadata service on another machine', () => {
  compare(
    surroundings,
    {
      nova: {
        publicInterface: '',
        routingSourceIp: '203.0.113.11',
        metadataHost: '203.0.113.1',
        dmzCidr: [],
        forceSnatRange: [],
        networks,
        floating,
      },
      netctl: spec('{ sourceAddress: 203.0.113.11, metadata: { address: 203.0.113.1 } }'),
    },
    [
      ['a guest goes out as the host', 'b3 tcp 198.51.100.9', '203.0.113.11 → 198.51.100.9'],
      ['one with a floating address as that', 'b1 tcp 198.51.100.9', '203.0.113.65 → 198.51.100.9'],
      ['the world reaches it', 'world udp 203.0.113.65', '203.0.113.1 → 10.0.0.3'],
      ['neighbours see each other as they are', 'b3 tcp 10.0.0.3', '10.0.0.5 → 10.0.0.3'],
      ['another network is outside', 'b3 tcp 10.0.1.4', '203.0.113.11 → 10.0.1.4'],
      ['with a floating address too', 'b1 tcp 10.0.1.3', '203.0.113.11 → 10.0.1.3'],
      ['and its floating addresses', 'b3 tcp 203.0.113.68', '203.0.113.11 → 10.0.1.3'],
      ['with a floating address, as that', 'b1 tcp 203.0.113.68', '203.0.113.65 → 10.0.1.3'],
      ['its own', 'b1 udp 203.0.113.65', '203.0.113.65 → 10.0.0.3'],
      ['its neighbour’s', 'b3 udp 203.0.113.65', '203.0.113.11 → 10.0.0.3'],
      ['the metadata service sees a guest as it is', 'b3 tcp 169.254.169.254:80', '10.0.0.5 → 203.0.113.1'],
      ['with a floating address too', 'r1 tcp 169.254.169.254:80', '10.0.1.3 → 203.0.113.1'],
      ['the host itself has none', 'host tcp 169.254.169.254:80', 'refused'],
    ],
  );
});

describe('without source NAT, with the metadata service at 127.0.0.1, and a firewall that lets in nothing', () => {
  const closed =
    '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\nCOMMIT\n';
  compare(
    { ...surroundings, firewall: closed },
    {
      nova: {
        publicInterface: 'eth1',
        routingSourceIp: '',
        metadataHost: '127.0.0.1',
        dmzCidr: [],
        forceSnatRange: [],
        networks,
        floating,
      },
      netctl: spec('{ publicInterface: eth1, metadata: { address: 127.0.0.1 } }', ', snat: false'),
    },
    [
      ['a guest goes out as it is', 'b3 tcp 198.51.100.9', '10.0.0.5 → 198.51.100.9'],
      ['one with a floating address as that', 'b1 tcp 198.51.100.9', '203.0.113.65 → 198.51.100.9'],
      ['the world reaches it', 'world tcp 203.0.113.68', '203.0.113.1 → 10.0.1.3'],
      ['and guests without one', 'world tcp 10.0.1.4', '203.0.113.1 → 10.0.1.4'],
      ['its own', 'r1 tcp 203.0.113.68', '203.0.113.68 → 10.0.1.3'],
      ['its neighbour’s', 'r2 tcp 203.0.113.68', '10.0.1.4 → 10.0.1.3'],
      ['one of another network', 'b3 tcp 203.0.113.68', '10.0.0.5 → 10.0.1.3'],
      ['with a floating address, as that', 'b1 tcp 203.0.113.68', '203.0.113.65 → 10.0.1.3'],
      ['the metadata service sees a guest as it is', 'b3 tcp 169.254.169.254:80', '10.0.0.5 → 10.0.0.1'],
      ['with a floating address too', 'b1 tcp 169.254.169.254:80', '10.0.0.3 → 10.0.0.1'],
      ['from another network', 'r2 tcp 169.254.169.254:80', '10.0.1.4 → 10.0.1.1'],
      ['the host itself has none', 'host tcp 169.254.169.254:80', 'refused'],
      [
        'the world has it by its port',
        'world tcp 203.0.113.11:8775',
        '203.0.113.1 → 203.0.113.11',
        { netctl: 'silence', because: 'only guests are to be let in' },
      ],
      ['the world does not get in', 'world tcp 203.0.113.11', 'silence'],
      ['nor do guests', 'b3 tcp 10.0.0.1', 'silence'],
    ],
  );
});
