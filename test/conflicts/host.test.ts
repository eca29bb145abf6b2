// test/conflicts/host.test.ts — what of the host itself stops packets or hides who does: settings of the kernel, two
// backends of iptables.
import { describe, expect, test } from 'vitest';
import type { Facts, LinkFact } from '../../src/core/facts.ts';
import { found } from './around.ts';
import { READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import { READ_RULES } from '../../src/iproute2/policy.ts';
import type { Around } from './around.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
pools: { public: { ranges: [198.51.100.16/28], interface: eth2 } }
instances: { vm-1: { nics: [{ network: lab, floating: [198.51.100.17], device: { type: tap } }] } }
`;
const told = async (around: Around): Promise<unknown> =>
  (await found(SPEC, around)).map(({ code, message, hint }) => [code, message, hint]);

const USUAL = [
  { priority: 0, src: 'all', table: '255' },
  { priority: 32766, src: 'all', table: '254' },
  { priority: 32767, src: 'all', table: '253' },
];
const rules = (...more: readonly object[]): Readonly<Record<string, string>> => ({
  [READ_RULES.join(' ')]: JSON.stringify([...USUAL, ...more]),
});

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
      elsewhere(`answers go by eth1 (route 0.0.0.0/0 via 203.0.113.1 dev eth1 table 77${rule})`);
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
        [elsewhere('answers go by tun0 (route 0.0.0.0/1 dev tun0)')],
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

describe('arp_filter', () => {
  const shown = (name: string, master?: string): string =>
    JSON.stringify(
      [
        {
          ifindex: 2,
          ifname: 'eth2',
          flags: ['UP'],
          mtu: 1500,
          group: 'default',
          ...(master === undefined ? {} : { master }),
          addr_info: [],
        },
        { ifindex: 3, ifname: 'eth1', flags: ['UP'], mtu: 1500, group: 'default', addr_info: [] },
      ].map((link) =>
        link.ifname === name
          ? { ...link, addr_info: [{ family: 'inet', local: '198.51.100.11', prefixlen: 24, scope: 'global' }] }
          : link,
      ),
    );
  const text = SPEC.replace('interface: null', 'interface: eth2');
  for (const [name, links, expected] of [
    ['an uplink in the network of its floating addresses, about to go into a bridge', shown('eth2'), []],
    ['an uplink that is not', shown('eth1'), ['arp-unanswered']],
  ] as const) {
    test(name, async () =>
      expect(
        (
          await found(text, {
            links,
            settings: { '/proc/sys/net/ipv4/conf/default/arp_filter': ['1'] },
            others: rules(),
          })
        ).map(({ code }) => code),
      ).toEqual(expected),
    );
  }
});

describe('two backends', () => {
  const nft =
    '# Generated by iptables-save v1.8.9 (nf_tables) on Sat\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
  const legacy =
    '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n*filter\n:FORWARD DROP [0:0]\n:theirs - [0:0]\n-A FORWARD -i docker0 -j ACCEPT\n-A FORWARD -j theirs\nCOMMIT\n';
  const begun = { '/proc/net/ip_tables_names': ['filter', 'nat'] };

  test('rules of iptables-legacy beside those of iptables-nft', async () => {
    expect(await told({ rules: nft, settings: begun, others: { 'iptables-legacy-save': legacy } })).toEqual([
      [
        'foreign-policy',
        'lab: packets of guests to the outside, answers from the outside, packets to floating addresses and answers from floating addresses are dropped by the policy DROP of chain FORWARD of table filter (iptables-legacy)',
        'iptables-legacy -I FORWARD -i br-lab -j ACCEPT && iptables-legacy -I FORWARD -o br-lab -j ACCEPT',
      ],
      [
        'two-backends',
        "iptables-legacy holds rules beside iptables-nft, which netctl's are in: nat 1 rule; filter 2 rules, policy DROP of FORWARD. A packet has to pass both, and an accept in one is no accept in the other",
        'iptables-legacy-save | iptables-nft-restore --noflush && iptables-legacy -t nat -F && iptables-legacy -t filter -P FORWARD ACCEPT && iptables-legacy -t filter -F',
      ],
    ]);
  });

  test("tables of iptables-legacy that are empty are nobody's", async () => {
    expect(
      await told({
        rules: nft,
        settings: begun,
        others: { 'iptables-legacy-save': '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n' },
      }),
    ).toEqual([]);
  });

  test('rules of iptables-nft beside those of iptables-legacy', async () => {
    const [first] = await found(SPEC, {
      rules: legacy.replace('DROP', 'ACCEPT').replace('-A POSTROUTING -j MASQUERADE\n', ''),
      tables: { 'ip filter': '' },
      settings: begun,
      others: { 'iptables-nft-save': '*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -i docker0 -j DROP\nCOMMIT\n' },
    });
    expect(first).toMatchObject({
      code: 'two-backends',
      message: expect.stringContaining('iptables-nft holds rules beside iptables-legacy, ') as string,
    });
  });
});

test('chains that nft has put into a table of iptables', async () => {
  const rules =
    "# Table `filter' contains incompatible base-chains, use 'nft' tool to list them.\n# Generated by iptables-save v1.8.9 (nf_tables) on Sat\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\nCOMMIT\n";
  const chain = (name: string) => ({
    chain: { family: 'ip', table: 'filter', name, type: 'filter', hook: 'forward', prio: 5, policy: 'drop' },
  });
  const table = JSON.stringify({
    nftables: [{ table: { family: 'ip', name: 'filter' } }, chain('FORWARD'), chain('strict')],
  });
  expect(
    (await found(SPEC, { rules, tables: { 'ip filter': table } })).map(({ message }) =>
      message.replace(/.*dropped by /, ''),
    ),
  ).toEqual(['the policy drop of chain strict of table ip filter (nft)']);
});

test('tools that are missing or refuse show nothing', async () => {
  expect(await told({ rules: '', tables: { 'inet gone': 'Error: No such file or directory' } })).toEqual([]);
});

describe('an uplink with IPv6 addresses for a limited time', () => {
  const OFFICE =
    'apiVersion: netctl/v1\nhosts: { h1: { publicInterface: eth1 } }\nnetworks: { office: { mode: flat, bridge: br0, cidr: 203.0.113.0/24, interface: eth1 } }\n';
  const links = (master: string | undefined, ...addresses: readonly object[]): string =>
    JSON.stringify([
      {
        ifindex: 2,
        ifname: 'eth1',
        flags: ['UP'],
        mtu: 1500,
        group: 'default',
        ...(master === undefined ? {} : { master }),
        addr_info: addresses,
      },
    ]);
  const six = (local: string, more: object = {}): object => ({
    family: 'inet6',
    local,
    prefixlen: 64,
    scope: 'global',
    dynamic: true,
    ...more,
  });
  const what =
    'that is not moved to br0: as a port of it, eth1 hears no answers to the IPv6 that this host sends by it';
  const mend = 'sysctl -w net.ipv6.conf.eth1.disable_ipv6=1';
  for (const [name, shown, expected] of [
    [
      'before it goes into the bridge',
      links(undefined, six('2001:db8::7', { temporary: true }), six('2001:db8::e1')),
      [
        [
          'autoconfigured',
          `eth1 has 2001:db8::e1, 2001:db8::7 for a limited time (router advertisements, DHCPv6), and ${what}`,
          `when it is done: ${mend}`,
        ],
      ],
    ],
    [
      'in the bridge',
      links('br0', six('2001:db8::e1')),
      [
        [
          'autoconfigured',
          `eth1 has 2001:db8::e1 for a limited time (router advertisements, DHCPv6), and ${what}`,
          mend,
        ],
      ],
    ],
    [
      "somebody's own, link-local ones, and those of a DHCP client are none",
      links(undefined, six('2001:db8::e1', { dynamic: false }), six('fe80::1', { scope: 'link' }), {
        family: 'inet',
        local: '203.0.113.11',
        prefixlen: 24,
        scope: 'global',
        dynamic: true,
      }),
      [],
    ],
  ] as const) {
    test(name, async () =>
      expect((await found(OFFICE, { links: shown })).map(({ code, message, hint }) => [code, message, hint])).toEqual(
        expected,
      ),
    );
  }

  test('one that goes into no bridge keeps them', async () =>
    expect(
      await found(OFFICE.replace('interface: eth1 }', 'interface: null }'), {
        links: links(undefined, six('2001:db8::e1')),
      }),
    ).toEqual([]));
});

describe('a host that forwards, and a device that does not', () => {
  const values = (forward: string, links: Readonly<Record<string, string>>): Around['settings'] => ({
    '/proc/sys/net/ipv4/ip_forward': [forward],
    ...Object.fromEntries(
      Object.entries(links).map(([link, value]) => [`/proc/sys/net/ipv4/conf/${link}/forwarding`, [value]]),
    ),
  });
  const shut = (link: string, what: string, name = link): readonly string[] => [
    'not-forwarding',
    `net.ipv4.conf.${name}.forwarding is 0: ${what} of lab come by ${link}, and are not forwarded`,
    `sysctl -w net.ipv4.conf.${name}.forwarding=1`,
  ];
  const listed = SPEC.replace('interface: null', 'interface: null, forward: [eth1, br.5]');
  for (const [name, spec, settings, expected] of [
    ['all do', SPEC, values('1', { eth1: '1', eth2: '1' }), []],
    ['the way out', SPEC, values('1', { eth1: '0', eth2: '1' }), [shut('eth1', 'answers from the outside')]],
    [
      'where floating addresses are',
      SPEC,
      values('1', { eth1: '1', eth2: '0' }),
      [shut('eth2', 'packets to floating addresses')],
    ],
    [
      'one that `forward` names',
      listed,
      values('1', { eth1: '1', 'br.5': '0', eth2: '1' }),
      [shut('br.5', 'answers from the outside', 'br/5')],
    ],
    ['an apply switches all on', SPEC, values('0', { eth1: '0', eth2: '0' }), []],
    [
      'a bridge of ours is told by itself',
      SPEC.replace('interface: null', 'interface: eth1'),
      values('1', { 'br-lab': '0', eth1: '0', eth2: '1' }),
      [],
    ],
    [
      'none is asked for',
      SPEC.replace('interface: null', 'interface: null, forward: none'),
      values('1', { eth1: '0', eth2: '0' }),
      [],
    ],
  ] as const) {
    test(name, async () =>
      expect(
        (await found(spec, { settings: settings ?? {} })).map(({ code, message, hint }) => [code, message, hint]),
      ).toEqual(expected),
    );
  }

  const by = (link: string, table: string): string =>
    `1 default via 203.0.113.1 dev ${link} table ${table} proto 3 scope 0`;
  for (const [name, rule, link] of [
    ['another table has a default route that is for others', { src: '10.20.0.11' }, 'eth1'],
    ['a rule for everything leads to another table', { src: 'all' }, 'eth3'],
  ] as const) {
    test(`the way out of a host that names none, where ${name}`, async () => {
      const others = {
        ...rules({ priority: 100, ...rule, table: '77' }),
        [READ_ALL_ROUTES.join(' ')]: [by('eth3', '77'), by('eth1', '254')].join('\n'),
      };
      const all = await found(SPEC.replace('publicInterface: eth1', ''), {
        settings: values('1', { eth1: '0', eth2: '1', eth3: '0' }) ?? {},
        others,
      });
      expect(
        all.filter(({ code }) => code === 'not-forwarding').map(({ code, message, hint }) => [code, message, hint]),
      ).toEqual([shut(link, 'answers from the outside')]);
    });
  }
});
