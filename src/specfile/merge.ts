// specfile/merge.ts — documents of one spec laid together: maps by name, the same name in two of them an error that
// shows both.
import type { SpecFile } from './generated/types.ts';
import type { Grammar } from './grammar.ts';
import { positionOf, type Mark } from './locate.ts';
import type { LocatedDiagnostic } from './model.ts';
import { wrongAt } from './problem.ts';
import type { Kept } from './tree.ts';
import { fieldOf } from './violation.ts';

export interface Merged {
  readonly text: SpecFile;
  /** Marks of everything that was written, right or wrong. */
  readonly mark: Mark;
  readonly problems: readonly LocatedDiagnostic[];
}

interface Marked {
  readonly text: SpecFile | undefined;
  readonly mark: Mark;
}

/** Merges documents, each with what is right in it. The first to say a name has it. */
export function merge(
  documents: readonly Marked[],
  { sections }: Pick<Grammar, 'sections'>,
  kept: Kept,
): Merged | undefined {
  const [first] = documents;
  if (first === undefined) return undefined;
  const problems: LocatedDiagnostic[] = [];
  const items = new Map<string | number, Mark>();
  for (const { mark } of documents) {
    for (const [section, its] of mark.items) {
      const before = items.get(section);
      items.set(section, before === undefined ? its : { ...before, items: joined(before, its, section, problems) });
    }
  }
  return { text: mergedText(documents, sections, kept), mark: { ...first.mark, items }, problems };
}

function joined(before: Mark, its: Mark, section: string | number, problems: LocatedDiagnostic[]): Mark['items'] {
  const items = new Map(before.items);
  for (const [name, mark] of its.items) {
    const other = items.get(name);
    if (other === undefined || typeof name === 'number') items.set(typeof name === 'number' ? items.size : name, mark);
    else
      problems.push(
        wrongAt(
          'duplicate-name',
          `${section}.${name} is given twice`,
          [positionOf(mark, 'key'), positionOf(other, 'key')],
          'keep one of them',
        ),
      );
  }
  return items;
}

function mergedText(documents: readonly Marked[], sections: Grammar['sections'], kept: Kept): SpecFile {
  const maps = sections.maps.map((section) => [section, mapsAsOne(section, documents)] as const);
  const lists = sections.lists.map((section) => [section, listsAsOne(section, documents, kept)] as const);
  const all: readonly (readonly [section: string, its: unknown])[] = [...maps, ...lists];
  return { apiVersion: 'netctl/v1', ...Object.fromEntries(all.filter(([, its]) => its !== undefined)) };
}

function mapsAsOne(section: string, documents: readonly Marked[]): Readonly<Record<string, unknown>> | undefined {
  const its = documents.map(({ text }) => fieldOf(text, section)).filter((one) => one !== undefined);
  if (its.length === 0) return undefined;
  const all: Record<string, unknown> = { __proto__: null };
  for (const [name, value] of its.flatMap((one) => Object.entries<unknown>({ ...(one as object) })))
    if (!(name in all)) all[name] = value;
  return all;
}

/** The lists of all documents as one, each item with the index of its mark. */
function listsAsOne(section: string, documents: readonly Marked[], kept: Kept): readonly unknown[] | undefined {
  const all: unknown[] = [];
  const indices: number[] = [];
  let written = 0;
  for (const { text, mark } of documents) {
    const its = fieldOf(text, section);
    const items: readonly unknown[] = Array.isArray(its) ? its : [];
    all.push(...items);
    indices.push(...items.map((_, i) => written + (kept.get(items)?.[i] ?? i)));
    written += mark.items.get(section)?.items.size ?? 0;
  }
  kept.set(all, indices);
  return documents.some(({ text }) => fieldOf(text, section) !== undefined) ? all : undefined;
}
