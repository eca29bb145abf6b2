// transaction/whether-to-roll-back.ts — whether an apply that has to succeed as a whole is rolled back, and why: by what
// came of its steps, by when it was to be confirmed, and by who no longer answers.
import type { Outcome } from '../core/execute.ts';
import type { World } from '../pipeline/world.ts';
import type { Answer } from '../probes/model.ts';
import { silence } from './begin.ts';
import type { Executed } from './execute.ts';
import { UNCONFIRMED } from './revert.ts';

export type Attempt = { readonly executed: Executed } | { readonly broken: Error };

/** Undefined: all of it was done, and is as it was to be. `until`: in seconds of the uptime. */
export function whyRollBack(
  world: Pick<World, 'safety' | 'signal'>,
  attempt: Attempt,
  until: number | undefined,
): string | undefined {
  if ('executed' in attempt && attempt.executed.settled) return undefined;
  if (isOver(world, until)) return UNCONFIRMED;
  if (world.signal.aborted) return 'it was stopped by a signal';
  if ('broken' in attempt) return 'what came of it could not be looked at';
  const has = (outcome: Outcome): boolean => attempt.executed.outcomes.includes(outcome);
  return has('failed') || has('skipped') ? 'a step failed' : 'looked at again, it was not as it was to be';
}

/** Where some that answered before no longer do: none, undefined. */
export function whyRollBackFor(
  silent: readonly Answer[],
  world: Pick<World, 'safety'>,
  until: number | undefined,
): string | undefined {
  if (silent.length === 0) return undefined;
  return isOver(world, until) ? UNCONFIRMED : silence(silent);
}

function isOver({ safety }: Pick<World, 'safety'>, until: number | undefined): boolean {
  return until !== undefined && safety.uptime() >= until;
}
