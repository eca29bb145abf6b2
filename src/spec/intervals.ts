// spec/intervals.ts — sets of addresses as sorted ranges, so that a /8 costs no more than a /30.
import type { Range } from '../net/ipv4.ts';

/** The same addresses as few ranges, in order. */
export function union(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const last = merged.at(-1);
    if (last !== undefined && range.first <= last.last + 1) merged[merged.length - 1] = { first: last.first, last: Math.max(last.last, range.last) };
    else merged.push(range);
  }
  return merged;
}

/** How many addresses lie in some of the first and in none of the second. */
export function countWithout(ranges: readonly Range[], taken: readonly Range[]): number {
  const holes = union(taken);
  let count = 0;
  let h = 0;
  for (const { first, last } of union(ranges)) {
    count += last - first + 1;
    while (h > 0 && (holes[h - 1]?.last ?? -1) >= first) h--;
    for (; h < holes.length; h++) {
      const hole = holes[h];
      if (hole === undefined || hole.first > last) break;
      count -= Math.max(0, Math.min(last, hole.last) - Math.max(first, hole.first) + 1);
    }
  }
  return count;
}
