// report/diagnostics.ts — what is wrong, for people: the line, a caret below it, the other positions, a way out; and
// the same as data.
import { inOneLine } from '../core/sanitize.ts';
import type { Position, LocatedDiagnostic } from '../specfile/model.ts';

export interface RenderOptions {
  readonly color: boolean;
}

/** Renders one after the other; nothing for none. */
export function renderDiagnostics(diagnostics: readonly LocatedDiagnostic[], { color }: RenderOptions): string {
  return diagnostics.map((diagnostic) => `${linesOf(diagnostic, color ? painted : plain).join('\n')}\n`).join('');
}

/** The same as data: one document. */
export function diagnosticsAsData(diagnostics: readonly LocatedDiagnostic[]): object {
  return {
    apiVersion: 'netctl/v1',
    kind: 'Diagnostics',
    diagnostics: diagnostics.map(diagnosticAsData),
  };
}

/** One of them. */
export function diagnosticAsData({
  at: [position, ...also],
  code,
  severity,
  message,
  hint,
  details,
}: LocatedDiagnostic): object {
  return {
    ...(position === undefined ? {} : positionOf(position)),
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

function linesOf(
  { at: [position, ...also], severity, code, message, hint }: LocatedDiagnostic,
  paint: Paint,
): readonly string[] {
  const where = position === undefined ? '' : `${paint('strong', `${spot(position)}:`)} `;
  return [
    `${where}${paint(severity, `${severity}:`)} ${inOneLine(message)}  ${paint('faint', `[${code}]`)}`,
    ...(position === undefined ? [] : excerpt(position, paint)),
    ...also.map((other) => `  also: ${spot(other)}`),
    ...(hint === undefined ? [] : [`  hint: ${inOneLine(hint)}`]),
  ];
}

/** A line longer than this is shown around the position that matters. */
const WIDEST = 120;
const BEFORE = 60;

function excerpt({ line, column, text }: Position, paint: Paint): readonly string[] {
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

function spot({ file, line, column }: Position): string {
  return `${inOneLine(file)}:${line}:${column}`;
}

function positionOf({ file, line, column }: Position): {
  readonly file: string;
  readonly line: number;
  readonly column: number;
} {
  return { file, line, column };
}
