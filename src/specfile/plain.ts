// specfile/plain.ts — YAML as nearly everybody writes a spec, read at once: block maps and lists, one-line values,
// comments.
//
// The library takes a second for five thousand instances; this takes a tenth of that. Whatever is in any way out of the
// ordinary is left to the library, which alone knows what is wrong with it: here nothing is ever refused, and what is
// read has to be what the library would read.
import type { Mark } from './locate.ts';
import type { Text } from './text.ts';
import type { Tree } from './tree.ts';

/** The tree of a text that is plain from beginning to end; undefined: ask the library. */
export function plainTree(text: Text): Tree | undefined {
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

class NotPlain extends Error {}

interface Line {
  /** Column of what depends on it; within `- a: 1` also that of `a`. */
  readonly indent: number;
  readonly at: number;
}

const NONE: ReadonlyMap<string | number, Mark> = new Map();
/** Flow collections within each other, and columns of indentation: more is no spec. */
const DEEPEST = 16;
const WIDEST = 64;

// Each is tried at one offset, and none reaches beyond its line.
const KEY = /([A-Za-z_][\w.-]{0,199}):(?= |\n|$)/y;
const DASH = /- +(?=[^ \n#])/y;
const NOTHING_MORE = / *(?: #[^\n]*)?(?=\n|$)/y;
const PLAIN = /[\w./+](?:[\w./+@%=-]|:(?=[\w./:]))*(?: +[\w./+@%=-](?:[\w./+@%=-]|:(?=[\w./:]))*)*/y;
const QUOTED = /"([^"\\\n\t]*)"|'([^'\n\t]*)'/y;
const BLANKS = / */y;

class Reader {
  readonly #text: Text;
  readonly #whole: string;
  readonly #lines: readonly Line[];
  /** Index of the line that is read. */
  #line = 0;
  /** Offset, within a line. */
  #at = 0;

  constructor(text: Text) {
    this.#text = text;
    this.#whole = text.text;
    this.#lines = text.lineStarts.flatMap((start) => {
      const at = start + this.#match(BLANKS, start).length;
      const first = this.#whole[at];
      return first === undefined || first === '\n' || first === '#' ? [] : [{ indent: at - start, at }];
    });
  }

  document(): Tree {
    const first = this.#lines[0];
    if (first?.indent !== 0) throw new NotPlain();
    const root = this.#map(first, undefined);
    if (this.#line < this.#lines.length) throw new NotPlain();
    return root;
  }

  /** The block map whose first key stands at `first`. */
  #map(first: Line, key: number | undefined): Tree {
    if (first.indent > WIDEST) throw new NotPlain();
    const value: Record<string, unknown> = { __proto__: null };
    const items = new Map<string, Mark>();
    for (let line: Line | undefined = first; line?.indent === first.indent; line = this.#lines[this.#line]) {
      const name = this.#key(line.at);
      if (items.has(name)) throw new NotPlain();
      const tree = this.#valueOf(line, first.indent);
      value[name] = tree.value;
      items.set(name, tree.mark);
    }
    return { value, mark: this.#mark(first.at, key, items, false) };
  }

  /** What stands behind a key: on its line, or below it. */
  #valueOf(line: Line, indent: number): Tree {
    if (!this.#endsHere()) return this.#onLine(line.at);
    const below = this.#lines[++this.#line];
    if (below === undefined) throw new NotPlain();
    // A list may stand below its key without being indented.
    const isList = this.#whole[below.at] === '-';
    if (below.indent < indent || (below.indent === indent && !isList)) throw new NotPlain();
    return isList ? this.#list(below, line.at) : this.#map(below, line.at);
  }

  #list(first: Line, key: number): Tree {
    const value: unknown[] = [];
    const items = new Map<number, Mark>();
    for (
      let line: Line | undefined = first;
      line?.indent === first.indent && this.#whole[line.at] === '-';
      line = this.#lines[this.#line]
    ) {
      const dash = this.#match(DASH, line.at).length;
      if (dash === 0) throw new NotPlain();
      const inside = { indent: line.indent + dash, at: line.at + dash };
      const tree = this.#isKey(inside.at) ? this.#map(inside, undefined) : this.#onLine(undefined, inside.at);
      items.set(value.length, tree.mark);
      value.push(tree.value);
    }
    return { value, mark: this.#mark(first.at, key, items, false) };
  }

  /**
   * A value to the end of its line. What is indented further below would belong to it, and has no place in what
   * surrounds it.
   */
  #onLine(key: number | undefined, at = this.#at): Tree {
    this.#at = at;
    if (key !== undefined) this.#skip(BLANKS);
    const tree = this.#flow(key, 0);
    if (!this.#endsHere()) throw new NotPlain();
    this.#line++;
    return tree;
  }

  #flow(key: number | undefined, depth: number): Tree {
    if (depth > DEEPEST) throw new NotPlain();
    const at = this.#at;
    const first = this.#whole[at];
    if (first === '{') return this.#flowMap(at, key, depth);
    if (first === '[') return this.#flowList(at, key, depth);
    const quoted = this.#skip(QUOTED);
    const written = quoted === '' ? this.#skip(PLAIN) : quoted.slice(1, -1);
    if (quoted === '' && written === '') throw new NotPlain();
    const mark = { ...this.#mark(at, key, NONE, true), written };
    return { value: quoted === '' ? meaningOf(written) : written, mark };
  }

  #flowMap(at: number, key: number | undefined, depth: number): Tree {
    const value: Record<string, unknown> = { __proto__: null };
    const items = new Map<string, Mark>();
    this.#each('}', () => {
      const itsKey = this.#at;
      const name = this.#key(itsKey);
      if (items.has(name) || this.#skip(BLANKS) === '') throw new NotPlain();
      const tree = this.#flow(itsKey, depth + 1);
      value[name] = tree.value;
      items.set(name, tree.mark);
    });
    return { value, mark: this.#mark(at, key, items, true) };
  }

  #flowList(at: number, key: number | undefined, depth: number): Tree {
    const value: unknown[] = [];
    const items = new Map<number, Mark>();
    this.#each(']', () => {
      const tree = this.#flow(undefined, depth + 1);
      items.set(value.length, tree.mark);
      value.push(tree.value);
    });
    return { value, mark: this.#mark(at, key, items, true) };
  }

  /** From behind the opening bracket to behind the closing one. */
  #each(close: string, read: () => void): void {
    this.#at++;
    this.#skip(BLANKS);
    if (this.#whole[this.#at] !== close)
      for (;;) {
        read();
        this.#skip(BLANKS);
        if (this.#whole[this.#at] !== ',') break;
        this.#at++;
        this.#skip(BLANKS);
      }
    if (this.#whole[this.#at++] !== close) throw new NotPlain();
  }

  #isKey(at: number): boolean {
    return this.#match(KEY, at) !== '';
  }

  /** Reads a key and its colon. */
  #key(at: number): string {
    this.#at = at;
    const name = this.#skip(KEY).slice(0, -1);
    if (name === '' || /^(null|true|false)$/i.test(name)) throw new NotPlain();
    return name;
  }

  #endsHere(): boolean {
    NOTHING_MORE.lastIndex = this.#at;
    return NOTHING_MORE.test(this.#whole);
  }

  #skip(pattern: RegExp): string {
    const found = this.#match(pattern, this.#at);
    this.#at += found.length;
    return found;
  }

  #match(pattern: RegExp, at: number): string {
    pattern.lastIndex = at;
    return pattern.exec(this.#whole)?.[0] ?? '';
  }

  #mark(value: number, key: number | undefined, items: Mark['items'], ownLine: boolean): Mark {
    return { text: this.#text, value, ownLine, torn: false, items, ...(key === undefined ? {} : { key }) };
  }
}

/** What YAML 1.2 takes a plain word for. Numbers that are not written as they are said are the library's. */
function meaningOf(written: string): string | number | boolean | null {
  if (written === 'true' || written === 'false') return written === 'true';
  if (written === 'null') return null;
  if (/^(null|true|false|[-+]?\.(inf|nan))$/i.test(written)) throw new NotPlain();
  if (/^(0|[1-9]\d{0,14})$/.test(written)) return Number(written);
  // Only of these letters and signs are numbers made.
  if (/^[\d.+][\da-fA-FxXoOeE.+-]*$/.test(written) && !/\..*\./.test(written)) throw new NotPlain();
  return written;
}
