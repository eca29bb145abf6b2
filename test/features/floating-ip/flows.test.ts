// test/features/floating-ip/flows.test.ts — who reaches an instance by its floating address, and as whom the instance
// is seen.
import { describe } from 'vitest';
import { flows } from '../flows.ts';

const spec = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks:
  blue: { mode: flat-dhcp, cidr: 10.0.0.0/24, interface: null }
  red: { mode: flat-dhcp, cidr: 10.0.1.0/28, interface: null }
  bare: { mode: flat-dhcp, cidr: 10.0.2.0/24, interface: null }
pools:
  public: { ranges: [203.0.113.0/24] }
  second: { ranges: [198.51.100.0/24], interface: eth2 }
instances:
  one: { nics: [{ network: blue, address: 10.0.0.3, floating: [203.0.113.10, 203.0.113.11, 198.51.100.10] }] }
  two: { nics: [{ network: blue, address: 10.0.0.200, floating: [203.0.113.200] }] }
  three: { nics: [{ network: red, address: 10.0.1.4, floating: [198.51.100.70] }, { network: blue, address: 10.0.0.5, floating: [203.0.113.12] }] }
  four: { nics: [{ network: blue, address: 10.0.0.4 }] }
`;

describe('from outside', () => {
  flows(spec, [
    ['the world reaches an instance', 'eth1: 192.0.2.7 → 203.0.113.10:80/tcp', 'dnat 10.0.0.3, accept'],
    ['by each of its addresses', 'eth1: 192.0.2.7 → 203.0.113.11:80/tcp', 'dnat 10.0.0.3, accept'],
    ['also by that of another interface', 'eth2: 192.0.2.7 → 198.51.100.10:80/tcp', 'dnat 10.0.0.3, accept'],
    ['wherever it comes in', 'eth2: 192.0.2.7 → 203.0.113.10:80/tcp', 'dnat 10.0.0.3, accept'],
    ['every port and protocol', 'eth1: 192.0.2.7 → 203.0.113.200', 'dnat 10.0.0.200, accept'],
    ['a second NIC has its own', 'eth1: 192.0.2.7 → 203.0.113.12:22/tcp', 'dnat 10.0.0.5, accept'],
    ['another block', 'eth1: 192.0.2.7 → 198.51.100.70:22/tcp', 'dnat 10.0.1.4, accept'],
    ["what nobody has is nobody's", 'eth1: 192.0.2.7 → 203.0.113.13:80/tcp', 'policy'],
  ]);
});

describe('to the outside', () => {
  flows(spec, [
    [
      'an instance is seen as its first address',
      'br-blue: 10.0.0.3 → 192.0.2.7:443/tcp on eth1',
      'accept, snat 203.0.113.10',
    ],
    [
      'by another interface as what it has there',
      'br-blue: 10.0.0.3 → 192.0.2.7:443/tcp on eth2',
      'accept, snat 198.51.100.10',
    ],
    ['the second NIC as its own', 'br-blue: 10.0.0.5 → 192.0.2.7:443/tcp on eth1', 'accept, snat 203.0.113.12'],
    [
      'what floats elsewhere only is not seen as that here',
      'br-red: 10.0.1.4 → 192.0.2.7:443/tcp on eth2',
      'accept, snat 198.51.100.70',
    ],
    ['into a tunnel as itself', 'br-blue: 10.0.0.3 → 192.0.2.7:443/tcp on wg0', 'accept'],
    ['to a neighbour as itself', 'br-blue: 10.0.0.3 → 10.0.0.4:22/tcp', 'accept'],
    ['to another network as itself', 'br-blue: 10.0.0.3 → 10.0.1.4:22/tcp', 'accept'],
  ]);
});

describe('among instances, by floating addresses', () => {
  flows(spec, [
    ['to its own', 'br-blue: 10.0.0.3 → 203.0.113.10:80/tcp', 'dnat 10.0.0.3, accept, snat 203.0.113.10'],
    [
      'to its own second, seen as its first',
      'br-blue: 10.0.0.3 → 203.0.113.11:80/tcp',
      'dnat 10.0.0.3, accept, snat 203.0.113.10',
    ],
    ["to a neighbour's", 'br-blue: 10.0.0.3 → 203.0.113.200:80/tcp', 'dnat 10.0.0.200, accept, snat 203.0.113.10'],
    ["to another network's", 'br-blue: 10.0.0.3 → 198.51.100.70:80/tcp', 'dnat 10.0.1.4, accept, snat 203.0.113.10'],
    ['from one that has none', 'br-blue: 10.0.0.4 → 203.0.113.10:80/tcp', 'dnat 10.0.0.3, accept'],
    ['from a network of which none has one', 'br-bare: 10.0.2.9 → 203.0.113.10:80/tcp', 'dnat 10.0.0.3, accept'],
    ['from the host', 'host: 203.0.113.10 → 203.0.113.10:80/tcp', 'dnat 10.0.0.3, policy'],
  ]);
});
