// test/parts/lookup.test.ts — entries in two levels: which chains there are, and how long their names are.
import { expect, test } from 'vitest';
import type { Want } from '../../src/core/resource.ts';
import type { Chain } from '../../src/kinds/chain/model.ts';
import { textOf } from '../../src/kinds/chain/iptables/render.ts';
import { parseCidr, parseIp } from '../../src/net/ip.ts';
import { chainOf, lookup } from '../../src/parts/lookup.ts';
import type { Entry } from '../../src/parts/lookup.ts';

function entry(address: string, within?: string, owner = 'lab'): Entry {
  const [ip, network] = [parseIp(address, 4), within === undefined ? undefined : parseCidr(within, 4)];
  if (ip === undefined) throw new Error(address);
  return {
    address: ip,
    owner: ['networks', owner],
    ...(network === undefined ? {} : { within: network }),
    match: [],
    then: { target: 'accept' },
    why: address,
  };
}

function chainsOf(...entries: readonly Entry[]): readonly string[] {
  const wants: readonly Want<Chain>[] = [
    ...lookup({ from: 'netctl-from', rank: 0, by: 'source', name: 'netctl-at', entries }),
  ];
  return wants.map(
    ({ resource: { name, rules } }) =>
      `${name}: ${rules.map((rule) => textOf(rule).replace(/ -m comment .*(?= -j)/, '')).join(', ')}`,
  );
}

for (const [name, entries, chains] of [
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
] as const) {
  test(name, () => expect(chainsOf(...entries)).toEqual(chains));
}

test('a block of two owners is asked for once, and says whose it is', () => {
  const [, from] = [
    ...lookup({
      from: 'netctl-from',
      rank: 0,
      by: 'source',
      name: 'netctl-at',
      entries: [entry('10.0.0.1', undefined, 'a'), entry('10.0.0.2', undefined, 'b')],
    }),
  ];
  expect(from?.resource.rules.map(textOf)).toEqual([
    expect.stringMatching(/ networks\.a networks\.b" -j netctl-at-10\.0\.0\.0$/),
  ]);
  expect(from?.because).toEqual([
    ['networks', 'a'],
    ['networks', 'b'],
  ]);
});

test('the longest name fits what iptables allows', () =>
  expect(chainOf('netctl-dnat', entry('255.255.255.255')).length).toBeLessThanOrEqual(28));
