// test/specfile/forms.test.ts — texts that have not the form they should: each mistake, and the line and column where
// it is shown.
import { expect, test } from 'vitest';
import { problemsOf, A, lab, vm } from './problems.ts';

for (const [name, text, problems] of [
  ['an address with a number too large', vm('        address: 10.0.0.256\n'), ['10:18 bad-address']],
  ['an address with a leading zero', vm('        address: 10.0.0.010\n'), ['10:18 bad-address']],
  ['an address with a length', vm('        address: 10.0.0.3/24\n'), ['10:18 bad-address']],
  ['an address of IPv6', A + 'defaults: { dns: ["2001:db8::1"] }\n', ['2:19 bad-address']],
  ['the second of a list', A + 'defaults: { dns: [8.8.8.8, 8.8.8] }\n', ['2:28 bad-address']],
  ['a network with host bits', lab('', '10.0.0.5/24'), ['5:11 host-bits']],
  ['a network without a length', lab('', '10.0.0.0'), ['5:11 bad-cidr']],
  ['a network with a length too large', lab('', '10.0.0.0/33'), ['5:11 bad-cidr']],
  ['a network with a mask', lab('', '10.0.0.0/255.255.255.0'), ['5:11 bad-cidr']],
  ['a range backwards', lab('    reserve: [10.0.0.9-10.0.0.1]\n'), ['6:15 bad-range']],
  ['half a range', lab('    reserve: [10.0.0.1-9]\n'), ['6:15 bad-range']],
  ['a MAC with dashes', vm('        mac: 52-54-00-12-34-56\n'), ['10:14 bad-mac']],
  ['a multicast MAC', vm('        mac: 01:00:5e:00:00:01\n'), ['10:14 mac-multicast']],
  ['a MAC of nothing', vm('        mac: 00:00:00:00:00:00\n'), ['10:14 mac-zero']],
  ['a multicast prefix', A + 'defaults: { macPrefix: "33:33" }\n', ['2:24 mac-multicast']],
  ['a prefix of six octets', A + 'defaults: { macPrefix: "fa:16:3e:00:00:00" }\n', ['2:24 bad-mac-prefix']],
  ['a lease time without a unit', A + 'defaults: { leaseTime: "3600" }\n', ['2:24 bad-duration']],
  ['a lease time as a number', A + 'defaults: { leaseTime: 3600 }\n', ['2:24 wrong-type']],
  ['a lease time too short', lab('    dhcp: { leaseTime: 119s }\n'), ['6:24 lease-too-short']],
  ['a lease time too long', lab('    dhcp: { leaseTime: 8000w }\n'), ['6:24 lease-too-long']],
  ['an interface name too long', lab('    bridge: sixteen-letters-\n'), ['6:13 bad-interface-name']],
  ['an interface name with a slash', lab('    interface: eth/1\n'), ['6:16 bad-interface-name']],
  ['an interface name with a blank', lab('    bridge: "br 1"\n'), ['6:13 bad-interface-name']],
  ['an interface name of dots', lab('    bridge: ".."\n'), ['6:13 bad-interface-name']],
  ["an interface name that is the kernel's own word", lab('    bridge: default\n'), ['6:13 bad-interface-name']],
  [
    'a device of that name',
    lab('    forward: [all, bonding_masters]\n'),
    ['6:15 bad-interface-name', '6:20 bad-interface-name'],
  ],
  ['an interface name that is empty', lab('    bridge: ""\n'), ['6:13 bad-interface-name']],
  ['an interface name that iptables takes for many', lab('    bridge: br+\n'), ['6:13 bad-interface-name']],
  ['an interface to forward to', lab('    forward: [eth1, "eth 2"]\n'), ['6:21 bad-interface-name']],
  ['a namespace with a slash', vm('        device: { type: veth, netns: a/b }\n'), ['10:38 bad-netns-name']],
  ['a hostname with a dot', A + 'instances: { vm: { hostname: a.b } }\n', ['2:30 bad-hostname']],
  [
    'domains that mean whoever asks',
    A +
      'defaults: { domain: localhost }\nnetworks:\n  a: { mode: flat-dhcp, cidr: 10.0.0.0/24, domain: vms.LOCALHOST }\n  b: { mode: flat-dhcp, cidr: 10.0.1.0/24, domain: localhost.localdomain }\n  c: { mode: flat-dhcp, cidr: 10.0.2.0/24, domain: localdomain }\n',
    ['2:21 reserved-name', '4:52 reserved-name', '5:52 reserved-name'],
  ],
  ['a domain with a blank', A + 'defaults: { domain: "a b" }\n', ['2:21 bad-domain']],
  [
    'a DHCP option without its prefix',
    lab('    dhcp: { options: ["ntp-server,10.0.0.1"] }\n'),
    ['6:23 bad-dhcp-option'],
  ],
  [
    'a DHCP option that dnsmasq does not know',
    lab('    dhcp: { options: ["option:ntp-srver,10.0.0.1"] }\n'),
    ['6:23 bad-dhcp-option'],
  ],
  [
    'a DHCP option with a line break',
    lab('    dhcp: { options: ["option:mtu,1\\nport=0"] }\n'),
    ['6:23 bad-dhcp-option'],
  ],
  ['a configuration file with a relative path', lab('    dhcp: { config: dnsmasq.conf }\n'), ['6:21 bad-path']],
] as const) {
  test(name, () => {
    expect(problemsOf(text)).toEqual(problems);
  });
}
