// test/guards/chain-in-use.test.ts — a chain of ours that goes while rules of others lead into it.
import { expect, test } from 'vitest';
import type { Plan, Wanted } from '../../src/core/resource.ts';
import { chainInUse } from '../../src/guards/chain-in-use.ts';

const NOTHING: Wanted = { state: new Map(), because: new Map(), after: new Map(), waiting: [] };
const OUR = '-m comment --comment "netctl:12345678 networks" -j netctl-FORWARD';
const plan: Plan = {
  steps: [],
  changes: [
    {
      verb: 'delete',
      ref: 'chain filter/netctl-FORWARD',
      before: { kind: 'chain', table: 'filter', name: 'netctl-FORWARD', rules: [] } as { readonly kind: 'chain' },
    },
  ],
};
const said = (rules: string): unknown =>
  [...chainInUse({ rules })(plan, new Map(), NOTHING, [])].map(({ severity, message, hint }) => [
    severity,
    message,
    hint,
  ]);

for (const [name, rule, expected] of [
  [
    "a jump of somebody's",
    '-A THEIRS -i eth9 -j netctl-FORWARD',
    [
      [
        'error',
        "chain netctl-FORWARD of table filter is deleted, but a rule that is not netctl's jumps to it: -A THEIRS -i eth9 -j netctl-FORWARD",
        'iptables -t filter -D THEIRS -i eth9 -j netctl-FORWARD',
      ],
    ],
  ],
  [
    "a rule that goes there, from a chain of the kernel's",
    '-A FORWARD -g netctl-FORWARD',
    [
      [
        'error',
        "chain netctl-FORWARD of table filter is deleted, but a rule that is not netctl's jumps to it: -A FORWARD -g netctl-FORWARD",
        'iptables -t filter -D FORWARD -g netctl-FORWARD',
      ],
    ],
  ],
  ['our own', `-A FORWARD ${OUR}`, []],
  ['what is in a chain of ours', '-A netctl-INPUT -j netctl-FORWARD', []],
  ['a comment that speaks of it', '-A FORWARD -m comment --comment "-j netctl-FORWARD" -j ACCEPT', []],
  ['another of ours', '-A FORWARD -j netctl-FORWARD2', []],
] as const) {
  test(name, () => expect(said(`*filter\n:FORWARD ACCEPT [0:0]\n${rule}\nCOMMIT\n`)).toEqual(expected));
}

test('one of its name in another table', () =>
  expect(said('*nat\n-A PREROUTING -j netctl-FORWARD\nCOMMIT\n')).toEqual([]));
test('a chain that stays', () =>
  expect([
    ...chainInUse({ rules: '*filter\n-A THEIRS -j netctl-FORWARD\n' })(
      { steps: [], changes: [] },
      new Map(),
      NOTHING,
      [],
    ),
  ]).toEqual([]));
