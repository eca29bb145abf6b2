// test/net/intervals.test.ts — sets of addresses as ranges, against sets that are counted one by one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Range } from '../../src/net/ip.ts';
import { countOf, countWithout, union, within, without } from '../../src/net/intervals.ts';

const range = fc.tuple(fc.nat(60), fc.nat(12)).map(([first, more]): Range<4> => ({ first, last: first + more }));
const ranges = fc.array(range, { maxLength: 8 });

function membersOf(these: readonly Range<4>[]): Set<number> {
  return new Set(these.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i)));
}

test('a union has the same members, in ranges that do not touch', () => {
  fc.assert(
    fc.property(ranges, (these) => {
      const merged = union(these);
      expect(membersOf(merged)).toEqual(membersOf(these));
      for (const [i, { first }] of merged.entries()) expect(first).toBeGreaterThan((merged[i - 1]?.last ?? -2) + 1);
    }),
  );
});

test('what is left when some are taken', () => {
  fc.assert(
    fc.property(ranges, ranges, (these, taken) => {
      expect(countWithout(these, taken)).toBe(
        [...membersOf(these)].filter((member) => !membersOf(taken).has(member)).length,
      );
    }),
    { numRuns: 500 },
  );
});

test('which are left, in ranges that do not touch', () => {
  fc.assert(
    fc.property(ranges, ranges, (these, taken) => {
      const left = without(these, taken);
      expect(membersOf(left)).toEqual(new Set([...membersOf(these)].filter((member) => !membersOf(taken).has(member))));
      expect(countOf(left)).toBe(membersOf(left).size);
      expect(union(left)).toEqual(left);
    }),
    { numRuns: 500 },
  );
});

test('which lie in one more', () => {
  fc.assert(
    fc.property(ranges, range, (these, other) => {
      expect(membersOf(within(these, other))).toEqual(
        new Set([...membersOf(these)].filter((member) => membersOf([other]).has(member))),
      );
    }),
    { numRuns: 500 },
  );
});
