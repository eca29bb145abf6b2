// test/bench/results.test.ts — the page of the benchmarks: medians, ratios, and whether a goal is met.
import { expect, test } from 'vitest';
import { inTurns, median } from '../../bench/clock.ts';
import { renderResults } from '../../bench/results.ts';

const circumstances = {
  date: '2026-01-02',
  machine: 'a machine',
  versions: ['Node v20'],
  load: ['0.1', '0.2'],
  took: '9 s',
} as const;
const page = (netctl: number): string =>
  renderResults(
    [
      { count: 100, measures: [{ what: 'second apply', goal: 2, raw: [10, 11, 90], node: [50], netctl: [netctl] }] },
      { count: 1000, measures: [{ what: 'second apply', goal: 2, raw: [110], node: [50], netctl: [2 * netctl] }] },
    ],
    circumstances,
    'NOTES',
  );

for (const [netctl, said] of [
  [22, '| second apply | 11 (10–90) | 22 (22–22) | 2.00 | 0.36 | 2.0 | met |'],
  [23, "| second apply | 11 (10–90) | 23 (23–23) | 2.09 | 0.38 | 2.0 | met but for Node's own start |"],
  [123, '| second apply | 11 (10–90) | 123 (123–123) | 11.18 | 2.02 | 2.0 | missed |'],
] as const) {
  test(`${netctl} against 11`, () => expect(page(netctl)).toContain(said));
}

test('says how both grow', () => expect(page(22)).toContain('| second apply | ×10.0 | ×2.0 |'));

test('the median of an even number is between its middle ones', () =>
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]));

test('what is compared takes turns', () => {
  const turns: string[] = [];
  const take = (name: string) => (): number => turns.push(name);
  const times = inTurns(2, { raw: take('raw'), netctl: take('netctl') });
  expect(turns).toEqual(['raw', 'netctl', 'raw', 'netctl']);
  expect([times('raw'), times('netctl')]).toEqual([
    [1, 3],
    [2, 4],
  ]);
});
