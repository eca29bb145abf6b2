// pipeline/plan-nothing.ts — the plan to a host without anything of netctl's. Needs no spec.
import { originalsOf } from '../core/borrow.ts';
import type { Wanted } from '../core/resource.ts';
import { together } from '../core/stored.ts';
import { rebuild, NO_REMNANTS } from '../parts/rebuild.ts';
import { say } from '../report/say.ts';
import { locateAll, NOWHERE } from '../specfile/locate.ts';
import { originalsByNow } from './borrowed/originals-by-now.ts';
import { changedNeighbours, withNeighboursByNow, toldOf } from './borrowed/neighbours-by-now.ts';
import { borrowedBy, originalsLost, snapshotsIn } from './borrowed/snapshots.ts';
import { planTowards } from './prepare.ts';
import type { Prepared } from './plan-from.ts';
import type { World } from './world.ts';

const NOTHING_WANTED: Wanted = { state: new Map(), because: new Map(), after: new Map(), waiting: [] };
const NO_SPEC = { hosts: [], networks: [], pools: [], instances: [], macPrefix: '' };
/** The way to a host without anything of netctl's. Needs no spec. */
export async function prepareNothing(world: World): Promise<Prepared> {
  const { holdings, state, revision } = await world.store.load();
  // Where the state of the host is lost, anything may have been borrowed.
  const facts = await world.facts();
  const told = state === undefined ? borrowedBy(world, facts) : undefined;
  const rebuilt = { ...rebuild(NO_SPEC, facts, NO_REMNANTS), ...told };
  const held = together(holdings ?? rebuilt, state ?? rebuilt);
  const { kept: borrowed, told: changed } = originalsByNow(held, facts, world.safety.start);
  const neighbours = await changedNeighbours(borrowed, facts, world.driver);
  const before = together(held, withNeighboursByNow(borrowed, neighbours));
  const kept = holdings === undefined && state === undefined ? undefined : before;
  say(world, locateAll([...changed, ...neighbours.map(toldOf)], NOWHERE));
  if (state === undefined && told === undefined)
    say(world, locateAll(await originalsLost(before, facts, world.driver), NOWHERE));
  return await planTowards(
    world,
    {
      sources: [],
      spec: NO_SPEC,
      locate: NOWHERE,
      self: '',
      title: world.host ?? world.hostname,
      facts,
      requests: [],
      snapshots: snapshotsIn(before),
      wanted: NOTHING_WANTED,
      originals: originalsOf(before.originals, world.kinds),
      granted: before,
      before,
      kept,
      revision,
      isOutdated: false,
    },
    true,
  );
}
