// bench/disruption-machine.ts — where this kernel has no VLANs, what needs them is measured on Debian's, in an emulated
// machine.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, spawn as run } from '../test/kernel/lab.ts';
import type { Measured } from './disruption-page.ts';

export interface Results {
  readonly rows: readonly Measured[];
  readonly kernel: string;
  readonly place: string;
}

/** Seconds; a quiet machine needs a third of it. */
const LIMIT = 3_600;

export function hasVlans(): boolean {
  return (
    run(['unshare', '--net', 'sh', '-c', 'ip link add name b type bridge && ip link add link b name v type vlan id 5'])
      .code === 0
  );
}

/**
 * Runs this program there, with the arguments given. It says there how it goes, and its results come back in a file.
 */
export async function inMachine(args: readonly string[]): Promise<Results> {
  const directory = mkdtempSync(join(tmpdir(), 'nct-disruption-'));
  try {
    const [program, results] = [join(directory, 'disruption.mjs'), join(directory, 'results.json')];
    must(
      run([
        'node_modules/.bin/esbuild',
        'bench/disruption.ts',
        '--bundle',
        '--platform=node',
        '--format=esm',
        '--log-level=warning',
        `--outfile=${program}`,
      ]),
    );
    const child = spawn(
      'setpriv',
      [
        '--pdeathsig',
        'TERM',
        'bash',
        'test/vm/machine',
        String(LIMIT),
        directory,
        'node',
        program,
        ...args,
        '--results',
        results,
      ],
      { stdio: ['ignore', process.stderr, process.stderr] },
    );
    const code = await new Promise((resolve) => child.once('close', resolve));
    const { rows, kernel } = read(results, code);
    return {
      rows,
      kernel: `of it an emulated one (qemu, one processor, 2 GiB) with ${kernel}`,
      place: "Debian's kernel in an emulated machine",
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function read(file: string, code: unknown): Results {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch (error) {
    throw new Error(`the emulated machine ended with ${String(code)} before it had measured all`, { cause: error });
  }
}
