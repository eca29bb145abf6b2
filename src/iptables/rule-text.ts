// iptables/rule-text.ts — the text of a rule: its words, as iptables quotes them, and where it jumps.

/** Splits a rule into words: quotes and backslashes as `iptables-save` writes them. */
export function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll(/\\(.)/g, '$1'),
  );
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

/**
 * In a comment there may be line breaks, which `iptables-save` prints as they are: what follows one would pass for a
 * rule, or for the end of a table.
 * Here they are blanks. The name of an interface is not quoted, whatever is in it.
 */
export function withoutBreaks(text: string): string {
  const whole: string[] = [];
  let taken = 0;
  for (let open = text.indexOf(' "'); open !== -1; open = text.indexOf(' "', open)) {
    const close = isNamed(text, open) ? -1 : closingQuote(text, open + 2);
    const broken = text.indexOf('\n', open);
    if (broken !== -1 && broken < close) {
      whole.push(text.slice(taken, open), text.slice(open, close).replaceAll('\n', ' '));
      taken = close;
    }
    open = Math.max(open + 2, close);
  }
  return taken === 0 ? text : `${whole.join('')}${text.slice(taken)}`;
}

function isNamed(text: string, at: number): boolean {
  return /-(?:[io]|-physdev-(?:in|out))$/.test(text.slice(Math.max(0, at - 13), at));
}

/** -1 where it is never closed. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return at;
  }
  return -1;
}
