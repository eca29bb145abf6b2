// pipeline/current.ts — how things stand before a plan: on the host, and with who holds what.
import type { Request } from '../allocate/allocate.ts';
import { originalsOf } from '../core/borrow.ts';
import type { Facts } from '../core/facts.ts';
import type { Diagnostic } from '../core/resource.ts';
import { NOTHING, together, wholeOf } from '../core/stored.ts';
import type { Holdings, Revision, Stored } from '../core/stored.ts';
import { formerOf, rebuild, recall } from '../parts/rebuild.ts';
import type { Host, Spec } from '../specfile/model.ts';
import { withPutOnLeft } from './borrowed/restored.ts';
import { originalsByNow } from './borrowed/originals-by-now.ts';
import { changedNeighbours, toldOf, withNeighboursByNow } from './borrowed/neighbours-by-now.ts';
import { borrowedBy, originalsLost, snapshotsOf } from './borrowed/snapshots.ts';
import type { Snapshots } from './borrowed/snapshots.ts';
import { remnantsOn } from './remnants.ts';
import { requestsOf } from './requests.ts';
import type { World } from './world.ts';

export interface Current {
  readonly facts: Facts;
  /** What the spec asks to be held. */
  readonly requests: readonly Request[];
  /** What other hosts hold of it. */
  readonly others: Holdings;
  readonly snapshots: Snapshots;
  /** The store, with what the host holds and it lacks. */
  readonly before: Stored;
  readonly kept: Stored | undefined;
  readonly revision: Revision;
  /** The store has what is borrowed no more. */
  readonly isOutdated: boolean;
  /** What neither the store nor a generation knows any more, or what is borrowed no more. */
  readonly said: readonly Diagnostic[];
}

export async function readCurrent(world: World, spec: Spec, self: Host): Promise<Current> {
  const facts = await world.facts();
  const requests = requestsOf(world.features, spec, facts);
  const { holdings, state, others, revision } = await world.store.load([
    ...new Set(requests.map(({ pool }) => pool.name)),
  ]);
  const { start } = world.safety;
  const borrowed = state === undefined ? undefined : originalsByNow(state, facts, start);
  const changed = borrowed === undefined ? [] : await changedNeighbours(borrowed.kept, facts, world.driver);
  const left = borrowed === undefined ? undefined : withNeighboursByNow(borrowed.kept, changed);
  const told = state === undefined ? borrowedBy(world, facts) : undefined;
  const rebuilt = {
    ...(isAllHeld(requests, holdings)
      ? { ...NOTHING, originals: formerOf(facts) }
      : rebuild(spec, facts, await remnantsOn(world, spec, facts, holdings))),
    ...told,
  };
  const found = together(rebuilt, originalsByNow(rebuilt, facts, start).kept);
  const kept = wholeOf({ holdings, state: left }, found);
  const said =
    borrowed !== undefined
      ? [...borrowed.told, ...changed.map(toldOf)]
      : told === undefined
        ? await originalsLost(found, facts, world.driver)
        : [];
  const before = kept === undefined ? found : recall(kept, found, requests, spec, self);
  return {
    facts,
    requests,
    others,
    said,
    isOutdated: left !== state,
    snapshots: await snapshotsOf(world, spec, self, facts, kept ?? found),
    before: {
      ...before,
      originals: [...withPutOnLeft(originalsOf(before.originals, world.kinds), spec, self, facts).values()],
    },
    kept,
    revision,
  };
}

/** Then the host can tell of nobody what he has. */
function isAllHeld(requests: readonly Request[], holdings: Holdings | undefined): boolean {
  return (
    holdings !== undefined &&
    requests.every(({ pool, holder }) => holdings.allocations[pool.name]?.[holder] !== undefined)
  );
}
