// test/core/diff.test.ts — what changes between two states.
import { expect, test } from 'vitest';
import { diff } from '../../src/core/diff.ts';
import type { Kind } from '../../src/core/resource.ts';
import { kinds, named, said, stateOf, wantedOf } from './bricks.ts';

for (const [name, observed, wanted, changes] of [
  ['nothing where nothing differs', [named('a')], [named('a')], []],
  ['what is missing is made', [], [named('a')], ['create a']],
  ['what differs is changed', [named('a', { size: 1 })], [named('a', { size: 2 })], ['update a']],
  ['what nobody wants is removed', [named('a')], [], ['delete a']],
  ['what cannot be changed is recreated', [named('a', { shape: 'cube' })], [named('a')], ['replace a']],
  [
    'who depends on it is recreated too',
    [named('a', { shape: 'cube' }), named('b', { on: ['a'] }), named('c', { on: ['b'] })],
    [named('a'), named('b', { on: ['a'] }), named('c', { on: ['b'] })],
    ['replace a', 'replace b', 'replace c'],
  ],
  [
    'and who depends on what was taken away behind our back',
    [named('b', { on: ['a'] })],
    [named('a'), named('b', { on: ['a'] })],
    ['create a', 'replace b'],
  ],
  [
    'but not who comes to stand on something new',
    [named('b')],
    [named('a'), named('b', { on: ['a'] })],
    ['create a', 'update b'],
  ],
  [
    'what is foreign is left alone, wanted or not',
    [named('a', { foreign: true, size: 1 }), named('b', { foreign: true })],
    [named('a')],
    [],
  ],
] as const) {
  test(name, () => {
    expect(said(diff(stateOf(...observed), wantedOf(...wanted), kinds))).toEqual(changes);
  });
}

test('who falls with what it depends on, as that is updated, is recreated, and who depends on it', () => {
  const fragile = kinds.map((kind): Kind => ({
    ...kind,
    fallsWith: (_, before, after) => 'size' in before && 'size' in after && before.size !== after.size,
  }));
  const [b, c] = [named('b', { on: ['a'] }), named('c', { on: ['b'] })];
  expect(said(diff(stateOf(named('a', { size: 1 }), b, c), wantedOf(named('a', { size: 2 }), b, c), fragile))).toEqual([
    'update a',
    'replace b',
    'replace c',
  ]);
  expect(said(diff(stateOf(named('a', { size: 1 }), b), wantedOf(named('a', { size: 1 }), b), fragile))).toEqual([]);
  expect(
    said(diff(stateOf(named('a', { size: 1, foreign: true }), b), wantedOf(named('a', { size: 2 }), b), fragile)),
  ).toEqual([]);
});

test('what was found to agree is compared again only when it was read again, or is wanted anew', () => {
  let compared = 0;
  const counting = kinds.map((kind) => ({
    ...kind,
    same: (a: unknown, b: unknown) => {
      compared++;
      return JSON.stringify(a) === JSON.stringify(b);
    },
  }));
  const [a, b] = [named('a'), named('b', { on: ['a'] })];
  const [observed, wanted] = [stateOf(a, b), wantedOf(named('a'), named('b', { on: ['a'] }))];
  const times = (state = observed, want = wanted): readonly [readonly string[], number] => {
    compared = 0;
    return [said(diff(state, want, counting)), compared];
  };
  expect(times()).toEqual([[], 2]);
  expect(times()).toEqual([[], 0]);
  expect(times(stateOf(a, named('b', { on: ['a'] })))).toEqual([[], 1]);
  expect(times(stateOf(a, named('b')))).toEqual([['update b'], 1]);
  expect(times(observed, wantedOf(named('a', { size: 2 }), named('b', { on: ['a'] })))).toEqual([['update a'], 2]);
  // Of what differs nothing is kept.
  expect(times(observed, wantedOf(named('a', { shape: 'cube' })))).toEqual([['replace a', 'delete b'], 0]);
  expect(times()[0]).toEqual([]);
});
