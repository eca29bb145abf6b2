// transaction/restore.ts — goes back to what an earlier generation made of the host, where what is to be undone cannot
// be undone step by step.
import { StoreError } from '../core/stored.ts';
import { inForceBefore } from '../generations/model.ts';
import type { Record, Generation } from '../generations/model.ts';
import { MASS_DELETE } from '../guards/mass-delete.ts';
import { prepareNothing } from '../pipeline/plan-nothing.ts';
import { prepareAsThen } from '../pipeline/prepare.ts';
import { exit, Exit } from '../report/exit-codes.ts';
import type { ExitCode } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';
import { applyPlan } from './apply-plan.ts';
import { restoreStore } from './restore-store.ts';
import { decide } from './revert.ts';

/**
 * On a host that lost all that a kernel knows there is nothing to roll back: it becomes what was in force before, or
 * nothing of netctl's.
 */
export async function rollbackTo(world: World, number: number, record: Record, why: string): Promise<ExitCode> {
  const { generations } = world;
  const target = inForceBefore(number, generations.list());
  const lost = await restoreStore(world, record.before);
  const isMade = await madeAgain(world, target);
  const left = [...lost, ...(isMade ? [] : ['what was in force before it could not all be made again'])];
  decide(world, number, { is: 'rolled back', why, left });
  world.print.err(
    `generation ${number} was rolled back: ${why}. The host is ${target === undefined ? 'without anything of netctl’s, as before' : `as generation ${target.number} had made it`}${left.length === 0 ? '' : `, but ${left.join('; ')}`}\n`,
  );
  return left.length === 0 ? exit.rolledBack : exit.notRolledBack;
}

/** What cannot be done is said, and decided all the same: else nothing could be applied on this host ever again. */
async function madeAgain(world: World, target: Generation | undefined): Promise<boolean> {
  try {
    const prepared =
      target === undefined || target.restores === 0
        ? await prepareNothing(world)
        : await prepareAsThen(world, world.generations.record(target.number));
    return (await applyPlan(world, prepared, { yes: true, overrules: [MASS_DELETE] }, '')) === exit.ok;
  } catch (error) {
    if (!(error instanceof Exit || error instanceof StoreError)) throw error;
    world.print.err(`${error.message}\n`);
    return false;
  }
}
