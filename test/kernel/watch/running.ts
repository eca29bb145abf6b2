// test/kernel/watch/running.ts — a watch that runs on a lab's host: what it logs, when it has done what, and how it
// ends.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchState } from '../../../src/report/watch-state.ts';
import { must } from '../lab.ts';
import type { Lab } from '../lab.ts';

/** A line of its log. */
export interface Said {
  readonly level: string;
  readonly event: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Milliseconds that anything may take before a test gives it up. */
const PATIENCE = 120_000;

export class RunningWatch {
  readonly said: Said[] = [];
  /** What was no line of the log. */
  readonly strays: string[] = [];
  private readonly lab: Lab;
  /** Where its spec is, for those who ask beside it; nowhere that they could read. */
  private readonly where: readonly string[] | undefined;
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | string>;

  /** `args` begin behind the verb; `-f` is the lab's spec unless they name another place. */
  constructor(lab: Lab, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    this.lab = lab;
    this.where = args.includes('--git')
      ? undefined
      : args.includes('-f')
        ? args.slice(args.indexOf('-f'), args.indexOf('-f') + 2)
        : [];
    const [node, program] = lab.command();
    this.child = spawn(node, [program, ...lab.argumentsFor(['watch', '--log-format', 'json', '-v', ...args])], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    if (this.child.stderr === null) throw new Error('it has no standard error');
    createInterface({ input: this.child.stderr }).on('line', (line) => {
      this.hear(line);
    });
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => {
        resolve(code ?? signal ?? 'gone');
      });
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('it did not start');
    return this.child.pid;
  }

  /** Until it has said so many such lines. */
  async says(
    event: string,
    { times = 1, having = () => true }: { readonly times?: number; readonly having?: (said: Said) => boolean } = {},
  ): Promise<Said> {
    return await this.until(
      () => this.said.filter((said) => said.event === event && having(said))[times - 1],
      `it says ${event}`,
    );
  }

  async until<T>(of: () => T | undefined | false, what: string, patience = PATIENCE): Promise<T> {
    for (const began = performance.now(); performance.now() - began < patience;) {
      const found = of();
      if (found !== undefined && found !== false) return found;
      await sleep(5);
    }
    throw new Error(
      `waited in vain until ${what}; it said:\n${this.said
        .slice(-30)
        .map((said) => JSON.stringify(said))
        .join('\n')}\n${this.strays.join('\n')}`,
    );
  }

  /** As `netctl status -o json` says it. */
  status(): WatchState {
    const { out } = this.lab.netctl(
      ['status', '-o', 'json', ...(this.where ?? [])],
      this.where === undefined ? { spec: null } : {},
    );
    const { watch } = JSON.parse(out) as { readonly watch?: WatchState };
    if (watch === undefined) throw new Error(`status says nothing of a watch: ${out}`);
    return watch;
  }

  /** Nobody reads its log from now on. */
  deafen(): void {
    this.child.stderr?.destroy();
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Says the exit code, or the signal that ended it. */
  async end(name: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(name);
    const late = sleep(PATIENCE).then(() => 'late');
    return await Promise.race([this.ended, late]);
  }

  /** Nothing differs, by a netctl that knows nothing of this one. */
  settled(): boolean {
    return must(this.lab.netctl(['plan', '-o', 'json', ...(this.where ?? [])])).out.includes('"changes": []');
  }

  private hear(line: string): void {
    try {
      this.said.push(JSON.parse(line) as Said);
    } catch {
      this.strays.push(line);
    }
  }
}
