// pipeline/desired.ts — what the spec wants of this host as it stands, and who gets which address.
import { allocate } from '../allocate/allocate.ts';
import type { Granted, Request } from '../allocate/allocate.ts';
import { originalsOf } from '../core/borrow.ts';
import type { Originals } from '../core/borrow.ts';
import { compose } from '../core/compose.ts';
import type { Facts } from '../core/facts.ts';
import type { Wanted, Want, Waiting } from '../core/resource.ts';
import type { Allocations, Revision, Stored } from '../core/stored.ts';
import type { Feature } from '../features/feature.ts';
import type { Context } from '../parts/context.ts';
import { locateAll } from '../specfile/locate.ts';
import type { Spec, Locate } from '../specfile/model.ts';
import type { Source } from '../specfile/text.ts';
import type { Snapshots } from './borrowed/snapshots.ts';
import { configsInside, hashesOfConfigs } from './preflight/own-configs.ts';
import { located } from './read.ts';
import type { Read, Located } from './read.ts';
import { readCurrent } from './current.ts';
import type { World } from './world.ts';

/**
 * What the spec wants of this host as it stands, and who gets what; `asThen`: whoever held something then has it again.
 */
export async function desiredOf(world: World, read: Read, asThen?: Allocations): Promise<Located<Desired>> {
  const { sources, spec, locate, self } = read;
  const inside = await configsInside(spec, world.paths, world.driver);
  if (inside.length > 0) return { ok: false, problems: locateAll(inside, locate) };
  const [{ facts, requests, others, snapshots, before, kept, revision, said, isOutdated }, configs] = await Promise.all(
    [readCurrent(world, spec, self), hashesOfConfigs(spec, world.driver)],
  );
  const held = asThen === undefined ? before : { ...before, allocations: asThen };
  const granted = located(allocate(requests, held, world.now().getTime(), others), locate);
  if (!granted.ok) return granted;
  const originals = originalsOf(before.originals, world.kinds);
  const context = {
    spec,
    self,
    facts,
    snapshots,
    former: originals,
    allocations: granted.value.allocations,
    paths: world.paths,
    configs,
  };
  const wanted = located(compose(wantsOf(world.features, context), world.kinds), locate);
  if (!wanted.ok) return wanted;
  const title = self.implied ? (world.host ?? world.hostname) : self.name;
  return {
    ok: true,
    value: {
      sources,
      spec,
      locate,
      self: self.name,
      title,
      facts,
      requests,
      snapshots,
      wanted: wanted.value,
      originals,
      granted: granted.value,
      before,
      kept,
      revision,
      isOutdated,
    },
    warnings: [...locateAll(said, locate), ...granted.warnings, ...wanted.warnings],
  };
}

/** What is wanted of a host, and how it stands with who holds what. */
export interface Desired {
  readonly sources: readonly Source[];
  readonly spec: Spec;
  readonly locate: Locate;
  /** The host of the spec. */
  readonly self: string;
  /** What the operator calls it. */
  readonly title: string;
  readonly facts: Facts;
  readonly requests: readonly Request[];
  readonly snapshots: Snapshots;
  readonly wanted: Wanted;
  readonly originals: Originals;
  readonly granted: Granted;
  readonly before: Stored;
  readonly kept: Stored | undefined;
  readonly revision: Revision;
  /** The store is to be saved, also where nothing is to be done. */
  readonly isOutdated: boolean;
}

export function* wantsOf(features: readonly Feature[], context: Context): Iterable<Want | Waiting> {
  for (const feature of features) yield* feature.want(context);
}
