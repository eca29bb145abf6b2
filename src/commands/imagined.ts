// commands/imagined.ts — the pipeline without a host: what a fresh one would be told.
import { allocate } from '../allocate/allocate.ts';
import { compose } from '../core/compose.ts';
import { diff } from '../core/diff.ts';
import { order } from '../core/order.ts';
import type { Plan, Wanted } from '../core/resource.ts';
import { NOTHING } from '../core/stored.ts';
import { imagine } from '../parts/imagine.ts';
import type { Locate, Spec } from '../spec/model.ts';
import { orExit, readOrExit, requestsOf, wantsOf } from './prepare.ts';
import type { World } from './world.ts';

export interface Imagined {
  readonly spec: Spec;
  readonly locate: Locate;
  readonly wanted: Wanted;
  /** From nothing. */
  readonly plan: Plan;
}

/** Allots from nothing and plans from nothing. Ends with what is wrong. */
export async function imagined(world: World): Promise<Imagined> {
  const { spec, locate, self } = await readOrExit(world);
  const facts = imagine(spec);
  const { allocations } = orExit(world, locate, allocate(requestsOf(spec, facts), NOTHING, 0));
  const context = { spec, self, facts, former: new Map(), allocations, paths: world.paths };
  const wanted = orExit(world, locate, compose(wantsOf(context), world.kinds));
  return { spec, locate, wanted, plan: order(diff(new Map(), wanted, world.kinds), wanted, world.kinds) };
}
