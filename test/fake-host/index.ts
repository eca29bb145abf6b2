// test/fake-host/index.ts — a host in memory: speaks to netctl as the Linux driver does, and can lose power between any
// two effects.
import { edited } from '../../src/core/lines.ts';
import { DriverError } from '../../src/core/resource.ts';
import type { Driver, Op, Running } from '../../src/core/resource.ts';
import { Files } from './files.ts';
import { Processes } from './processes.ts';
import type { Daemon } from './processes.ts';
import type { Call, Tool } from './tool.ts';

export interface Inside {
  /** By the first word of the command. */
  readonly tools: Readonly<Record<string, Tool>>;
  readonly daemons?: Readonly<Record<string, Daemon>>;
  readonly files?: Files;
  /** Which namespace has a name; without one, the host's. */
  readonly networkOf?: (netns: string | undefined) => unknown;
}

/** Thrown instead of the effect that the power did not last for. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

/**
 * An effect is what happens whole or not at all: a line of a batch, a table of an iptables-restore, any other run, a
 * file written or removed, a daemon started, a signal.
 */
export class FakeHost implements Driver {
  readonly disk: Files;
  readonly daemons: Processes;
  /** Ops performed, failed ones included: what an apply sends to the host. */
  ops = 0;
  /** Effects of those. */
  effects = 0;
  private readonly tools: Readonly<Record<string, Tool>>;
  private powerUntil = Infinity;
  private failsAt = Infinity;

  constructor({ tools, daemons = {}, files = new Files(), networkOf }: Inside) {
    this.tools = tools;
    this.disk = files;
    this.daemons = new Processes(daemons, networkOf);
  }

  /** Lets the power fail after so many more effects. It is back at once for whoever comes next. */
  killAfter(effects: number): void {
    this.powerUntil = this.effects + effects;
  }

  /** Lets an effect fail: 1 is the next. */
  failAt(effect: number): void {
    this.failsAt = this.effects + effect;
  }

  async read(argv: readonly string[], netns?: string): Promise<string> {
    const { exitCode, stdout, stderr } = this.toolOf(argv).run({ argv, ...(netns === undefined ? {} : { netns }) });
    if (exitCode !== 0) throw new DriverError(argv.join(' '), { exitCode, stderr });
    return Promise.resolve(stdout);
  }

  async files(directory: string): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(this.disk.below(directory));
  }

  async processes(having: string, netns?: string): Promise<readonly Running[]> {
    return Promise.resolve(this.daemons.having(having, netns));
  }

  invalidate(): void {
    // Nothing is remembered here.
  }

  async perform(op: Op): Promise<void> {
    this.ops++;
    for (const { effect, line } of this.effectsOf(op)) this.take(op, line, effect);
    return Promise.resolve();
  }

  private take(op: Op, line: number | undefined, effect: () => void): void {
    if (this.effects >= this.powerUntil) {
      this.powerUntil = Infinity;
      throw new PowerCut(`after ${this.effects} effects, before ${JSON.stringify(op)}`);
    }
    this.effects++;
    if (this.effects === this.failsAt) {
      this.failsAt = Infinity;
      throw new DriverError(commandOf(op, line), { exitCode: 1, stderr: 'it was to fail', line });
    }
    effect();
  }

  private effectsOf(op: Op): readonly { readonly effect: () => void; readonly line?: number }[] {
    switch (op.op) {
      case 'batch':
        return op.lines.map((text, line) => ({
          line,
          effect: () => this.call({ argv: op.tool, stdin: `${text}\n`, ...inNetns(op) }, line),
        }));
      case 'run':
        return partsOf(op).map((stdin) => ({ effect: () => this.run(op, stdin) }));
      case 'write':
        return [{ effect: () => this.disk.write(op.path, op.text, op.mode, op.directoryMode) }];
      case 'edit':
        return [{ effect: () => this.disk.write(op.path, edited(this.disk.read(op.path) ?? '', op), op.mode) }];
      case 'remove':
        return [{ effect: () => this.disk.remove(op.path) }];
      case 'start':
        return [{ effect: () => this.start(op) }];
      case 'signal':
        return [{ effect: () => this.daemons.signal(op.pidFile, op.signal) }];
    }
  }

  private run({ argv, until, netns }: Extract<Op, { op: 'run' }>, stdin: string | undefined): void {
    this.call({ argv, ...(stdin === undefined ? {} : { stdin }), ...(netns === undefined ? {} : { netns }) });
    const waitsFor = until !== undefined && this.disk.read(until.path)?.includes(until.lacks) === true;
    if (waitsFor) throw new DriverError(argv.join(' '), { stderr: `${until.lacks} is still in ${until.path}` });
  }

  private call(call: Call, line?: number): void {
    const { exitCode, stderr } = this.toolOf(call.argv).run(call);
    const command = call.argv.join(' ');
    if (exitCode !== 0)
      throw new DriverError(line === undefined ? command : `${command}: ${call.stdin?.trimEnd() ?? ''}`, {
        exitCode,
        stderr,
        line,
      });
  }

  private start({ argv, pidFile, before, netns }: Extract<Op, { op: 'start' }>): void {
    const started = this.daemons.start(argv, netns);
    if (typeof started === 'string') {
      const again = before === undefined ? '' : this.daemons.start(before, netns);
      if (typeof again === 'number') this.disk.write(pidFile, `${again}\n`, 0o644);
      throw new DriverError(argv.join(' '), {
        exitCode: 2,
        stderr: `${started}${typeof again === 'number' ? '\nthe one before runs again' : ''}`,
      });
    }
    this.disk.write(pidFile, `${started}\n`, 0o644);
  }

  private toolOf(argv: readonly string[]): Tool {
    const tool = this.tools[argv[0] ?? ''];
    if (tool === undefined) throw new Error(`the fake host knows no tool ${argv.join(' ')}`);
    return tool;
  }
}

/** As the Linux driver says it. */
function commandOf(op: Op, line: number | undefined): string {
  switch (op.op) {
    case 'batch':
      return `${op.tool.join(' ')}: ${op.lines[line ?? 0] ?? ''}`;
    case 'run':
    case 'start':
      return op.argv.join(' ');
    case 'write':
      return `write ${op.path}`;
    case 'edit':
      return `edit ${op.path}`;
    case 'remove':
      return `remove ${op.path}`;
    case 'signal':
      return `kill -${op.signal} the process with --pid-file=${op.pidFile}`;
  }
}

function inNetns({ netns }: { readonly netns?: string }): { readonly netns?: string } {
  return netns === undefined ? {} : { netns };
}

/** iptables-restore is atomic for each table only. */
function partsOf({ argv, stdin }: Extract<Op, { op: 'run' }>): readonly (string | undefined)[] {
  return /^ip6?tables-restore$/.test(argv[0] ?? '') && stdin !== undefined ? stdin.split(/(?<=^COMMIT\n)/m) : [stdin];
}
