// test/kernel/safe/dared.ts — an apply that has to be confirmed, on a lab's host, under an operator whom it may cut
// off: what is done to it, and what comes of it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Generation, Pending } from '../../../src/generations/model.ts';
import { Lab, must } from '../lab.ts';
import { textOf } from '../of-process.ts';
import { below, ipAtMoments, linkAt, send, streamOf } from './dared-tools.ts';

/** Where the operator comes from, behind the router that the host's uplink leads to. */
const OPERATOR = { peer: '198.51.100.7', port: 50_022, host: '203.0.113.11' } as const;
export const SSH_CONNECTION = `${OPERATOR.peer} ${OPERATOR.port} ${OPERATOR.host} 22`;

/** Of what runs netctl. */
export type By = 'itself' | 'shell' | 'terminal' | 'pipes that close' | '/dev/full';

/** When something is done to it: around the n-th tool that changes the host in this phase, or once it waits. */
export type Moment =
  | 'waiting'
  | { readonly phase: Exclude<Pending['phase'], 'waiting'>; readonly tool: number; readonly side: 'before' | 'after' };

export interface Ended {
  /** Exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly said: string;
}

/** Milliseconds that anything may take before a test gives it up. */
const PATIENCE = 120_000;

export class Dared {
  readonly lab = new Lab();
  /** When it is rolled back at the latest, in seconds of the machine's uptime; known once it is armed. */
  until: number | undefined;
  /** Since when the operator can come in, and since when not. */
  readonly turns: { readonly isIn: boolean; readonly since: number }[] = [];
  private readonly own: ChildProcess[] = [];
  private readonly answers: string[] = [];
  private operator: ChildProcess | undefined;
  private child: ChildProcess | undefined;
  private ended: Ended | undefined;
  private said = '';

  /** `gateway: false`: the host has a way to the operator, and no default route that could be asked. */
  constructor({ gateway = false }: { readonly gateway?: boolean } = {}) {
    const { lab } = this;
    lab.ip(lab.world, `address add ${OPERATOR.peer}/32 dev lo`);
    // A neighbour that was lost is looked for again at once: it is netctl that is measured.
    for (const [namespace, link] of [
      [lab.world, 'far1'],
      [lab.host, 'eth1'],
    ] as const)
      must(lab.in(namespace, ['sysctl', '-q', '-w', `net.ipv4.neigh.${link}.retrans_time_ms=50`]));
    must(lab.in(lab.world, ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']));
    if (!gateway) {
      lab.ip(lab.host, 'route del default');
      lab.ip(lab.host, 'route add 198.51.0.0/16 via 203.0.113.1');
      lab.ip(lab.host, 'route add 192.0.2.0/24 via 203.0.113.2 metric 50');
    }
    for (const name of ['tools', 'orders']) mkdirSync(lab.path(name));
    const ip = must(lab.in(lab.host, ['sh', '-c', 'command -v ip'])).out.trim();
    chmodSync(lab.write('tools/ip', ipAtMoments(lab, ip)), 0o755);
  }

  /** The operator is in, and a server lets him. */
  async begin(): Promise<void> {
    const { lab } = this;
    const server = this.runs(lab.host, ['perl', 'test/kernel/safe/sshd.pl']);
    await new Promise<void>((resolve) => {
      createInterface({ input: streamOf(server) }).once('line', () => {
        resolve();
      });
    });
    this.operator = this.runs(lab.world, [
      'perl',
      'test/kernel/safe/operator.pl',
      OPERATOR.peer,
      String(OPERATOR.port),
      OPERATOR.host,
    ]);
    createInterface({ input: streamOf(this.operator) }).on('line', (line) => {
      const [what = '', of = ''] = line.split(' ');
      if (what === 'session') this.answers.push(of);
      else this.turns.push({ isIn: what === 'in', since: Number(of) });
    });
    await this.waitFor(() => this.turns.at(-1)?.isIn === true, 'the operator is in');
  }

  /** What is done when the moment comes; words as in deeds.pl, or one of the tool that is run then. */
  ordered(moment: Moment, deed: readonly string[] | 'the tool hangs' | 'the tool is stopped'): void {
    const { lab } = this;
    if (moment === 'waiting') return;
    const commands = { 'the tool hangs': 'exec sleep 600', 'the tool is stopped': 'kill -STOP $$' } as const;
    lab.write('orders/deed', `${typeof deed === 'string' ? commands[deed] : this.deedOf(deed).join(' ')}\n`);
    lab.write('orders/moment', `${moment.tool} ${moment.side} ${moment.phase}\n`);
  }

  /** Does it by a process that waits for nobody: words as in deeds.pl. */
  do(deed: readonly string[]): void {
    const [program = '', ...rest] = this.deedOf(deed);
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.own.push(child);
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.until = (JSON.parse(line) as Pending).until ?? this.until;
    });
  }

  /** Runs netctl, and returns at once. */
  start(args: readonly string[], by: By, spec: string, env: Readonly<Record<string, string>> = {}): void {
    const { lab } = this;
    const argv = [...lab.command(), ...lab.argumentsFor(args, spec)];
    const [program = '', ...rest] =
      by === 'shell'
        ? ['sh', '-c', '"$@"; exit $?', 'sh', ...argv]
        : by === 'terminal'
          ? ['script', '-qefc', `trap : INT; ${argv.join(' ')}; exit $?`, '/dev/null']
          : argv;
    const full = by === '/dev/full' ? openSync('/dev/full', 'w') : undefined;
    const child = spawn(program, rest, {
      detached: true,
      stdio: [by === 'terminal' ? 'pipe' : 'ignore', full ?? 'pipe', full ?? 'pipe'],
      env: {
        ...process.env,
        SSH_CONNECTION: '',
        SSH_CLIENT: '',
        PATH: `${lab.path('tools')}:${process.env['PATH'] ?? ''}`,
        ...env,
      },
    });
    if (full !== undefined) closeSync(full);
    lab.write('orders/started', String(child.pid));
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.said += text;
      });
    if (by === 'pipes that close') for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    child.once('exit', (code, signal) => {
      this.ended = {
        code: code ?? signal ?? 'gone',
        get said() {
          return '';
        },
      };
    });
    this.child = child;
    this.own.push(child);
  }

  /** Whoever was stopped, below whatever started it. */
  goOn(): void {
    const words = this.lab.path('state');
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      if (textOf(`/proc/${pid}/cmdline`).includes(words)) send(Number(pid), 'SIGCONT');
  }

  /** Types a line where it runs in a terminal. */
  type(text: string): void {
    this.child?.stdin?.write(text);
  }

  async end(): Promise<Ended> {
    const { code } = await this.waitFor(() => this.ended, 'netctl ends');
    // What it said last may still be on its way.
    await sleep(20);
    return { code, said: this.said };
  }

  async says(text: string): Promise<void> {
    await this.waitFor(() => this.said.includes(text), `it says ${text}`);
  }

  /** The time in which it could be confirmed. */
  async isOver(): Promise<void> {
    const until = this.pending()?.until ?? 0;
    await this.waitFor(() => Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]) > until, 'the time is over');
  }

  pending(): Pending | undefined {
    try {
      return JSON.parse(readFileSync(this.lab.state('pending.json'), 'utf8')) as Pending;
    } catch {
      return undefined;
    }
  }

  /** Nothing is to be decided any more, and nobody who would do it is left. */
  async settled(): Promise<void> {
    await this.waitFor(
      () => this.pending() === undefined && existsSync(this.lab.state('generations/1')) && this.guards().length === 0,
      'all is decided, and nobody is left',
    );
  }

  /** Of all who say something into the log of one of its guards. */
  guards(): readonly number[] {
    const below = this.lab.state('generations/');
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && linkAt(`/proc/${name}/fd/1`).startsWith(below))
      .map(Number);
  }

  /** What still holds the lock. */
  holders(): readonly string[] {
    return readdirSync('/proc').filter(
      (name) => /^\d+$/.test(name) && linkAt(`/proc/${name}/fd/3`) === this.lab.run('lock'),
    );
  }

  /** Whether the long session goes on, once the kernel has sent anew what was lost. */
  async session(): Promise<string> {
    const [before] = [this.answers.length];
    this.operator?.stdin?.write('?\n');
    return await this.waitFor(() => this.answers[before], 'the session answers');
  }

  outcome(): Generation['outcome'] | undefined {
    const { generations } = JSON.parse(must(this.lab.netctl(['history', '-o', 'json'], { spec: null })).out) as {
      readonly generations: readonly Generation[];
    };
    return generations.at(-1)?.outcome;
  }

  /** The host as its tools show it, to the byte; counters, generations and the lock aside. */
  reading(): string {
    const { lab } = this;
    const rules = must(lab.in(lab.host, ['iptables-save']))
      .out.replaceAll(/^#.*\n/gm, '')
      .replaceAll(/\[\d+:\d+\]/g, '');
    const files = [lab.path('state'), lab.path('run')]
      .flatMap((top) => below(top))
      .filter(([path]) => !path.startsWith(lab.state('generations/')) && path !== lab.run('lock'));
    return [
      rules,
      must(lab.in(lab.host, ['ip', 'addr'])).out,
      must(lab.in(lab.host, ['ip', 'route'])).out,
      must(lab.in(lab.host, ['ip', '-6', 'route'])).out,
      must(lab.in(lab.host, ['sysctl', 'net.ipv4.ip_forward'])).out,
      ...files.map(([path, text]) => `${path}\n${text}`),
      ...lab
        .processes()
        .map(({ command }) => command)
        .sort(),
    ].join('\n');
  }

  close(): void {
    for (const pid of [...this.guards(), ...this.own.map(({ pid }) => pid ?? 0)]) send(pid, 'SIGKILL');
    this.lab.close();
  }

  async waitFor<T>(of: () => T | undefined | false, what: string): Promise<T> {
    for (const began = performance.now(); performance.now() - began < PATIENCE;) {
      const found = of();
      if (found !== undefined && found !== false) return found;
      await sleep(10);
    }
    throw new Error(`waited in vain until ${what}; netctl said:\n${this.said}\n${this.guardLog()}`);
  }

  guardLog(): string {
    return below(this.lab.path('state'))
      .filter(([path]) => path.endsWith('guard.log'))
      .map(([, text]) => text)
      .join('\n');
  }

  private deedOf(words: readonly string[]): readonly string[] {
    return [
      'perl',
      `${process.cwd()}/test/kernel/safe/deeds.pl`,
      this.lab.state('').replace(/\/$/, ''),
      this.lab.path('orders/started'),
      ...words,
    ];
  }

  private runs(namespace: string, argv: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', namespace, ...argv], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.own.push(child);
    return child;
  }
}
