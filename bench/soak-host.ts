// bench/soak-host.ts — the host of a soak: a lab with many instances and a watch on it, what is done to both, and what
// the watch costs meanwhile.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { specFor } from '../test/kernel/damages.ts';
import type { Damage } from '../test/kernel/damages.ts';
import { Lab, must } from '../test/kernel/lab.ts';
import type { Sample } from './soak-page.ts';
import { costOf, residentOf } from './process-cost.ts';

/** A deed, and the milliseconds until the host was right again; undefined: it was not in time. */
export interface Held {
  readonly name: string;
  readonly latency: number | undefined;
}

interface Line {
  readonly time: number;
  readonly event: string;
  readonly cause: string | undefined;
  readonly settled: boolean;
  readonly text: string;
}

/** Milliseconds. */
const PATIENCE = 60_000;
const POLL = 10;
/** A repair may have begun in the midst of a damage: until it has been quiet for so long, another may follow. */
const QUIET = 250;
const KEPT_LINES = 200;
const EXTRAS = 12;

export class SoakHost {
  readonly lab = new Lab();
  readonly guest = this.lab.namespace('vm-1');
  heldSpec: string;
  private readonly count: number;
  private readonly child: ChildProcess;
  private readonly lines: Line[] = [];
  private readonly metrics: string;
  private readonly extras = new Map<number, number>();
  private ended: string | undefined;

  constructor(count: number) {
    this.count = count;
    this.heldSpec = this.spec();
    this.lab.write('spec.yaml', this.heldSpec);
    this.metrics = this.lab.path('metrics.sock');
    const [node, program] = this.lab.command();
    this.child = spawn(
      node,
      [
        program,
        ...this.lab.argumentsFor(['watch', '-v', '--log-format', 'json', '--metrics-listen', `unix:${this.metrics}`]),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.child.once('exit', (code, signal) => {
      this.ended = `the watch ended with ${code ?? signal ?? 'nothing'}`;
    });
    if (this.child.stderr !== null)
      createInterface({ input: this.child.stderr }).on('line', (line) => {
        this.hear(line);
      });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async ready(): Promise<void> {
    await this.until(() => this.lines.find(({ event }) => event === 'ready'), PATIENCE);
  }

  snapshot(): string {
    return this.lab.snapshot();
  }

  /** Does damage, and waits until it is repaired. */
  async repairs(name: string, act: () => void): Promise<Held> {
    const began = Date.now();
    try {
      act();
    } catch {
      // Of two commands, the second may come when the first is repaired already.
    }
    const done = Date.now();
    const repaired = await this.until(() => {
      const last = this.lines.findLast(({ event, time }) => event === 'applied' && time >= began);
      return last?.settled === true && Date.now() - Math.max(last.time, done) > QUIET ? last : undefined;
    }, PATIENCE);
    return { name, latency: repaired === undefined ? undefined : Math.max(0, repaired.time - done) };
  }

  /**
   * Another spec: an instance more, one less, or one with another address. A bad one comes first where that is asked
   * for.
   */
  async respecify(random: () => number, bad: boolean): Promise<Held> {
    if (bad) {
      const began = Date.now();
      this.lab.write('spec.yaml', `${this.heldSpec}nonsense: true\n`);
      if (
        (await this.until(
          () => this.lines.find(({ event, time }) => event === 'spec-refused' && time >= began),
          PATIENCE,
        )) === undefined
      )
        return { name: 'a bad spec', latency: undefined };
    }
    const which = Math.floor(random() * EXTRAS);
    if (this.extras.has(which) && random() < 0.5) this.extras.delete(which);
    // An address of its own, and each time another.
    else this.extras.set(which, ((this.extras.get(which) ?? 0) + 1 + Math.floor(random() * 3)) % 4);
    return { name: bad ? 'a bad spec, then a good one' : 'a spec', latency: await this.hold(this.spec()) };
  }

  /** Gives it this spec, and says how long it took until that was so. */
  async hold(spec: string): Promise<number | undefined> {
    if (spec === this.heldSpec) return 0;
    this.heldSpec = spec;
    this.lab.write('spec.yaml', spec);
    const done = Date.now();
    const applied = await this.until(
      () =>
        this.lines.find(
          ({ event, cause, settled, time }) => event === 'applied' && cause === 'spec' && settled && time >= done - 1,
        ),
      PATIENCE,
    );
    return applied === undefined ? undefined : applied.time - done;
  }

  /** What befalls only a host of many. */
  damages(): readonly Damage[] {
    const ip = (words: string) => (): void => {
      this.lab.ip(this.lab.host, words);
    };
    return [
      ['the bridge of many deleted', ip('link del dev br-m0'), /br-m0/],
      ['a tap among many deleted', ip('link del dev tap-m-7'), /tap-m-7/],
      [
        'every file of many edited',
        () => {
          must(this.lab.in(this.lab.host, ['sh', '-c', `echo x >>${this.lab.state('networks/m0/hosts')}`]));
        },
        /file/,
      ],
    ];
  }

  async sample(minute: number): Promise<Sample> {
    await this.scrape();
    const own = costOf(this.pid);
    const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8')
      .split(' ')
      .filter((pid) => pid !== '')
      .map(Number);
    const theirs = children.map((pid) => costOf(pid));
    return {
      minute,
      rss: residentOf(this.pid),
      childRss: children.reduce((sum, pid) => sum + residentOf(pid), 0),
      descriptors: readdirSync(`/proc/${this.pid}/fd`).length,
      children: children.length,
      cpu: own.own + own.reaped + theirs.reduce((sum, one) => sum + one.own + one.reaped, 0),
      ownCpu: own.own,
      files: filesBelow(this.lab.state('')) + filesBelow(this.lab.run('')),
    };
  }

  /** What is not as it should be in the end. */
  wrong(first: string): readonly string[] {
    const status = this.lab.netctl(['status']);
    const plan = this.lab.netctl(['plan', '--detailed-exitcode']);
    return [
      ...(this.ended === undefined ? [] : [this.ended]),
      ...(status.code === 0 ? [] : [`status: exit code ${status.code ?? '?'}\n${status.out}${status.err}`]),
      ...(plan.code === 0 ? [] : [`plan: exit code ${plan.code ?? '?'}\n${plan.out}${plan.err}`]),
      ...differing(first, this.snapshot()),
    ];
  }

  lastWords(): string {
    return this.lines
      .slice(-20)
      .map((line) => line.text)
      .join('\n');
  }

  async close(): Promise<void> {
    if (this.ended === undefined) this.child.kill('SIGTERM');
    for (const began = performance.now(); this.ended === undefined && performance.now() - began < PATIENCE;)
      await sleep(POLL);
    this.lab.close();
  }

  private spec(): string {
    const instances = [
      ...Array.from(
        { length: this.count },
        (_, i) => `  m-${i}: { nics: [{ network: m0, floating: [{ pool: many }] }] }\n`,
      ),
      ...[...this.extras]
        .toSorted(([a], [b]) => a - b)
        .map(
          ([which, at]) =>
            `  x-${which}: { nics: [{ network: m0, address: 10.30.3.${10 + which * 4 + at}, floating: [198.18.3.${10 + which * 4 + at}] }] }\n`,
        ),
    ];
    const network =
      '  m0: { mode: flat-dhcp, bridge: br-m0, interface: null, cidr: 10.30.0.0/22 }\npools:\n  many: { ranges: [198.18.0.0/22] }\n';
    return specFor(this.guest).replace('pools:\n', network) + instances.join('');
  }

  private async until<T>(of: () => T | undefined, patience: number): Promise<T | undefined> {
    for (const began = performance.now(); performance.now() - began < patience;) {
      const found = of();
      if (found !== undefined) return found;
      if (this.ended !== undefined) throw new Error(`${this.ended}\n${this.lastWords()}`);
      await sleep(POLL);
    }
    return undefined;
  }

  private hear(line: string): void {
    const said: unknown = line.startsWith('{') ? JSON.parse(line) : {};
    const field = (name: string): unknown =>
      typeof said === 'object' && said !== null ? Object.entries(said).find(([key]) => key === name)?.[1] : undefined;
    const words = (name: string): string | undefined => {
      const value = field(name);
      return typeof value === 'string' ? value : undefined;
    };
    this.lines.push({
      time: Date.parse(words('time') ?? ''),
      event: words('event') ?? 'stray',
      cause: words('cause'),
      settled: field('settled') === true,
      text: line,
    });
    if (this.lines.length > KEPT_LINES) this.lines.splice(0, this.lines.length - KEPT_LINES);
  }

  /** As Prometheus would. */
  private async scrape(): Promise<void> {
    const asked = request({ socketPath: this.metrics, path: '/metrics', timeout: PATIENCE });
    await new Promise<void>((resolve) => {
      asked
        .on('error', (error) => {
          console.log(`/metrics: ${error.message}`);
        })
        .on('close', () => {
          resolve();
        });
      asked
        .on('response', (response) => {
          void text(response);
        })
        .end();
    });
  }
}

function filesBelow(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

/** So many lines of what differs are told. */
const MOST = 20;

function differing(first: string, last: string): readonly string[] {
  const [before, after] = [first, last].map((text) => new Set(text.split('\n')));
  const lines = [
    ...[...(before ?? [])].filter((line) => after?.has(line) !== true).map((line) => `- ${line}`),
    ...[...(after ?? [])].filter((line) => before?.has(line) !== true).map((line) => `+ ${line}`),
  ];
  return first === last
    ? []
    : [
        `the host is not what it was with the same spec at the start:\n${lines.slice(0, MOST).join('\n') || 'the same lines in another order'}`,
      ];
}
