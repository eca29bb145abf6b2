// test/specfile/checks.test.ts — what no schema can say: each mistake, and the line and column where it is shown.
import { expect, test } from 'vitest';
import { problemsOf, A, lab, vm } from './problems.ts';

const manyOn = (uplink: string, nics: number): string =>
  `${A}networks:\n  lab: { mode: flat-dhcp, cidr: 10.0.0.0/16, interface: ${uplink} }\ninstances:\n${Array.from({ length: nics }, (_, i) => `  vm-${i}: { nics: [{ network: lab }] }\n`).join('')}`;

for (const [name, text, problems] of [
  [
    'networks that overlap',
    lab() + '  red: { mode: flat-dhcp, cidr: 10.0.0.128/25 }\n',
    ['6:33 networks-overlap, also 5:11'],
  ],
  [
    'the same network twice, with another beside them',
    lab() + '  far: { mode: flat-dhcp, cidr: 10.9.0.0/24 }\n  red: { mode: flat-dhcp, cidr: 10.0.0.0/24 }\n',
    ['7:33 networks-overlap, also 5:11'],
  ],
  [
    'one network around two',
    A +
      'networks:\n  a: { mode: flat-dhcp, cidr: 10.0.0.0/24 }\n  b: { mode: flat-dhcp, cidr: 10.0.1.0/24 }\n  all: { mode: flat-dhcp, cidr: 10.0.0.0/16 }\n',
    ['5:33 networks-overlap, also 3:31', '5:33 networks-overlap, also 4:31'],
  ],
  [
    'a typo does not hide an overlap',
    lab('    gatway: 10.0.0.1\n') + '  red: { mode: flat-dhcp, cidr: 10.0.0.128/25 }\n',
    ['6:5 unknown-key', '7:33 networks-overlap, also 5:11'],
  ],
  ['a network too small', lab('', '10.0.0.0/31'), ['5:11 cidr-too-small']],
  ['a network that is the loopback', lab('', '127.0.0.0/24'), ['5:11 cidr-unusable']],
  ['a network in multicast', lab('', '239.0.0.0/24'), ['5:11 cidr-unusable']],
  ['a gateway outside its network', lab('    gateway: 10.0.1.1\n'), ['6:14 gateway-outside, also 5:11']],
  ['a gateway that is the broadcast address', lab('    gateway: 10.0.0.255\n'), ['6:14 gateway-unusable, also 5:11']],
  [
    'a server that is the network address',
    lab('    dhcp: { server: 10.0.0.0 }\n'),
    ['6:21 dhcp-server-unusable, also 5:11'],
  ],
  [
    'an outside gateway and a server, both outside',
    lab('    gateway: 10.0.1.1\n    dhcp: { server: 10.0.1.2 }\n'),
    ['6:14 gateway-outside, also 5:11', '7:21 dhcp-server-outside, also 5:11'],
  ],
  [
    'allocate outside the network',
    lab('    allocate: [10.0.0.0/25, 10.0.1.0/25]\n'),
    ['6:29 allocate-outside, also 5:11'],
  ],
  [
    'reserve partly outside the network',
    lab('    reserve: [10.0.0.250-10.0.1.5]\n'),
    ['6:15 reserve-outside, also 5:11'],
  ],
  ['an address outside its network', vm('        address: 10.0.1.3\n'), ['10:18 address-outside, also 5:11']],
  ['the network address', vm('        address: 10.0.0.0\n'), ['10:18 address-unusable, also 5:11']],
  ['the broadcast address', vm('        address: 10.0.0.255\n'), ['10:18 address-unusable, also 5:11']],
  ['the gateway by default', vm('        address: 10.0.0.1\n'), ['10:18 address-is-gateway, also 5:11']],
  [
    'the gateway by name',
    vm('        address: 10.0.0.7\n', '    gateway: 10.0.0.7\n'),
    ['11:18 address-is-gateway, also 6:14'],
  ],
  [
    "the host's own address",
    vm('        address: 10.0.0.7\n', '    dhcp: { server: 10.0.0.7 }\n'),
    ['11:18 address-is-server, also 6:21'],
  ],
  [
    'one address twice',
    vm('        address: 10.0.0.7\n      - network: lab\n        address: 10.0.0.7\n'),
    ['12:18 address-twice, also 10:18'],
  ],
  [
    'one MAC twice, in different letters',
    vm('        mac: fa:16:3e:00:00:0a\n      - network: lab\n        mac: FA:16:3E:00:00:0A\n'),
    ['12:14 mac-twice, also 10:14'],
  ],
  [
    'more NICs than addresses',
    lab('    allocate: [10.0.0.1-10.0.0.4]\n    reserve: [10.0.0.2]\n') +
      'instances:\n  a: { nics: [{ network: lab }, { network: lab, address: 10.0.0.3 }] }\n  b: { nics: [{ network: lab }] }\n',
    ['6:15 network-full'],
  ],
  ['a resolver that is the network’s own server', lab('    dns: [10.0.0.1, 9.9.9.9]\n'), ['6:11 dns-is-server']],
  [
    'a resolver for all that is one network’s own server, and one that nobody has',
    `${lab('')}defaults: { dns: [10.0.0.1, 0.0.0.0, 127.0.0.53] }\n`,
    ['6:19 dns-is-server', '6:29 dns-unusable'],
  ],
  ['more NICs than a bridge has ports', manyOn('null', 1024), ['3:8 bridge-full']],
  ['as many NICs as a bridge has ports, and an uplink', manyOn('eth1', 1023), ['3:8 bridge-full']],
  ['just as many', manyOn('null', 1023), []],
  ['a network that nothing defines', vm('      - network: lba\n'), ['10:18 unknown-network']],
  [
    'a host that nothing defines',
    A + 'hosts: { h1: {}, h2: {} }\ninstances: { vm: { host: h3 } }\n',
    ['3:26 unknown-host'],
  ],
  ['a host in a spec without hosts', A + 'instances: { vm: { host: h3 } }\n', ['2:26 unknown-host']],
  ['no host where there are several', A + 'hosts: { h1: {}, h2: {} }\ninstances:\n  vm: {}\n', ['4:7 host-missing']],
  [
    'one bridge twice',
    lab('    bridge: br0\n') + '  red: { mode: flat-dhcp, cidr: 10.0.1.0/24, bridge: br0 }\n',
    ['7:54 bridge-twice, also 6:13'],
  ],
  [
    'one uplink twice',
    lab('    interface: eth1\n') + '  red: { mode: flat-dhcp, cidr: 10.0.1.0/24, interface: eth1 }\n',
    ['7:57 uplink-twice, also 6:16'],
  ],
  [
    "the host's interface for two networks",
    A +
      'hosts: { h1: { flatInterface: eth1 } }\nnetworks:\n  a: { mode: flat-dhcp, cidr: 10.0.0.0/24 }\n  b: { mode: flat-dhcp, cidr: 10.0.1.0/24 }\n  c: { mode: flat-dhcp, cidr: 10.0.2.0/24, interface: null }\n',
    ['5:6 uplink-twice, also 4:6'],
  ],
  [
    "an uplink that is another network's bridge",
    lab('    bridge: br0\n') + '  red: { mode: flat-dhcp, cidr: 10.0.1.0/24, interface: br0 }\n',
    ['7:57 interface-twice, also 6:13'],
  ],
  [
    'a VLAN without an id',
    A + 'networks:\n  blue: { mode: vlan, cidr: 10.0.0.0/24, interface: eth0 }\n',
    ['3:9 vlan-missing'],
  ],
  [
    'a VLAN whose id is wrong',
    A + 'networks:\n  blue: { mode: vlan, cidr: 10.0.0.0/24, interface: eth0, vlan: 4095 }\n',
    ['3:65 out-of-range'],
  ],
  ['an id in a mode that has none', lab('    vlan: 100\n'), ['6:11 no-effect']],
  [
    'what a flat network has no use for',
    A +
      'networks:\n  office: { mode: flat, cidr: 10.0.0.0/24, dhcp: {}, forward: none, snat: true, metadata: false }\n',
    ['3:50 no-effect', '3:63 no-effect', '3:75 no-effect'],
  ],
  [
    'one id twice on one parent',
    A +
      'networks:\n  blue: { mode: vlan, vlan: 7, cidr: 10.0.0.0/24, interface: eth0 }\n  red: { mode: vlan, vlan: 7, cidr: 10.0.1.0/24, interface: eth0 }\n',
    ['4:28 vlan-twice, also 3:29'],
  ],
  [
    'one id twice on one parent of some host',
    A +
      'hosts: { h1: { vlanInterface: eth0 }, h2: { vlanInterface: eth1 }, h3: { vlanInterface: eth0 } }\nnetworks:\n  blue: { mode: vlan, vlan: 7, cidr: 10.0.0.0/24 }\n  red: { mode: vlan, vlan: 7, cidr: 10.0.1.0/24, interface: eth0 }\n',
    ['5:28 vlan-twice, also 4:29'],
  ],
  [
    'one id on two parents, and on none',
    A +
      'networks:\n  blue: { mode: vlan, vlan: 7, cidr: 10.0.0.0/24, interface: eth0 }\n  red: { mode: vlan, vlan: 7, cidr: 10.0.1.0/24, interface: eth1 }\n  c: { mode: vlan, vlan: 7, cidr: 10.0.2.0/24, interface: null }\n  d: { mode: vlan, vlan: 7, cidr: 10.0.3.0/24, interface: null }\n',
    [],
  ],
  [
    'a VLAN on a host that names no interface for it',
    A +
      'hosts: { h1: { vlanInterface: eth0 }, h2: {} }\nnetworks:\n  blue: { mode: vlan, vlan: 7, cidr: 10.0.0.0/24 }\n  red: { mode: vlan, vlan: 8, cidr: 10.0.1.0/24 }\n  c: { mode: vlan, vlan: 9, cidr: 10.0.2.0/24, interface: null }\ninstances:\n  one: { host: h2, nics: [{ network: blue }, { network: red }, { network: c }] }\n',
    ['2:43 parent-missing, also 4:9 5:8'],
  ],
  [
    'a VLAN of which a host without an interface has no guest',
    A +
      'hosts: { h1: { vlanInterface: eth0 }, h2: {} }\nnetworks:\n  blue: { mode: vlan, vlan: 7, cidr: 10.0.0.0/24 }\ninstances:\n  one: { host: h1, nics: [{ network: blue }] }\n',
    [],
  ],
  [
    'a VLAN in a spec without hosts',
    A + 'networks:\n  blue: { mode: vlan, vlan: 7, cidr: 10.0.0.0/24 }\n',
    ['3:9 parent-missing'],
  ],
  [
    'tagged beside untagged',
    A +
      'hosts: { h1: { vlanInterface: eth0, flatInterface: eth0, publicInterface: eth0 } }\nnetworks:\n  blue: { mode: vlan, vlan: 7, cidr: 10.0.0.0/24 }\n  red: { mode: flat, cidr: 10.0.1.0/24 }\n  c: { mode: vlan, vlan: 8, cidr: 10.0.2.0/24 }\n',
    [],
  ],
  [
    'two uplinks, though a parent comes between',
    A +
      'networks:\n  a: { mode: flat, cidr: 10.0.0.0/24, interface: eth0 }\n  b: { mode: vlan, vlan: 7, cidr: 10.0.1.0/24, interface: eth0 }\n  c: { mode: flat, cidr: 10.0.2.0/24, interface: eth0 }\n',
    ['5:50 uplink-twice, also 3:50'],
  ],
  [
    'a parent that is a bridge of ours',
    A +
      'networks:\n  a: { mode: flat, cidr: 10.0.0.0/24, bridge: br0 }\n  b: { mode: vlan, vlan: 7, cidr: 10.0.1.0/24, interface: br0 }\n',
    ['4:59 interface-twice, also 3:47'],
  ],
  [
    "a guest's device as a parent",
    A +
      'hosts: { h1: { vlanInterface: tap0 } }\nnetworks:\n  b: { mode: vlan, vlan: 7, cidr: 10.0.1.0/24 }\ninstances:\n  vm: { nics: [{ network: b, device: { type: tap, name: tap0 } }] }\n',
    ['6:57 interface-twice, also 2:31'],
  ],
  [
    'one device twice',
    vm(
      '        device: { type: tap, name: tap0 }\n      - network: lab\n        device: { type: external, name: tap0 }\n',
    ),
    ['12:41 device-twice, also 10:36'],
  ],
  [
    'a device that is an uplink',
    vm('        device: { type: external, name: eth1 }\n', '    interface: eth1\n'),
    ['11:41 interface-twice, also 6:16'],
  ],
  [
    'two far ends of one name',
    vm(
      '        device: { type: veth, netns: g1, peer: eth0 }\n      - network: lab\n        device: { type: veth, netns: g1, peer: eth0 }\n',
    ),
    ['12:48 peer-twice, also 10:48'],
  ],
  [
    "another project than the network's",
    lab('    project: a\n') + 'instances:\n  vm:\n    project: b\n    nics: [{ network: lab }]\n',
    ['10:23 project-differs, also 9:14 6:14'],
  ],
  [
    'networks of two projects',
    lab('    project: a\n') +
      '  red: { mode: flat-dhcp, cidr: 10.0.1.0/24, project: b }\ninstances:\n  vm:\n    nics: [{ network: lab }, { network: red }]\n',
    ['10:41 project-differs, also 6:14 7:55'],
  ],
  [
    'one hostname on one network',
    lab() + 'instances:\n  vm_1: { nics: [{ network: lab }] }\n  VM.1: { nics: [{ network: lab }] }\n',
    ['8:9 hostname-twice, also 7:9'],
  ],
  [
    'an instance called as every machine calls itself',
    lab() +
      'instances:\n  localhost: { hostname: vm, nics: [{ network: lab }] }\n  Broadcasthost: { nics: [{ network: lab }] }\n',
    ['7:14 reserved-name', '8:18 reserved-name'],
  ],
  [
    'a hostname like that',
    lab() +
      'instances:\n  vm: { hostname: LocalHost, nics: [{ network: lab }] }\n  ip6_loopback: { nics: [{ network: lab }] }\n',
    ['7:19 reserved-name', '8:17 reserved-name'],
  ],
  [
    'names that only begin so',
    lab() + 'instances:\n  localhost-2: { nics: [{ network: lab }] }\n  my-localhost: { nics: [{ network: lab }] }\n',
    [],
  ],
  [
    'what comes with a later version',
    A +
      'pools: {}\nsecurityGroups: {}\nnetworks:\n  a: { mode: vlan, interface: eth0, cidr: 10.0.0.0/24, vlan: 100, cidr6: "fd00::/64" }\n  b: { mode: flat, cidr: 10.0.1.0/24 }\ninstances:\n  vm: { securityGroups: [x], nics: [{ network: a }] }\n',
    ['3:17 not-yet', '5:74 not-yet', '8:25 not-yet'],
  ],
  ['source addresses in a network', lab('    snat: 10.0.0.128/29\n'), ['6:11 snat-in-network, also 5:11']],
  ['source addresses on the loopback', lab('    snat: 127.0.0.5\n'), ['6:11 snat-unusable']],
  ['too many source addresses', lab('    snat: 203.0.112.0-203.0.113.0\n'), ['6:11 snat-too-large']],
  [
    'source addresses in a pool, which does not give them out',
    lab('    snat: 203.0.113.8\n') + 'pools: { public: { ranges: [203.0.113.0/28], interface: eth1 } }\n',
    [],
  ],
  ['SNAT without a source', lab('    snat: true\n'), ['6:11 snat-without-source']],
  ['SNAT that is only the default', lab() + 'hosts: { h1: {} }\n', []],
  [
    'SNAT where one host has a way out',
    lab('    snat: true\n') + 'hosts: { h1: {}, h2: { publicInterface: eth1 } }\n',
    [],
  ],
  ['snatTo behind a gateway of the host', lab('    snatTo: [192.0.2.0/24]\n'), ['6:13 warning snat-to-unused']],
  [
    'SNAT behind an outside router, towards nobody',
    lab('    gateway: 10.0.0.254\n    dhcp: { server: 10.0.0.1 }\n    snat: 203.0.113.8\n'),
    ['8:11 warning snat-unused'],
  ],
  ['a source address that nobody answers', A + 'hosts: { h1: { sourceAddress: 0.0.0.0 } }\n', ['2:31 source-unusable']],
  [
    'a metadata service that is asked for itself',
    A + 'hosts: { h1: { metadata: { address: 169.254.169.254 } } }\n',
    ['2:37 metadata-unusable'],
  ],
  ['a metadata service on the loopback', A + 'hosts: { h1: { metadata: { address: 127.0.0.2 } } }\n', []],
  [
    'syntax, schema, form and meaning at once',
    A +
      'defaults:\n  leaseTim: 1h\nnetworks:\n  lab:\n    mode: flat-dhcp\n    cidr: 10.0.0.0/24\n  red:\n    mode: flat-dhcp\n    cidr: 10.0.0.0/25\n    gateway: 10.0.0.300\ninstances:\n  vm:\n    nics: [{ network: lab\n',
    ['3:3 unknown-key', '10:11 networks-overlap, also 7:11', '11:14 bad-address', '14:12 yaml-syntax, also 15:1'],
  ],
] as const) {
  test(name, () => {
    expect(problemsOf(text)).toEqual(problems);
  });
}
