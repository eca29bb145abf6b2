// driver/script.ts — the same ops as a shell script, to be read, kept, and run by hand. Any POSIX shell runs it.
import { shellWord } from '../core/shell.ts';
import { dirname } from 'node:path';
import type { Op } from '../core/resource.ts';
import { inNamespace } from './namespace.ts';

export interface ScriptOptions {
  readonly netns?: string;
  /** Lines of a comment at its head. */
  readonly header?: string;
}

/** Renders a whole script; it stops at the first command that fails. */
export function renderScript(ops: readonly Op[], { netns, header }: ScriptOptions = {}): string {
  const head =
    header === undefined
      ? []
      : header
          .trimEnd()
          .split('\n')
          .map((line) => `# ${line}`.trimEnd());
  const functions = ops.some(({ op }) => op === 'signal') ? [TELL] : [];
  return [...['#!/bin/sh', ...head, 'set -e', ...functions], ...renderOps(ops, netns), ''].join('\n');
}

/** Renders the commands alone. Neighbouring lines for one tool are one command, as they are when they are performed. */
export function renderOps(ops: readonly Op[], netns?: string): readonly string[] {
  return joined(ops).map((op) => renderOp(op, netns));
}

function joined(ops: readonly Op[]): readonly Op[] {
  const all: Op[] = [];
  for (const op of ops) {
    const last = all.at(-1);
    const joins =
      op.op === 'batch' &&
      last?.op === 'batch' &&
      last.netns === op.netns &&
      last.tool.join('\0') === op.tool.join('\0');
    if (joins) all[all.length - 1] = { ...last, lines: [...last.lines, ...op.lines] };
    else all.push(op);
  }
  return all;
}

function renderOp(op: Op, netns: string | undefined): string {
  switch (op.op) {
    case 'batch':
      return withInput(command(op.tool, op.netns ?? netns), op.lines.map((line) => `${line}\n`).join(''));
    case 'run':
      return renderRun(op, netns);
    case 'write':
      return renderWrite(op);
    case 'edit':
      return renderEdit(op);
    case 'remove':
      return `rm -f -- ${shellWord(op.path)}`;
    case 'start':
      return `${makeDirectory(dirname(op.pidFile), 0o700)}\n${command(op.argv, op.netns ?? netns)}`;
    case 'signal':
      return `tell ${op.signal} ${shellWord(op.pidFile)}`;
  }
}

function renderRun({ argv, stdin, until, netns: own }: Extract<Op, { op: 'run' }>, netns: string | undefined): string {
  const run = command(argv, own ?? netns);
  const wait =
    until === undefined
      ? ''
      : `\nfor wait in 1 2 3 4 5 6 7 8 9 10; do grep -qsF -e ${shellWord(until.lacks)} ${shellWord(until.path)} || break; sleep 0.5; done`;
  return `${stdin === undefined ? run : withInput(run, stdin)}${wait}`;
}

/** Beside the file first, then in its place: whoever reads it sees the old text or the new one. */
function renderWrite({ path, text, mode = 0o600, directoryMode = 0o700 }: Extract<Op, { op: 'write' }>): string {
  const beside = shellWord(`${path}.new`);
  const fill = text === '' ? `: > ${beside}` : withInput(`cat > ${beside}`, text);
  return [
    makeDirectory(dirname(path), directoryMode),
    fill,
    `chmod ${octal(mode)} ${beside}`,
    `mv -f -- ${beside} ${shellWord(path)}`,
  ].join('\n');
}

/** Only the lines that differ are named. */
function renderEdit({ path, remove, add, mode = 0o600 }: Extract<Op, { op: 'edit' }>): string {
  const [file, beside] = [shellWord(path), shellWord(`${path}.new`)];
  const kept =
    remove.length === 0
      ? `cat -- ${file}`
      : `{ grep -vxF${remove.map((line) => ` -e ${shellWord(line)}`).join('')} -- ${file} || :; }`;
  const all =
    add.length === 0 ? kept : `{ ${kept}; printf '%s\\n'${add.map((line) => ` ${shellWord(line)}`).join('')}; }`;
  return [`${all} | LC_ALL=C sort -u > ${beside}`, `chmod ${octal(mode)} ${beside}`, `mv -f -- ${beside} ${file}`].join(
    '\n',
  );
}

function makeDirectory(path: string, mode: number): string {
  return `(umask ${octal(0o777 & ~mode)}; mkdir -p -- ${shellWord(path)})`;
}

/** A here-document ends with a line end; text that does not is handed over by printf. */
function withInput(reader: string, text: string): string {
  if (!text.endsWith('\n')) return `printf %s ${shellWord(text)} | ${reader}`;
  const lines = text.split('\n');
  let end = 'END';
  while (lines.includes(end)) end += '_';
  return `${reader} <<'${end}'\n${text}${end}`;
}

function command(argv: readonly string[], netns: string | undefined): string {
  const [tool = '', ...rest] = inNamespace(argv, netns);
  // A first word with `=` would be an assignment.
  return [tool.includes('=') ? `'${tool}'` : shellWord(tool), ...rest.map(shellWord)].join(' ');
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

const TELL = `# Signals the daemon that runs with this pid file, and no other process that has come to bear its number. TERM wakes one that is
# stopped, and waits until it is gone: its arguments go before its sockets are closed.
runs() {
  program=$(readlink "/proc/$1/exe" 2>/dev/null) || return 1
  program=\${program% (deleted)}
  case "\${2##*/}" in "\${program##*/}"-*) ;; *) return 1 ;; esac
  { tr '\\0' '\\n' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qxF -e "--pid-file=$2"
}
ends() { [ -z "$(cat "/proc/$1/cmdline" | tr -d '\\0')" ] && grep -q '^State:.[^ZX]' "/proc/$1/status"; } 2>/dev/null
tell() {
  pid=$(cat "$2" 2>/dev/null) || return 0
  runs "$pid" "$2" || return 0
  kill -"$1" "$pid"
  [ "$1" = TERM ] || return 0
  kill -CONT "$pid" 2>/dev/null || :
  for wait in 1 2 3 4 5 6 7 8 9 10; do
    runs "$pid" "$2" || ends "$pid" || return 0
    sleep 0.5
  done
  kill -KILL "$pid"
}`;
