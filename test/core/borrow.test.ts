// test/core/borrow.test.ts — what is borrowed, and when it is restored.
import { expect, test } from 'vitest';
import { withRestored, recordOriginals, stillBorrowed } from '../../src/core/borrow.ts';
import { kinds, named, stateOf, wantedOf } from './bricks.ts';

const asItWas = named('a', { borrowed: true, size: 1, color: 'red' });
const changed = named('a', { borrowed: true, size: 2 });

test('what a plan changes or removes of others is put down as it was', () => {
  const borrowed = recordOriginals(
    [
      { verb: 'update', ref: 'brick a', before: asItWas, after: changed },
      { verb: 'delete', ref: 'brick b', before: named('b') },
    ],
    new Map(),
  );
  expect(borrowed).toEqual(stateOf(asItWas));
});

test('what was put down once stays as it was then', () => {
  expect(
    recordOriginals([{ verb: 'update', ref: 'brick a', before: changed, after: asItWas }], stateOf(asItWas)),
  ).toEqual(stateOf(asItWas));
});

test('what is borrowed later is restored behind what was borrowed before', () => {
  const later = recordOriginals(
    [{ verb: 'delete', ref: 'brick b', before: named('b', { borrowed: true }) }],
    stateOf(asItWas),
  );
  expect([...later.keys()]).toEqual(['brick a', 'brick b']);
});

for (const [name, wanted, devices, back] of [
  ['nobody wants it: as it was', [], ['cube'], ['a']],
  ['wanted by its name: still in use', [changed], ['cube'], []],
  ['what only one may hold is held by another: still in use', [named('b', { color: 'red' })], ['cube'], []],
  ['the device it lived on is gone: nothing to restore', [], [], []],
] as const) {
  test(`restore: ${name}`, () => {
    const originals = stateOf({ ...asItWas, shape: 'cube' });
    const before = wantedOf(...wanted);
    const after = withRestored(originals, before, new Set(devices), kinds);
    expect([...after.state.keys()].filter((ref) => !before.state.has(ref))).toEqual(back.map((n) => `brick ${n}`));
  });
}

test('once settled, only what is in use is still borrowed', () => {
  const originals = stateOf(asItWas, named('b', { borrowed: true }), named('c', { borrowed: true, color: 'blue' }));
  expect([...stillBorrowed(originals, wantedOf(changed, named('d', { color: 'blue' })), kinds).keys()]).toEqual([
    'brick a',
    'brick c',
  ]);
});

test('once settled, what has made room for one of ours of its name is borrowed no more', () => {
  expect(stillBorrowed(stateOf(asItWas), wantedOf(named('a')), kinds).size).toBe(0);
});
