// test/conflicts/overlap-addresses.test.ts — a network whose addresses the host has itself, and what is there already.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';
import { linksOf, spec, told } from './overlap-scene.ts';

const lost = 'this host would have the same addresses on br-lab and on eth1, and lose one or the other';
describe('addresses', () => {
  for (const [name, text, links, expected] of [
    ['elsewhere', spec(), linksOf({ name: 'eth1', has: '192.168.51.5/24' }), []],
    [
      'the same network',
      spec(),
      linksOf({ name: 'eth1', has: '192.168.50.5/24' }),
      [`error: lab (192.168.50.0/24) is the network of 192.168.50.5/24 on eth1: ${lost}`],
    ],
    [
      'a wider one',
      spec(),
      linksOf({ name: 'eth1', has: '192.168.0.5/16' }),
      [`error: lab (192.168.50.0/24) lies in the network of 192.168.0.5/16 on eth1: ${lost}`],
    ],
    [
      'a narrower one',
      spec(),
      linksOf({ name: 'eth1', has: '192.168.50.130/25' }),
      [`error: lab (192.168.50.0/24) holds the network of 192.168.50.130/25 on eth1: ${lost}`],
    ],
    [
      'a wire of one network is none of another',
      spec().replace('} }', '}, office: { mode: flat, cidr: 10.0.0.0/24, interface: eth1 } }'),
      linksOf({ name: 'eth1', has: '192.168.50.5/24' }),
      [`error: lab (192.168.50.0/24) is the network of 192.168.50.5/24 on eth1: ${lost}`],
    ],
    ['its own wire', spec().replace('null', 'eth1'), linksOf({ name: 'eth1', has: '192.168.50.5/24' }), []],
    [
      'moved into its bridge',
      spec().replace('null', 'eth1'),
      linksOf({ name: 'eth1' }, { name: 'br-lab', has: '192.168.50.5/24' }),
      [],
    ],
    [
      'one machine',
      spec(),
      linksOf({ name: 'tun0', has: '192.168.50.5/32' }),
      ['asks: lab (192.168.50.0/24) holds 192.168.50.5/32, which this host has on tun0: no instance can have it'],
    ],
    [
      'without a route of its own',
      spec(),
      linksOf({ name: 'eth1', has: '192.168.50.5/24', address: { noprefixroute: true } }),
      ['asks: lab (192.168.50.0/24) holds 192.168.50.5/24, which this host has on eth1: no instance can have it'],
    ],
    [
      'in a VRF',
      spec(),
      linksOf(
        { name: 'vrf1', more: { linkinfo: { info_kind: 'vrf' } } },
        { name: 'eth1', has: '192.168.50.5/24', more: { master: 'vrf1' } },
      ),
      [],
    ],
    [
      "netctl's own of another network",
      spec(),
      linksOf({ name: 'br-old', has: '192.168.50.1/24', address: { metric: 117 } }),
      [],
    ],
    [
      'come since',
      spec(),
      linksOf(
        { name: 'br-lab', has: '192.168.50.1/24', address: { metric: 117 } },
        { name: 'eth1', has: '192.168.50.5/24' },
      ),
      [`warning: lab (192.168.50.0/24) is the network of 192.168.50.5/24 on eth1: ${lost}`],
    ],
    [
      "a network without an address of the host's",
      spec().replace('flat-dhcp', 'flat'),
      linksOf({ name: 'eth1', has: '192.168.50.5/24' }),
      [],
    ],
  ] as const) {
    test(name, async () => expect(await told(text, { links })).toEqual(expected));
  }

  test('a VLAN is not on the wire of its parent', async () => {
    const text =
      'apiVersion: netctl/v1\nnetworks: { lab: { mode: vlan, vlan: 5, cidr: 192.168.50.0/24, interface: eth1 } }\n';
    expect(await told(text, { links: linksOf({ name: 'eth1', has: '192.168.50.5/24' }) })).toEqual([
      `error: lab (192.168.50.0/24) is the network of 192.168.50.5/24 on eth1: ${lost.replace('br-lab', 'br5')}`,
    ]);
  });
});

test('what is there already is stopped by what is longer or the same, and not by what is wider', async () => {
  const stopped = async (has: string, text = spec()): Promise<boolean> => {
    const links = linksOf({ name: 'br-lab', has: '192.168.50.1/24', address: { metric: 117 } }, { name: 'eth1', has });
    return (await found(text, { links })).some(
      ({ code, stops = [] }) => code === 'network-overlap' && stops.length > 0,
    );
  };
  expect([
    await stopped('192.168.50.5/24'),
    await stopped('192.168.50.130/25'),
    await stopped('192.168.0.5/16'),
    await stopped('192.168.50.5/32'),
  ]).toEqual([true, true, false, false]);
  const instance = `${spec()}instances: { vm-1: { nics: [{ network: lab, address: 192.168.50.5 }] } }\n`;
  expect([await stopped('192.168.50.5/32', instance), await stopped('192.168.50.6/32', instance)]).toEqual([
    true,
    false,
  ]);
});
