// test/kinds/chain/iptables/lookup.test.ts — entries in two levels: which chains there are, and how long their names
// are.
import { expect, test } from 'vitest';
import { chainsFor } from '../../../../src/kinds/chain/iptables/lookup.ts';
import { textOf } from '../../../../src/kinds/chain/iptables/render.ts';
import { lookup } from '../../../../src/kinds/chain/model.ts';
import type { Entry, Lookup } from '../../../../src/kinds/chain/model.ts';
import type { Cidr, Family, Ip } from '../../../../src/net/ip.ts';

function entry(address: string, within?: string, owner = 'lab'): Entry {
  return {
    address: address as Ip,
    owner: ['networks', owner],
    ...(within === undefined ? {} : { within: within as Cidr }),
    match: [],
    then: { target: 'accept' },
    why: address,
  };
}

function asking(entries: readonly Entry[], family?: Family): Lookup {
  return lookup('nat', 'netctl-at', { from: 'netctl-from', rank: 0, by: 'source', entries }, family);
}

function chainsOf(entries: readonly Entry[], family?: Family): readonly string[] {
  return [...chainsFor(asking(entries, family))].map(
    ({ chain: { name, rules } }) =>
      `${name}: ${rules.map((rule) => textOf(rule).replace(/ -m comment .*(?= -j)/, '')).join(', ')}`,
  );
}

for (const [name, entries, chains, family] of [
  ['nothing asks for nothing', [], []],
  [
    'sixty-four addresses to a block, in the order of addresses',
    [entry('10.0.0.64'), entry('10.0.0.63'), entry('10.0.0.1')],
    [
      'netctl-at-10.0.0.0: -s 10.0.0.1/32 -j ACCEPT, -s 10.0.0.63/32 -j ACCEPT',
      'netctl-at-10.0.0.64: -s 10.0.0.64/32 -j ACCEPT',
      'netctl-from: -s 10.0.0.0/26 -j netctl-at-10.0.0.0, -s 10.0.0.64/26 -j netctl-at-10.0.0.64',
    ],
  ],
  [
    'a smaller network has its own',
    [entry('10.0.0.1', '10.0.0.0/28'), entry('10.0.0.17', '10.0.0.16/28')],
    [
      'netctl-at-10.0.0.0: -s 10.0.0.1/32 -j ACCEPT',
      'netctl-at-10.0.0.16: -s 10.0.0.17/32 -j ACCEPT',
      'netctl-from: -s 10.0.0.0/28 -j netctl-at-10.0.0.0, -s 10.0.0.16/28 -j netctl-at-10.0.0.16',
    ],
  ],
  [
    'a larger one has several',
    [entry('10.0.0.1', '10.0.0.0/16')],
    ['netctl-at-10.0.0.0: -s 10.0.0.1/32 -j ACCEPT', 'netctl-from: -s 10.0.0.0/26 -j netctl-at-10.0.0.0'],
  ],
  [
    'of IPv6 as well, and the hash of a block in the name of its chain',
    [entry('fd00::40'), entry('fd00::a'), entry('fd00::9'), entry('fd00::')],
    [
      'netctl-at-d2966b35: -s fd00::/128 -j ACCEPT, -s fd00::9/128 -j ACCEPT, -s fd00::a/128 -j ACCEPT',
      'netctl-at-470ae381: -s fd00::40/128 -j ACCEPT',
      'netctl-from: -s fd00::/122 -j netctl-at-d2966b35, -s fd00::40/122 -j netctl-at-470ae381',
    ],
    6,
  ],
] as const) {
  test(name, () => expect(chainsOf(entries, family)).toEqual(chains));
}

test('a block of two owners is asked for once, and says whose it is', () => {
  const [block, from] = [...chainsFor(asking([entry('10.0.0.1', undefined, 'a'), entry('10.0.0.2', undefined, 'b')]))];
  expect(from?.chain.rules.map(textOf)).toEqual([
    expect.stringMatching(/ networks\.a networks\.b" -j netctl-at-10\.0\.0\.0$/),
  ]);
  for (const one of [block, from])
    expect(one?.because).toEqual([
      ['networks', 'a'],
      ['networks', 'b'],
    ]);
});

test('a packet meets an entry in the chain of its block', () => {
  const chains = [...chainsFor(asking([entry('10.0.0.1'), entry('10.0.0.64')]))];
  expect(chains.map(({ entries }) => entries.map(({ address }) => address))).toEqual([['10.0.0.1'], ['10.0.0.64'], []]);
});

for (const [address, family] of [
  ['255.255.255.255', 4],
  ['fd00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 6],
] as const) {
  test(`the longest name of IPv${family} fits what iptables allows`, () => {
    const how = { from: 'netctl-from', rank: 0, by: 'source', entries: [entry(address)] } as const;
    const [block] = chainsFor(lookup('nat', 'netctl-dnat', how, family));
    expect(block?.chain.name.length).toBeLessThanOrEqual(28);
  });
}
