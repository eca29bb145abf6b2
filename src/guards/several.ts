// guards/several.ts — lists in words, short enough to be read.

/** So many are named. */
const NAMED = 5;

/** `a, b and c`; of many: `a, b, c, d, e and 7 more`. */
export function several(words: readonly string[]): string {
  const named = words.slice(0, NAMED);
  const rest = words.length > NAMED ? `${words.length - NAMED} more` : (named.pop() ?? '');
  return named.length === 0 ? rest : `${named.join(', ')} and ${rest}`;
}
