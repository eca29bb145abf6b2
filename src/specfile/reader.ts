// specfile/reader.ts — texts of a spec that have a form, read, with what is wrong with those that have not.
import type { Diagnostic, Path } from '../core/resource.ts';
import type { Form } from './forms.ts';
import { spell } from './locate.ts';
import type { Kept } from './tree.ts';

export class Reader {
  readonly problems: Diagnostic[] = [];
  readonly #kept: Kept;
  /** Maps and lists from which something was cut as wrong. */
  readonly #cut: ReadonlySet<unknown>;

  constructor(kept: Kept, cut: ReadonlySet<unknown>) {
    this.#kept = kept;
    this.#cut = cut;
  }

  /** The value of a text, or nothing and a problem. */
  read<T>(form: Form<T>, text: string | undefined, path: Path): T | undefined {
    if (text === undefined) return undefined;
    const result = form(text);
    if ('value' in result) return result.value;
    const { code, message, hint } = result;
    this.problems.push({ severity: 'error', code, message: `${spell(path)}: ${message}`, at: [path], hint });
    return undefined;
  }

  /** The values of those texts of a list that have one. */
  each<T>(form: Form<T>, texts: readonly string[] | undefined, path: Path): readonly T[] | undefined {
    return texts === undefined
      ? undefined
      : this.indexed(texts).flatMap(([i, text]) => this.read(form, text, [...path, i]) ?? []);
  }

  /** Items of a list of the text with the index that each has in the file. */
  indexed<T>(items: readonly T[]): readonly (readonly [number, T])[] {
    const kept = this.#kept.get(items);
    return items.map((item, i) => [kept?.[i] ?? i, item]);
  }

  /** Something that the schema refuses was left out of this map or list. */
  isCut(value: unknown): boolean {
    return this.#cut.has(value);
  }
}

/** A key with its value, where there is one. */
export function defined<K extends string, T>(
  key: K,
  value: T | undefined,
): { readonly [P in K]?: T } | Record<string, never> {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: T });
}
