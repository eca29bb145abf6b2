// origin/run-git.ts — runs git and gpg: without a shell, without anybody's configuration, bounded in time and output,
// together with all that they start.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { withoutSecrets } from './address.ts';

export interface Ran {
  readonly ok: boolean;
  readonly stdout: Buffer;
  /** What it said on standard error, fit to be shown. */
  readonly said: string;
  readonly end: End;
}
export type End = 'by itself' | 'too late' | 'too much' | 'stopped' | 'not found';

export interface Task {
  readonly directory: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}
export type Run = (tool: 'git' | 'gpg', args: readonly string[], task: Task) => Promise<Ran>;

export interface Limits {
  /** Milliseconds. */
  readonly timeout?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT = 60_000;
/** Milliseconds between being asked to end and being made to; and for pipes that outlive the tool. */
const GRACE = 2000;
const MOST_OUTPUT = 64 * 1024 * 1024;
const MOST_SAID = 16 * 1024;

/** Whatever a repository or its server would have us do beside handing over objects is off. */
const CONFIG = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'protocol.ext.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
  'fetch.recurseSubmodules=false',
  'credential.helper=',
  'gpg.x509.program=false',
].flatMap((setting) => ['-c', setting]);

/**
 * Of Git's own variables only those with which an operator says how to reach a server; the rest could turn it to
 * another repository.
 */
const KEPT = /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|SSL_\w+|PROXY_SSL_\w+|HTTP_\w+)$/;

export function createRun({ timeout = TIMEOUT, env = process.env }: Limits = {}): Run {
  const own = environmentFrom(env);
  return (tool, args, task) =>
    new Promise((resolve) => {
      const child = spawn(tool, tool === 'git' ? [...CONFIG, ...args] : args, {
        cwd: task.directory,
        env: { ...own, ...task.env },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const out = gather(MOST_OUTPUT);
      const errors = gather(MOST_SAID);
      let end: End = 'by itself';
      let force: NodeJS.Timeout | undefined;
      const stop = (why: End): void => {
        if (force !== undefined) return;
        end = why;
        signalGroup(child, 'SIGTERM');
        force = setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE);
      };
      const late = setTimeout(() => stop('too late'), timeout);
      const stopped = (): void => stop('stopped');
      const finish = (code: number | null): void => {
        clearTimeout(late);
        clearTimeout(force);
        task.signal?.removeEventListener('abort', stopped);
        resolve({
          ok: code === 0 && end === 'by itself',
          stdout: out.bytes(),
          said: withoutSecrets(errors.bytes().toString('utf8')).trim(),
          end,
        });
      };
      child.stdout.on('data', (chunk: Buffer) => {
        if (!out.add(chunk)) stop('too much');
      });
      child.stderr.on('data', (chunk: Buffer) => errors.add(chunk));
      // Who ends early does not read its input to the end.
      child.stdin.on('error', () => undefined);
      child.stdin.end(task.input ?? '');
      child.once('error', (error: NodeJS.ErrnoException) => {
        if (child.pid !== undefined) return;
        if (error.code === 'ENOENT') end = 'not found';
        errors.add(Buffer.from(`${tool} cannot be started: ${error.code ?? error.message}`));
        finish(null);
      });
      child.once('exit', () => {
        // What it started may hold its pipes for ever.
        clearTimeout(force);
        force = setTimeout(() => {
          signalGroup(child, 'SIGKILL');
          child.stdout.destroy();
          child.stderr.destroy();
        }, GRACE);
      });
      child.once('close', (code) => finish(code));
      if (task.signal?.aborted === true) stopped();
      task.signal?.addEventListener('abort', stopped, { once: true });
    });
}

function environmentFrom(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || KEPT.test(name)));
  return {
    ...(kept['GIT_SSH'] === undefined ? { GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oConnectTimeout=10' } : {}),
    ...kept,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
  };
}

/** To the tool and all it started: it leads a group of its own, which has its number as long as one of them lives. */
function signalGroup({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // They have ended by themselves.
  }
}

function gather(most: number): { readonly add: (chunk: Buffer) => boolean; readonly bytes: () => Buffer } {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    add: (chunk) => {
      const room = most - size;
      if (room > 0) chunks.push(chunk.subarray(0, room));
      size += chunk.length;
      return size <= most;
    },
    bytes: () => Buffer.concat(chunks),
  };
}
