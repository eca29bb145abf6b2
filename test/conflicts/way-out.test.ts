// test/conflicts/way-out.test.ts — by which way what instances send leaves the host: its routes, and what a spec asks
// for.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';
import { READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import { by, DEFAULT, elsewhere, HEAD, HERE, LAB, nowhere, spec, THERE, told } from './way-out-scene.ts';

const floating = (
  ...pools: readonly string[]
): string => `${spec()}pools: { public: { ranges: [203.0.113.64/27] }, second: { ranges: [198.51.100.16/28], interface: eth2 } }
instances:\n${pools.map((pool, i) => `  vm-${i}: { nics: [{ network: lab${pool === '' ? '' : `, floating: [{ pool: ${pool} }]`} }] }\n`).join('')}`;

describe('routes', () => {
  for (const [name, routes, expected] of [
    ['the way out', [HERE], []],
    ['another uplink', [THERE], [elsewhere(DEFAULT)]],
    [
      'two uplinks, of which the other is preferred',
      [by('eth1', 'default', '254', ' metric 200'), THERE],
      [elsewhere(DEFAULT)],
    ],
    ['two uplinks, of which it is preferred', [HERE, by('eth2', 'default', '254', ' metric 200')], []],
    [
      'two by turns',
      ['1 default table 254 proto 3 scope 0 \\\tnexthop dev eth1 weight 1 \\\tnexthop dev eth2 weight 1'],
      [elsewhere('route 0.0.0.0/0 dev eth1 and eth2')],
    ],
    [
      'a tunnel for everything, in halves',
      [HERE, '1 0.0.0.0/1 dev tun0 table 254 proto 3 scope 253', '1 128.0.0.0/1 dev tun0 table 254 proto 3 scope 253'],
      [elsewhere('route 0.0.0.0/1 dev tun0', 'tun0')],
    ],
    [
      'a tunnel for a half',
      [HERE, '1 128.0.0.0/1 dev tun0 table 254 proto 3 scope 253'],
      [elsewhere('route 128.0.0.0/1 dev tun0', 'tun0', 'some of what').replace('stops: ', '')],
    ],
    [
      'a tunnel for most, in pieces',
      [
        HERE,
        ...['16.0.0.0/4', '32.0.0.0/3', '64.0.0.0/2', '128.0.0.0/3'].map(
          (to) => `1 ${to} dev tun0 table 254 proto 3 scope 253`,
        ),
      ],
      [elsewhere('route 64.0.0.0/2 dev tun0', 'tun0', 'most of what')],
    ],
    ['ways to somebody', [HERE, by('eth2', '10.0.0.0/8'), by('eth2', '8.8.8.0/24'), by('eth2', '100.64.0.0/10')], []],
    [
      'ways to all private networks',
      [HERE, by('eth2', '10.0.0.0/8'), by('eth2', '172.16.0.0/12'), by('eth2', '192.168.0.0/16')],
      [],
    ],
    ['a black hole', ['6 default table 254 proto 3 scope 0'], [nowhere('route blackhole 0.0.0.0/0')]],
    ['unreachable', ['7 default table 254 proto 3 scope 0'], [nowhere('route unreachable 0.0.0.0/0')]],
    ['prohibited', ['8 default table 254 proto 3 scope 0'], [nowhere('route prohibit 0.0.0.0/0')]],
    ['a black hole behind the way out', [HERE, '6 default table 254 proto 3 scope 0 metric 900'], []],
    ['none for anybody', [by('eth2', '10.0.0.0/8')], []],
    ['none that anybody could read', [], []],
    [
      'for another kind of service',
      [HERE, '1 default tos 0x10 via 203.0.113.1 dev eth2 table 254 proto 3 scope 0'],
      [],
    ],
    [
      'to each network of the world',
      Array.from({ length: 3000 }, (_, i) => by('eth2', `${(i % 100) + 11}.${Math.floor(i / 100)}.0.0/16`)),
      [],
    ],
    ['by its own bridge, where an instance is the router', [by('br-lab')], []],
  ] as const) {
    test(name, async () => expect(await told(spec(), routes)).toEqual(expected));
  }
});

describe('what a spec asks for', () => {
  const dropped =
    'lab: what instances send to the outside leaves by eth2 (route 0.0.0.0/0 via 203.0.113.1 dev eth2) and not by eth1 (publicInterface), where lab forwards nothing';
  for (const [name, text, routes, expected] of [
    ['not to be translated', spec(', snat: false'), [THERE], []],
    [
      'not to be translated, and led nowhere',
      spec(', snat: false'),
      ['6 default table 254 proto 3 scope 0'],
      [nowhere('route blackhole 0.0.0.0/0')],
    ],
    ['an address of its own', spec(', snat: 203.0.113.50'), [THERE], [elsewhere(DEFAULT)]],
    ['no way out', spec(', forward: none'), [THERE], []],
    ['no gateway', spec(', gateway: null'), [THERE], []],
    [
      'an outside router',
      spec(', gateway: 192.168.50.254, dhcp: { server: 192.168.50.1 }').replace('null', 'eth3'),
      [THERE],
      [],
    ],
    ['out by the public interface alone', spec(', forward: [eth1]'), [THERE], [`stops: ${dropped}`]],
    ['out by both', spec(', forward: [eth1, eth2]'), [THERE], [elsewhere(DEFAULT)]],
    ['out by others alone', spec(', forward: [eth2]'), [THERE], []],
    ['a host without a public interface', spec().replace(/^hosts.*\n/m, ''), [THERE], []],
    [
      'a host without a public interface, and nothing but a black hole',
      spec().replace(/^hosts.*\n/m, ''),
      ['6 default table 254 proto 3 scope 0'],
      [nowhere('route blackhole 0.0.0.0/0')],
    ],
    ['a public interface that is not there', spec().replace('eth1', 'eth9'), [THERE], []],
    ['the public interface in a bridge', `${HEAD}${LAB.replace('null', 'eth1')} } }\n`, [HERE], []],
    ['and there already', `${HEAD}${LAB.replace('null', 'eth1')} } }\n`, [by('br-lab')], []],
    ['floating addresses on the way out for all', floating('second', 'second'), [THERE], []],
    ['floating addresses for some', floating('second', ''), [THERE], [elsewhere(DEFAULT)]],
    ['floating addresses on the public interface', floating('public'), [THERE], [elsewhere(DEFAULT)]],
    ['a flat network', spec().replace('flat-dhcp', 'flat'), [THERE], []],
  ] as const) {
    test(name, async () => expect(await told(text, routes)).toEqual(expected));
  }

  test('networks that go one way are named together, each with its command', async () => {
    const text = `${HEAD}networks:\n${[1, 2].map((n) => `  n${n}: { mode: flat-dhcp, cidr: 10.0.${n}.0/24, interface: null }\n`).join('')}`;
    const diagnostics = await found(text, { others: { [READ_ALL_ROUTES.join(' ')]: THERE } });
    expect(diagnostics.map(({ code, stops, hint }) => [code, stops?.length, hint])).toEqual([
      [
        'other-way-out',
        2,
        'name eth2 as publicInterface, or have it translated there: iptables -t nat -A POSTROUTING -s 10.0.1.0/24 -o eth2 -j MASQUERADE && iptables -t nat -A POSTROUTING -s 10.0.2.0/24 -o eth2 -j MASQUERADE',
      ],
    ]);
  });
});
