// specfile/json.ts — a spec as programs write it, JSON, read at once. As in plain.ts: nothing is refused here, and what
// is read has to be what the library would read, which takes eight times as long and knows what is wrong.
import type { Mark } from './locate.ts';
import type { Text } from './text.ts';
import type { Tree } from './tree.ts';

/** The tree of a text that is JSON without escapes, from its first character on; undefined: ask another. */
export function jsonTree(text: Text): Tree | undefined {
  if (!text.text.startsWith('{')) return undefined;
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof NotOrdinary) return undefined;
    throw error;
  }
}

class NotOrdinary extends Error {}

const NONE: ReadonlyMap<string | number, Mark> = new Map();
/** Collections within each other: more is no spec. */
const DEEPEST = 16;

// Each is tried at one offset. A key and its value stand on one line: else YAML reads something else.
const SPACE = /[ \n]*/y;
const KEY = /"([^"\\\n\t]{1,200})" *: */y;
const SCALAR = /"([^"\\\n\t]*)"|(0|[1-9]\d{0,14}|true|false|null)(?=[ \n,\]}])/y;

class Reader {
  readonly #text: Text;
  readonly #whole: string;
  #at = 0;

  constructor(text: Text) {
    this.#text = text;
    this.#whole = text.text;
  }

  document(): Tree {
    const root = this.#value(undefined, 0);
    this.#skip(SPACE);
    if (this.#at < this.#whole.length) throw new NotOrdinary();
    return root;
  }

  #value(key: number | undefined, depth: number): Tree {
    const at = this.#at;
    const first = this.#whole[at];
    if (first === '{') return this.#map(at, key, depth);
    if (first === '[') return this.#list(at, key, depth);
    SCALAR.lastIndex = at;
    const [all, quoted, word] = SCALAR.exec(this.#whole) ?? [];
    if (all === undefined) throw new NotOrdinary();
    this.#at += all.length;
    const mark = { ...this.#mark(at, key, NONE), written: quoted ?? word ?? '' };
    return { value: quoted ?? meaningOf(word), mark };
  }

  #map(at: number, key: number | undefined, depth: number): Tree {
    const value: Record<string, unknown> = { __proto__: null };
    const items = new Map<string, Mark>();
    this.#each('}', depth, () => {
      const itsKey = this.#at;
      KEY.lastIndex = itsKey;
      const [all, name] = KEY.exec(this.#whole) ?? [];
      if (all === undefined || name === undefined || items.has(name)) throw new NotOrdinary();
      this.#at += all.length;
      const tree = this.#value(itsKey, depth + 1);
      value[name] = tree.value;
      items.set(name, tree.mark);
    });
    return { value, mark: this.#mark(at, key, items) };
  }

  #list(at: number, key: number | undefined, depth: number): Tree {
    const value: unknown[] = [];
    const items = new Map<number, Mark>();
    this.#each(']', depth, () => {
      const tree = this.#value(undefined, depth + 1);
      items.set(value.length, tree.mark);
      value.push(tree.value);
    });
    return { value, mark: this.#mark(at, key, items) };
  }

  /** From behind the opening bracket to behind the closing one. */
  #each(close: string, depth: number, read: () => void): void {
    if (depth > DEEPEST) throw new NotOrdinary();
    this.#at++;
    this.#skip(SPACE);
    if (this.#whole[this.#at] !== close)
      for (;;) {
        read();
        this.#skip(SPACE);
        if (this.#whole[this.#at] !== ',') break;
        this.#at++;
        this.#skip(SPACE);
      }
    if (this.#whole[this.#at++] !== close) throw new NotOrdinary();
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    this.#at += pattern.exec(this.#whole)?.[0].length ?? 0;
  }

  #mark(value: number, key: number | undefined, items: Mark['items']): Mark {
    return { text: this.#text, value, ownLine: true, torn: false, items, ...(key === undefined ? {} : { key }) };
  }
}

function meaningOf(word: string | undefined): number | boolean | null {
  return word === 'true' ? true : word === 'false' ? false : word === 'null' ? null : Number(word);
}
