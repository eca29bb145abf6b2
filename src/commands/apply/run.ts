// commands/apply/run.ts — makes the host match the spec.
import { MASS_DELETE } from '../../guards/mass-delete.ts';
import { applyPlan } from '../../transaction/apply-plan.ts';
import { settlePending } from '../../transaction/pending.ts';
import { prepare } from '../../pipeline/prepare.ts';
import { exit, Exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';

export interface ApplyOptions {
  readonly yes: boolean;
  /** False: what left the spec stays. */
  readonly prune: boolean;
  readonly allowMassDelete: boolean;
  /** Does the plan on a copy of the host first. */
  readonly rehearse?: boolean;
  /** All of it, or nothing. */
  readonly atomic?: boolean;
  /** Seconds in which it has to be confirmed. */
  readonly confirm?: number;
  /** False: it returns once it is done, and has to be confirmed in time all the same. */
  readonly waits?: boolean;
  /** Why what is done here will not last: a watch holds the host to another spec. */
  readonly contradicts?: () => Promise<string | undefined>;
}

export async function apply(
  world: World,
  { yes, prune, allowMassDelete, rehearse = false, atomic = false, confirm, waits = true, contradicts }: ApplyOptions,
): Promise<ExitCode> {
  if (!waits && confirm === undefined)
    throw new Exit(
      exit.usage,
      '--no-wait is about --confirm-timeout: without it an apply waits for nobody. Nothing was changed',
    );
  await settlePending(world);
  const contradiction = await contradicts?.();
  if (contradiction !== undefined) world.print.err(`${contradiction}\n`);
  const prepared = await prepare(world, prune);
  return await applyPlan(
    world,
    prepared,
    { yes, overrules: allowMassDelete ? [MASS_DELETE] : [], rehearses: rehearse },
    'Apply this plan?',
    { atomic, ...(confirm === undefined ? {} : { confirm, waits }) },
  );
}
