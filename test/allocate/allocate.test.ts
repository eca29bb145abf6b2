// test/allocate/allocate.test.ts — who gets which address.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocate } from '../../src/allocate/allocate.ts';
import type { Granted, Pool, Request } from '../../src/allocate/allocate.ts';

const letters = 'abcdefgh';
const pool: Pool = {
  name: 'letters',
  quarantineSeconds: 60,
  widen: 'the alphabet',
  common: true,
  keeps: (value) => letters.includes(value),
  candidates: () => letters,
};
const none: Granted = { allocations: {}, quarantined: {}, quarantineSeconds: {} };
const for_ = (holder: string, exactly?: string): Request => ({
  pool,
  holder,
  because: [holder],
  ...(exactly === undefined ? {} : { exactly }),
});
const held = (holdings: Record<string, string>, resting: Granted['quarantined'][string] = {}): Granted => ({
  allocations: { letters: holdings },
  quarantined: { letters: resting },
  quarantineSeconds: { letters: 60 },
});

for (const [name, requests, previous, holdings] of [
  ['lowest first', [for_('x'), for_('y')], none, { x: 'a', y: 'b' }],
  ['who holds one keeps it', [for_('x'), for_('y')], held({ y: 'a' }), { x: 'b', y: 'a' }],
  ['also when a lower one is free', [for_('x')], held({ x: 'd' }), { x: 'd' }],
  ['an explicit one wins', [for_('x'), for_('y', 'a')], none, { x: 'b', y: 'a' }],
  ['also over one who holds it', [for_('x'), for_('y', 'a')], held({ x: 'a' }), { x: 'b', y: 'a' }],
  ['one that is not allowed any more is not kept', [for_('x')], held({ x: 'z' }), { x: 'a' }],
  ['one that was released rests', [for_('y')], held({}, { a: { holder: 'x', until: 1 } }), { y: 'b' }],
  ['also one that is released at this moment', [for_('y')], held({ x: 'a' }), { y: 'b' }],
  ['until its time is over', [for_('y')], held({}, { a: { holder: 'x', until: 0 } }), { y: 'a' }],
  [
    'except for whoever gave it back',
    [for_('y'), for_('x')],
    held({}, { b: { holder: 'x', until: 1 } }),
    { y: 'a', x: 'b' },
  ],
  ['or asks for it by name', [for_('y', 'a')], held({}, { a: { holder: 'x', until: 1 } }), { y: 'a' }],
  ['two swap by name', [for_('x', 'b'), for_('y', 'a')], held({ x: 'a', y: 'b' }), { x: 'b', y: 'a' }],
] as const) {
  test(name, () => {
    expect(allocate(requests, previous, 0)).toMatchObject({ ok: true, value: { allocations: { letters: holdings } } });
  });
}

test('what is released rests for the time of its pool, even when the pool has left the spec', () => {
  expect(allocate([], held({ x: 'c' }), 1000)).toMatchObject({
    ok: true,
    value: {
      allocations: {},
      quarantined: { letters: { c: { holder: 'x', until: 61_000 } } },
      quarantineSeconds: { letters: 60 },
    },
  });
});

test('a holder who loses it to an explicit one is told', () => {
  expect(allocate([for_('x'), for_('y', 'a')], held({ x: 'a' }), 0)).toMatchObject({
    warnings: [{ code: 'address-moved', at: [['x']] }],
  });
});

test('an empty pool is an error for each who gets none, with counts', () => {
  const requests = ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'X'].map((holder) => for_(holder));
  expect(allocate(requests, none, 0)).toMatchObject({
    ok: false,
    problems: [
      { code: 'letters-full', message: 'nothing is free in letters for 9: 8 used, 0 quarantined' },
      { at: [['X']] },
    ],
  });
});

test('nobody shares, nobody moves, and asking twice changes nothing', () => {
  const holders = fc.uniqueArray(fc.constantFrom('p', 'q', 'r', 's', 't', 'u'));
  fc.assert(
    fc.property(fc.array(holders, { minLength: 2, maxLength: 8 }), (rounds) => {
      let previous = none;
      for (const [now, round] of rounds.entries()) {
        const granted = allocate(
          round.map((holder) => for_(holder)),
          previous,
          now * 100_000,
        );
        if (!granted.ok) throw new Error('six holders fit in eight letters');
        const holdings = granted.value.allocations['letters'] ?? {};
        expect(new Set(Object.values(holdings)).size).toBe(round.length);
        for (const holder of round)
          expect(previous.allocations['letters']?.[holder] ?? holdings[holder]).toBe(holdings[holder]);
        expect(
          allocate(
            round.map((holder) => for_(holder)),
            granted.value,
            now * 100_000,
          ),
        ).toEqual(granted);
        previous = granted.value;
      }
    }),
  );
});

test('what other hosts hold, or have released lately, is not free', () => {
  const others = {
    allocations: { letters: { theirs: 'a' } },
    quarantined: { letters: { b: { holder: 'theirs', until: 1 }, c: { holder: 'theirs', until: 0 } } },
  };
  expect(allocate([for_('x')], none, 0, others)).toMatchObject({ value: { allocations: { letters: { x: 'c' } } } });
});
