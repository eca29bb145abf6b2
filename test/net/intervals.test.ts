// test/net/intervals.test.ts — sets of addresses as ranges, against sets that are counted one by one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRange, rangeOf } from '../../src/net/ip.ts';
import type { Cidr, Interval, Range } from '../../src/net/ip.ts';
import { cidrsOf, countOf, countWithout, union, within, without } from '../../src/net/intervals.ts';

const range = fc.tuple(fc.nat(60), fc.nat(12)).map(([first, more]): Interval => ({ first, last: first + more }));
const ranges = fc.array(range, { maxLength: 8 });

function membersOf(these: readonly Interval[]): Set<number> {
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

describe('addresses of IPv6', () => {
  /** Far beyond what a number can tell apart. */
  const FAR = 0xfd00n << 112n;
  const large = ({ first, last }: Interval): Interval<bigint> => ({
    first: FAR + BigInt(first),
    last: FAR + BigInt(last),
  });
  const small = ({ first, last }: Interval<bigint>): Interval => ({
    first: Number(first - FAR),
    last: Number(last - FAR),
  });

  test('are united, left and shared as numbers are', () => {
    fc.assert(
      fc.property(ranges, ranges, range, (these, taken, other) => {
        const [a, b] = [these.map(large), taken.map(large)];
        expect(union(a).map(small)).toEqual(union(these));
        expect(without(a, b).map(small)).toEqual(without(these, taken));
        expect(within(a, large(other)).map(small)).toEqual(within(these, other));
        expect(countOf(union(a))).toBe(countOf(union(these)));
      }),
      { numRuns: 500 },
    );
  });
  test('and beside those of IPv4 as each by itself', () => {
    fc.assert(
      fc.property(ranges, ranges, fc.array(fc.boolean()), (these, taken, of) => {
        const both = (all: readonly Range[]): Range[] => all.map((one, i) => (of[i] === true ? asBig(one) : one));
        const [a, b] = [both(these), both(taken)];
        const [four, six] = [
          (one: Range): boolean => typeof one.first === 'number',
          (one: Range): boolean => typeof one.first === 'bigint',
        ];
        expect(union(a)).toEqual([...union(a.filter(four)), ...union(a.filter(six))]);
        expect(without(a, b)).toEqual([
          ...without(a.filter(four), b.filter(four)),
          ...without(a.filter(six), b.filter(six)),
        ]);
      }),
      { numRuns: 500 },
    );
  });
  test('are counted exactly', () => {
    expect(countOf([rangeOf('fd00::/64' as Cidr<6>), { first: 1, last: 2 }])).toBe(18_446_744_073_709_551_618n);
    expect(countOf([rangeOf('fd00::/120' as Cidr<6>)])).toBe(256);
  });
});

/** The same number, of IPv6. */
function asBig({ first, last }: Range): Range {
  return { first: BigInt(first), last: BigInt(last) };
}

test('as networks', () => {
  for (const [text, cidrs] of [
    ['10.0.0.1-10.0.0.6', ['10.0.0.1/32', '10.0.0.2/31', '10.0.0.4/31', '10.0.0.6/32']],
    ['0.0.0.0-255.255.255.255', ['0.0.0.0/0']],
    ['fd00::1-fd00::6', ['fd00::1/128', 'fd00::2/127', 'fd00::4/127', 'fd00::6/128']],
    ['fd00::/64', ['fd00::/64']],
  ] as const)
    expect(cidrsOf(parseRange(text) ?? { first: 0, last: 0 })).toEqual(cidrs);
});
