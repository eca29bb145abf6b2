// specfile/checks/not-yet.ts — keys of the schema whose feature is not there: a warning where that is harmless, else an
// error.
import type { Diagnostic, Path } from '../../core/resource.ts';
import type { Draft } from '../draft.ts';
import type { OwnedKey } from '../grammar.ts';
import { wrong } from '../problem.ts';

/** `names`: of the features that are there. */
export function* notYet(
  { text, indexed }: Draft,
  owned: readonly OwnedKey[],
  names: ReadonlySet<string>,
): Iterable<Diagnostic> {
  for (const { path: pattern, of, isIgnored = false, what = of } of owned) {
    if (names.has(of)) continue;
    for (const { path, value } of matches(text, pattern.split('.'), indexed)) {
      const key = String(path.at(-1));
      if (!isIgnored)
        yield wrong('not-yet', `${key} comes with a later version: ${what}`, [path], 'leave it out until then');
      // Switched off is what it is.
      else if (value !== false)
        yield {
          severity: 'warning',
          code: 'not-yet',
          message: `${key} is not acted on yet: ${what} comes with a later version`,
          at: [path],
        };
    }
  }
}

function* matches(
  value: unknown,
  [key, ...rest]: readonly string[],
  indexed: Draft['indexed'],
  path: Path = [],
): Iterable<{ readonly path: Path; readonly value: unknown }> {
  if (key === undefined) yield { path, value };
  else if (Array.isArray(value))
    for (const [i, item] of indexed<unknown>(value)) yield* matches(item, rest, indexed, [...path, i]);
  else if (isMap(value)) {
    for (const name of key === '*' ? Object.keys(value) : Object.hasOwn(value, key) ? [key] : [])
      yield* matches(value[name], rest, indexed, [...path, name]);
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
