// report/diagnostics.ts — what is wrong, for people: the line, a caret below it, the other places, a way out; and the
// same as data.
import { inOneLine } from '../core/shown.ts';
import type { Place, Placed } from '../specfile/model.ts';

export interface RenderOptions {
  readonly color: boolean;
}

/** Renders one after the other; nothing for none. */
export function renderDiagnostics(placed: readonly Placed[], { color }: RenderOptions): string {
  return placed.map((diagnostic) => `${linesOf(diagnostic, color ? painted : plain).join('\n')}\n`).join('');
}

/** The same as data: one document. */
export function diagnosticsAsData(placed: readonly Placed[]): object {
  return {
    apiVersion: 'netctl/v1',
    kind: 'Diagnostics',
    diagnostics: placed.map(diagnosticAsData),
  };
}

/** One of them. */
export function diagnosticAsData({ at: [place, ...also], code, severity, message, hint, details }: Placed): object {
  return {
    ...(place === undefined ? {} : positionOf(place)),
    code,
    severity,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
    also: also.map(positionOf),
  };
}

type Paint = (style: 'error' | 'warning' | 'strong' | 'faint', text: string) => string;

const plain: Paint = (_, text) => text;
const CODES = { error: '1;31', warning: '1;33', strong: '1', faint: '2' } as const;
const painted: Paint = (style, text) => `\u001B[${CODES[style]}m${text}\u001B[0m`;

function linesOf({ at: [place, ...also], severity, code, message, hint }: Placed, paint: Paint): readonly string[] {
  const where = place === undefined ? '' : `${paint('strong', `${spot(place)}:`)} `;
  return [
    `${where}${paint(severity, `${severity}:`)} ${inOneLine(message)}  ${paint('faint', `[${code}]`)}`,
    ...(place === undefined ? [] : excerpt(place, paint)),
    ...also.map((other) => `  also: ${spot(other)}`),
    ...(hint === undefined ? [] : [`  hint: ${inOneLine(hint)}`]),
  ];
}

/** A line longer than this is shown around the place that matters. */
const WIDEST = 120;
const BEFORE = 60;

function excerpt({ line, column, text }: Place, paint: Paint): readonly string[] {
  const start = text.length <= WIDEST ? 0 : Math.max(0, column - 1 - BEFORE);
  const end = start + WIDEST;
  const [before, after] = [start > 0 ? '…' : '', end < text.length ? '…' : ''];
  const part = inOneLine(`${before}${text.slice(start, end)}${after}`);
  // Tabs stay tabs, so that the caret stands below its character whatever a tab is wide.
  const indent = `${before}${text.slice(start, column - 1)}`.replace(/[^\t]/g, ' ');
  return [
    `  ${paint('faint', `${line} |`)} ${part}`,
    `  ${' '.repeat(String(line).length)} ${paint('faint', '|')} ${indent}${paint('error', '^')}`,
  ];
}

function spot({ file, line, column }: Place): string {
  return `${inOneLine(file)}:${line}:${column}`;
}

function positionOf({ file, line, column }: Place): {
  readonly file: string;
  readonly line: number;
  readonly column: number;
} {
  return { file, line, column };
}
