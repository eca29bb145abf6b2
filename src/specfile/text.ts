// specfile/text.ts — one file's text, and at which line and column an offset of it stands.
import type { Position } from './model.ts';

export interface Source {
  readonly file: string;
  readonly text: string;
}

export interface Text extends Source {
  /** Offset at which each line begins. */
  readonly lineStarts: readonly number[];
}

export function textOf({ file, text: raw }: Source): Text {
  // A byte order mark is not part of the first line, nor of its columns.
  const text = raw.startsWith('\uFEFF') ? raw.slice(1) : raw;
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts };
}

export function positionIn({ file, text, lineStarts }: Text, offset: number): Position {
  const line = lineOf(lineStarts, offset);
  const start = lineStarts[line] ?? 0;
  const end = lineStarts[line + 1] ?? text.length + 1;
  return { file, line: line + 1, column: offset - start + 1, text: text.slice(start, end - 1).replace(/\r$/, '') };
}

/** Index of the last line that begins at or before the offset. */
function lineOf(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
