// net/intervals.ts — sets of addresses as sorted ranges, so that a /8 costs no more than a /30.
import { overlap, toIp } from './ip.ts';
import type { Cidr, Range } from './ip.ts';

/** The same addresses as few ranges, in order. */
export function union(ranges: readonly Range<4>[]): Range<4>[] {
  const merged: Range<4>[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const last = merged.at(-1);
    if (last !== undefined && range.first <= last.last + 1)
      merged[merged.length - 1] = { first: last.first, last: Math.max(last.last, range.last) };
    else merged.push(range);
  }
  return merged;
}

/** How many addresses lie in some of the first and in none of the second. */
export function countWithout(ranges: readonly Range<4>[], taken: readonly Range<4>[]): number {
  return countOf(without(ranges, taken));
}

/** What lies in some of the first and in none of the second, as few ranges, in order. */
export function without(ranges: readonly Range<4>[], taken: readonly Range<4>[]): Range<4>[] {
  const holes = union(taken);
  const left: Range<4>[] = [];
  let h = 0;
  for (const { first, last } of union(ranges)) {
    let from = first;
    while ((holes[h]?.last ?? Infinity) < first) h++;
    for (let i = h; i < holes.length; i++) {
      const hole = holes[i];
      if (hole === undefined || hole.first > last) break;
      if (hole.first > from) left.push({ first: from, last: hole.first - 1 });
      from = Math.max(from, hole.last + 1);
    }
    if (from <= last) left.push({ first: from, last });
  }
  return left;
}

/** What of them lies in one more. */
export function within(ranges: readonly Range<4>[], other: Range<4>): Range<4>[] {
  return ranges
    .filter((range) => overlap(range, other))
    .map(({ first, last }) => ({ first: Math.max(first, other.first), last: Math.min(last, other.last) }));
}

/** How many addresses lie in ranges of which no two share one. */
export function countOf(ranges: readonly Range<4>[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** As few networks, in order. */
export function cidrsOf({ first, last }: Range<4>): readonly Cidr<4>[] {
  const all: Cidr<4>[] = [];
  for (let from = first; from <= last;) {
    let bits = 32;
    // Twice as long, as long as it begins there and ends before the range does.
    while (bits > 0 && from % 2 ** (33 - bits) === 0 && from + 2 ** (33 - bits) - 1 <= last) bits--;
    all.push(`${toIp(from)}/${bits}` as Cidr<4>);
    from += 2 ** (32 - bits);
  }
  return all;
}
