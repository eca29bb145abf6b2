// iptables/words.ts — the words of a rule, as iptables quotes them.

/** Splits a rule into words: quotes and backslashes as `iptables-save` writes them. */
export function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) => (quoted === undefined ? (bare ?? '') : quoted.replaceAll(/\\(.)/g, '$1')));
}

/** The chain or target that a rule jumps to. */
export function targetOf(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === '-j' || word === '-g');
  return at < 0 ? undefined : words[at + 1];
}

/** What stands in the comment match itself, not in some other text that speaks of it. */
export function commentOf(words: readonly string[]): string | undefined {
  const at = words.findIndex((word, i) => word === '-m' && words[i + 1] === 'comment' && words[i + 2] === '--comment');
  return at < 0 ? undefined : words[at + 3];
}
