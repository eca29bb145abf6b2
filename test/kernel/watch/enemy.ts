// test/kernel/watch/enemy.ts — what works against a watch on its host, and what the watch uses meanwhile, as the kernel
// counts it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import type { Lab } from '../lab.ts';
import { childrenOf, commandOf } from '../of-process.ts';

/** A shell that does the same to the host again and again, until it is ended. */
export class Enemy {
  private readonly child: ChildProcess;
  private readonly gone: Promise<void>;

  constructor(lab: Lab, deed: string, pause = 'sleep 0.05') {
    // A session of its own: what it runs ends with it.
    this.child = spawn('ip', ['netns', 'exec', lab.host, 'sh', '-c', `while :; do ${deed}; ${pause}; done`], {
      stdio: 'ignore',
      detached: true,
    });
    this.gone = new Promise((resolve) => {
      this.child.once('exit', () => {
        resolve();
      });
    });
  }

  async end(): Promise<void> {
    if (this.child.pid === undefined) return;
    if (this.child.exitCode === null && this.child.signalCode === null) process.kill(-this.child.pid, 'SIGKILL');
    await this.gone;
  }
}

export interface Used {
  /** Seconds of a core: the process itself, not what it runs. */
  readonly cpu: number;
  /** Bytes that are in memory. */
  readonly memory: number;
  /** Open files. */
  readonly files: number;
  readonly children: readonly number[];
}

/** Clock ticks of a second, as /proc counts: the same on every Linux. */
const TICKS = 100;
const PAGE = 4096;

export function usedBy(pid: number): Used {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return {
    cpu: ((fields[11] ?? 0) + (fields[12] ?? 0)) / TICKS,
    memory: (fields[21] ?? 0) * PAGE,
    files: readdirSync(`/proc/${pid}/fd`).length,
    children: childrenOf(pid),
  };
}

/** Its monitors: `ip monitor`, `nft monitor`. */
export function monitorsOf(pid: number): readonly number[] {
  return childrenOf(pid).filter((child) => commandOf(child).includes('monitor'));
}
