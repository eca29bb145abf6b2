// test/monitors/lines.test.ts — lines out of pieces as a pipe gives them.
import { expect, test } from 'vitest';
import { Lines } from '../../src/monitors/lines.ts';

const all = (pieces: readonly string[]): unknown => {
  const lines = new Lines();
  return pieces.map((piece) => lines.take(piece));
};
const some = (...lines: readonly string[]): unknown => ({ lines, lost: false });
const LONG = 'x'.repeat(70_000);

for (const [name, pieces, taken] of [
  ['whole ones', ['a\nb\n'], [some('a', 'b')]],
  ['one in three pieces', ['a', 'b', 'c\nd\n'], [some(), some(), some('abc', 'd')]],
  ['an end alone', ['a', '\n'], [some(), some('a')]],
  [
    'one that is too long is dropped, and said to be lost once',
    ['a\n', LONG, LONG, 'end\nb\n'],
    [some('a'), { lines: [], lost: true }, some(), some('b')],
  ],
  ['one that is too long in one piece', [`a\n${LONG}\nb\n`], [{ lines: ['a', 'b'], lost: true }]],
  ['one that is too long at the end of a piece', [`a\n${LONG}`, 'c\nb\n'], [{ lines: ['a'], lost: true }, some('b')]],
  [
    'one that grows too long',
    [LONG.slice(0, 60_000), LONG.slice(0, 60_000), '\nb\n'],
    [some(), { lines: [], lost: true }, some('b')],
  ],
] as const)
  test(name, () => expect(all(pieces)).toEqual(taken));
