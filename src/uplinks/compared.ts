// uplinks/compared.ts — two lists of one sort compared as bags: what is gone, and what was not there, each with the
// command that mends it.
import { recordsOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { FOREVER } from '../iproute2/links.ts';

export interface Difference {
  readonly what: string;
  /** The command that undoes the difference; absent where there is none. */
  readonly mend?: string;
}

interface How<T> {
  readonly key: (item: T) => string;
  readonly words: (item: T) => string;
  /** The commands that add and remove one, where there are such. */
  readonly add?: (words: string, item: T) => string | undefined;
  readonly remove?: (words: string, item: T) => string | undefined;
  /** Whether one more is no difference, since the kernel makes it by itself. */
  readonly isOwn?: (item: T) => boolean;
}

/** Each that is in one list more often than in the other: one that was there twice and is there once is gone. */
export function* compared<T>(
  what: string,
  before: readonly T[],
  after: readonly T[],
  { key, words, add, remove, isOwn = () => false }: How<T>,
): Iterable<Difference> {
  const [missing, more] = [left(before, after, key), left(after, before, key)];
  for (const item of missing) yield { what: `${what} ${words(item)} is gone`, ...mended(add?.(words(item), item)) };
  for (const item of more)
    if (!isOwn(item)) yield { what: `${what} ${words(item)} was not there`, ...mended(remove?.(words(item), item)) };
}

function mended(mend: string | undefined): Pick<Difference, 'mend'> {
  return mend === undefined ? {} : { mend };
}

/** What `one` has more often than `other`. */
function left<T>(one: readonly T[], other: readonly T[], key: (item: T) => string): readonly T[] {
  const had = new Map<string, number>();
  for (const item of other) had.set(key(item), (had.get(key(item)) ?? 0) + 1);
  return one.filter((item) => {
    const count = had.get(key(item)) ?? 0;
    had.set(key(item), count - 1);
    return count <= 0;
  });
}

/** What tells records apart: all fields but `leaves`; of a lifetime only whether it is limited. */
export function keyOf(fields: Fields, leaves: readonly string[]): string {
  const limited = [fields['valid_life_time'], fields['expires']].some(
    (time) => typeof time === 'number' && time !== FOREVER,
  );
  const hops = recordsOf(fields, 'nexthops').map((hop) => canonical(hop, FLAG));
  const rest = Object.entries(fields).filter(([name]) => name !== 'nexthops' && !leaves.includes(name));
  return [
    canonical(Object.fromEntries(rest), NONE),
    ...hops,
    limited ? 'limited' : '',
    textsOf(fields, 'flags').includes('onlink') ? 'onlink' : '',
  ].join(' ');
}

const NONE: ReadonlySet<string> = new Set();
const FLAG: ReadonlySet<string> = new Set(['flags']);

/** The same text for the same value, in whatever order a tool prints its fields; without `leaves`. */
export function canonical(value: unknown, leaves: ReadonlySet<string>): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part)
            .filter(([name]) => !leaves.has(name))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : part,
  );
}
