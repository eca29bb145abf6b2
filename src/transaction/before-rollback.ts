// transaction/before-rollback.ts — how a host is right before an apply is rolled back, and what of its record holds by
// then.
import { observe } from '../core/observe.ts';
import { DriverError } from '../core/resource.ts';
import type { Memory, State } from '../core/resource.ts';
import { isSame, StoreError } from '../core/stored.ts';
import { wantedBy } from '../core/undo.ts';
import type { Undo } from '../core/undo.ts';
import type { Image } from '../generations/image.ts';
import type { Record } from '../generations/model.ts';
import { READ_LINKS } from '../iproute2/links.ts';
import {
  changedNeighbours,
  recordWithNeighbours,
  toldOf,
  withNeighboursByNow,
} from '../pipeline/borrowed/neighbours-by-now.ts';
import { snapshotsIn } from '../pipeline/borrowed/snapshots.ts';
import type { Snapshots } from '../pipeline/borrowed/snapshots.ts';
import type { World } from '../pipeline/world.ts';
import { renderDiagnostics } from '../report/diagnostics.ts';
import { NOWHERE, locateAll } from '../specfile/locate.ts';
import { readSnapshots } from '../uplinks/read.ts';
import { recordByNow } from './record-by-now.ts';

/** How the host was right before it was rolled back. */
export interface BeforeRollback {
  /** What is rolled back. */
  readonly record: Record;
  readonly comparable: (image: Image) => Image;
  readonly snapshots: Snapshots;
  /** In the words of `ip -j -d addr show`. */
  readonly links: string;
}

/** Seconds: a host that cannot be looked at is rolled back all the same. */
const LOOK = 2;

export async function readBeforeRollback(world: World, record: Record, half: Half): Promise<BeforeRollback> {
  const { driver, safety } = world;
  safety.hurry(safety.uptime() + LOOK);
  try {
    const [snapshots, links] = await Promise.all([
      readSnapshots(driver, [...snapshotsIn(record).keys()]),
      driver.read(READ_LINKS),
    ]);
    return { snapshots, links, ...(await byNow(world, record, half)) };
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    return { snapshots: new Map(), links: '', record, comparable: (image) => image };
  } finally {
    safety.hurry(undefined);
  }
}

/** On which way somebody may have been killed. */
export type Half = 'there' | 'back' | undefined;

/** Puts it down and says it. Where that cannot be, or could not before, all is made again as it was. */
async function byNow(world: World, record: Record, half: Half): Promise<Pick<BeforeRollback, 'record' | 'comparable'>> {
  try {
    return await judgedByNow(world, record, half);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { record, comparable: (image) => image };
  }
}

async function judgedByNow(
  world: World,
  record: Record,
  half: Half,
): Promise<Pick<BeforeRollback, 'record' | 'comparable'>> {
  const { store, kinds, safety, print, color } = world;
  const { state, revision } = await store.load();
  if (
    state === undefined ||
    record.originals === undefined ||
    half === 'there' ||
    (half === 'back' && state.moving !== true)
  )
    return { record, comparable: (image) => image };
  const [facts, observed] = await Promise.all([world.facts(), found(world, record.undo, state.memories)]);
  const neighbours = await changedNeighbours(state, facts, world.driver);
  const {
    told,
    state: moving,
    ...rest
  } = recordByNow(
    recordWithNeighbours(record, neighbours),
    withNeighboursByNow(state, neighbours),
    facts,
    observed,
    kinds,
    safety.start,
  );
  if (!isSame(state, moving)) await store.remember(moving, revision);
  const all = [...told, ...neighbours.map(toldOf)];
  if (all.length > 0) print.err(renderDiagnostics(locateAll(all, NOWHERE), { color }));
  return rest;
}

/** As the way back sees the host. */
export function found(
  { driver, kinds }: World,
  undone: Undo,
  memories: Readonly<{ [kind: string]: Memory }>,
): Promise<State> {
  return observe(driver, wantedBy(undone, kinds).state, kinds, memories);
}
