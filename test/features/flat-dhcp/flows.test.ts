// test/features/flat-dhcp/flows.test.ts — what a packet from, to and between flat-dhcp networks does.
import { describe } from 'vitest';
import { flows } from '../flows.ts';

const spec = (networks: Readonly<Record<string, string>>): string => `apiVersion: netctl/v1
networks:
${Object.entries(networks)
  .map(([name, text], i) => `  ${name}: { mode: flat-dhcp, cidr: 10.0.${i}.0/24${text} }\n`)
  .join('')}instances:
${Object.keys(networks)
  .map((name) => `  on-${name}: { nics: [{ network: ${name} }] }\n`)
  .join('')}`;

describe('an open network', () => {
  flows(spec({ blue: '', red: '' }), [
    ['a guest asks for its address', 'br-blue: 0.0.0.0 → 255.255.255.255:67/udp on host', 'accept'],
    ['a guest asks for a name', 'br-blue: 10.0.0.2 → 10.0.0.1:53/udp', 'accept'],
    ['and again over TCP', 'br-blue: 10.0.0.2 → 10.0.0.1:53/tcp', 'accept'],
    ['and renews it', 'br-blue: 10.0.0.2 → 10.0.0.1:67/udp', 'accept'],
    ['also by calling everybody', 'br-blue: 10.0.0.2 → 255.255.255.255:67/udp on host', 'accept'],
    ['whoever is of no network asks for no name', 'br-blue: 198.51.100.7 → 10.0.0.1:53/udp', 'drop'],
    ['nor over TCP', 'br-blue: 198.51.100.7 → 10.0.0.1:53/tcp', 'drop'],
    [
      'nor is another address of the host asked by its guests',
      'br-blue: 10.0.0.2 → 203.0.113.11:53/udp on host',
      'policy',
    ],
    ['nor the server of a neighbour', 'br-blue: 10.0.0.2 → 10.0.1.1:53/udp', 'drop'],
    ['DHCP has no TCP', 'br-blue: 10.0.0.2 → 10.0.0.1:67/tcp', 'policy'],
    ['everything else on the host is as the host has it', 'br-blue: 10.0.0.2 → 10.0.0.1:22/tcp', 'policy'],
    ['a ping to the gateway too', 'br-blue: 10.0.0.2 → 10.0.0.1', 'policy'],
    ['names are served on its bridges only', 'eth0: 198.51.100.7 → 10.0.0.1:53/udp', 'drop'],
    ['nor over TCP by others', 'eth0: 198.51.100.7 → 10.0.0.1:53/tcp', 'drop'],
    ['whatever source they say', 'eth0: 10.0.0.2 → 10.0.0.1:53/udp', 'drop'],
    ['but the host asks, too', 'lo: 10.0.0.1 → 10.0.0.1:53/udp', 'policy'],
    ['also over TCP', 'lo: 203.0.113.11 → 10.0.0.1:53/tcp', 'policy'],
    ['another resolver of the host is not concerned', 'eth0: 198.51.100.7 → 203.0.113.11:53/udp on host', 'policy'],
    ['and so are addresses', 'eth0: 198.51.100.7 → 10.0.0.1:67/udp', 'policy'],
    [
      'the answer with an address has its checksum filled',
      'host: 10.0.0.1 → 10.0.0.2:68/udp',
      'policy, checksum filled',
    ],
    ['no other answer is touched', 'host: 10.0.0.1 → 10.0.0.2:53/udp', 'policy'],
    ['nor what looks like one elsewhere', 'host: 192.0.2.1 → 192.0.2.9:68/udp on eth0', 'policy'],
    ['a guest reaches the world', 'br-blue: 10.0.0.2 → 198.51.100.7:443/tcp', 'accept'],
    ['the world reaches a guest', 'eth0: 198.51.100.7 → 10.0.0.2:22/tcp', 'accept'],
    ['neighbours reach each other', 'br-blue: 10.0.0.2 → 10.0.0.3:22/tcp', 'accept'],
    ['two open networks reach each other', 'br-blue: 10.0.0.2 → 10.0.1.2:22/tcp', 'accept'],
  ]);
});

describe('forward: none', () => {
  flows(spec({ blue: ', forward: none', red: '' }), [
    ['a guest still gets its address', 'br-blue: 0.0.0.0 → 255.255.255.255:67/udp on host', 'accept'],
    ['and names', 'br-blue: 10.0.0.2 → 10.0.0.1:53/udp', 'accept'],
    ['neighbours reach each other', 'br-blue: 10.0.0.2 → 10.0.0.3:22/tcp', 'accept'],
    ['a guest does not reach the world', 'br-blue: 10.0.0.2 → 198.51.100.7:443/tcp', 'drop'],
    ['the world does not reach a guest', 'eth0: 198.51.100.7 → 10.0.0.2:22/tcp', 'drop'],
    ['an open neighbour does not get in', 'br-red: 10.0.1.2 → 10.0.0.2:22/tcp', 'drop'],
    ['nor a guest out to an open neighbour', 'br-blue: 10.0.0.2 → 10.0.1.2:22/tcp', 'drop'],
    ['the neighbour itself is open', 'br-red: 10.0.1.2 → 198.51.100.7:443/tcp', 'accept'],
  ]);
});

describe('the order in the spec decides nothing: an open network before a shut one', () => {
  flows(spec({ red: '', blue: ', forward: none' }), [
    ['an open neighbour does not get in', 'br-red: 10.0.0.2 → 10.0.1.2:22/tcp', 'drop'],
    ['nor a guest out to it', 'br-blue: 10.0.1.2 → 10.0.0.2:22/tcp', 'drop'],
  ]);
});

describe('forward through some interfaces', () => {
  flows(spec({ blue: ', forward: [eth1, eth2]', red: '' }), [
    ['out through the first', 'br-blue: 10.0.0.2 → 198.51.100.7:443/tcp on eth1', 'accept'],
    ['out through the second', 'br-blue: 10.0.0.2 → 198.51.100.7:443/tcp on eth2', 'accept'],
    ['not through another', 'br-blue: 10.0.0.2 → 198.51.100.7:443/tcp on eth3', 'drop'],
    ['in through the first', 'eth1: 198.51.100.7 → 10.0.0.2:22/tcp', 'accept'],
    ['not in through another', 'eth3: 198.51.100.7 → 10.0.0.2:22/tcp', 'drop'],
    ['not from an open neighbour', 'br-red: 10.0.1.2 → 10.0.0.2:22/tcp', 'drop'],
    ['neighbours reach each other', 'br-blue: 10.0.0.2 → 10.0.0.3:22/tcp', 'accept'],
    ['what passes by is not ours', 'eth1: 198.51.100.7 → 203.0.113.9:80/tcp on eth2', 'policy'],
  ]);
});

describe('gateway: null', () => {
  flows(spec({ blue: ', gateway: null', red: '' }), [
    ['a guest gets its address', 'br-blue: 0.0.0.0 → 255.255.255.255:67/udp on host', 'accept'],
    ['and names', 'br-blue: 10.0.0.2 → 10.0.0.1:53/udp', 'accept'],
    ['neighbours reach each other', 'br-blue: 10.0.0.2 → 10.0.0.3:22/tcp', 'accept'],
    ['nothing goes out', 'br-blue: 10.0.0.2 → 198.51.100.7:443/tcp', 'drop'],
    ['nothing comes in', 'eth0: 198.51.100.7 → 10.0.0.2:22/tcp', 'drop'],
    ['not from an open neighbour either', 'br-red: 10.0.1.2 → 10.0.0.2:22/tcp', 'drop'],
  ]);
});

describe('gateway: null wins over forward: all', () => {
  flows(spec({ blue: ', gateway: null, forward: all' }), [
    ['nothing goes out', 'br-blue: 10.0.0.2 → 198.51.100.7:443/tcp', 'drop'],
  ]);
});

describe('a gateway outside of the host', () => {
  flows(spec({ blue: ', gateway: 10.0.0.254, dhcp: { server: 10.0.0.9 }', red: '' }), [
    ["addresses come from the host's own", 'br-blue: 0.0.0.0 → 255.255.255.255:67/udp on host', 'accept'],
    ['names too', 'br-blue: 10.0.0.2 → 10.0.0.9:53/udp', 'accept'],
    ['not for others', 'eth0: 198.51.100.7 → 10.0.0.9:53/udp', 'drop'],
    ['the router is on the bridge', 'br-blue: 10.0.0.2 → 10.0.0.254', 'accept'],
    ['what comes back over the bridge passes', 'br-blue: 198.51.100.7 → 10.0.0.2:443/tcp', 'accept'],
  ]);
});

describe('a network that has no instance here', () => {
  flows(
    `apiVersion: netctl/v1\nhosts: { localhost: {}, other: {} }\nnetworks: { blue: { mode: flat-dhcp, cidr: 10.0.0.0/24 } }\ninstances: { vm: { host: other, nics: [{ network: blue }] } }\n`.replace(
      'localhost',
      'h1',
    ),
    [
      ['serves nobody', 'br-blue: 0.0.0.0 → 255.255.255.255:67/udp on host', 'policy'],
      ['but forwards', 'br-blue: 10.0.0.2 → 198.51.100.7:443/tcp', 'accept'],
    ],
  );
});
