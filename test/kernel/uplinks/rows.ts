// test/kernel/uplinks/rows.ts — what an uplink can have beyond the usual, one attribute a row: how it gets it, and what
// is then to be seen on the bridge.
import type { Row } from './row.ts';
import { addresses } from './rows-of-addresses.ts';

const routes: readonly Row[] = (
  [
    [
      'metrics',
      'default via 203.0.113.1 dev eth1 metric 50 mtu 1400 advmss 1300 initcwnd 20 initrwnd 30 window 30000 rto_min 300ms quickack 1 congctl reno hoplimit 33 reordering 5 rtt 300ms rttvar 20ms ssthresh 7 cwnd 9 features ecn fastopen_no_cookie 1',
      'initcwnd 20',
    ],
    ['a locked MTU', '192.0.2.0/24 via 203.0.113.2 dev eth1 mtu lock 1400', 'mtu lock 1400'],
    ['a type of service', '192.0.2.0/24 tos 0x10 via 203.0.113.2 dev eth1', 'tos (0x10|lowdelay)'],
    ['realms', '192.0.2.0/24 via 203.0.113.2 dev eth1 realms 3/4', 'realms 3/4'],
    ['a source', '192.0.2.0/24 via 203.0.113.2 dev eth1 src 203.0.113.11', 'src 203.0.113.11'],
    ['onlink', '192.0.2.0/24 via 198.51.100.9 dev eth1 onlink', 'onlink'],
    ['another protocol', '192.0.2.0/24 via 203.0.113.2 dev eth1 proto bird', '192.0.2.0/24'],
    ['the scope of the link', '192.0.2.0/24 dev eth1', '192.0.2.0/24'],
    ['the global scope without a gateway', '192.0.2.0/24 dev eth1 scope global', '192.0.2.0/24'],
    ['by way of an IPv6 neighbour', '192.0.2.0/24 via inet6 fe80::1 dev eth1', 'via inet6 fe80::1'],
    ['of another table', '192.0.2.0/24 via 203.0.113.2 dev eth1 table 100', '192.0.2.0/24 via 203.0.113.2'],
    ['the default of another table', 'default via 203.0.113.1 dev eth1 table 4000000000', 'default via 203.0.113.1'],
    ['local, of another table', 'local 10.9.0.0/16 dev eth1 table 100', 'local 10.9.0.0/16'],
    ['multicast', 'multicast 239.1.1.1 dev eth1 table 100', 'multicast 239.1.1.1'],
    ['local, of the local table', 'local 10.9.0.0/24 dev eth1 table local', 'local 10.9.0.0/24'],
    ['IPv6, a preference', '-6 2001:db8:9::/64 via fe80::9 dev eth1 pref high', 'pref high'],
    ['IPv6, another table', '-6 2001:db8:9::/64 via fe80::9 dev eth1 table 33 metric 5 mtu 1300', 'mtu 1300'],
    ['IPv6, one that ends by itself', '-6 2001:db8:9::/64 via fe80::9 dev eth1 expires 3000', '2001:db8:9::/64'],
  ] as const
).map(([name, words, holds]): Row => {
  const family = words.startsWith('-6') ? '-6 ' : '';
  return [
    `a route: ${name}`,
    [`ip ${family}route add ${words.replace('-6 ', '')}`],
    `ip ${family}route show table all dev br-lab`,
    new RegExp(holds),
  ];
});

const others: readonly Row[] = [
  [
    'policy routing',
    [
      'ip route add 203.0.113.0/24 dev eth1 src 203.0.113.11 table 100',
      'ip route add default via 203.0.113.1 dev eth1 table 100',
      'ip rule add from 203.0.113.11 table 100 prio 100',
    ],
    'ip route get 192.0.2.1 from 203.0.113.11',
    /dev br-lab/,
  ],
  [
    'a permanent neighbour',
    ['ip neigh add 203.0.113.9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent'],
    'ip neigh show dev br-lab',
    /203\.0\.113\.9 lladdr 02:00:00:00:00:99 PERMANENT/,
  ],
  [
    'a permanent IPv6 neighbour',
    [
      'ip -6 addr add 2001:db8::11/64 dev eth1',
      'ip neigh add 2001:db8::9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent router',
    ],
    'ip -6 neigh show dev br-lab',
    /2001:db8::9 lladdr 02:00:00:00:00:99 router PERMANENT/,
  ],
  [
    'a proxy neighbour',
    ['ip neigh add proxy 203.0.113.77 dev eth1'],
    'ip neigh show proxy',
    /203\.0\.113\.77 dev br-lab/,
  ],
  [
    'an IPv6 proxy neighbour',
    ['sysctl -qw net.ipv6.conf.eth1.proxy_ndp=1', 'ip neigh add proxy 2001:db8::77 dev eth1'],
    'ip -6 neigh show proxy',
    /2001:db8::77 dev br-lab/,
  ],
  ['a smaller MTU', ['ip link set eth1 mtu 1400']],
  [
    'an MTU too small for IPv6, which the kernel takes from it',
    ['ip link set eth1 mtu 1200'],
    'ip link show dev eth1',
    /mtu 1500/,
  ],
  [
    'an alias, a queue length, all multicast',
    ['ip link set eth1 alias uplink txqueuelen 77', 'ip link set eth1 allmulticast on'],
  ],
  ['promiscuous before', ['ip link set eth1 promisc on']],
  ['a qdisc of its own', ['tc qdisc add dev eth1 root handle 1: htb']],
  ['a multicast address', ['ip maddr add 01:00:5e:00:00:55 dev eth1']],
  ['a greater MTU', ['ip link set eth1 mtu 9000'], 'ip link show dev br-lab', /mtu 9000/],
  ...(
    [
      ['proxy_arp', '1'],
      ['rp_filter', '2'],
      ['arp_ignore', '1'],
      ['arp_announce', '2'],
      ['arp_filter', '1'],
      ['accept_local', '1'],
      ['route_localnet', '1'],
      ['log_martians', '1'],
      ['send_redirects', '0'],
      ['accept_redirects', '0'],
      ['secure_redirects', '0'],
      ['forwarding', '1'],
      ['promote_secondaries', '1'],
      ['src_valid_mark', '1'],
      ['accept_source_route', '1'],
    ] as const
  ).map(([name, value]): Row => [
    `${name} is ${value}`,
    [`sysctl -qw net.ipv4.conf.eth1.${name}=${value}`],
    `sysctl -n net.ipv4.conf.br-lab.${name}`,
    new RegExp(`^${value}$`),
  ]),
  ...(
    [
      ['accept_ra', '0'],
      ['disable_ipv6', '1'],
      ['use_tempaddr', '2'],
      ['proxy_ndp', '1'],
      ['accept_redirects', '0'],
      ['autoconf', '0'],
      ['hop_limit', '33'],
    ] as const
  ).map(([name, value]): Row => [
    `IPv6’s ${name} is ${value}`,
    [`sysctl -qw net.ipv6.conf.eth1.${name}=${value}`],
    `sysctl -n net.ipv6.conf.br-lab.${name}`,
    new RegExp(`^${value}$`),
  ]),
  ...(
    [
      ['ipv4', 'gc_stale_time', '77'],
      ['ipv4', 'base_reachable_time_ms', '77000'],
      ['ipv4', 'unres_qlen_bytes', '69000'],
      ['ipv4', 'locktime', '54'],
      ['ipv4', 'mcast_solicit', '5'],
      ['ipv6', 'gc_stale_time', '78'],
      ['ipv6', 'retrans_time_ms', '2000'],
      ['ipv6', 'proxy_qlen', '7'],
    ] as const
  ).map(([family, name, value]): Row => [
    `the neighbour table’s ${name} is ${value} (${family})`,
    [`sysctl -qw net.${family}.neigh.eth1.${name}=${value}`],
    `sysctl -n net.${family}.neigh.br-lab.${name}`,
    new RegExp(`^${value}$`),
  ]),
  ['an IPv6 token', ['ip token set ::5 dev eth1']],
  ['an address label', ['ip addrlabel add prefix 2001:db8::/32 dev eth1 label 77']],
  ['an MPTCP endpoint', ['ip mptcp endpoint add 203.0.113.11 dev eth1 id 3 subflow']],
  [
    'IPv6 is off for new devices',
    ['sysctl -qw net.ipv6.conf.default.disable_ipv6=1', 'ip -6 addr add 2001:db8::11/64 dev eth1'],
    'ip -6 addr show dev br-lab',
    /2001:db8::11\/64/,
  ],
];

export const ROWS: readonly Row[] = [...addresses, ...routes, ...others];
