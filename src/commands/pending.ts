// commands/pending.ts — an apply that nobody decided on: it is in the way of everything else until it is.
import type { Pending } from '../generations/model.ts';
import { rollbackTo } from './rollback.ts';
import { claim, takeBack, UNCONFIRMED } from './take-back.ts';
import { exit, Exit } from './world.ts';
import type { ExitCode, World } from './world.ts';

/** Takes back what is overdue, and refuses to do anything else while one waits. */
export async function settlePending(world: World): Promise<void> {
  const pending = world.generations.pending();
  if (pending === undefined) return;
  if (!isOverdue(world, pending)) {
    const left = pending.until === undefined ? '' : ` for ${Math.max(0, pending.until - world.safety.uptime()).toFixed(0)} s more`;
    throw new Exit(exit.locked, `generation ${pending.generation} waits to be confirmed${left}: netctl confirm keeps it, netctl rollback takes it back. Nothing was changed`);
  }
  world.print.err(`generation ${pending.generation} was begun, and nobody decided on it (${whyOverdue(world, pending)}): it is taken back first\n`);
  const code = await takeBackPending(world, pending, whyOverdue(world, pending));
  if (code !== exit.takenBack) throw new Exit(code, 'nothing else was changed');
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

/** Takes it back, or, on a host that was started anew, goes back to what was in force before it. */
export async function takeBackPending(world: World, pending: Pending, why: string): Promise<ExitCode> {
  const { generations, safety } = world;
  const generation = generations.list().find(({ number }) => number === pending.generation);
  if (generation === undefined) {
    // Ended before there was anything to take back.
    generations.disarm();
    return exit.takenBack;
  }
  claim(world);
  const record = generations.record(generation.number);
  if (pending.start === safety.start) return await takeBack(world, generation, record, why);
  return await rollbackTo(world, generation, record, `${why}, and the host was started anew`);
}
