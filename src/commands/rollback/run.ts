// commands/rollback/run.ts — goes back: rolls back what waits to be confirmed, or makes the host what an earlier
// generation made it.
import { MASS_DELETE } from '../../guards/mass-delete.ts';
import { before, newest } from '../../generations/model.ts';
import type { Generation } from '../../generations/model.ts';
import { applyPlan, yesOrExit } from '../../transaction/apply-plan.ts';
import { prepareNothing } from '../../pipeline/plan-nothing.ts';
import { isOverdue, rollBackPending, whyOverdue } from '../../transaction/pending.ts';
import { prepareAsThen } from '../../pipeline/prepare.ts';
import { asUnconfirmed, rollBack } from '../../transaction/revert.ts';
import { exit, Exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';
import { rollbackTo } from '../../transaction/restore.ts';

export interface RollbackOptions {
  readonly yes: boolean;
  readonly to?: number;
  /** What a guard says: only what nobody has confirmed is rolled back. */
  readonly unconfirmed: boolean;
  readonly watchedBy?: () => Promise<string | undefined>;
}

export async function rollback(world: World, { yes, to, unconfirmed, watchedBy }: RollbackOptions): Promise<ExitCode> {
  const { generations } = world;
  const pending = generations.pending();
  if (unconfirmed) {
    if (pending === undefined || !isOverdue(world, pending)) return exit.ok;
    const why = whyOverdue(world, pending);
    return asUnconfirmed(await rollBackPending(world, pending, why), why);
  }
  if (pending !== undefined) {
    if (to !== undefined)
      throw new Exit(
        exit.locked,
        `generation ${pending.generation} waits to be confirmed: confirm it or roll it back first`,
      );
    const code = await rollBackPending(world, pending, `rolled back by ${world.safety.who}`);
    return code === exit.rolledBack ? exit.ok : code;
  }
  const watch = await watchedBy?.();
  if (watch !== undefined)
    throw new Exit(
      exit.locked,
      `${watch} holds this host to its spec, and would change it back: change that spec, or stop the watch first. Nothing was changed`,
    );
  const damaged = generations.damaged();
  if (to === undefined && damaged.length > 0)
    throw new Exit(
      exit.failed,
      `${damaged.join('\n')}\nOne back may be that one: say with --to which to go back to. Nothing was changed`,
    );
  const unread = damaged.find((sentence) => sentence.startsWith(`generation ${to ?? ''} `));
  if (unread !== undefined) throw new Exit(exit.failed, `${unread}. Nothing was changed`);
  const all = generations.list();
  const from = newest(all);
  if (from === undefined) throw new Exit(exit.failed, 'there is no generation to go back from');
  const target = to === undefined ? before(from, all) : named(to, all);
  if (target !== undefined) return await goTo(world, target, yes);
  if (from.restores !== undefined) return await goToNothing(world, from.restores, yes);
  // Nothing is known of what was before the first but what it changed.
  if (!world.ask && !yes) throw new Exit(exit.failed, 'nobody is there to be asked: pass --yes. Nothing was changed');
  if (!yes && world.ask !== undefined)
    await yesOrExit(
      world,
      world.ask,
      `Roll back generation ${from.number}, the first that is known (${from.summary})?`,
    );
  const record = generations.record(from.number);
  const why = `rolled back by ${world.safety.who}`;
  const isAnew = record.start !== undefined && record.start !== world.safety.start;
  const code = isAnew
    ? await rollbackTo(world, from.number, record, `${why}, and the host was rebooted since`)
    : await rollBack(world, from.number, record, why);
  return code === exit.rolledBack ? exit.ok : code;
}

function named(number: number, all: readonly Generation[]): Generation {
  const found = all.find((each) => each.number === number);
  if (found === undefined)
    throw new Exit(exit.usage, `there is no generation ${number}; netctl history lists those that are kept`);
  if (found.outcome.is === 'rolled back')
    throw new Exit(exit.usage, `generation ${number} was rolled back: the host never stayed as it made it`);
  return found;
}

/** With the addresses that everybody had then. */
async function goTo(world: World, target: Generation, yes: boolean): Promise<ExitCode> {
  const prepared =
    target.restores === 0
      ? await prepareNothing(world)
      : await prepareAsThen(world, world.generations.record(target.number));
  return await applyPlan(
    world,
    prepared,
    { yes, overrules: [MASS_DELETE] },
    `Go back to generation ${target.number} of ${target.when}?`,
    { atomic: true, restores: target.restores ?? target.number },
  );
}

/** To before the first: who went back to it already cannot roll it back itself any more. */
async function goToNothing(world: World, first: number, yes: boolean): Promise<ExitCode> {
  if (first === 0) throw new Exit(exit.failed, 'the host is as it was before the first generation');
  if (world.generations.record(first).before !== null)
    throw new Exit(exit.failed, `nothing is known any more of what was before generation ${first}`);
  return await applyPlan(
    world,
    await prepareNothing(world),
    { yes, overrules: [MASS_DELETE] },
    `Roll back generation ${first}, the first?`,
    { atomic: true, restores: 0 },
  );
}
