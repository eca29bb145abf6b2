// test/kernel/uplinks/rows-of-addresses.ts — the addresses that an uplink can have beyond the usual.
import type { Row } from './row.ts';

export const addresses: readonly Row[] = [
  ['nothing more'],
  [
    'no broadcast address',
    ['ip addr flush dev eth1', 'ip addr add 203.0.113.11/24 dev eth1', 'ip route add default via 203.0.113.1'],
    'ip addr show dev br-lab',
    /203\.0\.113\.11\/24 scope global/,
  ],
  [
    'noprefixroute, and its route as NetworkManager adds it',
    [
      'ip addr flush dev eth1',
      'ip addr add 203.0.113.11/24 brd + dev eth1 noprefixroute',
      'ip route add 203.0.113.0/24 dev eth1 proto kernel scope link src 203.0.113.11 metric 100',
      'ip route add default via 203.0.113.1 dev eth1 proto static metric 100',
    ],
    'ip route show dev br-lab',
    /203\.0\.113\.0\/24 .*metric 100/,
  ],
  [
    'a metric',
    [
      'ip addr flush dev eth1',
      'ip addr add 203.0.113.11/24 brd + dev eth1 metric 77',
      'ip route add default via 203.0.113.1',
    ],
    'ip addr show dev br-lab',
    /203\.0\.113\.11\/24 metric 77/,
  ],
  ['a label', ['ip addr add 203.0.113.12/24 dev eth1 label eth1:1'], 'ip addr show dev br-lab', /203\.0\.113\.12\/24/],
  [
    'a secondary one',
    ['ip addr add 203.0.113.12/24 brd + dev eth1'],
    'ip addr show dev br-lab',
    /203\.0\.113\.12\/24 .*secondary/,
  ],
  [
    'a point-to-point one',
    ['ip addr add 10.1.0.1 peer 10.1.0.2/32 dev eth1'],
    'ip addr show dev br-lab',
    /10\.1\.0\.1 peer 10\.1\.0\.2\/32/,
  ],
  [
    'two point-to-point ones of one address',
    ['ip addr add 10.1.0.1 peer 10.1.0.2/32 dev eth1', 'ip addr add 10.1.0.1 peer 10.1.0.3/32 dev eth1'],
    'ip addr show dev br-lab',
    /peer 10\.1\.0\.2\/32[^]*peer 10\.1\.0\.3\/32/,
  ],
  [
    'a point-to-point one of a network',
    ['ip addr add 10.2.0.1 peer 10.2.0.2/24 dev eth1'],
    'ip route show dev br-lab',
    /10\.2\.0\.0\/24/,
  ],
  [
    'of the scope of the link',
    ['ip addr add 169.254.7.7/16 dev eth1 scope link'],
    'ip addr show dev br-lab',
    /169\.254\.7\.7\/16 scope link/,
  ],
  [
    'of the scope of the host',
    ['ip addr add 10.3.0.1/24 dev eth1 scope host'],
    'ip addr show dev br-lab',
    /10\.3\.0\.1\/24 scope host/,
  ],
  [
    'deprecated',
    ['ip addr add 203.0.113.14/24 dev eth1 preferred_lft 0'],
    'ip addr show dev br-lab',
    /203\.0\.113\.14\/24 .*deprecated/,
  ],
  [
    'of a DHCP client',
    ['ip addr add 203.0.113.15/24 dev eth1 valid_lft 3000 preferred_lft 3000'],
    'ip addr show dev br-lab',
    /203\.0\.113\.15\/24/,
  ],
  [
    'a single one, and a gateway beyond it',
    [
      'ip addr flush dev eth1',
      'ip addr add 203.0.113.11/32 dev eth1',
      'ip route add 203.0.113.1 dev eth1',
      'ip route add default via 203.0.113.1',
    ],
    'ip route show',
    /default via 203\.0\.113\.1 dev br-lab/,
  ],
  [
    'a single one, onlink',
    [
      'ip addr flush dev eth1',
      'ip addr add 203.0.113.11/32 dev eth1',
      'ip route add default via 203.0.113.1 dev eth1 onlink',
    ],
    'ip route show',
    /default via 203\.0\.113\.1 dev br-lab .*onlink/,
  ],
  [
    'IPv6',
    ['ip -6 addr add 2001:db8::11/64 dev eth1', 'ip -6 route add default via 2001:db8::1'],
    'ip -6 route show',
    /default via 2001:db8::1 dev br-lab/,
  ],
  [
    'IPv6, noprefixroute',
    [
      'ip -6 addr add 2001:db8::11/64 dev eth1 noprefixroute',
      'ip -6 route add 2001:db8::/64 dev eth1 proto kernel metric 100',
    ],
    'ip -6 route show',
    /2001:db8::\/64 dev br-lab .*metric 100/,
  ],
  [
    'IPv6, two of one network, the later one noprefixroute',
    ['ip -6 addr add 2001:db8::11/64 dev eth1', 'ip -6 addr add 2001:db8::12/64 dev eth1 noprefixroute'],
    'ip -6 route show 2001:db8::/64',
    /^2001:db8::\/64 dev br-lab [^\n]*\n?$/,
  ],
  [
    'IPv6, a point-to-point one',
    ['ip -6 addr add 2001:db8:1::1 peer 2001:db8:1::2/128 dev eth1'],
    'ip -6 addr show dev br-lab',
    /2001:db8:1::1 peer 2001:db8:1::2\/128/,
  ],
  [
    'IPv6, deprecated',
    ['ip -6 addr add 2001:db8::12/64 dev eth1 preferred_lft 0'],
    'ip -6 addr show dev br-lab',
    /2001:db8::12\/64 .*deprecated/,
  ],
  [
    'IPv6, home',
    ['ip -6 addr add 2001:db8::13/64 dev eth1 home'],
    'ip -6 addr show dev br-lab',
    /2001:db8::13\/64 .*home/,
  ],
  [
    'IPv6, of a manual link-local address',
    ['ip -6 addr add fe80::11/64 dev eth1'],
    'ip -6 addr show dev br-lab',
    /fe80::11\/64/,
  ],
].map((row) => [row[0], row[1] ?? [], ...row.slice(2)] as unknown as Row);
