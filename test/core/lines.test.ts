// test/core/lines.test.ts — sets of lines.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { edited, editBetween, sortedLines } from '../../src/core/lines.ts';

test('sorted as their bytes, each once', () => {
  expect(sortedLines(['b', 'Z', 'ü', '~', 'b'])).toBe('Z\nb\n~\nü\n');
});

test('an edit says only what differs', () => {
  expect(editBetween('a\nb\n', 'b\nc\n')).toEqual({ remove: ['a'], add: ['c'] });
});

test('an edit leads from any text to any set of lines', () => {
  const line = fc.string({ minLength: 1, maxLength: 3 }).filter((text) => !text.includes('\n'));
  fc.assert(
    fc.property(fc.array(line), fc.array(line), (before, after) => {
      const wanted = sortedLines(after);
      expect(edited(before.join('\n'), editBetween(before.join('\n'), wanted))).toBe(wanted);
    }),
  );
});
