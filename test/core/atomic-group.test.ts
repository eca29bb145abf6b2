// test/core/atomic-group.test.ts — which changes move an interface, and stand or fall together.
import { expect, test } from 'vitest';
import { boundBy, atomicGroupsOf } from '../../src/core/atomic-group.ts';
import { diff } from '../../src/core/diff.ts';
import { order } from '../../src/core/order.ts';
import type { Kind } from '../../src/core/resource.ts';
import { brick, named, stateOf, wantedOf } from './bricks.ts';
import type { Brick } from './bricks.ts';

/** Bricks called `x…` move one interface, `y…` another; what lies on one is on it. */
const moving: Kind<Brick> = {
  ...brick,
  moves: ({ ref }) => /^brick ([xy])/.exec(ref)?.[1],
  signed: ({ shape = '' }) => shape,
};
const kinds = [moving];

function groups(
  found: readonly Brick[],
  ...wanted: readonly Brick[]
): readonly (readonly [string, readonly string[]])[] {
  return atomicGroupsOf(diff(stateOf(...found), wantedOf(...wanted), kinds), kinds).map(({ moved, refs }) => [
    moved.join(),
    [...refs].map((ref) => ref.slice('brick '.length)).sort(),
  ]);
}

for (const [name, found, wanted, is] of [
  ['none where nothing moves', [], [named('a'), named('b')], []],
  ['what a kind says', [], [named('x1'), named('x2'), named('a')], [['x', ['x1', 'x2']]]],
  [
    'two of two interfaces',
    [],
    [named('x1'), named('y1')],
    [
      ['x', ['x1']],
      ['y', ['y1']],
    ],
  ],
  [
    'what else comes or goes on the interface',
    [],
    [named('x1'), named('a', { shape: 'x' }), named('b', { shape: 'z' })],
    [['x', ['a', 'x1']]],
  ],
  [
    'who lets go of what is taken',
    [named('a', { color: 'red' }), named('b', { color: 'blue' })],
    [named('x1', { color: 'red' })],
    [['x', ['a', 'x1']]],
  ],
  ['who takes what is let go', [named('x1', { color: 'red' })], [named('a', { color: 'red' })], [['x', ['a', 'x1']]]],
  [
    "one for another's place",
    [named('p'), named('x1', { on: ['p'] })],
    [named('p'), named('y1', { on: ['p'] })],
    [['x,y', ['x1', 'y1']]],
  ],
] as const) {
  test(name, () => {
    expect(groups(found, ...wanted)).toEqual(is);
  });
}

test('none of it begins before all that any of it waits for', () => {
  const [changes, wanted] = [
    [named('x1'), named('a'), named('x2', { on: ['a'] }), named('x3')],
    wantedOf(named('a'), named('x1'), named('x2', { on: ['a'] }), named('x3')),
  ];
  const plan = order(diff(stateOf(), wanted, kinds), wanted, kinds);
  expect(changes).toHaveLength(plan.steps.length);
  const waiting = (steps: typeof plan.steps): readonly (readonly number[])[] => steps.map(({ waitsFor }) => waitsFor);
  expect(waiting(plan.steps)).toEqual([[], [], [0], []]);
  expect(waiting(boundBy(plan, atomicGroupsOf(plan.changes, kinds)).steps)).toEqual([[], [0], [0], [0]]);
});
