// bench/held.ts — a host in a throw-away namespace that a watch holds to its spec: damages it, and times how long each
// damage lasts.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { edited } from '../src/core/lines.ts';
import type { Op } from '../src/core/resource.ts';
import type { Phases } from '../src/report/watch-events.ts';
import { Lab, must, spawn as run } from '../test/kernel/lab.ts';
import { RunningWatch } from '../test/kernel/watch/running.ts';
import { timed } from './clock.ts';
import { crowdedSpec, damagesOf } from './damages.ts';
import type { Damage } from './damages.ts';
import { rawOf } from './raw.ts';
import { opsTowards } from './site.ts';

/**
 * Milliseconds of one repair, from the start of the foreign command: as it was seen, and as the watch says by its
 * clock.
 */
export interface Lasted {
  readonly seen: number;
  readonly said: number;
  /** Something was tried in vain first. */
  readonly failed: boolean;
  /** Of the watch's last apply for it. */
  readonly seconds: Partial<Phases>;
}

/** Milliseconds. */
const PATIENCE = 60_000;
/** Milliseconds in which what follows a repair is still counted to it. */
const AFTER = 40;

export class HeldHost {
  readonly damages: readonly Damage[];
  readonly rules: number;
  private readonly lab = new Lab();
  private readonly spec: string;
  private readonly ears: Readonly<Record<'ip' | 'nft', Ear>>;
  private readonly children: ChildProcess[] = [];
  private watch: RunningWatch | undefined;

  constructor(count: number) {
    const guest = this.lab.namespace('vm-1');
    this.spec = crowdedSpec(guest, count);
    must(this.lab.netctl(['apply', '--yes'], { spec: this.spec }));
    this.rules = this.lab.rules().filter((line) => line.startsWith('-A ')).length;
    const window = (netns: string): number => this.start(['ip', 'netns', 'exec', netns, 'sleep', 'infinity']).pid ?? 0;
    this.ears = {
      ip: new Ear(
        this.start([
          'ip',
          '-n',
          this.lab.host,
          '-rcvbuf',
          '8388608',
          '-o',
          'monitor',
          'label',
          'link',
          'address',
          'route',
        ]),
      ),
      nft: new Ear(this.start(['ip', 'netns', 'exec', this.lab.host, 'nft', 'monitor'])),
    };
    const windows = { host: window(this.lab.host), guest: window(guest) };
    // They enter their namespaces by themselves, at once.
    run(['sleep', '1']);
    this.damages = damagesOf(this.lab, guest, windows);
  }

  /** Milliseconds of the raw commands that undo a damage, while nobody holds the host: made of netctl's own plan. */
  async raw(damage: Damage, rounds: number): Promise<readonly number[]> {
    const directory = this.lab.path(`raw-${this.damages.indexOf(damage)}`);
    mkdirSync(directory);
    this.lab.write('spec.yaml', this.spec);
    const times: number[] = [];
    let file: string | undefined;
    for (let round = 0; round < rounds; round++) {
      must(run(damage.argv()));
      file ??= await this.scriptFor(directory);
      times.push(timed(['ip', 'netns', 'exec', this.lab.host, 'sh', '-e', file]));
    }
    return times;
  }

  expectSettled(): void {
    must(this.lab.netctl(['plan', '--detailed-exitcode'], { spec: this.spec }));
  }

  async hold(): Promise<void> {
    this.watch = new RunningWatch(this.lab);
    await this.watch.says('ready');
  }

  async damage({ name, argv, undone: { holds, heard } }: Damage): Promise<Lasted> {
    const watch = this.held();
    const told = watch.said.length;
    const ear = heard === undefined ? undefined : this.ears[heard.monitor];
    ear?.listenFor(heard?.line);
    const command = argv();
    const [clock, began] = [Date.now(), performance.now()];
    const child = this.start(command, 'ends');
    let [broken, since] = [false, undefined as number | undefined];
    const isOver = (): boolean => {
      const isSo = holds?.() ?? true;
      if (!isSo) [broken, since] = [true, undefined];
      else if (broken) since ??= performance.now();
      return (
        child.exitCode === 0 &&
        (holds === undefined || since !== undefined) &&
        (ear === undefined || ear.times >= (heard?.times ?? 1))
      );
    };
    const applied = (): (typeof watch.said)[number] | undefined =>
      watch.said.slice(told).findLast(({ event, settled }) => event === 'applied' && settled === true);
    await until(() => isOver() && applied() !== undefined, `${name} is undone`);
    for (const quiet = performance.now() + AFTER; performance.now() < quiet || !isOver();) await sleep(1);
    const last = applied();
    const seconds = (last?.['seconds'] ?? {}) as Partial<Phases>;
    const wrong = watch.said
      .slice(told)
      .filter(({ event }) => ['drift-conflict', 'failed', 'obstacle'].includes(event));
    if (wrong.some(({ event }) => event === 'drift-conflict'))
      throw new Error(`${name} was taken for a drift conflict`);
    return {
      failed: wrong.length > 0,
      seen: Math.max(since ?? 0, ear?.last ?? 0) - began,
      said: Date.parse(String(last?.['time'])) - (seconds.verify ?? 0) * 1000 - clock,
      seconds,
    };
  }

  /** Seconds of processor time that the watch and what it started used while nothing happened, by how many seconds. */
  async idle(seconds: number): Promise<number> {
    await sleep(10_000);
    const before = this.used();
    await sleep(seconds * 1000);
    return (this.used() - before) / seconds;
  }

  /** Two busy processes, and a flood of pings from the world behind the uplink. */
  load(): { end(): void } {
    const busy = [
      this.start(['sh', '-c', 'while :; do :; done'], 'ends'),
      this.start(['sh', '-c', 'while :; do :; done'], 'ends'),
      this.start(['ip', 'netns', 'exec', this.lab.world, 'ping', '-q', '-f', '203.0.113.11'], 'ends'),
    ];
    return {
      end: () => {
        for (const one of busy) one.kill('SIGKILL');
      },
    };
  }

  async close(): Promise<void> {
    await this.watch?.end();
    for (const child of this.children) child.kill('SIGKILL');
    this.lab.close();
  }

  private held(): RunningWatch {
    if (this.watch === undefined) throw new Error('nobody holds the host');
    return this.watch;
  }

  private async scriptFor(directory: string): Promise<string> {
    const paths = { state: this.lab.state('').replace(/\/$/, ''), run: this.lab.run('').replace(/\/$/, '') };
    const ops = await opsTowards(this.spec, this.lab.host, paths);
    const textAfter = (op: Extract<Op, { op: 'write' | 'edit' }>): string =>
      op.op === 'write' ? op.text : edited(readFileSync(op.path, 'utf8'), op);
    const { inputs, script } = rawOf(ops, { directory, bookkeeping: paths.run, textAfter });
    const at = directory.slice(this.lab.directory.length + 1);
    for (const [name, text] of Object.entries(inputs)) this.lab.write(`${at}/${name}`, text);
    return this.lab.write(`${at}/script`, script);
  }

  /** Seconds so far, also of what has ended. */
  private used(): number {
    const { pid } = this.held();
    return (
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((name) => ticksOf(Number(name), pid))
        .reduce((a, b) => a + b, 0) / 100
    );
  }

  private start([tool = '', ...args]: readonly string[], ends?: 'ends'): ChildProcess {
    const child = spawn(tool, args, { stdio: ['ignore', ends === undefined ? 'pipe' : 'ignore', 'ignore'] });
    if (ends === undefined) this.children.push(child);
    return child;
  }
}

/** Hears when a monitor says such a line. */
class Ear {
  times = 0;
  last = 0;
  private line: RegExp | undefined;
  private carry = '';

  constructor({ stdout }: ChildProcess) {
    stdout?.setEncoding('utf8').on('data', (piece: string) => {
      const lines = `${this.carry}${piece}`.split('\n');
      this.carry = lines.pop() ?? '';
      for (const line of lines)
        if (this.line?.test(line) === true) [this.times, this.last] = [this.times + 1, performance.now()];
    });
  }

  listenFor(line: RegExp | undefined): void {
    [this.line, this.times, this.last] = [line, 0, 0];
  }
}

async function until(isSo: () => boolean, what: string, patience = PATIENCE): Promise<void> {
  for (const began = performance.now(); performance.now() - began < patience;) {
    if (isSo()) return;
    await sleep(1);
  }
  throw new Error(`waited in vain until ${what}`);
}

/** Of the watch, what it has waited for, and its monitors. */
function ticksOf(pid: number, watch: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [own, ended] = [(fields[11] ?? 0) + (fields[12] ?? 0), (fields[13] ?? 0) + (fields[14] ?? 0)];
    return pid === watch ? own + ended : fields[1] === watch ? own : 0;
  } catch {
    return 0;
  }
}
