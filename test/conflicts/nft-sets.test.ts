// test/conflicts/nft-sets.test.ts — sets and maps of nftables that a rule asks.
import { expect, test } from 'vitest';
import { accept, back, ct, drop, match, meta, out, payload, told } from './nft-scene.ts';
import type { Held } from './nft-scene.ts';

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
