// test/core/defer.test.ts — what waits takes with it what cannot be done without it, and nothing else.
import { expect, test } from 'vitest';
import { diff } from '../../src/core/diff.ts';
import { withoutDeferred } from '../../src/core/defer.ts';
import type { Kinds, Wanted } from '../../src/core/resource.ts';
import { brick, kinds, named, said, stateOf, wantedOf } from './bricks.ts';
import type { Brick } from './bricks.ts';

function left(found: readonly Brick[], wanted: Wanted, ...held: readonly string[]): readonly string[] {
  return said(
    withoutDeferred(
      diff(stateOf(...found), wanted, kinds),
      (ref) => held.includes(ref.slice('brick '.length)),
      wanted,
      kinds,
    ),
  );
}

test('without anything held, all is done', () =>
  expect(left([], wantedOf(named('a'), named('b')))).toEqual(['create a', 'create b']));

test('what is held is left, the rest is done', () =>
  expect(left([], wantedOf(named('a'), named('b')), 'a')).toEqual(['create b']));

test('with it, what lies on it, and what lies on that', () => {
  expect(left([], wantedOf(named('a'), named('b', { on: ['a'] }), named('c', { on: ['b'] }), named('d')), 'a')).toEqual(
    ['create d'],
  );
});

test('what comes after it', () => {
  const wanted: Wanted = { ...wantedOf(named('a'), named('b')), after: new Map([['brick b', ['brick a']]]) };
  expect(left([], wanted, 'a')).toEqual([]);
});

test('who waits for it to let go', () => {
  expect(left([named('a', { color: 'red' })], wantedOf(named('b', { color: 'red' }), named('c')), 'a')).toEqual([
    'create c',
  ]);
});

test('what moves an interface together with it', () => {
  const moving: Kinds = [
    { ...brick, moves: (change) => (change.verb !== 'delete' && change.ref.endsWith('x') ? 'eth1' : undefined) },
  ];
  const wanted = wantedOf(named('ax'), named('b'), named('cx'), named('d', { on: ['cx'] }));
  expect(said(withoutDeferred(diff(stateOf(), wanted, moving), (ref) => ref === 'brick ax', wanted, moving))).toEqual([
    'create b',
  ]);
});

test('what something held depends on that is to leave it', () => {
  expect(left([named('b', { on: ['a'] }), named('a'), named('c')], wantedOf(named('b')), 'b')).toEqual(['delete c']);
});

test('what goes is not kept by what it lay on', () => {
  expect(left([named('b', { on: ['a'] }), named('a')], wantedOf(named('a', { size: 2 })), 'a')).toEqual(['delete b']);
});
