// test/kernel/uplinks/bridge-rows.ts — what others put on a bridge with an uplink that does not go to the interface,
// and what is said of it.

/**
 * Sort, what is done, what is said and the command that does it on the interface: that is typed in afterwards, where it
 * is one.
 */
export const SAID: readonly (readonly [name: string, deeds: readonly string[], said: readonly RegExp[]])[] = [
  [
    'a route with several ways',
    ['ip route add 10.1.0.0/16 nexthop via 203.0.113.2 dev br-lab nexthop via 203.0.113.3 dev br-lab'],
    [
      /^the route 10\.1\.0\.0\/16 nexthop via 203\.0\.113\.2 weight 1 nexthop via 203\.0\.113\.3 weight 1 on br-lab is not netctl's, and is deleted with the bridge {2}\[route-lost\] — ip route replace 10\.1\.0\.0\/16 .*nexthop via 203\.0\.113\.2 dev eth1 .*dev eth1 weight 1$/,
    ],
  ],
  [
    'one with a next-hop object',
    ['ip nexthop add id 5 via 203.0.113.7 dev br-lab', 'ip route add 10.1.0.0/16 nhid 5'],
    [
      /^the route 10\.1\.0\.0\/16 nhid 5 .*\[route-lost\] — ip route replace 10\.1\.0\.0\/16 nhid 5 /,
      /^the next-hop object 5 on br-lab is not netctl's.*\[bridge-nexthop\] — ip nexthop add id 5 via 203\.0\.113\.7 dev eth1$/,
    ],
  ],
  [
    'one that encapsulates, in another table',
    ['ip route add 10.1.0.0/16 encap ip id 7 dst 203.0.113.8 dev br-lab table 100'],
    [
      /^the route 10\.1\.0\.0\/16 encap .*table 100.*\[route-lost\] — ip route replace 10\.1\.0\.0\/16 encap .*dev eth1 table 100/,
    ],
  ],
  [
    'one for single sources',
    [
      'ip -6 address add 2001:db8::1/64 dev br-lab nodad',
      'ip -6 route add 2001:db8:3::/64 from 2001:db8:9::/64 dev br-lab',
    ],
    [
      /^the route 2001:db8:3::\/64 from .*\[route-lost\] — ip -6 route replace 2001:db8:3::\/64 from 2001:db8:9::\/64 .*dev eth1/,
    ],
  ],
  [
    'one whose gateway the interface does not reach',
    ['ip route add 10.1.0.0/16 via 192.168.50.9 dev br-lab'],
    [
      /^the route 10\.1\.0\.0\/16 via 192\.168\.50\.9 on br-lab .*\[route-lost\] — ip route replace 10\.1\.0\.0\/16 via 192\.168\.50\.9 dev INTERFACE/,
    ],
  ],
  [
    "one with the network's own address as source",
    ['ip route add 10.1.0.0/16 dev br-lab src 192.168.50.1'],
    [/^the route 10\.1\.0\.0\/16 src 192\.168\.50\.1 on br-lab .*\[route-lost\]/],
  ],
  [
    'one by another device, with an address of the bridge as source',
    ['ip address add 198.51.100.11/24 dev eth2', 'ip route add 10.1.0.0/16 via 198.51.100.1 src 192.168.50.1'],
    [
      /^a route by other devices has an address of br-lab as source, and falls with that: 10\.1\.0\.0\/16 via 198\.51\.100\.1 dev eth2.*\[route-lost\]/,
    ],
  ],
  [
    'permanent neighbours and proxies',
    [
      'ip neigh add 203.0.113.9 lladdr 02:00:00:00:00:99 dev br-lab nud permanent',
      'ip neigh add proxy 203.0.113.77 dev br-lab',
    ],
    [
      /^2 neighbours on br-lab are not netctl's, and are deleted with the bridge: 203\.0\.113\.9 lladdr 02:00:00:00:00:99 nud permanent; proxy 203\.0\.113\.77 {2}\[bridge-neighbour\] — ip neigh replace 203\.0\.113\.9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent; ip neigh replace proxy 203\.0\.113\.77 dev eth1$/,
    ],
  ],
  [
    'policy rules',
    ['ip rule add iif br-lab table 100 priority 99'],
    [
      /^a policy rule names br-lab, which is deleted, and matches nothing of it any more: priority 99 from all iif br-lab lookup 100 {2}\[bridge-policy-rule\] — the same for eth1: ip rule add priority 99 from all iif eth1 lookup 100$/,
    ],
  ],
  [
    'settings',
    ['sysctl -qw net.ipv4.conf.br-lab.rp_filter=2 net.ipv6.neigh.br-lab.gc_stale_time=77'],
    [
      /^settings that somebody has given br-lab are lost with it: net\.ipv4\.conf\.br-lab\.rp_filter=2; net\.ipv6\.neigh\.br-lab\.gc_stale_time=77 {2}\[bridge-setting\] — sysctl -w net\.ipv4\.conf\.eth1\.rp_filter='2'; sysctl -w net\.ipv6\.neigh\.eth1\.gc_stale_time='77'$/,
    ],
  ],
  [
    'an MTU',
    ['ip link set dev br-lab mtu 1400'],
    [
      /^settings that somebody has given br-lab are lost with it: mtu 1400 {2}\[bridge-setting\] — ip link set dev eth1 mtu 1400$/,
    ],
  ],
  [
    'what ends by itself',
    [
      'ip address add 10.44.0.1/24 dev br-lab valid_lft 1000 preferred_lft 500',
      'ip -6 address add 2001:db8:88::5/64 dev br-lab valid_lft 1000 preferred_lft 500',
      'ip -6 route add 2001:db8:89::/48 via fe80::1 dev br-lab expires 500',
    ],
    [
      /^2 addresses on br-lab are not netctl's, and are deleted with the bridge: 10\.44\.0\.1\/24; 2001:db8:88::5\/64 {2}\[bridge-address\] — ip address add 10\.44\.0\.1\/24 dev eth1 valid_lft \d+ preferred_lft \d+; /,
      /^the route 2001:db8:89::\/48 via fe80::1 .*expires \d+sec on br-lab .*\[route-lost\]/,
    ],
  ],
  [
    'what is changed of an address that came along',
    ['ip address change 203.0.113.11/24 dev br-lab metric 500'],
    [
      /^somebody has changed on br-lab what came along to it, and eth1 gets it back as it was: 203\.0\.113\.11\/24 .*metric 500 {2}\[bridge-address\] — ip address replace 203\.0\.113\.11\/24 .*dev eth1 metric 500$/,
    ],
  ],
  [
    'a queue',
    ['tc qdisc add dev br-lab root tbf rate 100mbit burst 15400 latency 50ms'],
    [/^the queue qdisc tbf [0-9a-f]+: on br-lab .*\[bridge-queue\]/],
  ],
  [
    'a device',
    ['ip link add vx0 type vxlan id 7 dev br-lab dstport 4789'],
    [
      /^the device vx0 \(vxlan\) on br-lab .*\[bridge-device\] — ip link add link eth1 name vx0 type vxlan id 7, with all that is on it$/,
    ],
  ],
  [
    "a container's device",
    ['ip link add link br-lab name mv0 type macvlan mode bridge', 'ip link set mv0 netns WORLD'],
    [
      /^the device mv0 \(macvlan\) in the network namespace \/run\/netns\/\S+-world on br-lab is not netctl's, and is deleted with the bridge {2}\[bridge-device\] — ip link add link eth1 netns \/run\/netns\/\S+-world name mv0 type macvlan, with all that is on it$/,
    ],
  ],
  [
    'a port',
    ['ip link add d0 type veth peer name d1', 'ip link set d0 master br-lab'],
    [/^not netctl's, and in no bridge any more when br-lab is deleted: d0 {2}\[bridge-port\]/],
  ],
  [
    'forwarding entries',
    [
      'ip link add d0 type veth peer name d1',
      'ip link set d0 master br-lab',
      'bridge fdb add 02:00:00:00:00:77 dev d0 master static',
    ],
    [/^the forwarding entry 02:00:00:00:00:77 on d0 on br-lab .*\[bridge-fdb\]/, /\[bridge-port\]/],
  ],
  [
    'multicast',
    ['ip maddr add 33:33:00:00:00:05 dev br-lab'],
    [/^the multicast MAC 33:33:00:00:00:05 on br-lab .*\[bridge-join\] — ip maddr add 33:33:00:00:00:05 dev eth1$/],
  ],
  [
    'rules of firewalls',
    [
      'iptables -A FORWARD -i br-lab -s 198.18.0.11 -j DROP',
      'nft add table inet f',
      "nft 'add chain inet f input { type filter hook input priority 0; }'",
      'nft add rule inet f input iifname br-lab counter accept',
    ],
    [
      /^2 rules of others name br-lab, which is deleted: `iptables -A FORWARD -s 198\.18\.0\.11\/32 -i br-lab -j DROP` drops nothing of it any more; `nft inet f input: iifname "br-lab" counter.* accept` accepts nothing of it any more {2}\[bridge-rules\] — the same for eth1: iptables -I FORWARD \d+ -s 198\.18\.0\.11\/32 -i eth1 -j DROP; nft 'add rule inet f input handle \d+ iifname "eth1" /,
    ],
  ],
];
