// specfile/tree.ts — YAML nodes made into plain values and their marks; what YAML would do behind one's back is said
// instead.
import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { positionOf, type Mark } from './locate.ts';
import type { LocatedDiagnostic } from './model.ts';
import { wrongAt } from './problem.ts';
import { positionIn, type Text } from './text.ts';

export interface Tree {
  readonly value: unknown;
  readonly mark: Mark;
}

/** For a list from which items were left out: the index each of the others has in the file. */
export type Kept = WeakMap<object, number[]>;

export interface Reading {
  readonly text: Text;
  readonly document: Document;
  /** Offset of the first syntax error. What stands behind it is not to be trusted. */
  readonly tornAt: number;
  readonly kept: Kept;
  readonly problems: LocatedDiagnostic[];
}

/** More values than this through aliases is a bomb, not a spec. */
const MOST_ALIASED = 20_000;
/** In place of a value that was written, is wrong, and was reported. */
const LEFT_OUT = Symbol('left out');
const NONE: ReadonlyMap<string | number, Mark> = new Map();

export function treeOf(root: Node, reading: Reading): Tree {
  return new TreeBuilder(reading).grow(root);
}

class TreeBuilder {
  readonly #reading: Reading;
  readonly #open = new Set<Node>();
  #aliased = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  grow(node: Node | null, key?: number, inAlias = false): Tree {
    if (isAlias(node)) return this.#alias(node, key);
    if (inAlias) this.#aliased++;
    if (isCollection(node)) return isMap(node) ? this.#map(node, key, inAlias) : this.#list(node, key, inAlias);
    if (isScalar(node)) return this.#scalar(node, key);
    return { value: null, mark: this.#mark(node, key) }; // the `a` of `{ a }`
  }

  #map(node: YAMLMap, key: number | undefined, inAlias: boolean): Tree {
    // No prototype: a name such as `constructor` or `__proto__` is a name like any other.
    const value: Record<string, unknown> = { __proto__: null };
    const items = new Map<string, Mark>();
    for (const pair of node.items as readonly Pair<Node, Node | null>[]) {
      const name = this.#key(pair.key);
      if (name === undefined || this.#torn(pair)) continue;
      const grown = this.grow(pair.value, startOf(pair.key), inAlias);
      const other = items.get(name);
      if (other !== undefined) {
        this.#say('duplicate-key', `${name} stands here twice`, grown.mark, 'keep one of them', [other]);
        continue;
      }
      items.set(name, grown.mark);
      if (grown.value !== LEFT_OUT) value[name] = grown.value;
    }
    return { value, mark: this.#mark(node, key, items) };
  }

  #list(node: YAMLSeq, key: number | undefined, inAlias: boolean): Tree {
    const value: unknown[] = [];
    const items = new Map<number, Mark>();
    const kept: number[] = [];
    for (const [i, item] of (node.items as readonly Node[]).entries()) {
      if (this.#beyond(item)) continue;
      const grown = this.grow(item, undefined, inAlias);
      items.set(i, grown.mark);
      if (grown.value === LEFT_OUT) continue;
      kept.push(i);
      value.push(grown.value);
    }
    if (kept.length < node.items.length) this.#reading.kept.set(value, kept);
    return { value, mark: this.#mark(node, key, items) };
  }

  #scalar(node: Scalar, key: number | undefined): Tree {
    const mark = this.#mark(node, key);
    const reason = surprise(node, versionOf(this.#reading.document));
    if (reason === undefined) return { value: node.value, mark };
    this.#say(reason.code, reason.message, mark, reason.hint);
    return { value: LEFT_OUT, mark };
  }

  #alias(node: Alias, key: number | undefined): Tree {
    const mark = this.#mark(node, key);
    const target = node.resolve(this.#reading.document);
    if (target === undefined)
      this.#say(
        'yaml-alias',
        `nothing before this is named &${node.source}`,
        mark,
        `put &${node.source} before what it stands for, or the text in quotes`,
      );
    else if (this.#open.has(target))
      this.#say('yaml-alias', `*${node.source} stands within what it names`, mark, 'write out what is meant');
    else if (this.#aliased <= MOST_ALIASED) {
      this.#open.add(target);
      const grown = this.grow(target, key, true);
      this.#open.delete(target);
      if (this.#aliased <= MOST_ALIASED) return grown;
      if (this.#open.size === 0)
        this.#say(
          'yaml-alias',
          `aliases make more than ${MOST_ALIASED} values of this document`,
          mark,
          'write out what is meant, or put it in `defaults`',
        );
    }
    return { value: LEFT_OUT, mark };
  }

  /** The text of a key; undefined when the pair has to be left out. */
  #key(node: Node | null): string | undefined {
    const reason = unfitKey(node);
    if (reason !== undefined)
      this.#reading.problems.push(
        wrongAt(reason.code, reason.message, [positionIn(this.#reading.text, startOf(node))], reason.hint),
      );
    if (!isScalar(node) || node.value === null || reason?.code === 'yaml-merge-key') return undefined;
    return typeof node.value === 'string' ? node.value : (node.source ?? '');
  }

  #torn(pair: Pair<Node, Node | null>): boolean {
    const { tornAt } = this.#reading;
    if (this.#beyond(pair.key) || this.#beyond(pair.value)) return true;
    const end = pair.value?.range?.[1] ?? 0;
    // A value that seems left out may be what the error swallowed.
    if (isLeftOut(pair.value) && tornAt < Infinity) return this.#reading.text.text.slice(end, tornAt).trim() === '';
    return end >= tornAt && !isBlock(pair.value);
  }

  #beyond(node: Node | null): boolean {
    return startOf(node) >= this.#reading.tornAt;
  }

  #mark(node: Node | null, key: number | undefined, items = NONE): Mark {
    const { text, tornAt } = this.#reading;
    const written = isScalar(node) ? { written: node.source ?? '' } : {};
    // What has no node of its own (`{ a }`) stands where its key does.
    const value = node === null ? (key ?? 0) : startOf(node);
    return {
      text,
      value,
      ownLine: !isBlock(node) && !isLeftOut(node),
      torn: (node?.range?.[2] ?? 0) >= tornAt,
      items,
      ...(key === undefined ? {} : { key }),
      ...written,
    };
  }

  #say(code: string, message: string, mark: Mark, hint: string, also: readonly Mark[] = []): void {
    const on = also.length > 0 ? 'key' : 'value';
    this.#reading.problems.push(
      wrongAt(
        code,
        message,
        [mark, ...also].map((m) => positionOf(m, on)),
        hint,
      ),
    );
  }
}

interface Surprise {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

function unfitKey(node: Node | null): Surprise | undefined {
  if (isAlias(node)) return { code: 'yaml-key', message: 'an alias cannot be a key', hint: 'write the key out' };
  if (!isScalar(node))
    return {
      code: 'yaml-key',
      message: 'a key has to be a plain word',
      hint: 'put text that has a colon, a brace or a bracket in quotes',
    };
  const written = node.source ?? '';
  if (node.type === 'PLAIN' && written === '<<')
    return {
      code: 'yaml-merge-key',
      message: 'YAML 1.2 has no merge keys',
      hint: 'write the keys out, or use `defaults`',
    };
  if (typeof node.value === 'string') return undefined;
  return {
    code: 'yaml-key',
    message: `YAML reads the key ${written === '' ? 'that is left out' : written} as ${named(node.value)}, not as text`,
    hint: `put it in quotes: "${written}"`,
  };
}

/**
 * A value that is not what its text looks like: `010`, `1.10`, `0x1F`; under `%YAML 1.1` also `no` and
 * `52:54:00:12:34:56`.
 */
function surprise({ value, source = '', type }: Scalar, version: string): Surprise | undefined {
  if (typeof value === 'string' || value === null) return undefined;
  const reads = `YAML ${version} reads ${source} as ${named(value)}`;
  const quoted = `"${source}" in quotes if the text is meant`;
  if (typeof value === 'number')
    return String(value) === source
      ? undefined
      : {
          code: 'yaml-number',
          message: reads,
          hint: `write ${Number.isFinite(value) && !source.includes(':') ? `${value}, or ` : ''}${quoted}`,
        };
  if (typeof value === 'boolean')
    return type !== 'PLAIN' || /^(true|false)$/i.test(source)
      ? undefined
      : { code: 'yaml-boolean', message: reads, hint: `write ${value}, or ${quoted}` };
  return {
    code: 'yaml-type',
    message: `YAML ${version} reads ${source} as something that is neither text nor number`,
    hint: `write ${quoted}`,
  };
}

function named(value: unknown): string {
  if (value === null) return 'nothing';
  return typeof value === 'number'
    ? `the number ${value}`
    : typeof value === 'boolean'
      ? `the truth value ${value}`
      : 'something else';
}

function versionOf(document: Document): string {
  return document.directives?.yaml.explicit === true ? document.directives.yaml.version : '1.2';
}

function isBlock(node: Node | null): boolean {
  return isCollection(node) && node.flow !== true;
}

/** `key:` and nothing behind it. */
function isLeftOut(node: Node | null): boolean {
  return isScalar(node) && node.value === null && (node.source ?? '') === '';
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
