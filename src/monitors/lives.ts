// monitors/lives.ts — which processes are gone, were stopped, or go on: looked up in /proc, since they are nobody's
// children that we could wait for.
import { closeSync, openSync, readSync } from 'node:fs';

export type News = 'gone' | 'stopped' | 'continued';

interface Life {
  /** Of its /proc/PID/stat: bound to this very process, whoever comes to bear its number. */
  readonly descriptor: number;
  stopped: boolean;
  readonly tell: (news: News) => void;
}

/** Of one core. Most of it is the waking up. */
const SHARE = 0.0022;
/** Milliseconds between two looks. */
const [LEAST, MOST] = [40, 250];
/**
 * Looks that are weighed together, and how many such weighings are remembered: the least of them is what a look costs
 * while nothing else goes on.
 */
const [WEIGHED, REMEMBERED] = [25, 8];

export class Lives {
  private readonly lives = new Map<number, Life>();
  private readonly buffer = Buffer.alloc(1024);
  private readonly costs: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private interval = 100;
  private looks = 0;
  private used = process.cpuUsage();

  /** Follows a process from here on; says whether it was there. One that is followed already stays with its teller. */
  follow(pid: number, tell: (news: News) => void): boolean {
    if (this.lives.has(pid)) return true;
    const descriptor = open(pid);
    if (descriptor === undefined) return false;
    this.lives.set(pid, { descriptor, stopped: this.stateOf(descriptor) === 'stopped', tell });
    this.timer ??= setTimeout(() => this.look(), this.interval);
    return true;
  }

  forget(pid: number): void {
    const life = this.lives.get(pid);
    if (life === undefined) return;
    closeSync(life.descriptor);
    this.lives.delete(pid);
    if (this.lives.size === 0) this.rest();
  }

  pids(): readonly number[] {
    return [...this.lives.keys()];
  }

  close(): void {
    for (const pid of this.pids()) this.forget(pid);
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    this.timer = setTimeout(() => this.look(), this.interval);
    for (const [pid, life] of this.lives) {
      const state = this.stateOf(life.descriptor);
      if (state === 'gone') this.forget(pid);
      const stopped = state === 'stopped';
      const news = state === 'gone' ? state : stopped === life.stopped ? undefined : stopped ? 'stopped' : 'continued';
      life.stopped = stopped;
      if (news !== undefined) life.tell(news);
    }
    if (++this.looks % WEIGHED === 0) this.weigh();
  }

  /** Looks as often as it may cost. */
  private weigh(): void {
    const { user, system } = process.cpuUsage(this.used);
    this.used = process.cpuUsage();
    this.costs.push((user + system) / 1000 / WEIGHED);
    if (this.costs.length > REMEMBERED) this.costs.shift();
    this.interval = Math.min(MOST, Math.max(LEAST, Math.min(...this.costs) / SHARE));
  }

  private stateOf(descriptor: number): 'gone' | 'stopped' | 'runs' {
    try {
      const length = readSync(descriptor, this.buffer, 0, this.buffer.length, 0);
      // After its name, in parentheses, which may contain anything.
      const state = String.fromCharCode(this.buffer[this.buffer.lastIndexOf(')', length - 1) + 2] ?? 0);
      return state === 'Z' || state === 'X' ? 'gone' : state === 'T' ? 'stopped' : 'runs';
    } catch {
      return 'gone';
    }
  }
}

function open(pid: number): number | undefined {
  try {
    return openSync(`/proc/${pid}/stat`, 'r');
  } catch {
    return undefined;
  }
}
