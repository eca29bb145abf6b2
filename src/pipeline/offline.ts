// pipeline/offline.ts — the pipeline without a host: what a fresh one would be told.
import { allocate } from '../allocate/allocate.ts';
import { compose } from '../core/compose.ts';
import { diff } from '../core/diff.ts';
import { order } from '../core/order.ts';
import type { Plan, Wanted } from '../core/resource.ts';
import { NOTHING } from '../core/stored.ts';
import type { Allocations } from '../core/stored.ts';
import { imagine } from '../parts/imagine.ts';
import type { Locate, Spec } from '../specfile/model.ts';
import { requestsOf } from './requests.ts';
import { wantsOf } from './desired.ts';
import { orExit, readForAllOrExit, readOrExit } from './read.ts';
import type { World } from './world.ts';

export interface Offline {
  readonly spec: Spec;
  readonly locate: Locate;
  readonly wanted: Wanted;
  readonly allocations: Allocations;
  /** From nothing. */
  readonly plan: Plan;
}

/**
 * What every host of the spec would be told, as far as something could be wrong with it. Ends with that, each thing
 * once.
 */
export async function validOrExit(world: World): Promise<Spec> {
  const { spec, locate, hosts } = await readForAllOrExit(world);
  const facts = imagine(spec);
  const { allocations } = orExit(world, locate, allocate(requestsOf(world.features, spec, facts), NOTHING, 0));
  const found = hosts.flatMap((self) => {
    const wanted = compose(
      wantsOf(world.features, { spec, self, facts, former: new Map(), allocations, paths: world.paths }),
      world.kinds,
    );
    return wanted.ok ? wanted.warnings : wanted.problems;
  });
  const problems = [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  orExit(
    world,
    locate,
    problems.some(({ severity }) => severity === 'error')
      ? { ok: false, problems }
      : { ok: true, value: undefined, warnings: problems },
  );
  return spec;
}

/** Allots from nothing and plans from nothing. Ends with what is wrong. */
export async function offline(world: World): Promise<Offline> {
  const { spec, locate, self } = await readOrExit(world);
  const facts = imagine(spec);
  const { allocations } = orExit(world, locate, allocate(requestsOf(world.features, spec, facts), NOTHING, 0));
  const context = { spec, self, facts, former: new Map(), allocations, paths: world.paths };
  const wanted = orExit(world, locate, compose(wantsOf(world.features, context), world.kinds));
  return { spec, locate, wanted, allocations, plan: order(diff(new Map(), wanted, world.kinds), wanted, world.kinds) };
}
