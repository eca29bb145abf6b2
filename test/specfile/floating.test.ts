// test/specfile/floating.test.ts — pools and floating addresses: each mistake, and the line and column where it is
// shown.
import { expect, test } from 'vitest';
import { readSpec } from './read-spec.ts';
import { A, problemsOf } from './problems.ts';

const HOST = `${A}hosts: { h1: { publicInterface: eth1, sourceAddress: 198.51.100.11 } }\n`;
const LAB =
  'networks:\n  lab: { mode: flat-dhcp, cidr: 10.0.0.0/24 }\n  outside: { mode: flat, cidr: 10.1.0.0/24 }\n  shut: { mode: flat-dhcp, cidr: 10.2.0.0/24, gateway: null }\n';
const POOLS = 'pools:\n  a:\n    ranges: [198.51.100.16/30, 198.51.100.40-198.51.100.41]\n';
/** The ranges stand at line 9, the wish of the instance at 12:40. */
const wish = (floating: string, pools = POOLS, head = HOST): string =>
  `${head}${LAB}${pools}instances:\n  vm:\n    nics: [{ network: lab, floating: [${floating}] }]\n`;

for (const [name, text, problems] of [
  ['an address of a pool, and a free one', wish('198.51.100.40, { pool: a }'), []],
  ['an address of no pool', wish('203.0.113.9'), ['12:39 floating-outside']],
  ['the network address of a range', wish('198.51.100.16'), ['12:39 floating-unusable, also 9:14']],
  ['the broadcast address of a range', wish('198.51.100.19'), ['12:39 floating-unusable, also 9:14']],
  [
    'an address of two pools',
    wish('198.51.100.40', `${POOLS}  b: { ranges: [198.51.100.40] }\n`),
    ['10:17 pools-overlap, also 9:32', '13:39 floating-in-two-pools, also 9:32 10:17'],
  ],
  ['an address twice', wish('198.51.100.40, 198.51.100.40'), ['12:54 floating-twice, also 12:39']],
  [
    "the host's own source address",
    wish('198.51.100.11', 'pools:\n  a:\n    ranges: [198.51.100.8/29]\n'),
    ['12:39 floating-is-source, also 2:54'],
  ],
  [
    "a network's source address",
    wish('198.51.100.40').replace(
      'lab: { mode: flat-dhcp',
      'lab: { mode: flat-dhcp, snat: 198.51.100.40-198.51.100.41',
    ),
    ['12:39 floating-is-source, also 4:33'],
  ],
  ['a pool that nothing defines', wish('{ pool: b }'), ['12:47 unknown-pool']],
  [
    'a default pool that nothing defines',
    wish('').replace('instances:', 'defaults: { floatingPool: b }\ninstances:'),
    ['10:27 unknown-pool'],
  ],
  [
    "an instance's pool that nothing defines",
    wish('').replace('vm:\n', 'vm:\n    floatingPool: b\n'),
    ['12:19 unknown-pool', '12:19 warning floating-pool-unused'],
  ],
  [
    'a pool for an instance that has nothing to do with it',
    wish('198.51.100.40').replace('vm:\n', 'vm:\n    floatingPool: a\n'),
    ['12:19 warning floating-pool-unused'],
  ],
  [
    'a pool for an instance on a flat network',
    wish('').replace('vm:\n', 'vm:\n    floatingPool: a\n').replace('network: lab, floating: []', 'network: outside'),
    ['12:19 warning floating-pool-unused'],
  ],
  [
    'a floating address on a flat network',
    wish('{ pool: a }').replace('network: lab', 'network: outside'),
    ['12:43 floating-unreachable, also 5:20'],
  ],
  [
    'a floating address without a gateway',
    wish('{ pool: a }').replace('network: lab', 'network: shut'),
    ['12:40 floating-unreachable, also 6:56'],
  ],
  ...(
    [
      ['none', ['warning floating-unreachable']],
      ['[eth9]', ['warning floating-unreachable']],
      ['all', []],
    ] as const
  ).map(
    ([forward, codes]) =>
      [
        `a floating address on a network that is forwarded to: ${forward}`,
        wish('{ pool: a }').replace('lab: { mode: flat-dhcp', `lab: { mode: flat-dhcp, forward: ${forward}`),
        codes.map((code) => expect.stringContaining(code) as string),
      ] as const,
  ),
  [
    'a floating address on a network that is forwarded to the bridge of the interface, by name',
    wish('{ pool: a }')
      .replace('publicInterface: eth1', 'publicInterface: eth1, flatInterface: eth1')
      .replace('lab: { mode: flat-dhcp', 'lab: { mode: flat-dhcp, interface: null, forward: [br-outside]')
      .replace('shut: { mode: flat-dhcp', 'shut: { mode: flat-dhcp, interface: null')
      .replace('outside: { mode: flat', 'outside: { mode: flat, bridge: br-outside'),
    [],
  ],
  [
    'more than there are',
    wish('{ pool: a }, { pool: a }, { pool: a }, { pool: a }, 198.51.100.17'),
    ['9:13 pool-full, also 12:39'],
  ],
  ['just as many', wish('{ pool: a }, { pool: a }, { pool: a }, 198.51.100.17'), []],
  [
    'fewer, for the source of a network is not given out',
    wish('{ pool: a }, { pool: a }, { pool: a }').replace(
      'lab: { mode: flat-dhcp',
      'lab: { mode: flat-dhcp, snat: 198.51.100.40-198.51.100.41',
    ),
    ['9:13 pool-full, also 12:39'],
  ],
  [
    'pools that overlap',
    wish('', `${POOLS}  b: { ranges: [198.51.100.0/24] }\n`),
    ['10:17 pools-overlap, also 9:14', '10:17 pools-overlap, also 9:32'],
  ],
  [
    'the broadcast address of one range is of use in another',
    wish('', `${POOLS}  b: { ranges: [198.51.100.19-198.51.100.21] }\n`),
    [],
  ],
  [
    'a range twice in one pool',
    wish('', 'pools:\n  a:\n    ranges: [198.51.100.16/30, 198.51.100.18]\n'),
    ['9:32 pools-overlap, also 9:14'],
  ],
  ['a pool in a network', wish('', 'pools:\n  a:\n    ranges: [10.0.0.128/25]\n'), ['9:14 pool-in-network, also 4:33']],
  ['a pool of loopback addresses', wish('', 'pools:\n  a:\n    ranges: [127.0.0.8/29]\n'), ['9:14 pool-unusable']],
  [
    'no interface on a host that needs one',
    wish('{ pool: a }, 198.51.100.40', POOLS, `${A}hosts: { h1: {} }\n`),
    ['12:39 pool-interface-missing, also 8:3 2:14'],
  ],
  ['no interface where nobody needs one', wish('', POOLS, `${A}hosts: { h1: {} }\n`), []],
  ['no interface and no host', wish('{ pool: a }', POOLS, `${A}\n`), ['12:39 pool-interface-missing, also 8:3']],
  ["the pool's own interface", wish('{ pool: a }', `${POOLS}    interface: eth9\n`, `${A}hosts: { h1: {} }\n`), []],
  [
    'an interface that is in a bridge',
    wish('{ pool: a }', `${POOLS}    interface: tap9\n`).replace(
      'network: lab,',
      'network: lab, device: { type: tap, name: tap9 },',
    ),
    ['10:16 pool-interface-taken, also 13:36'],
  ],
] as const) {
  test(name, () => {
    expect(problemsOf(text)).toEqual(problems);
  });
}

for (const [name, text, said] of [
  [
    'how many there are and how many are used',
    wish('{ pool: a }, { pool: a }, { pool: a }, { pool: a }, 198.51.100.17'),
    'a has 3 free addresses of 4 (1 used by name) for 4 that are asked for',
  ],
  ['which ranges there are', wish('203.0.113.9'), 'the ranges are 198.51.100.16/30, 198.51.100.40-198.51.100.41'],
  ['how to have the edges as well', wish('198.51.100.19'), 'write the range as 198.51.100.16-198.51.100.19'],
  ['which pool was meant', wish('{ pool: publik }', POOLS.replace(' a:', ' public:')), 'did you mean public?'],
] as const) {
  test(`says ${name}`, () => {
    const read = readSpec([{ file: 'spec.yaml', text }]);
    expect(read.ok ? '' : read.problems.map(({ message, hint }) => `${message}\n${hint ?? ''}`).join('\n')).toContain(
      said,
    );
  });
}
