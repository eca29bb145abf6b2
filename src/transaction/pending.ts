// transaction/pending.ts — an apply that nobody decided on: it is in the way of everything else until it is.
import { StoreError } from '../core/stored.ts';
import type { Pending, Record } from '../generations/model.ts';
import { rollbackTo } from './restore.ts';
import { claim, decide, rollBack, UNCONFIRMED } from './revert.ts';
import { exit, Exit } from '../report/exit-codes.ts';
import type { ExitCode } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';

/** Rolls back what is overdue, and refuses to do anything else while one waits. */
export async function settlePending(world: World): Promise<void> {
  const pending = world.generations.pending();
  if (pending === undefined) return;
  if (!isOverdue(world, pending)) {
    const left =
      pending.until === undefined ? '' : ` for ${Math.max(0, pending.until - world.safety.uptime()).toFixed(0)} s more`;
    throw new Exit(
      exit.locked,
      `generation ${pending.generation} waits to be confirmed${left}: netctl confirm keeps it, netctl rollback rolls it back. Nothing was changed`,
    );
  }
  world.print.err(
    `generation ${pending.generation} was begun, and nobody decided on it (${whyOverdue(world, pending)}): it is rolled back first\n`,
  );
  const code = await rollBackPending(world, pending, whyOverdue(world, pending));
  if (code !== exit.rolledBack) throw new Exit(code, 'nothing else was changed');
}

/** Whoever was to decide is no more, and so is the time. */
export function isOverdue({ safety }: World, pending: Pending): boolean {
  if (pending.start !== safety.start) return true;
  if (pending.until !== undefined && safety.uptime() > pending.until) return true;
  return pending.phase !== 'waiting' && !safety.lives(pending);
}

/** As the history says it: not every apply that was cut short was to be confirmed. */
export function whyOverdue({ safety }: World, { until, phase, start }: Pending): string {
  const isLate = until !== undefined && (phase === 'waiting' || safety.uptime() >= until || start !== safety.start);
  return isLate ? UNCONFIRMED : 'netctl was ended in the middle of it';
}

/** Rolls it back, or, on a host that was restarted, goes back to what was in force before it. */
export async function rollBackPending(world: World, pending: Pending, why: string): Promise<ExitCode> {
  const { generations, safety } = world;
  const { generation: number, start } = pending;
  if (!generations.has(number)) {
    // It was decided, and only this could not be put down.
    generations.disarm();
    return exit.rolledBack;
  }
  claim(world);
  const record = recordIn(world, number, why);
  if (record === undefined) return exit.notRolledBack;
  if (start === undefined || start === safety.start) return await rollBack(world, number, record, why);
  return await rollbackTo(world, number, record, `${why}, and the host was rebooted`);
}

/**
 * Without it nothing can be rolled back. That is decided, too: else nothing could be applied on this host ever again.
 */
function recordIn(world: World, number: number, why: string): Record | undefined {
  try {
    return world.generations.record(number);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    decide(world, number, { is: 'rolled back', why, left: [error.message] });
    world.print.err(
      `GENERATION ${number} COULD NOT BE ROLLED BACK: ${why}, but ${error.message}. What it did is left as it is; netctl plan says what differs from a spec\n`,
    );
    return undefined;
  }
}
