// test/conflicts/rp-filter.test.ts — rp_filter, and which way the kernel would answer what comes for floating
// addresses.
import { describe, expect, test } from 'vitest';
import type { Facts, LinkFact } from '../../src/core/facts.ts';
import { found } from './around.ts';
import { READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import type { Around } from './around.ts';
import { rules, SPEC, told } from './host-scene.ts';

describe('rp_filter', () => {
  const conf = (values: Readonly<Record<string, string>>): Around['settings'] =>
    Object.fromEntries(
      Object.entries(values).map(([link, value]) => [`/proc/sys/net/ipv4/conf/${link}/rp_filter`, [value]]),
    );
  const byWay =
    (way: string | undefined) =>
    (facts: Facts): Facts => ({
      ...facts,
      links: new Map(
        [...facts.links.values()].map((link): [string, LinkFact] => [
          link.name,
          link.name === way
            ? { ...link, routes: [{ to: 'default', family: 4, via: '203.0.113.1', protocol: 'static' }] }
            : link,
        ]),
      ),
    });
  const lost =
    'what comes by eth2 for floating addresses of lab is dropped, but for what the host has a route to by eth2';
  for (const [name, way, values, what] of [
    ['off', 'eth1', { all: '0', eth2: '0' }, []],
    ['strict on the way out', 'eth2', { all: '1', eth2: '1' }, []],
    ['strict elsewhere', 'eth1', { all: '0', eth1: '1', eth2: '0' }, []],
    [
      'strict where floating addresses are',
      'eth1',
      { all: '0', eth2: '1' },
      [
        [
          'rp-filter',
          `net.ipv4.conf.eth2.rp_filter is 1, and the default route goes by eth1: ${lost}`,
          'sysctl -w net.ipv4.conf.eth2.rp_filter=2',
        ],
      ],
    ],
    [
      'strict for all',
      'eth1',
      { all: '1', eth2: '0' },
      [
        [
          'rp-filter',
          `net.ipv4.conf.all.rp_filter is 1, and the default route goes by eth1: ${lost}`,
          'sysctl -w net.ipv4.conf.eth2.rp_filter=2',
        ],
      ],
    ],
    ['loose is content with any way', 'eth1', { all: '2', eth2: '1' }, []],
    [
      'strict where the interface is still to come',
      'eth1',
      { all: '0', default: '1' },
      [
        [
          'rp-filter',
          `net.ipv4.conf.default.rp_filter is 1, and the default route goes by eth1: ${lost}`,
          'sysctl -w net.ipv4.conf.default.rp_filter=2',
        ],
      ],
    ],
  ] as const) {
    test(name, async () =>
      expect(await told({ settings: conf(values) ?? {}, facts: byWay(way), others: rules() })).toEqual(what),
    );
  }

  test('who routes by rules of his own may know better', async () => {
    const [first] = await found(SPEC, {
      settings: conf({ all: '0', eth2: '1' }) ?? {},
      facts: byWay('eth1'),
      others: rules({ priority: 100, src: '198.51.100.0', srclen: 24, table: '5' }),
    });
    expect(first?.message).toContain('for floating addresses of lab may be dropped');
  });

  describe('where routes and rules are read', () => {
    const line = (link: string, table = '254', to = 'default'): string =>
      `1 ${to} via 203.0.113.1 dev ${link} table ${table} proto 3 scope 0`;
    const others = (routes: readonly string[], more: readonly object[]): Readonly<Record<string, string>> => ({
      ...rules(...more),
      [READ_ALL_ROUTES.join(' ')]: routes.join('\n'),
    });
    const elsewhere = (words: string, how = 'is'): string =>
      `net.ipv4.conf.eth2.rp_filter is 1, and ${words}: what comes by eth2 for floating addresses of lab ${how} dropped, but for what the host has a route to by eth2`;
    const main = elsewhere('the default route goes by eth1');
    const by = (rule: string): string =>
      elsewhere(`replies go by eth1 (route 0.0.0.0/0 via 203.0.113.1 dev eth1 table 77${rule})`);
    for (const [name, routes, more, what] of [
      ['another table has a default route, which no rule leads to', [line('eth2'), line('eth1', '77')], [], []],
      [
        'a rule leads others to it',
        [line('eth2'), line('eth1', '77')],
        [{ priority: 100, src: '10.20.0.11', table: '77' }],
        [],
      ],
      [
        'a rule leads what comes by its bridge to it',
        [line('eth2'), line('eth1', '77')],
        [{ priority: 100, src: 'all', iif: 'br-lab', table: '77' }],
        [by(' by the rule 100: from all iif br-lab lookup 77')],
      ],
      [
        'a rule for everything leads to it',
        [line('eth2'), line('eth1', '77')],
        [{ priority: 100, src: 'all', table: '77' }],
        [by('')],
      ],
      [
        'a rule for instances leads to it',
        [line('eth2'), line('eth1', '77')],
        [{ priority: 100, src: '192.168.50.0', srclen: 24, table: '77' }],
        [by(' by the rule 100: from 192.168.50.0/24 lookup 77')],
      ],
      [
        'a rule for instances leads to the way that they come by',
        [line('eth1'), line('eth2', '77')],
        [{ priority: 100, src: '192.168.50.0', srclen: 24, table: '77' }],
        [],
      ],
      [
        'a rule for others leads to it',
        [line('eth1'), line('eth2', '77')],
        [{ priority: 100, src: '10.20.0.11', table: '77' }],
        [main],
      ],
      [
        'a rule for a mark, which the kernel may heed',
        [line('eth1'), line('eth2', '77')],
        [{ priority: 100, src: 'all', fwmark: '0x1', table: '77' }],
        [elsewhere('the default route goes by eth1', 'may be')],
      ],
      [
        'one route has both as next hops',
        [
          '1 default table 254 proto 3 scope 0 \\\tnexthop via 203.0.113.1 dev eth1 weight 1 \\\tnexthop via 203.0.113.2 dev eth2 weight 1',
        ],
        [],
        [],
      ],
      [
        'a tunnel takes everything',
        [
          line('eth2'),
          '1 0.0.0.0/1 dev tun0 table 254 proto 3 scope 253',
          '1 128.0.0.0/1 dev tun0 table 254 proto 3 scope 253',
        ],
        [],
        [elsewhere('replies go by tun0 (route 0.0.0.0/1 dev tun0)')],
      ],
    ] as const) {
      test(name, async () => {
        const all = await found(SPEC, {
          settings: conf({ all: '0', eth2: '1' }) ?? {},
          facts: byWay('eth1'),
          others: others(routes, more),
        });
        expect(all.filter(({ code }) => code === 'rp-filter').map(({ message }) => message)).toEqual(what);
      });
    }
  });

  test('a bridge that is still to come has what is set of its uplink', async () => {
    const text = SPEC.replace('interface: null', 'interface: eth2');
    const values = (eth2: string, more: Readonly<Record<string, string>> = {}): Around['settings'] =>
      conf({ all: '0', default: '1', eth2, ...more });
    const told = async (settings: Around['settings']): Promise<unknown> =>
      (await found(text, { settings: settings ?? {}, facts: byWay('eth1'), others: rules() })).map(({ hint }) => hint);
    expect([
      await told(values('2')),
      await told(values('0')),
      await told(values('1')),
      await told(values('2', { 'br-lab': '1' })),
    ]).toEqual([[], [], ['sysctl -w net.ipv4.conf.eth2.rp_filter=2'], ['sysctl -w net.ipv4.conf.br-lab.rp_filter=2']]);
  });

  test("of facts only the main table's default route counts", async () => {
    const inOther = (facts: Facts): Facts => ({
      ...facts,
      links: new Map([
        ...byWay('eth2')(facts).links,
        [
          'eth1',
          {
            name: 'eth1',
            ours: false,
            promiscuous: false,
            addresses: [],
            routes: [{ to: 'default', family: 4, via: '10.20.0.1', protocol: 'static', table: '77' }],
          },
        ],
      ]),
    });
    expect(await told({ settings: conf({ all: '1' }) ?? {}, facts: inOther, others: rules() })).toEqual([]);
  });
});
