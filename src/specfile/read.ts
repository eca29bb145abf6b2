// specfile/read.ts — from the text of spec files to the spec, or to everything that is wrong with them, each at its
// line.
import { check } from './check.ts';
import { comparePosition, locator, locateAll } from './locate.ts';
import { merge } from './merge.ts';
import type { Locate, LocatedDiagnostic, Spec } from './model.ts';
import { parseText } from './parse.ts';
import { wrongAt } from './problem.ts';
import { resolve } from './resolve.ts';
import { validateTree } from './schema.ts';
import { positionIn, textOf, type Source } from './text.ts';
import type { Kept } from './tree.ts';
import type { Language } from './extension.ts';

export type Read =
  | { readonly ok: true; readonly spec: Spec; readonly locate: Locate; readonly warnings: readonly LocatedDiagnostic[] }
  | { readonly ok: false; readonly problems: readonly LocatedDiagnostic[] };

/** Pure. Every stage goes on with what the one before it could make sense of, so that one mistake hides no other. */
export function readSpec(sources: readonly Source[], language: Language): Read {
  const { grammar, extensions } = language;
  const kept: Kept = new WeakMap();
  const parsed = sources.map((source) => parseText(textOf(source), kept));
  const trees = parsed.flatMap(({ documents }) => documents);
  const validated = trees.map((tree) => ({ ...validateTree(tree, grammar, kept), mark: tree.mark }));
  const merged = merge(validated, grammar, kept);
  const found: readonly LocatedDiagnostic[] = [...parsed, ...validated].flatMap(({ problems }) => problems);
  if (merged === undefined) return { ok: false, problems: inOrder(found.length > 0 ? found : [nothingAtAll(sources)]) };

  const locate = locator(merged.mark);
  const cut = new Set(validated.flatMap((one) => [...one.cut]));
  const { draft, problems } = resolve({ ...merged, kept, cut, whole: parsed.every(({ whole }) => whole), extensions });
  const all = inOrder([...found, ...merged.problems, ...locateAll([...problems, ...check(draft, language)], locate)]);
  return all.some(({ severity }) => severity === 'error')
    ? { ok: false, problems: all }
    : { ok: true, spec: draft.spec, locate, warnings: all };
}

function nothingAtAll(sources: readonly Source[]): LocatedDiagnostic {
  return wrongAt(
    'empty-document',
    'there is no spec to read',
    sources.slice(0, 1).map((source) => positionIn(textOf(source), 0)),
  );
}

/** Nobody reads more of them. */
const MOST = 1000;

/** Sorted by file, line and column, and each said once: an alias leads to one mistake by several ways. */
function inOrder(problems: readonly LocatedDiagnostic[]): readonly LocatedDiagnostic[] {
  const seen = new Set<string>();
  const all = problems.toSorted(comparePosition).filter(({ at: [position], code, message }) => {
    const key = `${position?.file ?? ''}:${position?.line ?? 0}:${position?.column ?? 0} ${code} ${message}`;
    return seen.size < seen.add(key).size;
  });
  return all.length <= MOST
    ? all
    : [
        ...all.slice(0, MOST),
        {
          ...wrongAt('more-problems', `there are ${all.length - MOST} more`, []),
          severity: all.some(({ severity }) => severity === 'error') ? 'error' : 'warning',
        },
      ];
}
