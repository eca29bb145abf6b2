// test/kernel/netctl-server.ts — a node that has netctl loaded, and runs it as often as it is asked to; it ends with
// whoever asks.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Ended } from './lab.ts';

/** Milliseconds that a run may take before it is given up. */
const LIMIT = 900_000;
/** Milliseconds between two looks for an answer. */
const INTERVAL = 2;
/** Runs are too short to gain by V8's compilers, which took a fifth of their time; not for who runs without any. */
const FLAGS = process.execArgv.includes('--jitless')
  ? ['--jitless', '--no-expose-wasm']
  : ['--no-opt', '--no-sparkplug'];
/** Nobody ever wakes who waits for it. */
const CLOCK = new Int32Array(new SharedArrayBuffer(4));

export class NetctlServer {
  /** It answers nobody any more. */
  isOver = false;
  private readonly program: string;
  private readonly directory = mkdtempSync(join(tmpdir(), 'nct-server-'));
  private readonly child: ChildProcess;
  private readonly requests: number;
  private readonly answers: number;
  private isOpen = false;

  constructor(program: string) {
    this.program = program;
    const [requests, answers] = [join(this.directory, 'requests'), join(this.directory, 'answers')];
    const made = spawnSync('mkfifo', [requests, answers]);
    if (made.status !== 0) throw new Error(`mkfifo: ${String(made.stderr)}`);
    this.child = spawn(
      process.execPath,
      [...FLAGS, resolve('test/kernel/netctl-server.mjs'), this.directory, program],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    this.child.unref();
    // Neither waits for the other end: a process that did not start never opens it.
    this.requests = openSync(requests, constants.O_RDWR);
    this.answers = openSync(answers, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** Runs netctl, and waits until it has ended. */
  run(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Ended {
    const bytes = Buffer.from(`${JSON.stringify({ args, env })}\n`);
    for (let at = 0; at < bytes.length;) at += writeSync(this.requests, bytes, at);
    const { isLast, ...ended } = JSON.parse(this.line(args)) as Ended & { readonly isLast: boolean };
    this.isOver = isLast;
    return ended;
  }

  private line(args: readonly string[]): string {
    const parts: Buffer[] = [];
    for (const began = performance.now(); performance.now() - began < LIMIT;) {
      const part = this.part();
      if (part === 'none yet' || (part.length === 0 && !this.isOpen)) Atomics.wait(CLOCK, 0, 0, INTERVAL);
      else if (part.length === 0) return this.givenUp(`the process that ran ${this.program} ${args.join(' ')} is gone`);
      else {
        parts.push(part);
        if (part.at(-1) === 10) return Buffer.concat(parts).toString();
      }
    }
    this.child.kill('SIGKILL');
    return this.givenUp(`${this.program} ${args.join(' ')} did not end within ${LIMIT} ms`);
  }

  /** None of its bytes: nobody has the other end. */
  private part(): Buffer | 'none yet' {
    const part = Buffer.alloc(65_536);
    try {
      const length = readSync(this.answers, part);
      if (length > 0) this.opened();
      return part.subarray(0, length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      this.opened();
      return 'none yet';
    }
  }

  /** Both have both pipes, and nobody needs their names. */
  private opened(): void {
    if (!this.isOpen) rmSync(this.directory, { recursive: true });
    this.isOpen = true;
  }

  private givenUp(why: string): never {
    this.isOver = true;
    throw new Error(why);
  }
}
