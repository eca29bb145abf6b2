// bench/process-cost.ts — what a process has cost so far, by /proc: processor time and memory.
import { readFileSync } from 'node:fs';

/** As the kernel counts processor time: `getconf CLK_TCK`. */
const TICKS = 100;

/** Seconds of a processor: its own, and those of its children that it has seen end. */
export function costOf(pid: number): { readonly own: number; readonly reaped: number } {
  const fields = textOf(`/proc/${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return { own: (user + system) / TICKS, reaped: (childUser + childSystem) / TICKS };
}

/** MiB. */
export function residentOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A tool that has just ended.
    return '';
  }
}
