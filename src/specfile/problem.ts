// specfile/problem.ts — the two forms in which the reader of a spec says what is wrong: by path, and by position.
import type { Diagnostic, Path } from '../core/resource.ts';
import type { Position, LocatedDiagnostic } from './model.ts';

/** What is wrong at a path of the spec. */
export function wrong(code: string, message: string, at: readonly Path[], hint?: string): Diagnostic {
  return { severity: 'error', code, message, at, ...(hint === undefined ? {} : { hint }) };
}

/** What is wrong at a position in a file, where there is no path yet. */
export function wrongAt(code: string, message: string, at: readonly Position[], hint?: string): LocatedDiagnostic {
  return { severity: 'error', code, message, at, ...(hint === undefined ? {} : { hint }) };
}

/** Counts in words: `1 address`, `2 addresses`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Lists in words: `a, b or c`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}
