// test/commands/watch/own-tools.test.ts — a number that was a tool's of ours is another's when the tool is long gone.
import { expect, test } from 'vitest';
import { OwnTools } from '../../../src/commands/watch/own-tools.ts';

test('a tool is ours from its start until a while after its turn', () => {
  const own = new OwnTools();
  expect(own.has(4711, 0)).toBe(false);
  own.started(4711);
  expect(own.has(4711, 290_000)).toBe(true);
  own.turnEnded(300_000);
  expect([own.has(4711, 301_000), own.has(4711, 310_000), own.has(4712, 301_000)]).toEqual([true, false, false]);
});

test('the turns of others neither keep it nor end it early', () => {
  const own = new OwnTools();
  own.started(4711);
  own.turnEnded(1_000);
  own.turnEnded(2_000);
  own.turnEnded(3_000);
  expect([own.has(4711, 4_000), own.has(4711, 6_001)]).toEqual([true, false]);
  own.turnEnded(10_000);
  own.started(4711);
  expect(own.has(4711, 20_000)).toBe(true);
});
