// commands/destroy/run.ts — removes everything netctl owns on this host, and restores what it borrowed. Needs no
// spec.
import { MASS_DELETE } from '../../guards/mass-delete.ts';
import { NETWORK_IN_USE } from '../../guards/network-in-use.ts';
import { applyPlan } from '../../transaction/apply-plan.ts';
import { removeTablesSinceFirst } from '../../pipeline/preflight/empty-tables.ts';
import { settlePending } from '../../transaction/pending.ts';
import { exit, Exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';
import { prepareNothing } from '../../pipeline/plan-nothing.ts';
import { say } from '../../report/say.ts';
import { NOWHERE, locateAll } from '../../specfile/locate.ts';

export interface DestroyOptions {
  readonly yes: boolean;
  /** The process of a watch that runs on this host, as an operator reads it. */
  readonly watchedBy?: () => Promise<string | undefined>;
}

export async function destroy(world: World, { yes, watchedBy }: DestroyOptions): Promise<ExitCode> {
  await settlePending(world);
  const watch = await watchedBy?.();
  if (watch !== undefined)
    throw new Exit(
      exit.locked,
      `${watch} would put everything back at once: stop it first (systemctl stop netctl, or SIGTERM). Nothing was changed`,
    );
  const prepared = await prepareNothing(world);
  const code = await applyPlan(
    world,
    prepared,
    { yes, overrules: [MASS_DELETE, NETWORK_IN_USE] },
    'Remove everything netctl has on this host?',
  );
  if (code === exit.ok) {
    world.driver.invalidate();
    const left = await removeTablesSinceFirst(
      world,
      prepared.plan.changes.some(({ ref }) => ref.startsWith('chain ')),
    );
    say(world, locateAll(left, NOWHERE));
    await world.forget();
  }
  return code;
}
