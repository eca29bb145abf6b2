// net/intervals.ts — sets of numbers as sorted intervals, so that a /8 or a /64 costs no more than a /30: addresses of
// either family, ports.
import { familyOf, toIp, widthOf } from './ip.ts';
import type { Cidr, Family, Interval, Ip, Range } from './ip.ts';

/** The same numbers as few intervals, in order; IPv4 before IPv6. */
export function union<N extends number | bigint>(intervals: readonly Interval<N>[]): Interval<N>[] {
  const merged: Interval<N>[] = [];
  for (const interval of intervals.toSorted(byFirst)) {
    const last = merged.at(-1);
    if (last === undefined || isBefore(after(last.last), interval.first)) merged.push(interval);
    else if (isBefore(last.last, interval.last)) merged[merged.length - 1] = { first: last.first, last: interval.last };
  }
  return merged;
}

/** How many numbers lie in some of the first and in none of the second. */
export function countWithout(intervals: readonly Interval[], taken: readonly Interval[]): number {
  return countOf(without(intervals, taken));
}

/** What lies in some of the first and in none of the second, as few intervals, in order. */
export function without<N extends number | bigint>(
  intervals: readonly Interval<N>[],
  taken: readonly Interval<N>[],
): Interval<N>[] {
  const holes = union(taken);
  const left: Interval<N>[] = [];
  let h = 0;
  for (const { first, last } of union(intervals)) {
    let from = first;
    for (let hole = holes[h]; hole !== undefined && isBefore(hole.last, first); hole = holes[h]) h++;
    for (let i = h; i < holes.length; i++) {
      const hole = holes[i];
      if (hole === undefined || isBefore(last, hole.first)) break;
      if (isBefore(from, hole.first)) left.push({ first: from, last: before(hole.first) });
      if (!isBefore(hole.last, from)) from = after(hole.last);
    }
    if (!isBefore(last, from)) left.push({ first: from, last });
  }
  return left;
}

/** What of them lies in one more. */
export function within<N extends number | bigint>(
  intervals: readonly Interval<N>[],
  { first, last }: Interval<N>,
): Interval<N>[] {
  return intervals
    .filter((one) => !isBefore(one.last, first) && !isBefore(last, one.first))
    .map((one) => ({
      first: isBefore(one.first, first) ? first : one.first,
      last: isBefore(last, one.last) ? last : one.last,
    }));
}

/** How many numbers lie in intervals of which no two share one. Exact: of IPv6 a bigint where there are very many. */
export function countOf(intervals: readonly Interval[]): number;
export function countOf(intervals: readonly Interval<number | bigint>[]): number | bigint;
export function countOf(intervals: readonly Interval<number | bigint>[]): number | bigint {
  let [small, large] = [0, 0n];
  for (const { first, last } of intervals) {
    if (typeof first === 'number') small += Number(last) - first + 1;
    else large += BigInt(last) - first + 1n;
  }
  const all = large + BigInt(small);
  return all > Number.MAX_SAFE_INTEGER ? all : Number(all);
}

/** Each address in turn. Whoever asks for them stops some time: a /64 has no end. */
export function* addressesIn<F extends Family>(ranges: readonly Range<F>[]): Iterable<Ip<F>> {
  for (const { first, last } of ranges)
    for (let value = first; !isBefore(last, value); value = after(value)) yield toIp<F>(value);
}

/** As few networks, in order. */
export function cidrsOf<F extends Family>(range: Range<F>): readonly Cidr<F>[];
export function cidrsOf({ first, last }: Range): readonly Cidr[] {
  const all: Cidr[] = [];
  const isSmall = typeof first === 'number';
  const end = BigInt(last);
  for (let from = BigInt(first); from <= end;) {
    const text = isSmall ? toIp(Number(from)) : toIp(from);
    let bits = widthOf(familyOf(text)) as number;
    let size = 1n;
    // Twice as long, as long as it begins there and ends before the range does.
    for (; bits > 0 && (from & (2n * size - 1n)) === 0n && from + 2n * size - 1n <= end; bits--) size *= 2n;
    all.push(`${text}/${bits}` as Cidr);
    from += size;
  }
  return all;
}

function byFirst({ first: a }: Interval<number | bigint>, { first: b }: Interval<number | bigint>): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0;
}

/** Numbers of IPv4 stand before those of IPv6, whatever they are; and are compared as such, in half the time. */
function isBefore(a: number | bigint, b: number | bigint): boolean {
  if (typeof a === 'number') return typeof b === 'number' ? a < b : true;
  return typeof b === 'number' ? false : a < b;
}

function after<N extends number | bigint>(value: N): N;
function after(value: number | bigint): number | bigint {
  return typeof value === 'number' ? value + 1 : value + 1n;
}

function before<N extends number | bigint>(value: N): N;
function before(value: number | bigint): number | bigint {
  return typeof value === 'number' ? value - 1 : value - 1n;
}
