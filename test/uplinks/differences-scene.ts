// test/uplinks/differences-scene.ts — a snapshot of an interface, and of routes of others to the same.
import { snapshotTaken } from './printed.ts';

export const before = snapshotTaken();
export const { link, addresses, routes, rules, neighbours, nexthops, qdiscs, joins, settings } = before;

/** Each item that fits changed, or left out. */
export function each<T>(
  items: readonly T[],
  fits: (item: T) => boolean,
  change: (item: T) => readonly T[] = () => [],
): readonly T[] {
  if (!items.some(fits)) throw new Error('none fits');
  return items.flatMap((item) => (fits(item) ? change(item) : [item]));
}
