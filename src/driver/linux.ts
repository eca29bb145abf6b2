// driver/linux.ts — the L3 driver: the one thing that touches the machine. It decides nothing.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError } from '../core/resource.ts';
import type { Driver, Op, Running } from '../core/resource.ts';
import { followNoLink } from '../durable/own.ts';
import { capture, change, launch } from './child.ts';
import type { Change } from './child.ts';
import { edit, contains, makeDirectory, readTree, remove, write } from './files.ts';
import { holderOf, isInUse, meaningOf, READ_HOLDERS } from './explain.ts';
import { inNamespace } from './namespace.ts';
import { endStranger, goOn, hangUp, having, processesIn, processTable, terminate } from './processes.ts';
import type { ProcessTable } from './processes.ts';

export interface LinuxOptions {
  /** The namespace that is taken for the host. An op's own namespace replaces it. */
  readonly netns?: string;
  /**
   * The lock's file descriptor. Every tool that changes something holds it too, so the lock is free only when the last
   * one has ended.
   */
  readonly holdLock?: () => number | undefined;
  /** Called with the number of each tool that changes something, when it has been started. */
  readonly onSpawn?: (pid: number, argv: readonly string[]) => void;
  /** Directories of netctl's own: no link below them is followed. */
  readonly own?: readonly string[];
  /** Milliseconds that a tool may still take; it is ended then. */
  readonly left?: () => number;
}

export function createLinuxDriver(options: LinuxOptions = {}): Driver {
  return new LinuxDriver(options);
}

const tell = { HUP: hangUp, TERM: terminate, CONT: goOn } as const;

class LinuxDriver implements Driver {
  private readonly options: LinuxOptions;
  private readonly printed = new Map<string, Promise<string>>();
  private readonly trees = new Map<string, ReadonlyMap<string, string>>();
  private running: ProcessTable | undefined;

  constructor(options: LinuxOptions) {
    this.options = options;
  }

  read(argv: readonly string[], netns = this.options.netns): Promise<string> {
    const command = inNamespace(argv, netns);
    const key = command.join('\0');
    const known = this.printed.get(key) ?? capture(command, undefined, this.left());
    this.printed.set(key, known);
    return known;
  }

  async files(directory: string): Promise<ReadonlyMap<string, string>> {
    const known = this.trees.get(directory) ?? this.tree(directory);
    this.trees.set(directory, known);
    return Promise.resolve(known);
  }

  async processes(text: string, netns?: string): Promise<readonly Running[]> {
    this.running ??= processTable();
    return Promise.resolve(
      netns === undefined ? having(this.running, text, this.options.netns) : processesIn(this.running, text, netns),
    );
  }

  invalidate(): void {
    this.printed.clear();
    this.trees.clear();
    this.running = undefined;
  }

  async perform(op: Op): Promise<void> {
    try {
      await this.do(op);
    } finally {
      this.invalidate();
    }
  }

  private async do(op: Op): Promise<void> {
    switch (op.op) {
      case 'batch':
        await this.batch(op);
        break;
      case 'run':
        await this.run(op);
        break;
      case 'write':
        this.guard(op.path, 'write');
        write(op);
        break;
      case 'edit':
        this.guard(op.path, 'edit');
        edit(op);
        break;
      case 'remove':
        this.guard(op.path, 'remove');
        remove(op.path);
        break;
      case 'start':
        this.guard(op.pidFile, 'write');
        await this.start(op).catch(async (error: unknown) => await this.refused(error));
        break;
      case 'signal':
        await tell[op.signal](op.pidFile);
        break;
    }
  }

  private tree(directory: string): ReadonlyMap<string, string> {
    this.guard(directory, 'read');
    return readTree(directory);
  }

  /** What has become a link leads to something of somebody's. */
  private guard(path: string, what: string): void {
    try {
      for (const top of this.options.own ?? []) followNoLink(path, top);
    } catch (error) {
      throw new DriverError(`${what} ${path}`, {
        stderr: error instanceof Error ? error.message : String(error),
        cause: error,
      });
    }
  }

  private async run({ argv, stdin, netns, until }: Extract<Op, { op: 'run' }>): Promise<void> {
    await change({ argv: this.argvIn(argv, netns), stdin, ...this.terms() });
    if (until === undefined) return;
    const { path, lacks } = until;
    if (!(await soon(() => !contains(path, lacks))))
      throw new DriverError(argv.join(' '), { stderr: `${lacks} is still in ${path}` });
  }

  private async batch({ tool, lines, netns }: Extract<Op, { op: 'batch' }>): Promise<void> {
    try {
      await change({
        argv: this.argvIn(tool, netns),
        stdin: lines.map((line) => `${line}\n`).join(''),
        ...this.terms(),
      });
    } catch (error) {
      if (!(error instanceof DriverError) || error.exitCode === undefined) throw error;
      const number = /^Command failed -:(\d+)$/m.exec(error.stderr)?.[1];
      if (number === undefined) throw error;
      const line = Number(number) - 1;
      const said = error.stderr.replace(/^Command failed -:\d+$/m, '').trim();
      const refused = lines[line] ?? '';
      const stderr = [said, meaningOf(refused, said) ?? ''].join('\n').trim();
      throw new DriverError(`${error.command}: ${refused}`, { exitCode: error.exitCode, stderr, line, cause: error });
    }
  }

  /**
   * Where the daemon does not start, the one before it does again: somebody may need it for more than what was to
   * change.
   */
  private async start({ argv, pidFile, before, netns }: Extract<Op, { op: 'start' }>): Promise<void> {
    try {
      await this.launch(argv, pidFile, netns);
    } catch (error) {
      if (before === undefined || !(error instanceof DriverError)) throw error;
      const said = await this.launch(before, pidFile, netns).then(
        () => 'the one before runs again',
        (failed: unknown) =>
          `the one before does not start again either: ${failed instanceof Error ? failed.message : String(failed)}`,
      );
      throw new DriverError(error.command, {
        exitCode: error.exitCode,
        stderr: `${error.stderr.trimEnd()}\n${said}`,
        cause: error,
      });
    }
  }

  /** Where a daemon's address is in use, with who has it: that may be a program that took it a moment ago. */
  private async refused(error: unknown): Promise<never> {
    if (!(error instanceof DriverError) || !isInUse(error.stderr)) throw error;
    const printed = await capture(this.argvIn(READ_HOLDERS), undefined, this.left()).catch(() => '');
    const holder = holderOf(error.stderr, printed);
    if (holder === undefined) throw error;
    throw new DriverError(error.command, {
      exitCode: error.exitCode,
      stderr: `${error.stderr.trimEnd()}\n${holder}`,
      cause: error,
    });
  }

  /** The daemon does not hold the lock: it is to stay. */
  private async launch(argv: readonly string[], pidFile: string, netns: string | undefined): Promise<void> {
    makeDirectory(dirname(pidFile));
    await launch(this.argvIn(argv, netns), this.left());
    if (!(await soon(() => existsSync(pidFile))))
      throw new DriverError(argv.join(' '), { stderr: `it has not written ${pidFile}` });
    const user = await endStranger(pidFile);
    if (user !== undefined)
      throw new DriverError(argv.join(' '), {
        stderr: `it runs as user ${user}, and not as root (\`user=\` in its configuration): netctl would not know it for its own, and has ended it`,
      });
  }

  private terms(): Pick<Change, 'hold' | 'onSpawn' | 'left'> {
    return { hold: this.options.holdLock?.(), onSpawn: this.options.onSpawn, left: this.left() };
  }

  private left(): number {
    return this.options.left?.() ?? Infinity;
  }

  private argvIn(argv: readonly string[], netns = this.options.netns): readonly string[] {
    return inNamespace(argv, netns);
  }
}

/** Milliseconds that a daemon may take to do what it was asked. */
const PATIENCE = 5_000;

async function soon(isSo: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < PATIENCE; waited += 5) {
    if (isSo()) return true;
    await sleep(5);
  }
  return false;
}
