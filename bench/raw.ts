// bench/raw.ts — the cheapest commands with the effect of a plan: each tool once, in the shell that is there anyway.
import type { Op } from '../src/core/resource.ts';
import { inNamespace } from '../src/driver/namespace.ts';

export interface Raw {
  /** What `iptables-restore` and the tools that take batches read, by file name. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly script: string;
}

export interface RawOptions {
  /** Where the inputs will be. */
  readonly directory: string;
  /** Below it is netctl's own bookkeeping, which nobody else would do. */
  readonly bookkeeping: string;
  /** The text that a file will have; undefined: the files are there already. */
  readonly textAfter?: (op: Extract<Op, { op: 'write' | 'edit' }>) => string;
}

/** Nothing is checked, nothing waited for, no file replaced atomically. */
export function rawOf(ops: readonly Op[], { directory, bookkeeping, textAfter }: RawOptions): Raw {
  const batches = byTool(ops);
  const tables = ops.flatMap((op) => (isRestore(op) ? [op.stdin ?? ''] : []));
  const rest: readonly Op[] = ops.filter(
    (op) => op.op !== 'batch' && !isRestore(op) && !('path' in op && op.path.startsWith(`${bookkeeping}/`)),
  );
  const inputs = {
    ...(tables.length === 0 ? {} : { rules: tables.join('') }),
    ...Object.fromEntries(batches.map(({ lines }, i) => [`batch-${i}`, lines.map((line) => `${line}\n`).join('')])),
  };
  return {
    inputs,
    script: [
      ...('rules' in inputs ? [`iptables-restore --noflush <${quote(`${directory}/rules`)}`] : []),
      ...rest.filter(({ op }) => op === 'run').map((op) => commandOf(op, textAfter)),
      ...batches.map(({ tool }, i) => `${tool.map(quote).join(' ')} <${quote(`${directory}/batch-${i}`)}`),
      ...rest.filter(({ op }) => op !== 'run').map((op) => commandOf(op, textAfter)),
    ]
      .filter((command) => command !== '')
      .map((command) => `${command}\n`)
      .join(''),
  };
}

/** What each tool is told, all at once: `ip`, also in guests, and what announces addresses. */
function byTool(
  ops: readonly Op[],
): readonly { readonly tool: readonly string[]; readonly lines: readonly string[] }[] {
  const tools = new Map<string, { readonly tool: readonly string[]; readonly lines: string[] }>();
  for (const op of ops)
    if (op.op === 'batch') {
      const tool = inNamespace(op.tool, op.netns);
      const known = tools.get(tool.join(' ')) ?? { tool, lines: [] };
      known.lines.push(...op.lines);
      tools.set(tool.join(' '), known);
    }
  return [...tools.values()];
}

function isRestore(op: Op): op is Extract<Op, { op: 'run' }> {
  return op.op === 'run' && op.argv[0] === 'iptables-restore';
}

function commandOf(op: Op, textAfter: RawOptions['textAfter']): string {
  switch (op.op) {
    case 'batch':
      return '';
    case 'run':
      return `${op.argv.map(quote).join(' ')}${op.stdin === undefined ? '' : ` <<'END'\n${op.stdin}END`}`;
    case 'write':
    case 'edit':
      return textAfter === undefined ? '' : `printf %s ${quote(textAfter(op))} >${quote(op.path)}`;
    case 'remove':
      return textAfter === undefined ? '' : `rm -f ${quote(op.path)}`;
    case 'start':
      return op.argv.map(quote).join(' ');
    // What is started in its place needs its addresses.
    case 'signal':
      return `read -r pid <${quote(op.pidFile)} && kill -${op.signal} "$pid"${op.signal === 'TERM' ? ' && while kill -0 "$pid" 2>/dev/null; do sleep 0.005; done' : ''}`;
  }
}

function quote(word: string): string {
  return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
