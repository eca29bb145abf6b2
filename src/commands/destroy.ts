// commands/destroy.ts — removes everything netctl owns on this host, and gives back what it borrowed. Needs no spec.
import { ledgerOf } from '../core/borrow.ts';
import type { Wanted } from '../core/resource.ts';
import { MASS_DELETE } from '../guards/mass-delete.ts';
import { NETWORK_IN_USE } from '../guards/network-in-use.ts';
import { NO_TRACES, rebuild } from '../parts/rebuild.ts';
import { NOWHERE, placeAll } from '../spec/locate.ts';
import { carryOut } from './carry-out.ts';
import { removeTablesSinceFirst } from './empty-tables.ts';
import { settlePending } from './pending.ts';
import { lentBy, lentLost, picturesIn } from './pictures.ts';
import { planTowards } from './prepare.ts';
import type { Prepared } from './prepare.ts';
import { lentByNow } from './lent-by-now.ts';
import { changedNeighbours, toldOf, withNeighboursByNow } from './neighbours-by-now.ts';
import { say } from './say.ts';
import { exit, Exit } from './world.ts';
import type { ExitCode, World } from './world.ts';

const NOTHING_WANTED: Wanted = { state: new Map(), because: new Map(), after: new Map(), waiting: [] };
const NO_SPEC = { hosts: [], networks: [], pools: [], instances: [], probes: [], macPrefix: '' };

export interface DestroyOptions {
  readonly yes: boolean;
  /** The process of a watch that runs on this host, as an operator reads it. */
  readonly watchedBy?: () => Promise<string | undefined>;
}

export async function destroy(world: World, { yes, watchedBy }: DestroyOptions): Promise<ExitCode> {
  await settlePending(world);
  const watch = await watchedBy?.();
  if (watch !== undefined) throw new Exit(exit.locked, `${watch} would put everything back at once: stop it first (systemctl stop netctl, or SIGTERM). Nothing was changed`);
  const prepared = await prepareNothing(world);
  const code = await carryOut(world, prepared, { yes, overrules: [MASS_DELETE, NETWORK_IN_USE] }, 'Remove everything netctl has on this host?');
  if (code === exit.ok) {
    world.driver.lookAgain();
    await removeTablesSinceFirst(world, prepared.plan.changes.some(({ ref }) => ref.startsWith('chain ')));
    await world.forget();
  }
  return code;
}

/** The way to a host without anything of netctl's. Needs no spec. */
export async function prepareNothing(world: World): Promise<Prepared> {
  const { stored, revision } = await world.store.load();
  // Where the store is lost, anything may have been borrowed.
  const facts = await world.facts();
  const told = stored === undefined ? lentBy(world, facts) : undefined;
  const { kept: lent, told: changed } = lentByNow(stored ?? { ...rebuild(NO_SPEC, facts, NO_TRACES), ...told }, facts, world.safety.start);
  const neighbours = await changedNeighbours(lent, facts, world.driver);
  const before = withNeighboursByNow(lent, neighbours);
  const kept = stored === undefined ? undefined : before;
  say(world, placeAll([...changed, ...neighbours.map(toldOf)], NOWHERE));
  if (kept === undefined && told === undefined) say(world, placeAll([...lentLost(before, facts)], NOWHERE));
  return await planTowards(world, {
    sources: [], spec: NO_SPEC, locate: NOWHERE, self: '', title: world.host ?? world.hostname, facts, pictures: picturesIn(before), wanted: NOTHING_WANTED,
    ledger: ledgerOf(before.former, world.kinds), granted: before, before, kept, revision, isOutdated: false,
  }, true);
}
