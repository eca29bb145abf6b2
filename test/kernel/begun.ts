// test/kernel/begun.ts — a netctl that goes on beside the test: what it has said so far, and how it ends.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab.ts';

export interface Begun {
  readonly pid: number;
  /** Until standard error has this. */
  says(text: string): Promise<void>;
  /** What it said on standard error. */
  readonly said: () => string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

const PATIENCE = 60_000;

export function begin(
  lab: Lab,
  args: readonly string[],
  { spec, env = {} }: { readonly spec?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Begun {
  const [node, program] = lab.command();
  const child = spawn(node, [program, ...lab.argumentsFor(args, spec)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? 'gone');
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    said: () => said,
    says: async (text) => {
      for (const began = performance.now(); performance.now() - began < PATIENCE;) {
        if (said.includes(text)) return;
        await sleep(5);
      }
      throw new Error(`waited in vain for ${text}; it said:\n${said}`);
    },
  };
}
