// test/kinds/address/observe.test.ts — which of a host's addresses are seen, and as what.
import { describe, expect, test } from 'vitest';
import { parseLinks, READ_LINKS } from '../../../src/iproute2/links.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../../../src/iproute2/route-lines.ts';
import { address } from '../../../src/kinds/address/index.ts';
import type { Address } from '../../../src/kinds/address/model.ts';
import { addressesOf } from '../../../src/kinds/address/observe.ts';
import { createIp } from '../../fake-host/ip.ts';
import { back, gateway, moved, service } from './addresses.ts';

describe('of a host’s addresses', () => {
  for (const [name, lines, wanted, found] of [
    [
      'ours by the metric',
      ['address replace 10.0.0.1/24 metric 117 dev br-lab'],
      [],
      [{ cidr: '10.0.0.1/24', metric: 117 }],
    ],
    [
      'ours by the metric, on somebody’s link',
      ['address replace 10.0.0.1/24 metric 117 dev eth1'],
      [],
      [{ link: 'eth1', cidr: '10.0.0.1/24', metric: 117, empties: true }],
    ],
    [
      'somebody’s, just where ours is to be',
      ['address replace 169.254.169.254/32 scope link dev lo'],
      [service],
      [{ link: 'lo', cidr: '169.254.169.254/32', scope: 'link', foreign: true }],
    ],
    ['somebody’s on our bridge', ['address replace 10.9.0.1/24 dev br-lab'], [gateway], []],
    [
      'just the wanted one on our bridge, without a mark',
      ['address replace 10.0.0.1/24 brd 10.0.0.255 dev br-lab'],
      [gateway],
      [{ cidr: '10.0.0.1/24', broadcast: '10.0.0.255' }],
    ],
    ['moved ones of an uplink', ['address replace 192.0.2.5/24 dev br-lab'], [moved], [{ cidr: '192.0.2.5/24' }]],
    [
      'what is still on the uplink',
      ['address replace 192.0.2.9/24 label eth1:0 dev eth1', 'address replace 2001:db8::9/64 dev eth1 nodad'],
      [moved],
      [
        { link: 'eth1', cidr: '192.0.2.9/24', label: 'eth1:0', borrowed: true },
        { link: 'eth1', cidr: '2001:db8::9/64', borrowed: true },
      ],
    ],
    ['moved ones, to be restored', ['address replace 192.0.2.5/24 dev br-lab'], [back], [{ cidr: '192.0.2.5/24' }]],
    [
      'one restored',
      ['address replace 192.0.2.5/24 label eth1:0 dev eth1'],
      [back],
      [{ link: 'eth1', cidr: '192.0.2.5/24', label: 'eth1:0', borrowed: true }],
    ],
    [
      'one that somebody has elsewhere',
      ['address replace 10.0.0.1/16 dev eth2'],
      [gateway],
      [{ link: 'eth2', cidr: '10.0.0.1/16', foreign: true }],
    ],
    ['nobody’s business', ['address replace 10.5.0.1/16 dev eth2'], [gateway, moved], []],
    ['the kernel’s own IPv6', [], [gateway], []],
    [
      'behind another of ours',
      ['address replace 192.0.2.5/24 dev br-lab', 'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab'],
      [gateway, moved],
      [
        { cidr: '192.0.2.5/24' },
        { cidr: '10.0.0.1/24', broadcast: '10.0.0.255', metric: 117, behind: [{ cidr: '192.0.2.5/24' }] },
      ],
    ],
    [
      'behind somebody’s: that is left alone',
      ['address replace 10.9.0.1/24 dev br-lab', 'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab'],
      [gateway],
      [{ cidr: '10.0.0.1/24', broadcast: '10.0.0.255', metric: 117 }],
    ],
    [
      'missing, with others before it',
      [
        'address replace 192.0.2.5/24 dev br-lab',
        'route add default via 192.0.2.1 dev br-lab proto 117 src 192.0.2.5',
        'route add 10.7.0.0/16 via 192.0.2.1 dev br-lab proto 117',
      ],
      [gateway, moved],
      [
        { cidr: '192.0.2.5/24' },
        {
          cidr: '10.0.0.1/24',
          missing: true,
          behind: [{ cidr: '192.0.2.5/24' }],
          restores: ['route replace default via 192.0.2.1 dev br-lab proto 117 src 192.0.2.5 metric 0'],
        },
      ],
    ],
    [
      'going, with one of its network to stay',
      [
        'address replace 10.0.0.9/24 metric 117 dev br-lab',
        'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
      ],
      [gateway],
      [
        { cidr: '10.0.0.9/24', metric: 117, makesRoom: true, promotes: true },
        { cidr: '10.0.0.1/24', broadcast: '10.0.0.255', metric: 117 },
      ],
    ],
    [
      'going together',
      ['address replace 10.0.0.9/24 metric 117 dev br-lab', 'address replace 10.0.0.8/24 metric 117 dev br-lab'],
      [],
      [
        { cidr: '10.0.0.9/24', metric: 117 },
        { cidr: '10.0.0.8/24', metric: 117, comesAfter: '10.0.0.9/24' },
      ],
    ],
  ] as const satisfies readonly (readonly [
    string,
    readonly string[],
    readonly Address[],
    readonly Partial<Address>[],
  ])[]) {
    test(name, () => {
      const ip = createIp({ interfaces: ['eth1', 'eth2'] });
      ip.do('link add name br-lab group 117 address 02:00:00:00:00:01 type bridge', 'link set dev br-lab up', ...lines);
      const links = parseLinks(ip.run({ argv: READ_LINKS }).stdout);
      const routes = parseRouteLines(ip.run({ argv: READ_ALL_ROUTES }).stdout);
      expect(addressesOf(links, routes, wanted).map(({ stands: _, goes: _goes, ...rest }) => rest)).toEqual(
        found.map((partial) => ({ kind: 'address', link: 'br-lab', ...partial })),
      );
    });
  }
});

test('of the addresses that are looked at again only those of the devices that are named are what they are now', async () => {
  const ip = createIp({ interfaces: ['eth1'] });
  ip.do(
    'link add name br-lab group 117 address 02:00:00:00:00:01 type bridge',
    'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
    'address replace 169.254.169.254/32 scope link metric 117 dev lo',
  );
  const host = {
    read: (argv: readonly string[]) => Promise.resolve(ip.run({ argv }).stdout),
    files: () => Promise.resolve(new Map<string, string>()),
    processes: () => Promise.resolve([]),
  };
  const wanted = [gateway, service];
  const before = await address.observe({ ...host }, wanted, {});
  ip.do(
    'address del 10.0.0.1/24 dev br-lab',
    'address replace 10.0.0.9/24 metric 117 dev br-lab',
    'address del 169.254.169.254/32 dev lo',
  );
  const all = await address.observe({ ...host }, wanted, {});
  expect(before).toHaveLength(2);
  expect(all.map(({ cidr }) => cidr)).toEqual(['10.0.0.9/24']);
  expect(await address.again?.({ ...host }, wanted, {}, ['br-lab'], before)).toEqual([
    ...before.filter(({ link }) => link === 'lo'),
    ...all,
  ]);
  expect(await address.again?.({ ...host }, wanted, {}, ['lo'], before)).toEqual(
    before.filter(({ link }) => link === 'br-lab'),
  );
  expect(await address.again?.({ ...host }, wanted, {}, ['br-lab', 'lo'], before)).toEqual(all);
});
