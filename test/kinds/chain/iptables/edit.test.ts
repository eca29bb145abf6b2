// test/kinds/chain/iptables/edit.test.ts — the fewest edits from any rules to any others, played back on a list.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { edit } from '../../../../src/kinds/chain/iptables/edit.ts';
import type { ChainRule } from '../../../../src/kinds/chain/model.ts';

const rules = (tags: string): readonly ChainRule[] => tags.split('').map((tag) => ({ tag, text: tag, rank: 0 }));

describe('edits', () => {
  for (const [from, to, lines] of [
    ['abcd', 'abcd', []],
    ['abcd', 'abcde', ['-A c e']],
    ['abcd', 'xabcd', ['-I c 1 x']],
    ['abcd', 'abxcdy', ['-I c 3 x', '-A c y']],
    ['abcde', 'abde', ['-D c 3']],
    ['abcde', 'bcd', ['-D c 5', '-D c 1']],
    ['abcdef', 'bcdefa', ['-D c 1', '-A c a']],
    ['abcc', 'abc', ['-D c 3']],
    ['abcd', 'wxyz', undefined],
    ['', 'a', undefined],
    ['ab', '', undefined],
  ] as const)
    test(`${from} → ${to}`, () => expect(edit('c', rules(from), rules(to))).toEqual(lines));
});

test('played back, they give what is wanted, and touch no rule that can stay', () => {
  const held = fc.array(fc.constantFrom(...'abcdefghij'.split('')), { maxLength: 12 });
  fc.assert(
    fc.property(held, fc.uniqueArray(fc.constantFrom(...'abcdefghij'.split('')), { maxLength: 10 }), (from, to) => {
      const lines = edit('c', rules(from.join('')), rules(to.join('')));
      if (lines === undefined) return;
      const list = [...from];
      for (const line of lines) {
        const [verb, , first = '', second = ''] = line.split(' ');
        if (verb === '-A') list.push(first);
        else if (verb === '-I') list.splice(Number(first) - 1, 0, second);
        else list.splice(Number(first) - 1, 1);
      }
      expect(list).toEqual(to);
      expect(lines.length).toBe(from.length + to.length - 2 * common(from, to));
    }),
    { numRuns: 2000 },
  );
});

test('a chain of 20,000 rules is compared at once', () => {
  const many = Array.from({ length: 20_000 }, (_, i): ChainRule => ({ tag: `${i}`, text: `${i}`, rank: 0 }));
  expect(
    edit(
      'c',
      many,
      many.filter(({ tag }) => tag !== '777'),
    ),
  ).toEqual(['-D c 778']);
});

/** Length of the longest common subsequence, the slow and certain way. */
function common(a: readonly string[], b: readonly string[]): number {
  const [first, ...rest] = a;
  if (first === undefined || b.length === 0) return 0;
  const at = b.indexOf(first);
  return Math.max(common(rest, b), at < 0 ? 0 : 1 + common(rest, b.slice(at + 1)));
}
