// monitors/process-watcher.ts — which processes are gone, were stopped, or go on: looked up in /proc, since they are
// not our children that we could wait for.
import { closeSync, openSync, readSync } from 'node:fs';

export type News = 'gone' | 'stopped' | 'continued';

interface Followed {
  /** Of its /proc/PID/stat, opened once: it stays this very process's when the kernel gives the number to another. */
  readonly descriptor: number;
  stopped: boolean;
  readonly tell: (news: News) => void;
}

/** The share of one core that looking may cost. Most of it is the waking up. */
const SHARE = 0.0022;
/** Milliseconds between two looks. */
const [LEAST, MOST] = [40, 250];
/**
 * Looks that are weighed together, and how many such weighings are remembered: the least of them is what a look costs
 * while nothing else goes on.
 */
const [WEIGHED, REMEMBERED] = [25, 8];

export class ProcessWatcher {
  private readonly processes = new Map<number, Followed>();
  private readonly buffer = Buffer.alloc(1024);
  private readonly costs: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private interval = 100;
  private looks = 0;
  private used = process.cpuUsage();

  /** Follows a process from here on; says whether it was there. One that is followed already stays with its teller. */
  follow(pid: number, tell: (news: News) => void): boolean {
    if (this.processes.has(pid)) return true;
    const descriptor = open(pid);
    if (descriptor === undefined) return false;
    this.processes.set(pid, { descriptor, stopped: this.stateOf(descriptor) === 'stopped', tell });
    this.timer ??= setTimeout(() => this.look(), this.interval);
    return true;
  }

  forget(pid: number): void {
    const followed = this.processes.get(pid);
    if (followed === undefined) return;
    closeSync(followed.descriptor);
    this.processes.delete(pid);
    if (this.processes.size === 0) this.rest();
  }

  pids(): readonly number[] {
    return [...this.processes.keys()];
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
    for (const [pid, followed] of this.processes) {
      const state = this.stateOf(followed.descriptor);
      if (state === 'gone') this.forget(pid);
      const stopped = state === 'stopped';
      const news =
        state === 'gone' ? state : stopped === followed.stopped ? undefined : stopped ? 'stopped' : 'continued';
      followed.stopped = stopped;
      if (news !== undefined) followed.tell(news);
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
