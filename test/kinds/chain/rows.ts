// test/kinds/chain/rows.ts — rules as values, and as netctl wrote them on hosts when a tag was a hash of the text
// (2311f18); those of ICMP, and `REJECT`, came after that.
import type { Match, Verdict } from '../../../src/kinds/chain/model.ts';

/** Each match and verdict has a row. All are there for `networks.lab`. */
export const ROWS: readonly (readonly [name: string, match: readonly Match[], then: Verdict, text: string])[] = [
  [
    'a source',
    [{ match: 'source', cidr: '10.0.0.0/8' }],
    { target: 'accept' },
    '-s 10.0.0.0/8 -m comment --comment "netctl:e7f97c27 networks.lab" -j ACCEPT',
  ],
  [
    'all but a destination',
    [{ match: 'destination', cidr: '10.0.0.3/32', not: true }],
    { target: 'drop' },
    '! -d 10.0.0.3/32 -m comment --comment "netctl:80201803 networks.lab" -j DROP',
  ],
  [
    'every address',
    [
      { match: 'source', cidr: '0.0.0.0/0' },
      { match: 'in', link: 'br100' },
    ],
    { target: 'return' },
    '-i br100 -m comment --comment "netctl:6e8ff77e networks.lab" -j RETURN',
  ],
  [
    'no destination at all',
    [{ match: 'destination', cidr: '0.0.0.0/0', not: true }],
    { target: 'accept' },
    '! -d 0.0.0.0/0 -m comment --comment "netctl:df8774f7 networks.lab" -j ACCEPT',
  ],
  [
    'ways in and out',
    [
      { match: 'out', link: 'eth1' },
      { match: 'in', link: 'lo', not: true },
    ],
    { target: 'jump', chain: 'netctl-snat' },
    '! -i lo -o eth1 -m comment --comment "netctl:308eb87a networks.lab" -j netctl-snat',
  ],
  [
    'a protocol',
    [{ match: 'protocol', protocol: 'udp' }],
    { target: 'checksum-fill' },
    '-p udp -m comment --comment "netctl:50ba6ca7 networks.lab" -j CHECKSUM --checksum-fill',
  ],
  [
    'ports',
    [{ match: 'protocol', protocol: 'tcp', sourcePort: 1, destinationPort: 2 }],
    { target: 'redirect', port: 8775 },
    '-p tcp -m tcp --sport 1 --dport 2 -m comment --comment "netctl:a48e82ff networks.lab" -j REDIRECT --to-ports 8775',
  ],
  [
    'states',
    [
      { match: 'ctstate', states: ['DNAT'], not: true },
      { match: 'source', cidr: '10.0.0.0/24' },
    ],
    { target: 'accept' },
    '-s 10.0.0.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:b0fe64bd networks.lab" -j ACCEPT',
  ],
  [
    'several states',
    [{ match: 'ctstate', states: ['NEW', 'ESTABLISHED'] }],
    { target: 'accept' },
    '-m conntrack --ctstate NEW,ESTABLISHED -m comment --comment "netctl:ad9eb915 networks.lab" -j ACCEPT',
  ],
  [
    'an address of the host',
    [{ match: 'local' }, { match: 'protocol', protocol: 'tcp', destinationPort: 80 }],
    { target: 'dnat', to: '10.0.0.5:8775' },
    '-p tcp -m tcp --dport 80 -m addrtype --dst-type LOCAL -m comment --comment "netctl:5bae14d8 networks.lab" -j DNAT --to-destination 10.0.0.5:8775',
  ],
  [
    'turns',
    [{ match: 'every', nth: 3 }],
    { target: 'snat', to: '203.0.113.8-203.0.113.11' },
    '-m statistic --mode nth --every 3 --packet 0 -m comment --comment "netctl:a71f6fcb networks.lab" -j SNAT --to-source 203.0.113.8-203.0.113.11',
  ],
  [
    'a type of ICMP',
    [{ match: 'icmp', type: 8 }],
    { target: 'accept' },
    '-p icmp -m icmp --icmp-type 8 -m comment --comment "netctl:3600708d networks.lab" -j ACCEPT',
  ],
  [
    'all of ICMPv6',
    [{ match: 'icmpv6' }, { match: 'in', link: 'br-lab' }],
    { target: 'accept' },
    '-i br-lab -p ipv6-icmp -m comment --comment "netctl:246016a2 networks.lab" -j ACCEPT',
  ],
  [
    'a code of ICMPv6',
    [{ match: 'icmpv6', type: 1, code: 4 }],
    { target: 'drop' },
    '-p ipv6-icmp -m icmp6 --icmpv6-type 1/4 -m comment --comment "netctl:3147989d networks.lab" -j DROP',
  ],
  [
    'a network of IPv6, which is told',
    [{ match: 'source', cidr: 'fd00:1::/64' }],
    { target: 'reject', answer: 'icmp6-adm-prohibited' },
    '-s fd00:1::/64 -m comment --comment "netctl:37e6b4cc networks.lab" -j REJECT --reject-with icmp6-adm-prohibited',
  ],
];
