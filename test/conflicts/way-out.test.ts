// test/conflicts/way-out.test.ts — which routes and rules of a host send instances' packets where netctl does not
// translate them, and which do no harm.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';
import type { Around } from './around.ts';
import { READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import { READ_RULES } from '../../src/iproute2/policy.ts';

const HEAD = 'apiVersion: netctl/v1\nhosts: { h1: { publicInterface: eth1 } }\n';
const LAB = 'networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null';
const spec = (more = ''): string => `${HEAD}${LAB}${more} } }\n`;
const floating = (
  ...pools: readonly string[]
): string => `${spec()}pools: { public: { ranges: [203.0.113.64/27] }, second: { ranges: [198.51.100.16/28], interface: eth2 } }
instances:\n${pools.map((pool, i) => `  vm-${i}: { nics: [{ network: lab${pool === '' ? '' : `, floating: [{ pool: ${pool} }]`} }] }\n`).join('')}`;

const MAIN = [
  { priority: 0, src: 'all', table: '255' },
  { priority: 32766, src: 'all', table: '254' },
];
const at = (rule: object): readonly object[] => [...MAIN, { priority: 100, ...rule }];
const by = (link: string, to = 'default', table = '254', more = ''): string =>
  `1 ${to} via 203.0.113.1 dev ${link} table ${table} proto 3 scope 0${more}`;
const HERE = by('eth1');
const THERE = by('eth2');

async function told(
  text: string,
  routes: readonly string[],
  rules: readonly object[] = MAIN,
  around: Around = {},
): Promise<unknown> {
  const diagnostics = await found(text, {
    ...around,
    others: { [READ_ALL_ROUTES.join(' ')]: routes.join('\n'), [READ_RULES.join(' ')]: JSON.stringify(rules) },
  });
  return diagnostics
    .filter(({ code }) => code === 'other-way-out' || code === 'no-way-out')
    .map(({ message, stops = [] }) => `${stops.length > 0 ? 'stops: ' : ''}${message}`);
}

const unseen = 'where it is not source-NATed: answers come back only if somebody routes 192.168.50.0/24 to this host';
const elsewhere = (words: string, link = 'eth2', part = 'what'): string =>
  `stops: lab: ${part} instances send to the outside leaves by ${link} (${words}) and not by eth1 (publicInterface), ${unseen}`;
const nowhere = (words: string, part = 'what'): string =>
  `stops: lab: ${part} instances send to the outside ends at the ${words}`;
const DEFAULT = 'route 0.0.0.0/0 via 203.0.113.1 dev eth2';

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

describe('rules', () => {
  const T = by('eth2', 'default', '100');
  const words = (rule: string): string => `${DEFAULT} table 100 by the rule 100: ${rule} lookup 100`;
  for (const [name, routes, rules, expected] of [
    [
      'from its range',
      [HERE, T],
      at({ src: '192.168.50.0', srclen: 24, table: '100' }),
      [elsewhere(words('from 192.168.50.0/24'))],
    ],
    [
      'from a part of it',
      [HERE, T],
      at({ src: '192.168.50.128', srclen: 25, table: '100' }),
      [elsewhere(words('from 192.168.50.128/25'))],
    ],
    ["from the host's own address there", [HERE, T], at({ src: '192.168.50.1', table: '100' }), []],
    ['from elsewhere', [HERE, T], at({ src: '10.0.0.0', srclen: 8, table: '100' }), []],
    [
      'what comes by its bridge',
      [HERE, T],
      at({ src: 'all', iif: 'br-lab', table: '100' }),
      [elsewhere(words('from all iif br-lab'))],
    ],
    ['what comes by another device', [HERE, T], at({ src: 'all', iif: 'eth2', table: '100' }), []],
    ['what the host sends itself', [HERE, T], at({ src: 'all', iif: 'lo', table: '100' }), []],
    [
      'by its bridge to the way out, while the host goes elsewhere',
      [THERE, by('eth1', 'default', '100')],
      at({ src: 'all', iif: 'br-lab', table: '100' }),
      [],
    ],
    ['with a mark', [HERE, T], at({ src: 'all', fwmark: '0x1', table: '100' }), []],
    [
      'without one, as wg-quick has it',
      [HERE, '1 default dev wg0 table 51820 proto 3 scope 253'],
      [
        ...MAIN,
        { priority: 9, src: 'all', table: '254', suppress_prefixlen: 0 },
        { priority: 10, not: null, src: 'all', fwmark: '0xca6c', table: '51820' },
      ],
      [elsewhere('route 0.0.0.0/0 dev wg0 table 51820 by the rule 10: not from all fwmark 0xca6c lookup 51820', 'wg0')],
    ],
    [
      'to the outside',
      [HERE, T],
      at({ src: 'all', dst: '64.0.0.0', dstlen: 2, table: '100' }),
      [elsewhere(words('from all to 64.0.0.0/2'), 'eth2', 'some of what').replace('stops: ', '')],
    ],
    [
      'prohibited',
      [HERE],
      at({ src: '192.168.50.0', srclen: 24, action: '8' }),
      [nowhere('rule 100: from 192.168.50.0/24 prohibit')],
    ],
    [
      'a black hole for what comes by its bridge',
      [HERE],
      at({ src: 'all', iif: 'br-lab', action: '6' }),
      [nowhere('rule 100: from all iif br-lab blackhole')],
    ],
    [
      'led past the main table',
      [HERE],
      [...at({ src: 'all', iif: 'br-lab', goto: 32767 }), { priority: 32767, src: 'all', table: '253' }],
      [nowhere('rule 100: from all iif br-lab goto 32767')],
    ],
    ['led to a rule that is not there', [HERE], at({ src: 'all', iif: 'br-lab', goto: 31000, unresolved: null }), []],
    [
      'thrown back to the main table',
      [HERE, '9 default table 100 proto 3 scope 0'],
      at({ src: 'all', table: '100' }),
      [],
    ],
    [
      'a way that is for the host alone',
      [T],
      at({ src: '203.0.113.11', table: '100' }),
      [
        `stops: lab: what instances send to the outside has no route: the ${words('from 203.0.113.11/32')} is not for them`,
      ],
    ],
  ] as const) {
    test(name, async () => expect(await told(spec(), routes, rules)).toEqual(expected));
  }

  test('past the main table to one that is asked after it', async () => {
    const rules = [...at({ src: 'all', iif: 'br-lab', goto: 40000 }), { priority: 40000, src: 'all', table: '100' }];
    expect(await told(spec(), [HERE, T], rules)).toEqual([
      elsewhere(
        `${DEFAULT} table 100 by the rule 40000: from all lookup 100`.replace(
          ' by the rule 40000: from all lookup 100',
          '',
        ),
      ),
    ]);
  });
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

describe('others who translate there', () => {
  const nat = (...lines: readonly string[]): Around => ({
    rules: `*nat\n:POSTROUTING ACCEPT [0:0]\n:theirs - [0:0]\n:netctl-POSTROUTING - [0:0]\n-A POSTROUTING -j netctl-POSTROUTING\n-A netctl-POSTROUTING -j MASQUERADE\n${lines.join('\n')}\nCOMMIT\n`,
  });
  const nft = (...expr: readonly object[]): Around => ({
    tables: {
      'inet theirs': JSON.stringify({
        nftables: [
          { table: { family: 'inet', name: 'theirs' } },
          {
            chain: {
              family: 'inet',
              table: 'theirs',
              name: 'post',
              type: 'nat',
              hook: 'postrouting',
              prio: 100,
              policy: 'accept',
            },
          },
          { rule: { family: 'inet', table: 'theirs', chain: 'post', handle: 2, expr } },
        ],
      }),
    },
  });
  const out = { match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'eth2' } };
  for (const [name, around, expected] of [
    ['all that leaves there', nat('-A POSTROUTING -o eth2 -j MASQUERADE'), []],
    ['these', nat('-A POSTROUTING -s 192.168.0.0/16 -o eth2 -j SNAT --to-source 198.51.100.11'), []],
    [
      'these, in a chain of theirs',
      nat('-A POSTROUTING -o eth2 -j theirs', '-A theirs -s 192.168.50.0/24 -j MASQUERADE'),
      [],
    ],
    [
      'others, as Docker and libvirt do',
      nat(
        '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
        '-A POSTROUTING -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE',
      ),
      [elsewhere(DEFAULT)],
    ],
    ['what leaves elsewhere', nat('-A POSTROUTING -o eth1 -j MASQUERADE'), [elsewhere(DEFAULT)]],
    [
      'all but these',
      nat('-A POSTROUTING -s 192.168.50.0/24 -j RETURN', '-A POSTROUTING -o eth2 -j MASQUERADE'),
      [elsewhere(DEFAULT)],
    ],
    ['by nft', nft(out, { masquerade: null }), []],
    [
      'by nft, others',
      nft(
        {
          match: {
            op: '==',
            left: { payload: { protocol: 'ip', field: 'saddr' } },
            right: { prefix: { addr: '172.17.0.0', len: 16 } },
          },
        },
        { masquerade: null },
      ),
      [elsewhere(DEFAULT)],
    ],
    ['by nft, nobody', nft(out, { accept: null }), [elsewhere(DEFAULT)]],
  ] as const) {
    test(name, async () => expect(await told(spec(), [THERE], MAIN, around)).toEqual(expected));
  }
});

describe('others who mark what rules ask for', () => {
  const rules = at({ not: null, src: 'all', fwmark: '0xca6c', table: '100' });
  const marks = (line: string): Around => ({
    rules: `*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ${line}\nCOMMIT\n`,
  });
  const routes = [HERE, by('eth2', 'default', '100')];
  const sure = elsewhere(`${DEFAULT} table 100 by the rule 100: not from all fwmark 0xca6c lookup 100`);
  for (const [name, around, expected] of [
    [
      "instances' packets",
      marks('-i br-lab -j MARK --set-xmark 0xca6c/0xffffffff'),
      [sure.replace('stops: ', '').replace('leaves', 'may leave')],
    ],
    ["others'", marks('-i docker0 -j MARK --set-xmark 0xca6c/0xffffffff'), [sure]],
  ] as const) {
    test(name, async () => expect(await told(spec(), routes, rules, around)).toEqual(expected));
  }
  for (const [name, rule, words, around] of [
    [
      'a mark that somebody gives them',
      { fwmark: '0x1' },
      'fwmark 0x1',
      marks('-i br-lab -j MARK --set-xmark 0x1/0xffffffff'),
    ],
    [
      'a mark of a mask',
      { fwmark: '0x1', fwmask: '0xff' },
      'fwmark 0x1/0xff',
      marks('-s 192.168.50.0/24 -j MARK --set-xmark 0x1/0xff'),
    ],
    ['a port', { ipproto: 'ipproto-6', dport: 25 }, 'ipproto tcp dport 25', {}],
    ['ports', { ipproto: 'ipproto-17', dport_start: 5060, dport_end: 5070 }, 'ipproto udp dport 5060-5070', {}],
    ['a type of service', { tos: '0x10' }, 'tos 0x10', {}],
  ] as const) {
    test(`a rule for packets with ${name}`, async () => {
      const said = elsewhere(
        `${DEFAULT} table 100 by the rule 100: from all ${words} lookup 100`,
        'eth2',
        'some of what',
      );
      expect(await told(spec(), routes, at({ src: 'all', ...rule, table: '100' }), around)).toEqual([
        said.replace('stops: ', '').replace('leaves', 'may leave'),
      ]);
    });
  }

  for (const [name, rule, around] of [
    ['a mark that nobody gives', { fwmark: '0x1' }, {}],
    ["a mark that others' packets get", { fwmark: '0x1' }, marks('-i docker0 -j MARK --set-xmark 0x1/0xffffffff')],
    ['a user of the host', { uid_start: 1000, uid_end: 1000 }, {}],
    ['a device they leave by', { oif: 'eth2' }, {}],
    ['a VRF', { l3mdev: null }, {}],
  ] as const) {
    test(`a rule for packets with ${name}`, async () => {
      expect(await told(spec(), routes, at({ src: 'all', ...rule, table: '100' }), around)).toEqual([]);
    });
  }

  test('led past the main table', async () => {
    const more = [
      { priority: 99, src: 'all', dport: 25, goto: 40000 },
      { priority: 32766, src: 'all', table: '254' },
      { priority: 40000, src: 'all', table: '100' },
    ];
    const said = elsewhere(`${DEFAULT} table 100`, 'eth2', 'some of what')
      .replace('stops: ', '')
      .replace('leaves', 'may leave');
    expect(await told(spec(), routes, [...MAIN, ...more])).toEqual([said]);
  });

  test('a port that leads nowhere', async () => {
    expect(await told(spec(), [HERE], at({ src: 'all', dport: 25, action: '7' }))).toEqual([
      'lab: some of what instances send to the outside may end at the rule 100: from all dport 25 unreachable',
    ]);
  });
});
