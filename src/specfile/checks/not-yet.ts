// specfile/checks/not-yet.ts — what the spec's language has and this version does not do: a warning where that is
// harmless, else an error.
import type { Diagnostic, Path } from '../../core/resource.ts';
import { wrong } from '../problem.ts';
import type { Draft } from '../draft.ts';

/** Paths with `*` for any name or index. */
const REFUSED: readonly (readonly [path: string, what: string])[] = [
  ['securityGroups', 'security groups: nothing would be filtered'],
  ['instances.*.securityGroups', 'security groups: nothing would be filtered'],
];
const IGNORED: readonly (readonly [path: string, what: string])[] = [
  ['instances.*.metadata', 'the metadata service'],
  ['instances.*.sshKeys', 'the metadata service'],
  ['instances.*.userData', 'the metadata service'],
];

export function* notYet({ text, indexed }: Draft): Iterable<Diagnostic> {
  for (const [pattern, what] of REFUSED)
    for (const { path } of matches(text, pattern.split('.'), indexed)) {
      yield wrong(
        'not-yet',
        `${String(path.at(-1))} comes with a later version: ${what}`,
        [path],
        'leave it out until then',
      );
    }
  for (const [pattern, what] of IGNORED)
    for (const { path, value } of matches(text, pattern.split('.'), indexed)) {
      // Switched off is what it is.
      if (value === false) continue;
      yield {
        severity: 'warning',
        code: 'not-yet',
        message: `${String(path.at(-1))} is not acted on yet: ${what} comes with a later version`,
        at: [path],
      };
    }
  for (const [name, { mode, cidr6 }] of Object.entries(text.networks ?? {})) {
    if (mode !== 'flat' && cidr6 !== undefined)
      yield wrong(
        'not-yet',
        `cidr6 comes with a later version in mode ${mode}: IPv6`,
        [['networks', name, 'cidr6']],
        'leave it out until then',
      );
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
