// test/core/compose.test.ts — one wanted state, or who contradicts whom.
import { expect, test } from 'vitest';
import { compose } from '../../src/core/compose.ts';
import { kinds, named } from './bricks.ts';

test('equal wants of one thing are one, for the sake of both', () => {
  const composed = compose(
    [
      { resource: named('a'), because: [['x']] },
      { resource: named('a'), because: [['y']], after: ['brick b'] },
    ],
    kinds,
  );
  expect(composed).toMatchObject({
    ok: true,
    value: { because: new Map([['brick a', [['x'], ['y']]]]), after: new Map([['brick a', ['brick b']]]) },
  });
});

test('two that cannot both hold are an error that shows both places', () => {
  expect(
    compose(
      [
        { resource: named('a', { size: 1 }), because: [['x']] },
        { resource: named('a', { size: 2 }), because: [['y']] },
      ],
      kinds,
    ),
  ).toMatchObject({
    ok: false,
    problems: [{ code: 'contradiction', at: [['y'], ['x']] }],
  });
});

test('what only one may hold has one holder', () => {
  expect(
    compose(
      [
        { resource: named('a', { color: 'red' }), because: [['x']] },
        { resource: named('b', { color: 'red' }), because: [['y']] },
      ],
      kinds,
    ),
  ).toMatchObject({
    ok: false,
    problems: [{ code: 'claimed-twice', at: [['y'], ['x']] }],
  });
});

test('what waits for somebody else is put aside', () => {
  const waiting = { waiting: 'brick a', why: 'not there yet', because: [['x']] } as const;
  expect(compose([waiting], kinds)).toMatchObject({ ok: true, value: { state: new Map(), waiting: [waiting] } });
});
