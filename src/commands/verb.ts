// commands/verb.ts — what a verb of the command line is: its words, what it does with the host, and how it runs.
import { InvalidArgumentError, Option } from 'commander';
import type { Settings } from '../pipeline/settings.ts';
import type { ExitCode } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';
import type { LockHost } from '../watch/host-lock.ts';

export interface Verb {
  readonly name: string;
  readonly description: string;
  /** Absent: nothing of the host is read or changed. */
  readonly use?: Use;
  /** Beside those that all verbs take. */
  readonly options?: readonly Option[];
  readonly operand?: { readonly name: string; readonly description: string };
  /** Loads what it needs when it runs, so that `netctl version` costs nothing. */
  load(): Promise<Run<never>>;
}

/** Verbs that share a first word, as `netctl ip free`. */
export interface Group {
  readonly name: string;
  readonly description: string;
  readonly verbs: readonly Verb[];
}

/**
 * `changes` and `decides` lock the host, `decides` is about an apply that waits; `stays` takes the lock when it has to.
 */
export type Use = 'changes' | 'decides' | 'stays' | 'reads';

export type Run<O> = (world: World, options: O, call: Call) => ExitCode | Promise<ExitCode>;

/** How it was called. */
export interface Call {
  readonly settings: Settings;
  /** '' for a verb that takes none. */
  readonly operand: string;
  readonly version: string;
  readonly lockHost: LockHost;
}

export function option(flags: string, description: string): Option {
  return new Option(flags, description);
}

/** Milliseconds, from `90s`, `5m`, `1h`. */
export function time(text: string): number {
  const [, number, unit] = /^(\d{1,6})(ms|s|m|h)$/.exec(text) ?? [];
  const length = Number(number) * ({ ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''] ?? NaN);
  if (!(length >= SHORTEST && length <= LONGEST))
    throw new InvalidArgumentError('it must be a time from 1s to 24h, such as 90s, 5m or 1h.');
  return length;
}

const [SHORTEST, LONGEST] = [1_000, 86_400_000];

export function generationNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('it must be the number of a generation.');
  return Number(text);
}
