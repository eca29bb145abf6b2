// test/contracts/ip.ts — what `ip` does with what netctl says to it: the same on the fake and on a kernel.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseLinks, READ_LINKS } from '../../src/iproute2/links.ts';
import type { AddressRecord, LinkRecord } from '../../src/iproute2/links.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import { KERNEL } from '../../src/iproute2/routes.ts';
import type { RouteRecord } from '../../src/iproute2/routes.ts';
import { parseNamespaces, READ_NAMESPACES } from '../../src/iproute2/namespaces.ts';

/** A host with one interface `up0`, up and with a carrier, and one guest's namespace; and nothing else. */
export interface Bench {
  readonly guest: string;
  batch(lines: readonly string[], netns?: string): Promise<{ readonly exitCode: number; readonly stderr: string }>;
  read(argv: readonly string[], netns?: string): Promise<string>;
  sysctl(argv: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

const BRIDGE = [
  'link add name br0 group 117 address 02:00:00:00:00:01 mtu 68 type bridge forward_delay 0 stp_state 0',
  'link set dev br0 mtu 1500 up',
];
const IN_BRIDGE = [
  ...BRIDGE,
  'tuntap add dev t0 mode tap',
  'link set dev t0 group 117 alias "vm-1/lab 10.0.0.5" mtu 1400 master br0 up',
];
const VETH =
  'link add name v0 group 117 mtu 1400 type veth peer name eth0 netns GUEST address 02:00:00:00:00:09 mtu 1400';
const UP0 = 'address replace 10.0.0.5/24 brd 10.0.0.255 dev up0';

/** Lines, then what is there: devices, addresses, routes but the kernel's. `refused` is what the last line is told. */
export interface Script {
  readonly lines: readonly string[];
  readonly refused?: string;
  readonly there: readonly string[];
}

/** What an older kernel, 6.1 say, answers instead. */
const older: Readonly<Record<string, string>> = {
  'Error: ipv4: Address already assigned.': 'RTNETLINK answers: File exists',
  'Error: ipv4: Address not found.': 'RTNETLINK answers: Cannot assign requested address',
};

const scripts: Readonly<Record<string, Script>> = {
  'a bridge': { lines: BRIDGE, there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'] },
  'a bridge whose packets pass iptables': {
    lines: [`${BRIDGE[0] ?? ''} nf_call_iptables 1`],
    there: ['br0 bridge down 68 group 117 mac 02:00:00:00:00:01 delay 0 stp 0 netfilter'],
  },
  'netfilter on, and off again': {
    lines: [
      ...BRIDGE,
      'link set dev br0 type bridge nf_call_iptables 1',
      'link set dev br0 type bridge nf_call_iptables 0',
    ],
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'a bridge that is there': {
    lines: [...BRIDGE, 'link add name br0 group 117 type bridge'],
    refused: 'RTNETLINK answers: File exists',
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'a bridge made without saying a delay': {
    lines: ['link add name br0 type bridge', 'link set dev br0 address 02:00:00:00:00:02'],
    there: ['br0 bridge down 1500 group default mac 02:00:00:00:00:02 delay 1500 stp 0'],
  },
  'an MTU that is pinned': {
    lines: [...IN_BRIDGE],
    there: [
      'br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0',
      't0 tap up 1400 group 117 in br0 alias vm-1/lab 10.0.0.5',
    ],
  },
  'an MTU that is not': {
    lines: [BRIDGE[0]?.replace('mtu 68 ', '') ?? '', ...IN_BRIDGE.slice(2)],
    there: [
      'br0 bridge down 1400 group 117 mac 02:00:00:00:00:01 delay 0 stp 0',
      't0 tap up 1400 group 117 in br0 alias vm-1/lab 10.0.0.5',
    ],
  },
  'a group that goes together': {
    lines: [
      ...IN_BRIDGE,
      'tuntap add dev t1 mode tap',
      'link set dev t1 group 117999',
      'link set dev t0 group 117999',
      'link del group 117999',
    ],
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'a group that nobody is in': {
    lines: [...BRIDGE, 'link del group 117999'],
    refused: 'RTNETLINK answers: No such device',
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'an MTU too large for a tap': {
    lines: ['tuntap add dev t0 mode tap', 'link set dev t0 mtu 65522'],
    refused: 'Error: mtu greater than device maximum.',
    there: ['t0 tap down 1500 group default'],
  },
  'an MTU too small': {
    lines: [...BRIDGE, 'link set dev br0 mtu 67'],
    refused: 'Error: mtu less than device minimum.',
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'STP, which keeps the delay long': {
    lines: [
      ...BRIDGE,
      'link set dev br0 type bridge stp_state 1',
      'link set dev br0 type bridge stp_state 0 forward_delay 0',
    ],
    refused: 'RTNETLINK answers: Numerical result out of range',
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 200 stp 1'],
  },
  'STP off, and then the delay': {
    lines: [
      ...BRIDGE,
      'link set dev br0 type bridge stp_state 1',
      'link set dev br0 type bridge stp_state 0',
      'link set dev br0 type bridge forward_delay 0',
    ],
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'a tap that is there': {
    lines: ['tuntap add dev t0 mode tap', 'tuntap add dev t0 mode tap'],
    refused: 'ioctl(TUNSETIFF): Device or resource busy',
    there: ['t0 tap down 1500 group default'],
  },
  'a hairpin': {
    lines: [...IN_BRIDGE, 'link set dev t0 type bridge_slave hairpin on'],
    there: [
      'br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0',
      't0 tap up 1400 group 117 in br0 hairpin alias vm-1/lab 10.0.0.5',
    ],
  },
  'a hairpin is lost with the bridge': {
    lines: [...IN_BRIDGE, 'link set dev t0 type bridge_slave hairpin on', 'link del dev br0'],
    there: ['t0 tap up 1400 group 117 alias vm-1/lab 10.0.0.5'],
  },
  'a hairpin outside a bridge': {
    lines: ['tuntap add dev t0 mode tap', 'link set dev t0 type bridge_slave hairpin on'],
    refused: 'RTNETLINK answers: Operation not supported',
    there: ['t0 tap down 1500 group default'],
  },
  'a bridge in a bridge': {
    lines: [...BRIDGE, 'link add name br1 type bridge', 'link set dev br1 master br0'],
    refused: 'Error: Can not enslave a bridge to a bridge.',
    there: [
      'br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0',
      expect.stringMatching(/^br1 bridge down 1500 /) as string,
    ],
  },
  'a master that is not there': {
    lines: ['link set dev up0 master br9'],
    refused: 'Error: argument "br9" is wrong: Device does not exist',
    there: [],
  },
  'a device that is not there': { lines: ['link set dev br9 up'], refused: 'Cannot find device "br9"', there: [] },
  'removal of a device that is not there': {
    lines: ['link del dev br9'],
    refused: 'Cannot find device "br9"',
    there: [],
  },
  'a multicast MAC': {
    lines: ['tuntap add dev t0 mode tap', 'link set dev t0 address 01:00:00:00:00:01'],
    refused: 'RTNETLINK answers: Cannot assign requested address',
    there: ['t0 tap down 1500 group default'],
  },
  'a name that is too long': {
    lines: ['link add name br-1234567890123 type bridge'],
    refused: 'Error: argument "br-1234567890123" is wrong: "name" not a valid ifname',
    there: [],
  },
  'a comment in a line': {
    lines: ['tuntap add dev t0 mode tap # and more', 'link set dev t0 alias "a%23b"'],
    there: ['t0 tap down 1500 group default alias a#b'],
  },
  'a comment between quotes': {
    lines: ['tuntap add dev t0 mode tap', 'link set dev t0 alias "a#b"'],
    refused: 'Unterminated quoted string',
    there: ['t0 tap down 1500 group default'],
  },
  'promiscuous and in a bridge': {
    lines: [...BRIDGE, 'link set dev up0 master br0 promisc on up', 'link set dev up0 type bridge_slave hairpin off'],
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0', 'up0 promisc in br0'],
  },
  'given back': {
    lines: [...BRIDGE, 'link set dev up0 master br0 promisc on up', 'link set dev up0 nomaster promisc off'],
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'a veth': {
    lines: [VETH],
    there: ['guest eth0 down 1400 mac 02:00:00:00:00:09 of v0', 'v0 veth down 1400 group 117'],
  },
  'a veth whose far end is taken': {
    lines: [VETH, VETH.replace('v0', 'v1')],
    refused: 'RTNETLINK answers: File exists',
    there: ['guest eth0 down 1400 mac 02:00:00:00:00:09 of v0', 'v0 veth down 1400 group 117'],
  },
  'a veth into no namespace': {
    lines: [VETH.replace('GUEST', 'nct-none')],
    refused: 'Error: argument "nct-none" is wrong: Invalid "netns" value',
    there: [],
  },
  'a veth dies at both ends': { lines: [VETH, 'link del dev v0'], there: [] },
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

/** Runs scripts on a bench that is recreated for each test; says which it is. */
export function keeps(scripts: Readonly<Record<string, Script>>, makeBench: () => Promise<Bench>): () => Bench {
  let bench: Bench;
  beforeEach(async () => {
    bench = await makeBench();
  });
  afterEach(async () => {
    await bench.close();
  });
  for (const [name, { lines, refused, there }] of Object.entries(scripts)) {
    test(name, async () => {
      const { exitCode, stderr } = await bench.batch(lines.map((line) => line.replace('GUEST', bench.guest)));
      // What `ip` itself finds wrong ends it without a word about the line; what the kernel refuses is said with its
      // number.
      const byIp = refused?.startsWith('Error: argument') === true;
      const numbered =
        refused === undefined || byIp || refused === 'Unterminated quoted string'
          ? []
          : [`Command failed -:${lines.length}`];
      const said = stderr
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (refused !== undefined && line === older[refused] ? refused : line));
      expect(said).toEqual(refused === undefined ? [] : [refused, ...numbered]);
      expect(exitCode).toBe(refused === undefined ? 0 : byIp ? 255 : 1);
      expect(await look(bench)).toEqual(there);
    });
  }
  return () => bench;
}

export function ipContract(makeBench: () => Promise<Bench>): void {
  describe('ip does with', () => {
    const bench = keeps(scripts, makeBench);

    test('secondaries of a link that promotes them, and with them their routes', async () => {
      expect(await bench().sysctl(['sysctl', '-q', '-w', 'net/ipv4/conf/up0/promote_secondaries=1'])).toBe(0);
      await bench().batch([
        UP0,
        'address replace 10.0.0.6/24 dev up0',
        'address replace 10.1.0.1/24 dev up0',
        'address replace 10.0.0.7/24 dev up0',
        'route add default via 10.0.0.1 dev up0 proto 117 src 10.0.0.6',
        'address del 10.0.0.5/24 dev up0',
      ]);
      expect(await look(bench())).toEqual([
        'up0 10.1.0.1/24',
        'up0 10.0.0.6/24',
        'up0 10.0.0.7/24 secondary',
        'default via 10.0.0.1 up0 117',
      ]);
    });

    test('a setting of a link that is not there', async () => {
      expect(await bench().sysctl(['sysctl', '-q', '-w', 'net/ipv4/conf/br9/promote_secondaries=1'])).toBe(1);
    });

    test('a line in a guest’s namespace', async () => {
      await bench().batch([VETH.replace('GUEST', bench().guest)]);
      await bench().batch(['link set dev eth0 address 02:00:00:00:00:0a mtu 1300 up'], bench().guest);
      expect(await look(bench())).toEqual([
        'guest eth0 up 1300 mac 02:00:00:00:00:0a of v0',
        'v0 veth down 1400 group 117',
      ]);
    });

    test('a connected route that is put before another’s to the same', async () => {
      await bench().batch([
        ...BRIDGE,
        'link set dev br0 up',
        'address replace 10.0.0.5/24 dev up0',
        'address replace 10.0.0.6/24 dev br0',
        'address replace 10.0.0.7/24 dev br0',
      ]);
      const ways = async (): Promise<readonly unknown[]> =>
        (await routes(bench()))
          .filter(({ to }) => to === '10.0.0.0/24')
          .map(({ link, source, protocol, scope }) => [link, source, protocol, scope]);
      const [up, br] = [
        ['up0', '10.0.0.5', KERNEL, '253'],
        ['br0', '10.0.0.6', KERNEL, '253'],
      ];
      const lines = [
        'route flush exact 10.0.0.0/24 dev br0 table 254 proto 2 src 10.0.0.6',
        'route prepend 10.0.0.0/24 dev br0 proto 2 scope 253 src 10.0.0.6',
      ];
      expect(await ways()).toEqual([up, br]);
      await bench().batch(lines);
      expect(await ways()).toEqual([br, up]);
      // What is not there is no reason to stop, what is there cannot be put there twice.
      await bench().batch([lines[0] ?? '', ...lines]);
      expect((await bench().batch(lines.slice(1))).stderr).toContain('RTNETLINK answers: File exists');
      expect(await ways()).toEqual([br, up]);
    });

    test('connected routes and link-local addresses, which are the kernel’s', async () => {
      await bench().batch([
        'address replace 10.0.0.5/24 metric 117 dev up0',
        'address replace 10.0.0.6/32 dev up0',
        'address replace fd00::5/64 dev up0 nodad',
      ]);
      expect(
        (await routes(bench()))
          .filter((route) => route.protocol === KERNEL && !route.to.startsWith('fe80'))
          .map((route) => [route.to, route.metric, route.source]),
      ).toEqual([
        ['10.0.0.0/24', 117, '10.0.0.5'],
        ['fd00::/64', 256, undefined],
      ]);
      expect(
        parseLinks(await bench().read(READ_LINKS))
          .find((link) => link.name === 'up0')
          ?.addresses.filter((address) => address.scope === 'link')
          .map((address) => address.ip.slice(0, 4)),
      ).toEqual(['fe80']);
    });
  });
}

async function look(bench: Bench): Promise<readonly string[]> {
  const links = parseLinks(await bench.read(READ_LINKS)).filter((link) => link.name !== 'lo');
  const number = parseNamespaces(await bench.read(READ_NAMESPACES)).find((netns) => netns.name === bench.guest)?.number;
  const inside = parseLinks(await bench.read(READ_LINKS, bench.guest)).filter((link) => link.name !== 'lo');
  const far = inside.map((link) => {
    const near = links.find((other) => other.peer?.index === link.index && other.peer.namespace === number);
    return `guest ${link.name} ${link.up ? 'up' : 'down'} ${link.mtu} mac ${link.mac ?? ''} of ${near?.name ?? 'nobody'}`;
  });
  const devices = links.flatMap((link) => [
    ...(link.name === 'up0' ? uplinkLine(link) : [deviceLine(link)]),
    ...link.addresses
      .filter((address) => address.family === 4 || address.scope !== 'link')
      .map((address) => addressLine(link, address)),
  ]);
  return [
    ...[...devices, ...far].sort((a, b) => compare(a.split(' ')[0] ?? '', b.split(' ')[0] ?? '')),
    ...(await routes(bench)).filter((route) => route.protocol !== KERNEL).map(routeLine),
  ];
}

async function routes(bench: Bench): Promise<readonly RouteRecord[]> {
  return parseRouteLines(await bench.read(READ_ALL_ROUTES))
    .filter(({ table }) => table === undefined)
    .toSorted((a, b) => compare(a.to, b.to));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of the uplink only what changes: on a kernel it is a veth. */
function uplinkLine({ promiscuous, master, hairpin }: LinkRecord): readonly string[] {
  const said = [
    ...(promiscuous ? ['promisc'] : []),
    ...(master === undefined ? [] : [`in ${master}`]),
    ...(hairpin ? ['hairpin'] : []),
  ];
  return said.length === 0 ? [] : [`up0 ${said.join(' ')}`];
}

function deviceLine({
  name,
  type,
  mode,
  up,
  mtu,
  group,
  master,
  hairpin,
  mac,
  alias,
  bridge,
  vlan,
}: LinkRecord): string {
  return [
    `${name} ${mode ?? type ?? ''} ${up ? 'up' : 'down'} ${mtu} group ${group}`,
    ...(bridge === undefined
      ? []
      : [`mac ${mac ?? ''} delay ${bridge.forwardDelay} stp ${bridge.stp}${bridge.netfilter ? ' netfilter' : ''}`]),
    ...(vlan === undefined ? [] : [`id ${vlan.id} on ${vlan.parent}`]),
    ...(master === undefined ? [] : [`in ${master}`]),
    ...(hairpin ? ['hairpin'] : []),
    ...(alias === undefined ? [] : [`alias ${alias}`]),
  ].join(' ');
}

function addressLine(
  link: LinkRecord,
  { ip, bits, broadcast, metric, scope, secondary, label }: AddressRecord,
): string {
  return [
    `${link.name} ${ip}/${bits}`,
    ...(broadcast === undefined ? [] : [`brd ${broadcast}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...(scope === 'global' ? [] : [`scope ${scope}`]),
    ...(secondary ? ['secondary'] : []),
    ...(label === undefined || label === link.name ? [] : [`label ${label}`]),
  ].join(' ');
}

function routeLine({ family, to, via, link, protocol, metric, scope, onlink }: RouteRecord): string {
  return [
    ...(family === 6 ? ['6'] : []),
    to,
    ...(via === undefined ? [] : [`via ${via}`]),
    link ?? '',
    protocol,
    ...(metric === 0 || metric === 1024 ? [] : [`metric ${metric}`]),
    ...(scope === undefined ? [] : [`scope ${scope}`]),
    ...(onlink ? ['onlink'] : []),
  ].join(' ');
}
