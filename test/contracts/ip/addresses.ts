// test/contracts/ip/addresses.ts — what `ip` does with lines that put and remove addresses and routes.
import { BRIDGE, UP0 } from './script.ts';
import type { Script } from './script.ts';

export const addressScripts: Readonly<Record<string, Script>> = {
  'an address twice': {
    lines: [UP0, 'address add 10.0.0.5/24 dev up0'],
    refused: 'Error: ipv4: Address already assigned.',
    there: ['up0 10.0.0.5/24 brd 10.0.0.255'],
  },
  'an address that is not there': {
    lines: ['address del 10.0.0.5/24 dev up0'],
    refused: 'Error: ipv4: Address not found.',
    there: [],
  },
  'a metric in place, a broadcast address not': {
    lines: [UP0, 'address replace 10.0.0.5/24 brd 10.0.0.127 metric 117 dev up0'],
    there: ['up0 10.0.0.5/24 brd 10.0.0.255 metric 117'],
  },
  'a metric rolled back': {
    lines: [UP0, 'address replace 10.0.0.5/24 metric 117 dev up0', 'address replace 10.0.0.5/24 dev up0'],
    there: ['up0 10.0.0.5/24 brd 10.0.0.255'],
  },
  'an IPv6 metric is not rolled back': {
    lines: ['address replace fd00::5/64 metric 117 dev up0 nodad', 'address replace fd00::5/64 dev up0 nodad'],
    there: ['up0 fd00::5/64 metric 117'],
  },
  'secondaries behind primaries': {
    lines: [UP0, 'address replace 10.0.0.6/24 dev up0', 'address replace 10.1.0.1/24 dev up0'],
    there: ['up0 10.0.0.5/24 brd 10.0.0.255', 'up0 10.1.0.1/24', 'up0 10.0.0.6/24 secondary'],
  },
  'secondaries go along': {
    lines: [
      UP0,
      'address replace 10.0.0.6/24 dev up0',
      'address replace 10.1.0.1/24 dev up0',
      'address del 10.0.0.5/24 dev up0',
    ],
    there: ['up0 10.1.0.1/24'],
  },
  'a narrower scope comes first': {
    lines: [UP0, 'address replace 10.8.0.1/16 scope link dev up0'],
    there: ['up0 10.8.0.1/16 scope link', 'up0 10.0.0.5/24 brd 10.0.0.255'],
  },
  'a scope is not changed in place': {
    lines: [
      'address replace 10.8.0.1/32 metric 117 dev up0',
      'address replace 10.8.0.1/32 scope link metric 118 dev up0',
    ],
    there: ['up0 10.8.0.1/32 metric 118'],
  },
  'a label': { lines: ['address replace 10.0.0.5/24 label up0:0 dev up0'], there: ['up0 10.0.0.5/24 label up0:0'] },
  'a route by a gateway': {
    lines: [UP0, 'route add default via 10.0.0.1 dev up0 proto 117 metric 100'],
    there: ['up0 10.0.0.5/24 brd 10.0.0.255', 'default via 10.0.0.1 up0 117 metric 100'],
  },
  'a route twice, by another gateway': {
    lines: [UP0, 'route add default via 10.0.0.1 dev up0 proto 117', 'route add default via 10.0.0.2 dev up0'],
    refused: 'RTNETLINK answers: File exists',
    there: ['up0 10.0.0.5/24 brd 10.0.0.255', 'default via 10.0.0.1 up0 117'],
  },
  'a route replaced': {
    lines: [
      UP0,
      'route add default via 10.0.0.1 dev up0 proto 117',
      'route replace default via 10.0.0.2 dev up0 proto 117',
    ],
    there: ['up0 10.0.0.5/24 brd 10.0.0.255', 'default via 10.0.0.2 up0 117'],
  },
  'a gateway out of reach': {
    lines: [UP0, 'route add default via 10.9.0.1 dev up0'],
    refused: 'Error: Nexthop has invalid gateway.',
    there: ['up0 10.0.0.5/24 brd 10.0.0.255'],
  },
  'a gateway out of reach, by force': {
    lines: [UP0, 'route add default via 10.9.0.1 dev up0 proto 117 onlink'],
    there: ['up0 10.0.0.5/24 brd 10.0.0.255', 'default via 10.9.0.1 up0 117 onlink'],
  },
  'a route of the widest scope said': {
    lines: [UP0, 'route add default via 10.0.0.1 dev up0 proto 3 scope 0'],
    there: ['up0 10.0.0.5/24 brd 10.0.0.255', 'default via 10.0.0.1 up0 3'],
  },
  'a route without a gateway': {
    lines: ['route add 10.7.0.0/16 dev up0 proto 4'],
    there: ['10.7.0.0/16 up0 4 scope 253'],
  },
  'a source that nobody has': {
    lines: ['route add 10.7.0.0/16 dev up0 src 10.0.0.5'],
    refused: 'Error: Invalid prefsrc address.',
    there: [],
  },
  'a network with host bits': {
    lines: ['route add 10.7.0.1/16 dev up0'],
    refused: 'Error: Invalid prefix for given prefix length.',
    there: [],
  },
  'removal of a route that is not there': {
    lines: ['route del 10.7.0.0/16 dev up0 proto 117'],
    refused: 'RTNETLINK answers: No such process',
    there: [],
  },
  'removal of a route of another protocol': {
    lines: ['route add 10.7.0.0/16 dev up0 proto 4', 'route del 10.7.0.0/16 dev up0 proto 117'],
    refused: 'RTNETLINK answers: No such process',
    there: ['10.7.0.0/16 up0 4 scope 253'],
  },
  'a route goes with its source': {
    lines: [
      UP0,
      'address replace 10.1.0.1/24 dev up0',
      'route add 10.7.0.0/16 dev up0 src 10.0.0.5',
      'address del 10.0.0.5/24 dev up0',
    ],
    there: ['up0 10.1.0.1/24'],
  },
  'a route outlives its gateway': {
    lines: [
      UP0,
      'address replace 10.1.0.1/24 dev up0',
      'route add default via 10.0.0.1 dev up0',
      'address del 10.0.0.5/24 dev up0',
    ],
    there: ['up0 10.1.0.1/24', 'default via 10.0.0.1 up0 3'],
  },
  'routes go with the last address': {
    lines: [UP0, 'route add default via 10.0.0.1 dev up0', 'address del 10.0.0.5/24 dev up0'],
    there: [],
  },
  'routes go when a link goes down, addresses do not': {
    lines: [UP0, 'route add default via 10.0.0.1 dev up0', 'link set dev up0 down', 'link set dev up0 up'],
    there: ['up0 10.0.0.5/24 brd 10.0.0.255'],
  },
  'a route by a link that is down': {
    lines: ['tuntap add dev t0 mode tap', 'route add 10.7.0.0/16 dev t0'],
    refused: 'Error: Device for nexthop is not up.',
    there: ['t0 tap down 1500 group default'],
  },
  'IPv6 routes': {
    lines: [
      'address replace fd00::5/64 dev up0 nodad',
      'route add ::/0 via fd00::1 dev up0 proto 117',
      'route add ::/0 via fd00::2 dev up0 proto 117',
    ],
    refused: 'RTNETLINK answers: File exists',
    there: ['up0 fd00::5/64', '6 default via fd00::1 up0 117'],
  },
  'IPv6 addresses go when a link goes down': {
    lines: ['address replace fd00::5/64 dev up0 nodad', 'link set dev up0 down', 'link set dev up0 up'],
    there: [],
  },
  'an address stays on a port': {
    lines: [UP0, ...BRIDGE, 'link set dev up0 master br0'],
    there: [
      'br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0',
      'up0 in br0',
      'up0 10.0.0.5/24 brd 10.0.0.255',
    ],
  },
  'with a device goes what was on it': {
    lines: [
      ...BRIDGE,
      'address replace 10.0.0.1/24 metric 117 dev br0',
      'route add 10.7.0.0/16 dev br0 proto 117',
      'link del dev br0',
    ],
    there: [],
  },
};
