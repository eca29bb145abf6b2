// driver/child.ts — runs one tool: without a shell, in one language, bounded in time.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DriverError } from '../core/resource.ts';
import { MissingTool } from './missing-tool.ts';

/**
 * Milliseconds. A tool that waits for a lock of the kernel's may take long, and more work takes longer; one that never
 * ends must not hold us for ever.
 */
const LIMIT = limitFrom(process.env['NETCTL_COMMAND_LIMIT']) ?? 20_000;
const LIMIT_PER_LINE = LIMIT / 200;

/** What is no number is none. */
function limitFrom(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

const environment = { LC_ALL: 'C' };

/**
 * Runs a tool that only reads, and returns what it printed: into a file, so that it goes on while we are busy; a full
 * pipe would wait for us.
 * Out of reach of Ctrl-C, which is ours to heed at the end of a step. `inherits`: a file that it finds as its
 * descriptor 3.
 */
export async function capture(argv: readonly string[], inherits?: number, left = Infinity): Promise<string> {
  const [tool = '', ...rest] = argv;
  const printed = namelessFile('', argv);
  const errors = namelessFile('', argv);
  try {
    const ended = await begun(() =>
      endOf(
        spawn(tool, rest, {
          env: { ...process.env, ...environment },
          cwd: '/',
          detached: true,
          stdio: ['ignore', printed, errors, ...(inherits === undefined ? [] : [inherits])],
        }),
        Math.min(LIMIT, left),
      ),
    );
    if (ended.exitCode !== 0) throw failure(argv, { ...ended, stderr: textOf(errors) });
    return wholeTextOf(printed, argv);
  } finally {
    closeSync(printed);
    closeSync(errors);
  }
}

export interface Change {
  readonly argv: readonly string[];
  readonly stdin?: string | undefined;
  /** A file descriptor that stays open until the tool has ended, even when we have not lived to see it. */
  readonly hold?: number | undefined;
  readonly onSpawn?: ((pid: number, argv: readonly string[]) => void) | undefined;
  /** Milliseconds that there are still for it. */
  readonly left?: number;
}

/**
 * Runs a tool that changes something. It outlives us: in a session of its own, where no Ctrl-C reaches it; its input
 * whole before it starts; its complaints in a file, since a pipe that nobody reads any more would kill it halfway.
 */
export async function change({ argv, stdin, hold, onSpawn, left = Infinity }: Change): Promise<void> {
  const [tool = '', ...rest] = argv;
  const errors = namelessFile('', argv);
  const input = stdin === undefined ? undefined : namelessFile(stdin, argv);
  try {
    const ended = await begun(() => {
      const child = spawn(tool, rest, {
        env: { ...process.env, ...environment },
        cwd: '/',
        detached: true,
        stdio: [input ?? 'ignore', 'ignore', errors, ...(hold === undefined ? [] : [hold])],
      });
      if (child.pid !== undefined) onSpawn?.(child.pid, argv);
      return endOf(child, Math.min(LIMIT + LIMIT_PER_LINE * linesIn(stdin ?? ''), left));
    });
    if (ended.exitCode !== 0) throw failure(argv, { ...ended, stderr: textOf(errors) });
  } finally {
    closeSync(errors);
    if (input !== undefined) closeSync(input);
  }
}

/** Runs a daemon until it has put itself in the background. It holds no lock. */
export async function launch(argv: readonly string[], left = Infinity): Promise<void> {
  const [tool = '', ...rest] = argv;
  // Loaded by whoever starts one: that takes longer than to read a host.
  const { execa } = await import('execa');
  const child = execa(tool, rest, {
    env: environment,
    cwd: '/',
    reject: false,
    stripFinalNewline: false,
    stdin: 'ignore',
    stdout: 'ignore',
    detached: true,
    cleanup: false,
  });
  const limit = Math.max(1, Math.ceil(Math.min(LIMIT, left)));
  const late = AbortSignal.timeout(limit);
  // With what it has started: as long as any of that holds its standard error, it has not ended.
  late.addEventListener('abort', () => {
    killGroup(child);
  });
  const ended = await child;
  if (ended.failed)
    throw failure(argv, {
      code: ended.code,
      exitCode: ended.exitCode,
      signal: ended.signal,
      stderr: ended.stderr,
      ...(late.aborted ? { late: limit } : {}),
    });
}

interface Ended {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  /** Why it could not be started. */
  readonly code?: string | undefined;
  /** It was ended after so many milliseconds. */
  readonly late?: number;
}

/**
 * The hangup of a terminal, which we outlive, ends a tool that is forked and has no session of its own yet: it has not
 * begun, and is started once more. One that has begun hears of no terminal.
 */
async function begun(start: () => Promise<Ended>): Promise<Ended> {
  const ended = await start();
  return ended.signal === 'SIGHUP' ? await start() : ended;
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/**
 * Killed when it takes longer, with whatever it has started. Node's own limit goes on for a tool that could not be
 * started, and would keep us from ending.
 */
function endOf(child: ChildProcess, limit: number): Promise<Ended> {
  return new Promise((resolve) => {
    let isLate = false;
    const late = setTimeout(
      () => {
        isLate = true;
        killGroup(child);
      },
      Math.max(1, limit),
    );
    const end = (ended: Ended): void => {
      clearTimeout(late);
      resolve(ended);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      end({ code: error.code ?? error.message });
    });
    child.once('exit', (exitCode, signal) => {
      end({ exitCode: exitCode ?? undefined, signal: signal ?? undefined, ...(isLate ? { late: limit } : {}) });
    });
  });
}

/** Each tool leads a group of its own. */
function killGroup({ pid }: { readonly pid?: number | undefined }): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

function failure(
  argv: readonly string[],
  { exitCode, code, signal, late, stderr: said }: Ended & { readonly stderr: string },
): DriverError {
  const command = argv.join(' ');
  const [tool = '', ...rest] = argv;
  if (code === 'ENOENT') return new MissingTool(tool, command);
  const stderr = `${said}${signal === undefined ? '' : late === undefined ? `ended by ${signal}\n` : `it did not end within ${(late / 1000).toFixed(1)} s, and was ended\n`}`;
  const inside = /^exec of "(.*)" failed: No such file or directory$/m.exec(stderr)?.[1];
  if (inside !== undefined && rest.includes(inside)) return new MissingTool(inside, command);
  return new DriverError(command, { exitCode, stderr: code === undefined ? stderr : `${code} ${stderr}` });
}

/** Not among node's constants; the same on every architecture but for the bit of O_DIRECTORY. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/**
 * A file that never has a name, so that nothing is left of it. Its text is written beside the offset from which a child
 * reads.
 */
function namelessFile(text: string, argv: readonly string[]): number {
  const file = openNameless('/dev/shm', argv) ?? openNameless(tmpdir(), argv, 'last');
  if (file === undefined) throw new Error('the last directory throws');
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at, at);
  } catch (error) {
    closeSync(file);
    throw new DriverError(argv.join(' '), { stderr: `its input cannot be kept: ${String(error)}`, cause: error });
  }
  return file;
}

function openNameless(directory: string, argv: readonly string[], last?: 'last'): number | undefined {
  try {
    return openSync(directory, constants.O_RDWR | O_TMPFILE, 0o600);
  } catch (error) {
    if (last === undefined) return undefined;
    throw new DriverError(argv.join(' '), {
      stderr: `there is no room for its input in ${directory}: ${String(error)}`,
      cause: error,
    });
  }
}

/** A tool need not notice that there was no room for its last words: then there is none for one more. */
function wholeTextOf(file: number, argv: readonly string[]): string {
  const text = textOf(file);
  try {
    writeSync(file, '\n', fstatSync(file).size);
  } catch (error) {
    throw new DriverError(argv.join(' '), {
      stderr: `there is no room for what it prints: ${String(error)}`,
      cause: error,
    });
  }
  return text;
}

function textOf(file: number): string {
  const bytes = Buffer.alloc(fstatSync(file).size);
  const length = readSync(file, bytes, 0, bytes.length, 0);
  return bytes.toString('utf8', 0, length);
}
