// test/kernel/of-process.ts — what /proc says of a process, which may end between any look at it and the next.
import { readFileSync, readdirSync } from 'node:fs';

/** Empty when it is gone. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Its program and arguments; empty when it has ended, and of a zombie. */
export function commandOf(pid: number): readonly string[] {
  const text = textOf(`/proc/${pid}/cmdline`);
  return text === '' ? [] : text.split('\0');
}

/** Of all its threads; it must be there itself. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    textOf(`/proc/${pid}/task/${task}/children`)
      .split(' ')
      .filter((child) => child.trim() !== '')
      .map(Number),
  );
}
