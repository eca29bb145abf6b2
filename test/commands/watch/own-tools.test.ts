// test/commands/watch/own-tools.test.ts — a number that was a tool's of ours is another's when the tool is long gone.
import { describe, expect, test } from 'vitest';
import { OwnTools } from '../../../src/watch/own-tools.ts';

test('a tool is ours from its start until a while after its turn', () => {
  const own = new OwnTools();
  expect(own.has(4711, 0)).toBe(false);
  own.started(4711);
  expect(own.has(4711, 290_000)).toBe(true);
  own.roundEnded(300_000);
  expect([own.has(4711, 301_000), own.has(4711, 310_000), own.has(4712, 301_000)]).toEqual([true, false, false]);
});

test('the turns of others neither keep it nor end it early', () => {
  const own = new OwnTools();
  own.started(4711);
  own.roundEnded(1_000);
  own.roundEnded(2_000);
  own.roundEnded(3_000);
  expect([own.has(4711, 4_000), own.has(4711, 6_001)]).toEqual([true, false]);
  own.roundEnded(10_000);
  own.started(4711);
  expect(own.has(4711, 20_000)).toBe(true);
});

describe('in a process namespace of its own, where the kernel tells other numbers', () => {
  const restore = ['ip', 'netns', 'exec', 'host', 'iptables-restore', '-w'];
  const own = (): OwnTools => {
    const tools = new OwnTools(false);
    tools.started(17, restore);
    return tools;
  };
  test('a tool is known by its name, as far as the kernel keeps that', () =>
    expect(own().has(4711, 0, 'iptables-restor')).toBe(true));
  test('by all that it changes', () => {
    const tools = own();
    expect([1, 2, 3].map((now) => tools.has(4711, now, 'iptables-restor'))).toEqual([true, true, true]);
  });
  test('it stands for one process: a second of its name is another’s', () => {
    const tools = own();
    expect([
      tools.has(4711, 0, 'iptables-restor'),
      tools.has(4712, 0, 'iptables-restor'),
      tools.has(4711, 0, 'iptables-restor'),
    ]).toEqual([true, false, true]);
  });
  test('another’s tool is another’s, though it has a number that one of ours has here', () =>
    expect(own().has(17, 0, 'iptables')).toBe(false));
  test('until a while after its turn', () => {
    const tools = own();
    tools.roundEnded(1_000);
    expect([tools.has(4711, 5_999, 'iptables-restor'), tools.has(4711, 6_001, 'iptables-restor')]).toEqual([
      true,
      false,
    ]);
  });
});
