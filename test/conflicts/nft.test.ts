// test/conflicts/nft.test.ts — rules of nftables as `nft -j` prints them, and whether they stop a network's packets.
import { expect, test } from 'vitest';
import { found } from './around.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
instances: { vm-1: { nics: [{ network: lab, device: { type: tap } }] } }
`;
const [out, back] = ['packets of guests to the outside', 'answers from the outside'];

interface Held {
  readonly rules: readonly (readonly object[])[];
  readonly policy?: 'accept' | 'drop';
  readonly hook?: string;
  readonly type?: string;
  readonly family?: string;
  readonly sets?: readonly object[];
}

async function told({
  rules,
  policy = 'accept',
  hook = 'forward',
  type = 'filter',
  family = 'inet',
  sets = [],
}: Held): Promise<readonly string[]> {
  const of = { family, table: 't' };
  const text = JSON.stringify({
    nftables: [
      { metainfo: { json_schema_version: 1 } },
      { table: { family, name: 't' } },
      ...sets,
      { chain: { ...of, name: 'theirs' } },
      { chain: { ...of, name: 'base', type, hook, prio: 0, policy } },
      { rule: { ...of, chain: 'theirs', handle: 1, expr: [{ drop: null }] } },
      ...rules.map((expr, i) => ({ rule: { ...of, chain: 'base', handle: i + 10, expr } })),
    ],
  });
  const diagnostics = await found(SPEC, { tables: { [`${family} t`]: text } });
  return diagnostics.map(({ message }) =>
    message.replace(/ by (?:a rule in|the policy drop of) .*$/, '').replace('lab: ', ''),
  );
}

const match = (left: object, right: unknown, op = '=='): object => ({ match: { op, left, right } });
const meta = (key: string): object => ({ meta: { key } });
const payload = (protocol: string, field: string): object => ({ payload: { protocol, field } });
const ct = (key: string): object => ({ ct: { key } });
const drop = { drop: null };
const accept = { accept: null };
const reject = { reject: { type: 'icmp', expr: 'host-prohibited' } };

for (const [name, rules, what] of [
  ['a device', [[match(meta('iifname'), 'br-lab'), drop]], [`${out} are dropped`]],
  ['devices of a name', [[match(meta('oifname'), { set: ['docker0', 'br-*'] }), drop]], [`${back} are dropped`]],
  ['another device', [[match(meta('iif'), 'docker0'), drop]], []],
  [
    'any but the uplink',
    [[match(meta('iifname'), 'eth1', '!='), { log: { prefix: 'x' } }, { counter: { packets: 0, bytes: 0 } }, reject]],
    [`${out} are dropped`],
  ],
  [
    'our range among others',
    [
      [
        match(payload('ip', 'saddr'), {
          set: [{ range: ['10.0.0.1', '10.0.0.9'] }, { prefix: { addr: '192.168.0.0', len: 16 } }],
        }),
        drop,
      ],
    ],
    [`${out} are dropped`],
  ],
  [
    'all but private ranges',
    [[match(payload('ip', 'daddr'), { prefix: { addr: '10.0.0.0', len: 8 } }, '!='), reject]],
    [`${out} and ${back} are dropped`],
  ],
  ['one address', [[match(payload('ip', 'saddr'), '192.168.50.4'), drop]], []],
  [
    'IPv6',
    [
      [match(meta('nfproto'), 'ipv6'), drop],
      [match(payload('ip6', 'daddr'), '::1'), drop],
    ],
    [],
  ],
  [
    'answers accepted',
    [[match(ct('state'), ['established', 'related'], 'in'), accept], [drop]],
    [`${out} are dropped`],
  ],
  [
    'by a map of states',
    [
      [
        {
          vmap: {
            key: ct('state'),
            data: {
              set: [
                ['invalid', drop],
                ['established', accept],
                ['related', accept],
                ['new', { jump: { target: 'theirs' } }],
              ],
            },
          },
        },
      ],
    ],
    [`${out} are dropped`],
  ],
  [
    'a protocol',
    [[match(meta('l4proto'), { set: ['tcp', 'udp'] }), drop]],
    [`${out} (TCP, UDP) and ${back} (TCP, UDP) are dropped`],
  ],
  [
    'a protocol by its field',
    [[match(payload('ip', 'protocol'), 'icmp'), drop]],
    [`${out} (ICMP) and ${back} (ICMP) are dropped`],
  ],
  ['ports', [[match(payload('tcp', 'dport'), { set: [25, { range: [135, 139] }] }), drop]], []],
  [
    'all but some ports',
    [
      [match(payload('tcp', 'dport'), { set: [80, 443] }), accept],
      [match(payload('tcp', 'dport'), { range: [1, 65_535] }), drop],
    ],
    [`${out} (TCP) and ${back} (TCP) are dropped`],
  ],
  [
    'ports in an order',
    [[match(payload('tcp', 'dport'), 0, '>'), drop]],
    [`${out} (TCP) and ${back} (TCP) are dropped`],
  ],
  ['some ports in an order', [[match(payload('tcp', 'dport'), 1024, '<'), drop]], []],
  [
    'any length',
    [[match(meta('length'), { range: [0, 65_535] }), match(meta('iifname'), 'br-lab'), drop]],
    [`${out} are dropped`],
  ],
  ['long ones', [[match(payload('ip', 'length'), 1400, '>'), drop]], []],
  [
    'a life that most have',
    [[match(payload('ip', 'ttl'), 65, '<'), match(meta('iifname'), 'br-lab'), drop]],
    [`${out} may be dropped`],
  ],
  ['a short life', [[match(payload('ip', 'ttl'), 2, '<'), drop]], []],
  ['no class', [[match(payload('ip', 'dscp'), 'cs0'), match(meta('iifname'), 'br-lab'), drop]], [`${out} are dropped`]],
  ['a class', [[match(payload('ip', 'dscp'), 'ef'), drop]], []],
  [
    'fragments',
    [
      [match({ '&': [payload('ip', 'frag-off'), 0x1fff] }, 0, '!='), drop],
      [match({ '&': [payload('ip', 'frag-off'), 0x3fff] }, 0, '!='), drop],
    ],
    [],
  ],
  [
    'what is whole',
    [[match({ '&': [payload('ip', 'frag-off'), 0x1fff] }, 0), match(meta('iifname'), 'br-lab'), drop]],
    [`${out} are dropped`],
  ],
  [
    'what must not be fragmented',
    [[match({ '&': [payload('ip', 'frag-off'), 0x4000] }, 0, '!='), match(meta('iifname'), 'br-lab'), drop]],
    [`${out} may be dropped`],
  ],
  ['pings', [[match(payload('icmp', 'type'), 'echo-request'), drop]], [`${out} (ICMP) are dropped`]],
  ['all but pings', [[match(payload('icmp', 'type'), 'echo-request', '!='), drop]], [`${back} (ICMP) are dropped`]],
  [
    'what has other flags',
    [[match({ '&': [payload('tcp', 'flags'), ['fin', 'syn', 'rst', 'ack']] }, 'syn', '!='), drop]],
    [`${back} (TCP) are dropped`],
  ],
  [
    'two questions, one of UDP, of which the answer is to be another',
    [
      [
        match(
          { concat: [payload('ip', 'saddr'), payload('udp', 'dport')] },
          { set: [{ concat: ['10.1.1.1', 53] }] },
          '!=',
        ),
        drop,
      ],
    ],
    [`${out} (UDP) and ${back} (UDP) are dropped`],
  ],
  [
    'connections first',
    [[match({ '&': [payload('tcp', 'flags'), ['fin', 'syn', 'rst', 'ack']] }, 'syn'), drop]],
    [`${out} (TCP) are dropped`],
  ],
  [
    'what is marked',
    [
      [match(meta('mark'), 5), drop],
      [match({ '&': [meta('mark'), 256] }, 256), drop],
    ],
    [],
  ],
  ['what is not', [[match({ '&': [meta('mark'), 256] }, 0), drop]], [`${out} and ${back} are dropped`]],
  [
    'what may be marked',
    [[{ mangle: { key: meta('mark'), value: 1 } }], [match(meta('mark'), 5), drop]],
    [`${out} and ${back} may be dropped`],
  ],
  ['too much', [[{ limit: { rate: 5, per: 'second', inv: true } }, drop]], []],
  ['what cannot be told', [[match(meta('skuid'), 0), drop]], [`${out} and ${back} may be dropped`]],
  ['of another tool', [[{ xt: { type: 'match', name: 'statistic' } }, drop]], [`${out} and ${back} may be dropped`]],
  ['without a way back', [[match({ fib: { result: 'oif', flags: ['saddr', 'iif'] } }, false), drop]], []],
  ['for the host itself', [[match({ fib: { result: 'type', flags: ['daddr'] } }, 'local'), drop]], []],
  [
    'for others',
    [[match({ fib: { result: 'type', flags: ['daddr'] } }, 'local', '!='), drop]],
    [`${out} and ${back} are dropped`],
  ],
  [
    'two questions at once',
    [
      [
        match(
          { concat: [payload('ip', 'saddr'), meta('iifname')] },
          { set: [{ concat: [{ prefix: { addr: '192.168.50.0', len: 24 } }, 'br-lab'] }] },
        ),
        drop,
      ],
    ],
    [`${out} are dropped`],
  ],
  [
    'two questions about others',
    [[match({ concat: [payload('ip', 'saddr'), meta('iifname')] }, { set: [{ concat: ['10.1.1.1', 'eth0'] }] }), drop]],
    [],
  ],
  ['addresses that somebody listed', [[match(payload('ip', 'saddr'), '@bad'), drop]], []],
  ['a jump', [[match(meta('iifname'), 'br-lab'), { jump: { target: 'theirs' } }]], [`${out} are dropped`]],
  ['after an accept', [[accept], [drop]], []],
] as const satisfies readonly (readonly [string, Held['rules'], readonly string[]])[]) {
  test(name, async () => expect(await told({ rules })).toEqual(what));
}

for (const [name, held, what] of [
  ['a policy', { rules: [[match(meta('iifname'), 'br-lab'), accept]], policy: 'drop' }, [`${back} are dropped`]],
  [
    'what a named set of devices holds',
    {
      rules: [[match(meta('iifname'), '@lan'), accept]],
      policy: 'drop',
      sets: [{ set: { name: 'lan', type: 'ifname', elem: ['br-lab', 'wg0'] } }],
    },
    [`${back} are dropped`],
  ],
  [
    'a named map',
    {
      rules: [[{ vmap: { key: meta('oifname'), data: '@way' } }]],
      sets: [
        {
          map: {
            name: 'way',
            type: 'ifname',
            map: 'verdict',
            elem: [
              ['docker0', accept],
              ['br-lab', { jump: { target: 'theirs' } }],
            ],
          },
        },
      ],
    },
    [`${back} are dropped`],
  ],
  [
    'before they are routed',
    { rules: [[match(meta('iifname'), 'br-lab'), match(payload('udp', 'dport'), 67), drop]], hook: 'prerouting' },
    ['DHCP requests are dropped'],
  ],
  [
    'answers of the host',
    { rules: [[match(meta('oifname'), 'br-lab'), match(payload('th', 'sport'), 53), drop]], hook: 'output' },
    ['DNS answers are dropped'],
  ],
  ['IPv6 alone', { rules: [], policy: 'drop', family: 'ip6' }, []],
  [
    'a chain of the type nat: the first packet of each connection',
    { rules: [[match(meta('iifname'), 'eth1'), accept]], policy: 'drop', hook: 'prerouting', type: 'nat' },
    [`DHCP requests, DNS requests and ${out} are dropped`],
  ],
  [
    'and what it translates passes',
    { rules: [[{ dnat: { addr: '10.0.0.1' } }]], policy: 'drop', hook: 'prerouting', type: 'nat' },
    ['DNS requests are translated by others'],
  ],
  [
    'frames from guests',
    { rules: [[match(payload('ether', 'type'), 'ip'), drop]], hook: 'input', family: 'bridge' },
    [`DHCP requests, DNS requests and ${out} are dropped`],
  ],
  ["another VLAN's frames", { rules: [[match(payload('vlan', 'id'), 10), drop]], hook: 'input', family: 'bridge' }, []],
] as const satisfies readonly (readonly [string, Held, readonly string[]])[]) {
  test(name, async () => expect(await told(held)).toEqual(what));
}

const set = (type: unknown, elem?: readonly unknown[]): readonly object[] => [
  { set: { name: 'named', type, ...(elem === undefined ? {} : { elem }) } },
];
const saddr = payload('ip', 'saddr');
const net = (addr: string, len: number): object => ({ prefix: { addr, len } });
const timed = (val: unknown): object => ({
  elem: { val, timeout: 3600, expires: 9, counter: { packets: 0, bytes: 0 } },
});
const many = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${11 + (i >> 16)}.${(i >> 8) % 256}.${i % 256}.7`);

for (const [name, held, what] of [
  [
    'our range',
    { rules: [[match(saddr, '@named'), drop]], sets: set('ipv4_addr', ['10.1.1.1', net('192.168.0.0', 16)]) },
    [`${out} are dropped`],
  ],
  [
    'our range, with times and counters',
    {
      rules: [[match(saddr, '@named'), drop]],
      sets: set('ipv4_addr', [timed('10.1.1.1'), timed(net('192.168.0.0', 16))]),
    },
    [`${out} are dropped`],
  ],
  [
    'our range in pieces',
    {
      rules: [[match(saddr, '@named'), drop]],
      sets: set('ipv4_addr', [net('192.168.50.128', 25), { range: ['192.168.50.0', '192.168.50.127'] }]),
    },
    [`${out} are dropped`],
  ],
  ['one of our guests', { rules: [[match(saddr, '@named'), drop]], sets: set('ipv4_addr', ['192.168.50.9']) }, []],
  ['others', { rules: [[match(saddr, '@named'), drop]], sets: set('ipv4_addr', [net('10.0.0.0', 8)]) }, []],
  [
    'others, of whom alone is let through',
    {
      rules: [[match(saddr, '@named', '!='), match(meta('iifname'), 'br-lab'), drop]],
      sets: set('ipv4_addr', ['10.1.1.1']),
    },
    [`${out} are dropped`],
  ],
  ['nobody', { rules: [[match(saddr, '@named'), drop]], sets: set('ipv4_addr') }, []],
  [
    'nobody, of whom alone is let through',
    { rules: [[match(saddr, '@named', '!='), drop]], sets: set('ipv4_addr') },
    [`${out} and ${back} are dropped`],
  ],
  [
    'whatever there is',
    { rules: [[match(saddr, '@named'), drop]], sets: set('ipv4_addr', ['*']) },
    [`${out} and ${back} are dropped`],
  ],
  [
    'the ways that are let through',
    {
      rules: [
        [match(saddr, '@named'), accept],
        [match(payload('ip', 'daddr'), '@named'), accept],
      ],
      policy: 'drop',
      sets: set('ipv4_addr', [net('192.168.50.0', 24)]),
    },
    [],
  ],
  [
    'ports that are let in',
    {
      rules: [
        [match(payload('udp', 'dport'), '@named'), accept],
        [match(meta('l4proto'), 'tcp'), accept],
      ],
      policy: 'drop',
      hook: 'input',
      sets: set('inet_service', [53, { range: [67, 68] }]),
    },
    [],
  ],
  [
    'ports of which alone is let in',
    {
      rules: [[match(payload('udp', 'dport'), '@named', '!='), drop]],
      hook: 'input',
      sets: set('inet_service', [22, 53]),
    },
    ['DHCP requests are dropped'],
  ],
  [
    'devices of a name',
    { rules: [[match(meta('iifname'), '@named'), drop]], sets: set('ifname', ['br-*']) },
    [`${out} are dropped`],
  ],
  [
    'protocols',
    { rules: [[match(meta('l4proto'), '@named'), drop]], sets: set('inet_proto', ['udp', 'sctp']) },
    [`${out} (UDP) and ${back} (UDP) are dropped`],
  ],
  [
    'states',
    { rules: [[match(ct('state'), '@named'), accept], [drop]], sets: set('ct_state', ['established', 'related']) },
    [`${out} are dropped`],
  ],
  [
    'addresses and ports together',
    {
      rules: [[match({ concat: [payload('ip', 'daddr'), payload('udp', 'dport')] }, '@named'), drop]],
      hook: 'input',
      sets: set(['ipv4_addr', 'inet_service'], [timed({ concat: [net('192.168.50.0', 24), { range: [50, 60] }] })]),
    },
    ['DNS requests (UDP) are dropped'],
  ],
  [
    'addresses and ports of others together',
    {
      rules: [[match({ concat: [payload('ip', 'daddr'), payload('udp', 'dport')] }, '@named'), drop]],
      hook: 'input',
      sets: set(
        ['ipv4_addr', 'inet_service'],
        [{ concat: ['192.168.50.9', 53] }, { concat: [net('192.168.50.0', 24), 5353] }],
      ),
    },
    [],
  ],
  ['a great many', { rules: [[match(saddr, '@named'), drop]], sets: set('ipv4_addr', many(60_000)) }, []],
  [
    'a great many, and our range',
    { rules: [[match(saddr, '@named'), drop]], sets: set('ipv4_addr', [...many(60_000), net('192.168.0.0', 16)]) },
    [`${out} are dropped`],
  ],
  [
    'more than is looked at',
    { rules: [[match(saddr, '@named'), drop]], sets: set('ipv4_addr', [...many(100_000), net('192.168.0.0', 16)]) },
    [],
  ],
  [
    'more together than is looked at',
    {
      rules: [[match({ concat: [saddr, payload('udp', 'dport')] }, '@named'), drop]],
      sets: set(
        ['ipv4_addr', 'inet_service'],
        [
          ...many(1000).map((one) => ({ concat: [one, 53] })),
          { concat: [net('192.168.0.0', 16), { range: [0, 65_535] }] },
        ],
      ),
    },
    [],
  ],
  [
    'what a map says of our range, before what it says of others',
    {
      rules: [[{ vmap: { key: saddr, data: '@named' } }]],
      sets: [
        {
          map: {
            name: 'named',
            type: 'ipv4_addr',
            map: 'verdict',
            elem: [
              ['*', drop],
              [net('192.168.0.0', 16), accept],
              [net('64.0.0.0', 4), accept],
            ],
          },
        },
      ],
    },
    [],
  ],
] as const satisfies readonly (readonly [string, Held, readonly string[]])[]) {
  test(`a named set holds ${name}`, async () => expect(await told(held)).toEqual(what));
}

test('who comes too often is put into a set, and dropped', async () => {
  const put = {
    set: { op: 'add', elem: saddr, set: '@named', stmt: [{ limit: { rate: 10, burst: 5, per: 'second', inv: true } }] },
  };
  expect(await told({ rules: [[put, drop]], sets: set('ipv4_addr') })).toEqual([]);
  expect(
    await told({ rules: [[{ set: { op: 'update', elem: saddr, set: '@named' } }, drop]], sets: set('ipv4_addr') }),
  ).toEqual([`${out} and ${back} are dropped`]);
});
