// monitors/supervised-tool.ts — a tool that is kept running: started again when it ended or was stopped, and killed by
// the kernel when netctl ends, however it ends.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { MonitorEntry } from './status.ts';
import { Lines } from './lines.ts';
import type { ProcessWatcher } from './process-watcher.ts';
import { backlogOf, isListening } from './sockets.ts';

export interface SupervisedToolOptions {
  readonly argv: readonly string[];
  readonly entry: MonitorEntry;
  readonly processes: ProcessWatcher;
  /** Each time that it begins to hear events, before that is told. Does not reject. */
  readonly onBegin?: () => Promise<void>;
  readonly onLines: (lines: readonly string[]) => void;
  /** Says why events may be missing. */
  readonly onLost: (why: string) => void;
}

/** Milliseconds until it is started again: doubled each time, and the least again after it has run for a while. */
const [SOON, LATE, A_WHILE] = [100, 30_000, 60_000];
/** Milliseconds between two looks whether it hears events already: short first, since most begin at once. */
const [QUICK, SLOW] = [3, 200];
/** Milliseconds between two looks whether it has taken all that waits for it. */
const DRAIN = 20;
/** What both monitors say where the kernel had to throw events away. */
const LOST = /No buffer space|lost some netlink events/;

export class SupervisedTool {
  private readonly options: SupervisedToolOptions;
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private draining: NodeJS.Timeout | undefined;
  private delay = SOON;
  private begun = 0;
  /** What it has said last on its standard error. */
  private said = '';
  /** Why it was ended by us, if it was. */
  private reason = '';
  private closing = false;
  /** Nobody was told yet that it hears events. */
  private readonly firsts: (() => void)[] = [];
  private ended: (() => void) | undefined;
  /** Whether what it missed has to be looked at once it hears events. */
  private missed = false;

  constructor(options: SupervisedToolOptions) {
    this.options = options;
    this.start();
  }

  /**
   * Resolves when it hears events, or when that takes longer than so many milliseconds: what it missed is then told
   * later.
   */
  async listening(patience: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.missed = true;
        resolve();
      }, patience);
      this.firsts.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Ends it, and starts another. */
  restart(why: string): void {
    this.reason = why;
    this.child?.kill('SIGKILL');
  }

  /** It holds nothing that has to be restored. */
  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.timer);
    this.stopDraining();
    if (this.child === undefined) return;
    await new Promise<void>((resolve) => {
      this.ended = resolve;
      this.child?.kill('SIGKILL');
    });
  }

  private start(): void {
    const { argv, processes } = this.options;
    this.said = '';
    this.reason = '';
    this.begun = performance.now();
    // Not reached by our terminal's Ctrl-C, which lets us finish a step; and gone with us, also when we are killed.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], {
      env: { ...process.env, LC_ALL: 'C' },
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    child.once('error', (error: NodeJS.ErrnoException) =>
      this.end(
        child,
        error.code === 'ENOENT'
          ? 'setpriv is not installed, or not in PATH (Debian package util-linux)'
          : error.message,
      ),
    );
    child.once('exit', (code, signal) => {
      // What it has said before is not why: `ip` complains of names of namespaces that somebody has left, and goes on.
      if (signal !== null) this.said = this.reason;
      this.end(child, signal === null ? `ended with exit code ${code ?? 0}` : `ended by ${signal}`);
    });
    this.listen(child);
    if (child.pid === undefined) return;
    processes.follow(child.pid, (news) => {
      if (news === 'stopped') this.restart('it was stopped');
    });
    this.await(child, QUICK);
  }

  private listen({ stdout, stderr }: ChildProcess): void {
    const lines = new Lines();
    stdout?.setEncoding('utf8').on('data', (piece: string) => {
      const taken = lines.take(piece);
      this.options.onLines(taken.lines);
      if (taken.lost) this.lose('said more than a line holds');
    });
    stderr?.setEncoding('utf8').on('data', (piece: string) => {
      if (LOST.test(piece)) this.lose('lost events');
      else this.said = piece.trim().slice(0, 500);
    });
  }

  /**
   * Events are missing. The kernel says so when the first is; until all that waits was taken it throws away more, and
   * does not say it again.
   */
  lose(what: string): void {
    if (this.draining !== undefined) return;
    this.options.entry.says(what);
    this.drain(`${this.options.entry.name} ${what}`, this.child, { bytes: 0, drops: -1 });
  }

  private drain(
    why: string,
    child: ChildProcess | undefined,
    before: { readonly bytes: number; readonly drops: number },
  ): void {
    const backlog = backlogOf(child?.pid ?? 0);
    if (backlog.bytes === 0 && before.bytes === 0 && backlog.drops === before.drops) {
      this.draining = undefined;
      this.options.onLost(why);
    } else {
      this.draining = setTimeout(() => this.drain(why, child, backlog), DRAIN);
    }
  }

  private stopDraining(): void {
    clearTimeout(this.draining);
    this.draining = undefined;
  }

  /** Waits until it hears events. */
  private await(child: ChildProcess, wait: number): void {
    if (this.child !== child || this.closing) return;
    if (isListening(child.pid ?? 0)) void this.begin(child);
    else this.timer = setTimeout(() => this.await(child, Math.min(SLOW, wait * 1.5)), wait);
  }

  private async begin(child: ChildProcess): Promise<void> {
    const { entry, onBegin, onLost } = this.options;
    await onBegin?.();
    if (this.child !== child || this.closing) return;
    const again = this.missed;
    this.missed = false;
    entry.runs(again ? { what: 'runs again' } : {});
    if (again) onLost(`${entry.name} has just begun`);
    for (const tell of this.firsts.splice(0)) tell();
  }

  private end(child: ChildProcess, how: string): void {
    if (this.child !== child) return;
    if (child.pid !== undefined) this.options.processes.forget(child.pid);
    clearTimeout(this.timer);
    this.stopDraining();
    this.child = undefined;
    if (this.closing) {
      this.ended?.();
      return;
    }
    this.missed = true;
    if (performance.now() - this.begun > A_WHILE) this.delay = SOON;
    const why = this.said === '' ? how : this.said;
    this.options.entry.fails(
      why,
      `${how}${this.said === '' ? '' : `: ${this.said}`}; it is started again in ${this.delay / 1000} s`,
    );
    this.timer = setTimeout(() => this.start(), this.delay);
    this.delay = Math.min(LATE, this.delay * 2);
  }
}
