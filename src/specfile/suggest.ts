// specfile/suggest.ts — did you mean: the known word nearest to one that nobody knows.

/** The nearest candidate, if it is near enough to be what was meant. Case, '-' and '_' count for nothing. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const meant = plain(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(meant.length / 3)) + 1;
  for (const candidate of candidates) {
    // The distance is at least the difference in length: most candidates of a long list end here.
    if (Math.abs(candidate.length - word.length) >= least + 2) continue;
    const distance = distanceBetween(meant, plain(candidate));
    if (distance < least && distance < meant.length) [best, least] = [candidate, distance];
  }
  return best;
}

/** As a hint; with no near word, the words there are, if they are few. */
export function didYouMean(word: string, candidates: Iterable<string>, otherwise?: string): string | undefined {
  const found = nearest(word, candidates);
  return found === undefined ? otherwise : `did you mean ${found}?`;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, '');
}

/** Insertions, deletions, replacements, and swaps of neighbours. */
function distanceBetween(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
