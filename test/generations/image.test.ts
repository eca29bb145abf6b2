// test/generations/image.test.ts — which lines of a host's rules are looked at: netctl's, wherever they are, and nobody
// else's.
import { describe, expect, test } from 'vitest';
import { differences, imageOf, narrowed } from '../../src/generations/image.ts';

const rulesOf = (rules: string): readonly string[] =>
  imageOf({ links: '', routes: '', rules, chains: undefined, files: new Map(), processes: [] })['rules'] ?? [];

test('chains, rules and jumps of ours, without their counters', () => {
  expect(
    rulesOf(`*nat
:POSTROUTING ACCEPT [3:180]
:netctl-snat - [0:0]
-A POSTROUTING -m comment --comment "netctl:1a2b3c4d networks.blue" -j netctl-snat
-A OUTPUT -m comment --comment netctl:1a2b3c4d -j ACCEPT
-A netctl-snat -s 10.0.0.0/24 -j SNAT --to-source 192.0.2.1
COMMIT
`),
  ).toEqual([
    'nat :netctl-snat -',
    'nat -A POSTROUTING -m comment --comment "netctl:1a2b3c4d networks.blue" -j netctl-snat',
    'nat -A OUTPUT -m comment --comment netctl:1a2b3c4d -j ACCEPT',
    'nat -A netctl-snat -s 10.0.0.0/24 -j SNAT --to-source 192.0.2.1',
  ]);
});

test('those of IPv6 stand beside', () => {
  const save = '*filter\n:netctl-FORWARD - [0:0]\n:netctl-INPUT - [0:0]\nCOMMIT\n';
  const texts = { links: '', routes: '', chains: undefined, files: new Map<string, string>(), processes: [] };
  const image = imageOf({ ...texts, rules: '', rules6: save });
  expect(image).toEqual({ 'IPv6 rules': ['filter :netctl-FORWARD -', 'filter :netctl-INPUT -'] });
  expect(narrowed(image, new Set(['filter/netctl-FORWARD']))['IPv6 rules']).toEqual([
    'filter :netctl-FORWARD -',
    expect.stringMatching(/^filter netctl-INPUT: 1 line, sha256 /),
  ]);
});

test('what others call by our name is theirs', () => {
  expect(
    rulesOf(`*filter
:before-netctl-in - [0:0]
-A FORWARD -i netctl0 -j before-netctl-in
-A FORWARD -m comment --comment "beside netctl" -j ACCEPT
-A FORWARD -m comment --comment "not netctl: ours" -j ACCEPT
COMMIT
`),
  ).toEqual([]);
});

describe('of a host with much that is not touched', () => {
  const rules = (count: number): string =>
    [
      '*nat',
      ':netctl-a - [0:0]',
      ':netctl-b - [0:0]',
      ...['a', 'b'].map((name) => rule(name, 1)),
      rule('b', count),
      'COMMIT',
      '',
    ].join('\n');
  const rule = (name: string, port: number): string => `-A netctl-${name} -p tcp --dport ${port} -j ACCEPT`;
  const texts = (count: number, mtu: number): Parameters<typeof imageOf>[0] => ({
    links: JSON.stringify(['eth1', 'tap-1', 'tap-2'].map((ifname) => ({ ifname, mtu }))),
    routes: ['eth1', 'tap-1'].map((name) => `1 10.0.0.0/24 dev ${name} table 254 proto 117 scope 253`).join('\n'),
    rules: rules(count),
    chains: undefined,
    files: new Map([['/var/lib/netctl/networks/lab/hosts', 'text']]),
    processes: [['dnsmasq']],
  });
  const touched = new Set(['tap-1', 'nat/netctl-a']);
  const whole = imageOf(texts(2, 1500));

  test('of chains there are digests, of devices nothing; all else is as in a whole one', () => {
    const image = imageOf(texts(2, 1500), touched);
    expect(image).toEqual({
      'device tap-1': whole['device tap-1'],
      rules: [
        'nat :netctl-a -',
        `nat ${rule('a', 1)}`,
        expect.stringMatching(/^nat netctl-b: 3 lines, sha256 [0-9a-f]{16}$/),
      ],
      'file /var/lib/netctl/networks/lab/hosts': whole['file /var/lib/netctl/networks/lab/hosts'],
      processes: whole['processes'],
    });
    expect(narrowed(whole, touched)).toEqual(image);
    expect(narrowed(image, touched)).toEqual(image);
  });

  test('another rule in a chain that was not touched is a difference; another setting of such a device is none', () => {
    const said = differences(imageOf(texts(2, 1500), touched), imageOf(texts(3, 1500), touched), () => true);
    expect(said.map((line) => line.replace(/[0-9a-f]{16}$/, ''))).toEqual([
      '- rules: nat netctl-b: 3 lines, sha256 ',
      '+ rules: nat netctl-b: 3 lines, sha256 ',
    ]);
    expect(differences(imageOf(texts(2, 1500), touched), imageOf(texts(2, 1400), touched), () => true)).toEqual([
      'device tap-1: mtu was 1500, and is 1400',
    ]);
  });
});

const device = (qdisc: string) =>
  imageOf({
    links: JSON.stringify([{ ifname: 'eth1', flags: ['BROADCAST'], qdisc, mtu: 1500 }]),
    routes: '',
    rules: '',
    chains: undefined,
    files: new Map(),
    processes: [],
  });

for (const [was, is, said] of [
  ['noop', 'fq_codel', []],
  ['noop', 'noqueue', []],
  ['noop', 'mq', []],
  ['noqueue', 'fq_codel', []],
  ['fq_codel', 'fq_codel', []],
  ['noop', 'htb', ['device eth1: qdisc was "noop", and is "htb"']],
  ['htb', 'fq_codel', ['device eth1: qdisc was "htb", and is "fq_codel"']],
  ['htb', 'noop', ['device eth1: qdisc was "htb", and is "noop"']],
  ['fq', 'noop', ['device eth1: qdisc was "fq", and is "noop"']],
] as const) {
  test(`a queue that was ${was} and is ${is}: ${said.length === 0 ? 'nothing' : 'is said'}`, () =>
    expect(differences(device(was), device(is), () => true)).toEqual(said));
}

test('what a bridge takes over from its ports is not held against it; its MTU is', () => {
  const bridge = (more: object) =>
    imageOf({
      links: JSON.stringify([{ ifname: 'br-lab', flags: ['BROADCAST'], ...more }]),
      routes: '',
      rules: '',
      chains: undefined,
      files: new Map(),
      processes: [],
    });
  expect(
    differences(
      bridge({ mtu: 1500, tso_max_size: 65536, tso_max_segs: 1 }),
      bridge({ mtu: 1400, tso_max_size: 524280, tso_max_segs: 2 }),
      () => true,
    ),
  ).toEqual(['device br-lab: mtu was 1500, and is 1400']);
});

describe('routes to the same', () => {
  const [one, two] = ['eth1', 'eth2'].map(
    (dev, i) => `1 203.0.113.0/24 dev ${dev} table 254 proto 2 scope 253 src 203.0.113.1${i}`,
  ) as [string, string];
  const other = '1 203.0.113.0/24 dev eth3 table 254 proto 2 scope 253 src 203.0.113.13 metric 5';
  const said = (was: readonly string[], is: readonly string[]): readonly string[] => {
    const [before, after] = [was, is].map((lines) =>
      imageOf({ links: '', routes: lines.join('\n'), rules: '', chains: undefined, files: new Map(), processes: [] }),
    );
    return differences(before ?? {}, after ?? {}, (subject) => subject === 'device eth1');
  };
  const is = 'route 203.0.113.0/24 dev eth1 proto 2 scope 253 src 203.0.113.10 metric 0';
  test('in the same order are no difference', () => expect(said([one, two, other], [other, one, two])).toEqual([]));
  test('one that is overtaken is', () =>
    expect(said([one, two], [two, one])).toEqual([
      `- device eth1: order: ${is} before ${is.replace('eth1', 'eth2').replace('.10 ', '.11 ')}`,
    ]));
  test('one that overtakes, or is alone by now, is none', () =>
    expect([...said([two, one], [one, two]), ...said([one, two], [one])]).toEqual([]));
});
