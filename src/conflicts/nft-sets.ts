// conflicts/nft-sets.ts — named sets and maps of nftables: which have to be read for what they hold, and what that is.
import { memo } from '../core/memo.ts';
import { fieldsOf, listOf, recordsOf, textOf } from './nft-fields.ts';
import type { Fields } from './nft-fields.ts';

/** What those hold that were read. */
export type Sets = ReadonlyMap<string, readonly unknown[]>;

/** A longer list of somebody's counts as one that holds some of everything. */
const MOST_ELEMENTS = 100_000;
/** Of several values each: these are compared one by one. */
const MOST_TOGETHER = 1000;

/** Sets of which no packet of IPv4 is told apart, by their types or, as later releases say it, by expressions. */
const FOREIGN = /"(ipv6_addr|ether_addr|icmpv6_type|ip6|ether|icmpv6)"/;

/** Whether rules ask what some of its sets hold, to tell packets apart or to know where they go. */
export function dependsOnSets(items: readonly Fields[]): boolean {
  const sets = new Map(setsIn(items).map((set) => [textOf(set['name']), JSON.stringify(set['type'] ?? '')]));
  return (
    sets.size > 0 &&
    items.some((item) =>
      recordsOf(fieldsOf(item['rule'])?.['expr']).some((expression) => {
        // What a rule puts into a set it does not ask of it.
        const asked = 'set' in expression ? [] : [...JSON.stringify(expression).matchAll(/"@([^"]+)"/g)];
        return asked.some(([, name = '']) => sets.has(name) && !FOREIGN.test(sets.get(name) ?? ''));
      }),
    )
  );
}

export function readSets(items: readonly Fields[]): Sets {
  return new Map(setsIn(items).map((set) => [textOf(set['name']), listOf(set['elem'])]));
}

function setsIn(items: readonly Fields[]): readonly Fields[] {
  return items.flatMap((item): readonly Fields[] => {
    const set = fieldsOf(item['set']) ?? fieldsOf(item['map']);
    return set === undefined ? [] : [set];
  });
}

/** On the right of a match: one value, or those of a set. Undefined: of one that was not read, or is too long. */
export function valuesOf(right: unknown, sets: Sets): readonly unknown[] | undefined {
  if (typeof right === 'string' && right.startsWith('@')) {
    const elements = sets.get(right.slice(1));
    if (elements === undefined || elements.length > MOST_ELEMENTS) return undefined;
    return elements.length > MOST_TOGETHER && isTogether(elements[0]) ? undefined : unwrappedOf(elements);
  }
  const set = fieldsOf(right)?.['set'];
  if (set !== undefined) return Array.isArray(set) ? set.map(unwrapped) : [set];
  return Array.isArray(right) ? listOf(right) : [right];
}

function isTogether(element: unknown): boolean {
  return fieldsOf(unwrapped(element))?.['concat'] !== undefined;
}

/** An element may carry a counter or a time. */
export function unwrapped(element: unknown): unknown {
  return fieldsOf(fieldsOf(element)?.['elem'])?.['val'] ?? element;
}

/** Many rules may ask of one long set. */
const unwrappedOf = memo((elements: readonly unknown[]) => elements.map(unwrapped));
