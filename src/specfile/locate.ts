// specfile/locate.ts — where a path of the spec stands in the files; diagnostics get their positions here.
import type { Diagnostic, Path } from '../core/resource.ts';
import type { Locate, Position, LocatedDiagnostic } from './model.ts';
import { positionIn, type Text } from './text.ts';

/** Of what no line of a spec asks for. */
export const NOWHERE: Locate = () => ({ file: '', line: 0, column: 0, text: '' });

/** Finds for each diagnostic the lines it speaks of. */
export function locateAll(diagnostics: readonly Diagnostic[], locate: Locate): LocatedDiagnostic[] {
  return diagnostics.map(({ at, ...rest }) => ({ ...rest, at: at.map((path) => locate(path)) }));
}

/**
 * Where a value stands, and what stands in it. Kept beside the values, so that what was cut out as wrong can still be
 * located.
 */
export interface Mark {
  readonly text: Text;
  /** Offset of its key; absent for the items of a list. */
  readonly key?: number;
  readonly value: number;
  /**
   * Not so for a block collection, which begins at its first item, nor for a value that is left out: these are shown at
   * their key.
   */
  readonly ownLine: boolean;
  /** A scalar as it was written, without quotes. */
  readonly written?: string;
  /** Syntax is broken somewhere in it, so something may seem to be missing. */
  readonly torn: boolean;
  readonly items: ReadonlyMap<string | number, Mark>;
}

export function locator(root: Mark): Locate {
  return (path, on = 'value') => positionOf(nearest(root, path), on);
}

export function positionOf(mark: Mark, on: 'key' | 'value' = 'value'): Position {
  const offset = mark.key !== undefined && (on === 'key' || !mark.ownLine) ? mark.key : mark.value;
  return positionIn(mark.text, offset);
}

export function comparePosition(a: LocatedDiagnostic, b: LocatedDiagnostic): number {
  const [p, q] = [a.at[0], b.at[0]];
  if (p === undefined || q === undefined) return Number(p !== undefined) - Number(q !== undefined);
  if (p.file !== q.file) return p.file < q.file ? -1 : 1;
  return p.line - q.line || p.column - q.column;
}

/** A path as people write it: `instances.vm-1.nics[0].address`. */
export function spell(path: Path): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

function nearest(root: Mark, path: Path): Mark {
  let mark = root;
  for (const part of path) {
    const item = mark.items.get(part);
    if (item === undefined) break;
    mark = item;
  }
  return mark;
}
