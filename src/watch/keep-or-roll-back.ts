// watch/keep-or-roll-back.ts — what becomes of a spec that has just been applied: kept, or rolled back because what
// answered before is silent now.
import type { Watcher } from '../report/watch-events.ts';
import type { World } from '../pipeline/world.ts';
import { nowSilent, silence } from '../transaction/begin.ts';
import type { Begun } from '../transaction/begin.ts';
import { rollBack } from '../transaction/revert.ts';

/** Says whether it is kept. */
export async function keepOrRollBack(world: World, begun: Begun, settled: boolean, tell: Watcher): Promise<boolean> {
  const silent = await nowSilent(world, begun);
  if (silent.length === 0) {
    world.generations.end(begun.generation.number, { is: 'kept', settled });
    return true;
  }
  const print = {
    out: () => undefined,
    err: (text: string) => {
      tell({ event: 'monitor', name: 'spec', what: text.trim() });
    },
  };
  await rollBack({ ...world, print }, begun.generation.number, begun.record, silence(silent));
  return false;
}
