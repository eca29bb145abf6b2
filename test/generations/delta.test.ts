// test/generations/delta.test.ts — whatever two texts are, one is told by the other, and what they share costs nothing.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { deltaOf, isDelta, textFrom } from '../../src/generations/delta.ts';

/** Few words, so that lines come more than once. */
const texts = fc.array(fc.constantFrom('', '{', '},', 'one', 'two', 'three'), { maxLength: 30 });

test('any text of any other', () => {
  fc.assert(
    fc.property(texts, texts, (text, base) => {
      const [whole, from] = [text.join('\n'), base.join('\n')];
      const delta: unknown = JSON.parse(JSON.stringify(deltaOf(whole, from)));
      expect(isDelta(delta) && textFrom(delta, from)).toBe(whole);
    }),
  );
});

describe('of a thousand lines', () => {
  const lines = Array.from({ length: 1000 }, (_, i) => `"vm-${i}":"10.0.${i >> 8}.${i & 255}",`);
  const base = ['{', ...lines, '}'].join('\n');
  for (const [name, text, parts] of [
    ['none is another', base, 1],
    ['one is new', base.replace('\n"vm-500"', '\nnew\n"vm-500"'), 3],
    ['one is gone', base.replace(`${lines[500]}\n`, ''), 2],
    ['one is another', base.replace('10.0.1.244', '10.0.9.9'), 3],
  ] as const)
    test(name, () => expect(deltaOf(text, base)).toHaveLength(parts));
});

test('what a base has not is not made up', () => expect(textFrom([[0, 3]], 'one\ntwo')).toBeUndefined());

test.each([[[-1, 1]], [[0.5, 1]], [[1]], [[1, 2, 3]], 7, null, [{}]].map((value) => [value]))('%j is none', (value) =>
  expect(isDelta(value)).toBe(false),
);
