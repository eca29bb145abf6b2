// test/kernel/safe/failing.ts — a host on which an apply is dared while its calls fail, and whether what it then says
// is true.
import { appendFileSync, closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { before, newest } from '../../../src/generations/model.ts';
import type { Generation } from '../../../src/generations/model.ts';
import { Lab, must, spawn } from '../lab.ts';
import type { Ended } from '../lab.ts';
import { Calls, reads } from './calls.ts';
import type { Call, Failing } from './calls.ts';
import { specOf } from './specs.ts';
import { differencesOf, unnumbered, wholeOf } from './whole.ts';
import type { Whole } from './whole.ts';

export const SEED = env['NETCTL_SEED'] ?? 'failures';
export const ALL = env['NETCTL_FAILURES'] === 'all';
/** A file that each run is told in. */
const LOG = env['NETCTL_FAILURES_LOG'];
/** Milliseconds: long enough for a tool that is only slow, on a machine that is busy. */
const LIMIT = 3_000;

export const ATOMIC: readonly string[] = ['apply', '--atomic', '--allow-mass-delete'];

export interface Ordered {
  readonly number: number;
  readonly how: Failing;
  /** Every one from there on. */
  readonly forever?: true;
}

export interface Tried {
  readonly ended: Ended;
  readonly made: readonly Call[];
}

/** What became of all runs. */
export interface Tally {
  runs: number;
  failed: number;
  readonly codes: Map<string, number>;
  readonly why: Map<string, number>;
}

export class FailingHost {
  readonly lab = new Lab();
  readonly calls = new Calls(this.lab);
  readonly guests: readonly string[];
  readonly tally: Tally = { runs: 0, failed: 0, codes: new Map(), why: new Map() };

  constructor(guests: readonly string[] = ['g1', 'g2']) {
    this.guests = guests.map((name) => this.lab.namespace(name));
    this.lab.ip(this.lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
    this.lab.ip(this.lab.host, 'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50');
    this.lab.ip(this.lab.host, 'address add 198.51.100.11/24 brd + dev eth2');
  }

  spec(text: string): string {
    return specOf(text, this.guests);
  }

  look(): Whole {
    return wholeOf(this.lab, this.guests);
  }

  /** Without any failure; says how the host is then. */
  settle(spec: string): Whole {
    this.calls.reset();
    must(this.lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: this.spec(spec), env: this.calls.env }));
    return this.look();
  }

  /** `to`: what it leads to, where it succeeds. */
  dare(to: string, orders: readonly Ordered[], how: readonly string[] = ATOMIC): Tried {
    this.calls.reset();
    for (const { number, how, forever } of orders) {
      if (forever) this.calls.failFrom(number, how);
      else this.calls.fail(number, how);
    }
    const hangs = orders.some(({ how }) => how.startsWith('hangs'));
    const spec = this.spec(to);
    this.lab.write('spec.yaml', spec);
    const ended = this.lab.netctl([...how, '--yes'], {
      spec: how[0] === 'rollback' ? null : spec,
      env: { ...this.calls.env, ...(hangs ? { NETCTL_COMMAND_LIMIT: String(LIMIT) } : {}) },
      // It may be stopped.
      spawns: true,
    });
    return { ended, made: this.calls.all() };
  }

  /** The number of the generation that a rollback goes back to. */
  former(): number | undefined {
    const { generations } = JSON.parse(must(this.lab.netctl(['history', '-o', 'json'], { spec: null })).out) as {
      readonly generations: readonly Generation[];
    };
    const last = newest(generations);
    return last === undefined ? undefined : before(last, generations)?.number;
  }

  /** Processes that look after a generation of this lab, or that it left behind. */
  guards(): readonly string[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
          const isOurs =
            readlinkSync(`/proc/${pid}/fd/1`).startsWith(this.lab.directory) || line.includes(this.lab.directory);
          return isOurs && !/^udhcpc |^dnsmasq |\/dnsmasq /.test(line) ? [`${pid} ${line}`] : [];
        } catch {
          return [];
        }
      });
  }

  /**
   * What of it is not true; and whether the host is as before. `goal`: how it was to be, where what failed was a way
   * back.
   */
  async judge(
    { ended: { code: ended, err }, made }: Tried,
    before: Whole,
    orders: readonly Ordered[],
    goal = before,
  ): Promise<{ readonly wrong: readonly string[]; readonly isBefore: boolean }> {
    const failed = made.filter((call) =>
      orders.some(({ number, forever }) => call.number === number || (forever && call.number > number)),
    );
    this.tally.runs++;
    this.tally.failed += failed.length;
    // Stopped before it could heed that.
    const code = ended ?? (orders.some(({ how }) => how === 'stops netctl') ? 143 : undefined);
    count(this.tally.codes, String(code));
    const wrong: string[] = [];
    if (/\n {4}at /.test(err)) wrong.push('a stack trace');
    const left = await soon(
      () => this.guards(),
      (all) => all.length === 0,
    );
    if (left.length > 0) wrong.push(`left behind: ${left.join(', ')}`);
    if (existsSync(this.lab.state('pending.json'))) wrong.push('pending.json is there');
    if (existsSync(this.lab.run('lock')) && !this.isFree()) wrong.push('the lock is held');
    const look = (): readonly string[] => differencesOf(before, this.look());
    // A signal may come when all is done.
    const isSettled =
      (code === 0 || code === 143) && this.lab.netctl(['plan', '-o', 'json']).out.includes('"changes": []');
    const unlike =
      isSettled || code === 0
        ? look()
        : code === 4
          ? differencesOf(goal, this.look())
          : await soon(look, (all) => all.length === 0);
    const isBefore = code !== 0 && code !== 4 && unlike.length === 0;
    switch (code) {
      case 0:
        if (!isSettled) wrong.push('not settled', ...unlike);
        // A look that failed once was made again, and whatever a way back takes.
        if (goal === before && !failed.every((call) => reads(call) || /^(ping|nft) /.test(call.command)))
          wrong.push('0');
        break;
      case 143:
        if (!isSettled && unlike.length > 0) wrong.push('neither settled nor as it was', ...unlike);
        break;
      case 1:
      case 69:
      case 3:
      case 5:
        wrong.push(...unlike);
        break;
      case 4: {
        const why = /What is not as it was:\n((?: {2}.*\n)*)/.exec(err)?.[1]?.trim().split('\n') ?? [];
        for (const line of why) count(this.tally.why, line.replaceAll(/\d+/g, 'N').trim());
        if (why.length === 0) wrong.push('4 without a reason');
        if (/would still be to be done|is kept otherwise/.test(err) && !err.includes('by hand it would take:'))
          wrong.push('4 without a way');
        if (unlike.length === 0 && !err.includes('could not be looked at')) wrong.push('4, and it is as it was');
        wrong.push(...this.byHand(err, goal));
        break;
      }
      case undefined:
      default:
        wrong.push(`exit code ${code ?? 'none'}`);
    }
    return { wrong, isBefore };
  }

  private isFree(): boolean {
    const lock = openSync(this.lab.run('lock'), 'a');
    try {
      return spawn(['flock', '-n', this.lab.run('lock'), 'true']).code === 0;
    } finally {
      closeSync(lock);
    }
  }

  /** What is still wrong when the commands were run that the operator was given. */
  private byHand(err: string, before: Whole): readonly string[] {
    const script = /^by hand it would take:\n([^]*)$/m.exec(err)?.[1];
    if (script === undefined) return [];
    // A tool calls itself as it was called.
    this.calls.reset();
    const ran = spawn(['sh'], { input: script, env: this.calls.env });
    const unlike = differencesOf(unnumbered(before), unnumbered(this.look()));
    return unlike.length === 0 ? [] : [`by hand (${ran.code}: ${ran.err.trim()}):\n${script}`, ...unlike];
  }
}

/** Some moments for what goes on by itself: a carrier, a guard that sees that all is decided. */
export async function soon<T>(look: () => T, isRight: (seen: T) => boolean, patience = 5_000): Promise<T> {
  for (const began = performance.now(); ;) {
    const seen = look();
    if (isRight(seen) || performance.now() - began > patience) return seen;
    await sleep(50);
  }
}

export function tell(text: string): void {
  if (LOG !== undefined) appendFileSync(LOG, `${text}\n`);
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

export function told(orders: readonly Ordered[], { ended, made }: Tried): string {
  const said = orders.map(
    ({ number, how, forever }) =>
      `${number}${forever ? ' and all after it' : ''} ${how}: ${made.find((call) => call.number === number)?.command.slice(0, 200) ?? 'was not made'}`,
  );
  return `${said.join('; ')}\nexit code ${ended.code}\n${ended.err}`;
}
