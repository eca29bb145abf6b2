// test/fake-host/ip/words.ts — the words of one command. One that the fake does not know is an error of the test's,
// never passed over.
export class Words {
  private at = 0;
  private readonly all: readonly string[];
  constructor(all: readonly string[]) {
    this.all = all;
  }

  peek(): string | undefined {
    return this.all[this.at];
  }

  next(): string {
    const word = this.all[this.at];
    if (word === undefined) throw new Error(`the fake ip misses a word after: ${this.all.join(' ')}`);
    this.at += 1;
    return word;
  }

  /** The value after a keyword that must come here. */
  after(keyword: string): string {
    if (this.next() !== keyword) throw this.unknown();
    return this.next();
  }

  more(): boolean {
    return this.at < this.all.length;
  }

  /** The word just read is not known here. */
  unknown(): Error {
    return new Error(`the fake ip does not know ${JSON.stringify(this.all[this.at - 1])} in: ${this.all.join(' ')}`);
  }
}

/**
 * Splits a batch line as `ip` does: quotes begin a word, nothing is escaped, `#` begins a comment even between quotes.
 */
export function splitLine(line: string): readonly string[] | 'unterminated' {
  const words: string[] = [];
  let rest = (line.split('#')[0] ?? '').trimStart();
  while (rest !== '') {
    const quote = rest.startsWith('"') || rest.startsWith("'") ? rest.charAt(0) : undefined;
    const end = quote === undefined ? rest.search(/\s|$/) : rest.indexOf(quote, 1);
    if (end < 0) return 'unterminated';
    words.push(rest.slice(quote === undefined ? 0 : 1, end));
    rest = rest.slice(end + (quote === undefined ? 0 : 1)).trimStart();
  }
  return words;
}
