// bench/clock.ts — how long a command takes, from its start to its end; and how commands that are compared take turns.
import { spawnSync } from 'node:child_process';
import { env } from 'node:process';

/** Milliseconds of each round. */
export type Times = readonly number[];

// A small process holds the watch: a large one would pay for the copy of its page tables at each start.
const WATCH = 'begin=$EPOCHREALTIME; "$@" >/dev/null </dev/null; code=$?; echo "$begin $EPOCHREALTIME $code"';
const LIMIT = 600_000;

/** Runs a command once. What fails is no measure. */
export function timed(argv: readonly string[]): number {
  const { stdout, stderr, error } = spawnSync('bash', ['-c', WATCH, 'watch', ...argv], {
    encoding: 'utf8',
    timeout: LIMIT,
    env: { ...env, LC_ALL: 'C' },
  });
  if (error !== undefined) throw error;
  const [begin = NaN, end = NaN, code] = stdout.trim().split(' ').map(Number);
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code ?? 'nothing'}: ${stderr}`);
  return (end - begin) * 1000;
}

/** Takes each in turn, round after round: what disturbs the machine disturbs all of them. */
export function inTurns<Name extends string>(
  rounds: number,
  takes: Readonly<Record<Name, () => number>>,
): (name: Name) => Times {
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, take] of Object.entries<() => number>(takes))
      times.set(name, [...(times.get(name) ?? []), take()]);
  }
  return (name) => times.get(name) ?? [];
}

export function median(times: Times): number {
  const sorted = times.toSorted((a, b) => a - b);
  const [low = NaN, high = NaN] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.ceil((sorted.length - 1) / 2)],
  ];
  return (low + high) / 2;
}
