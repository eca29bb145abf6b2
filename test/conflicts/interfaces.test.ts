// test/conflicts/interfaces.test.ts — interfaces that a spec names: not there, down, without a carrier, too narrow; and
// a source address that nobody has.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';

interface Link {
  readonly name: string;
  readonly flags?: readonly string[];
  readonly has?: readonly object[];
  readonly more?: object;
}

const linksOf = (...all: readonly Link[]): string =>
  JSON.stringify(
    all.map(({ name, flags = ['UP'], has = [], more = {} }, i) => ({
      ifindex: i + 2,
      ifname: name,
      flags,
      mtu: 1500,
      group: 'default',
      addr_info: has,
      ...more,
    })),
  );
const has = (local: string, prefixlen: number, family = 'inet'): object => ({
  family,
  local,
  prefixlen,
  scope: 'global',
});
const LAB = 'lab: { mode: flat-dhcp, bridge: br-lab, cidr: 192.168.50.0/24, interface: null }';
const spec = (host: string, networks = LAB, more = ''): string =>
  `apiVersion: netctl/v1\nhosts: { h1: { ${host} } }\nnetworks: { ${networks} }\n${more}`;
const FLOATS =
  'pools: { public: { ranges: [198.51.100.16/28], interface: eth2 } }\ninstances: { vm-1: { nics: [{ network: lab, floating: [198.51.100.17], device: { type: tap } }] } }\n';
const told = async (text: string, links: string): Promise<unknown> =>
  (await found(text, { links })).map(({ severity, code, message }) => `${severity} ${code}: ${message}`);

const [eth1, eth2] = [{ name: 'eth1' }, { name: 'eth2' }];
const off = (name: string): Link => ({ name, flags: [] });
const unplugged = (name: string): Link => ({ name, flags: ['UP', 'NO-CARRIER'] });
describe('interfaces', () => {
  for (const [name, text, links, expected] of [
    ['all well', spec('publicInterface: eth1', LAB, FLOATS), linksOf(eth1, eth2), []],
    [
      'the public one is not there',
      spec('publicInterface: eth9'),
      linksOf(eth1),
      [
        'warning interface-missing: this host has no interface eth9 (publicInterface): what lab has to send and hear by it does not get through',
      ],
    ],
    [
      'that of a pool is not there',
      spec('publicInterface: eth1', LAB, FLOATS),
      linksOf(eth1),
      [
        'error interface-missing: this host has no interface eth2 (interface of pool public), and the kernel binds no floating addresses of lab on it',
      ],
    ],
    [
      'nobody asks for that of a pool',
      spec('publicInterface: eth1', LAB, FLOATS.replace(', floating: [198.51.100.17]', '')),
      linksOf(eth1),
      [],
    ],
    [
      'one that is to carry VLANs is a tunnel',
      spec('vlanInterface: tun1', 'lab: { mode: vlan, vlan: 5, cidr: 192.168.50.0/24 }'),
      linksOf({ name: 'tun1', more: { link_type: 'ipip', address: '203.0.113.11' } }),
      ['error vlan-not-supported: tun1 (vlanInterface) has no Ethernet link layer (ipip), and takes no VLAN'],
    ],
    [
      'one in `forward` is not there',
      spec('publicInterface: eth1', LAB.replace('null', 'null, forward: [eth1, eth3]')),
      linksOf(eth1),
      [
        'warning interface-missing: this host has no interface eth3 (forward): what lab has to send and hear by it does not get through',
      ],
    ],
    [
      'the public one is down',
      spec('publicInterface: eth1'),
      linksOf(off('eth1')),
      ['warning interface-down: eth1 (publicInterface) is down: nothing of lab gets through by it'],
    ],
    [
      'unplugged',
      spec('publicInterface: eth1'),
      linksOf(unplugged('eth1')),
      ['warning no-carrier: eth1 (publicInterface) is up and has no carrier: nothing of lab gets through by it'],
    ],
    [
      'an uplink is raised, and may be unplugged',
      spec('flatInterface: eth1', LAB.replace(', interface: null', '')),
      linksOf(unplugged('eth1')),
      ['warning no-carrier: eth1 (flatInterface) is up and has no carrier: nothing of lab gets through by it'],
    ],
    [
      'an uplink that is down is raised',
      spec('flatInterface: eth1', LAB.replace(', interface: null', '')),
      linksOf(off('eth1')),
      [],
    ],
    [
      'a parent of VLANs',
      spec('vlanInterface: eth1', 'lab: { mode: vlan, vlan: 5, cidr: 192.168.50.0/24 }'),
      linksOf(unplugged('eth1')),
      ['warning no-carrier: eth1 (vlanInterface) is up and has no carrier: nothing of lab gets through by it'],
    ],
    [
      'a bridge of ours is ours',
      spec(
        'publicInterface: eth1',
        `${LAB.replace('null', 'null, forward: [br-red]')}, red: { mode: flat-dhcp, bridge: br-red, cidr: 192.168.51.0/24, interface: eth2 }`,
      ),
      linksOf(eth1, eth2),
      [],
    ],
    ['nothing goes out', spec('publicInterface: eth9', LAB.replace('null', 'null, gateway: null')), linksOf(eth1), []],
  ] as const) {
    test(name, async () => expect(await told(text, links)).toEqual(expected));
  }
});

test('one that is there by another name is said by its own', async () => {
  const called = linksOf({ name: 'eth1', more: { altnames: ['enp1s0', 'ens1'] } });
  const hints = async (text: string): Promise<unknown> =>
    (await found(text, { links: called })).map(({ code, hint }) => [code, hint]);
  const said = [['interface-missing', 'that is another name (altname) of eth1: write eth1']];
  expect(await hints(spec('publicInterface: enp1s0'))).toEqual(said);
  expect(await hints(spec('publicInterface: eth1', LAB, FLOATS.replace('eth2', 'ens1')))).toEqual(said);
  expect(await hints(spec('publicInterface: eth9'))).toEqual([['interface-missing', '`ip link` lists those it has']]);
});

describe('a source address', () => {
  const text = spec('publicInterface: eth1, sourceAddress: 203.0.113.99');
  test('somebody has', async () =>
    expect(await told(text, linksOf({ name: 'eth1', has: [has('203.0.113.99', 24)] }))).toEqual([]));
  test('nobody has', async () =>
    expect(await told(text, linksOf(eth1))).toEqual([
      'warning source-missing: no interface of this host has 203.0.113.99 (sourceAddress): replies to instances that are seen by it come back only if somebody routes it to this host',
    ]));
  test('nobody asks for', async () =>
    expect(await told(text.replace('null', 'null, snat: false'), linksOf(eth1))).toEqual([]));
});

describe('what is too narrow', () => {
  const narrow = (mtu: number, more = 'mode: flat-dhcp, interface: eth1'): string =>
    spec('', `lab: { bridge: br-lab, cidr: 192.168.50.0/24, mtu: ${mtu}, ${more} }`);
  const six = linksOf({ name: 'eth1', has: [has('2001:db8::1', 64, 'inet6')] });
  for (const [name, text, links, expected] of [
    [
      'an IPv6 address moves',
      narrow(1279),
      six,
      [
        'error mtu-too-small: lab has an MTU of 1279, with which the kernel has no IPv6 on br-lab, and 2001:db8::1/64 of eth1 would go there',
      ],
    ],
    ['just enough', narrow(1280), six, []],
    ['no IPv6 there', narrow(1000), linksOf(eth1), []],
    [
      'guests have IPv6',
      narrow(1000, 'mode: flat, interface: null, cidr6: "fd00::/64"'),
      linksOf(eth1),
      [
        'error mtu-too-small: lab has an MTU of 1000, with which the kernel has no IPv6 on br-lab nor an instance on its interface',
      ],
    ],
    [
      'more than its wire can',
      narrow(9000),
      linksOf({ name: 'eth1', more: { max_mtu: 1500 } }),
      ['error mtu-too-large: lab has an MTU of 9000, and eth1 supports 1500 at most'],
    ],
    ['as much as its wire can', narrow(9000), linksOf({ name: 'eth1', more: { max_mtu: 9000 } }), []],
  ] as const) {
    test(name, async () => expect(await told(text, links)).toEqual(expected));
  }
});

test('a name that another device has beside its own', async () => {
  const links = linksOf({ name: 'eth1', more: { altnames: ['lan', 'br-lab', 'tap-vm-1'] } });
  expect(
    await told(
      spec('publicInterface: eth1', LAB, 'instances: { vm-1: { nics: [{ network: lab, device: { type: tap } }] } }\n'),
      links,
    ),
  ).toEqual([
    'error name-taken: br-lab is another name of eth1, and no second device can have it',
    'error name-taken: tap-vm-1 is another name of eth1, and no second device can have it',
  ]);
});
