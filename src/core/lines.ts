// core/lines.ts — texts that are sets of lines, in the order of their bytes: whoever edits one says only what differs.

export interface Edit {
  readonly remove: readonly string[];
  readonly add: readonly string[];
}

/** Joins lines, each once, as `LC_ALL=C sort -u` puts them. */
export function sortedLines(lines: readonly string[]): string {
  return [...new Set(lines)]
    .sort(byBytes)
    .map((line) => `${line}\n`)
    .join('');
}

/** What leads from one text to another. */
export function editBetween(before: string, after: string): Edit {
  const [had, has] = [new Set(linesOf(before)), new Set(linesOf(after))];
  return { remove: [...had].filter((line) => !has.has(line)), add: [...has].filter((line) => !had.has(line)) };
}

export function edited(text: string, { remove, add }: Edit): string {
  const gone = new Set(remove);
  return sortedLines([...linesOf(text).filter((line) => !gone.has(line)), ...add]);
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
