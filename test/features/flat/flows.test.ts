// test/features/flat/flows.test.ts — on a flat network the host lets packets be: none is for it.
import { describe, expect, test } from 'vitest';
import { flows, wantedOf } from '../flows.ts';

const alone =
  'apiVersion: netctl/v1\nnetworks: { office: { mode: flat, interface: null, cidr: 10.0.0.0/24 } }\ninstances: { vm: { nics: [{ network: office }] } }\n';
const beside = `${alone}---\napiVersion: netctl/v1\nnetworks: { lab: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 } }\n`;

describe('alone', () => {
  test('the host has a bridge, a port and what its guest is configured from, and nothing else', async () =>
    expect([...(await wantedOf(alone)).keys()].map((ref) => ref.replace(/^file .*\/guests\//, 'file '))).toEqual([
      'link br-office',
      'sysctl net.ipv6.conf.br-office.accept_ra',
      'sysctl net.ipv6.conf.br-office.autoconf',
      'file vm/interfaces',
      'file vm/network_data.json',
      'link tap-vm',
    ]));
});

describe('beside a network with DHCP', () => {
  flows(beside, [
    ['nobody asks this host for an address', 'br-office: 0.0.0.0 → 255.255.255.255:67/udp', 'policy'],
    ['nor for a name', 'br-office: 10.0.0.2 → 10.0.1.1:53/udp', 'policy'],
    [
      'what goes out goes by the router on the wire',
      'br-office: 10.0.0.2 → 198.51.100.7:443/tcp on br-office',
      'policy',
    ],
    ["the neighbour's own rules hold for what is let in there", 'br-office: 10.0.0.2 → 10.0.1.9:22/tcp', 'accept'],
  ]);
});
