// core/shell.ts — words as a POSIX shell takes them: what is printed to be typed must mean just that.

/** In single quotes where it needs any, since in those nothing means anything. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
