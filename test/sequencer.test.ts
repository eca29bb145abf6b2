// test/sequencer.test.ts — test files run in the order in which they take longest.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LONGEST } from './longest.ts';
import { longestFirst } from './sequencer.ts';

test('those that take longest come first, the others as they came', () => {
  const [first = '', second = ''] = LONGEST;
  const files = ['/a/test/one.test.ts', `/a/${second}`, '/a/test/two.test.ts', `/a/${first}`];
  expect(longestFirst(files, (file) => file)).toEqual([
    `/a/${first}`,
    `/a/${second}`,
    '/a/test/one.test.ts',
    '/a/test/two.test.ts',
  ]);
});

test('all of them are there, and once', () => {
  expect(LONGEST.filter((file) => !existsSync(new URL(`../${file}`, import.meta.url)))).toEqual([]);
  expect(new Set(LONGEST).size).toBe(LONGEST.length);
});
