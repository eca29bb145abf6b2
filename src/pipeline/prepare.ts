// pipeline/prepare.ts — from the spec and the host to a plan: the pipeline that plan, apply and status share.
import { observe } from '../core/observe.ts';
import type { HostReader, Wanted } from '../core/resource.ts';
import type { Record } from '../generations/model.ts';
import { forwardsNoMore } from '../guards/forwarding-used.ts';
import { savedRules } from '../iptables/read.ts';
import { lookAround } from '../conflicts/look.ts';
import { translatingRules } from '../conflicts/translating.ts';
import { locateAll } from '../specfile/locate.ts';
import type { LocatedDiagnostic } from '../specfile/model.ts';
import { aboutToBorrow } from '../uplinks/borrowing.ts';
import { aboutToLeave, leavingIn } from '../uplinks/leaving.ts';
import { readUplinks } from '../uplinks/uplinks.ts';
import { managementPath } from './management-path.ts';
import { withOthersSettings } from './borrowed/restored.ts';
import { preflight } from './preflight/preflight.ts';
import { restoredBy } from './borrowed/snapshots.ts';
import type { World } from './world.ts';
import { readOrExit, take, readHere } from './read.ts';
import { desiredOf } from './desired.ts';
import type { Desired } from './desired.ts';
import { goal, planFrom } from './plan-from.ts';
import type { Prepared } from './plan-from.ts';

/** The whole way to a plan. Nothing is changed, neither on the host nor in the store. */
export async function prepare(world: World, prune = true): Promise<Prepared> {
  const read = await readOrExit(world);
  return await planTowards(world, take(world, await desiredOf(world, read)), prune);
}

/** The same for a spec of an earlier apply: whoever held something then has it again. */
export async function prepareAsThen(
  world: World,
  { sources, host, allocations }: Pick<Record, 'sources' | 'host' | 'allocations'>,
): Promise<Prepared> {
  const as = host === undefined ? world : { ...world, host };
  const read = take(as, readHere(sources, as));
  return await planTowards(as, take(as, await desiredOf(as, read, allocations)), true);
}

/** From what is wanted to a plan, with what was borrowed and is wanted no more restored. */
export async function planTowards(world: World, desired: Desired, prune: boolean): Promise<Prepared> {
  const aim = goal(world, desired, prune);
  const [way, observed, conflicts, rules] = await Promise.all([
    managementPath(world),
    observe(world.driver, aim.state, world.kinds, desired.before.memories),
    conflictsWith(desired, world.driver, aim),
    savedRules(world.driver),
  ]);
  const wanted = withOthersSettings(aim, observed);
  const [uplinks, unready, translating] = await Promise.all([
    readUplinks(
      world.driver,
      aboutToBorrow(wanted.state, observed),
      prune
        ? [
            ...new Set([
              ...aboutToLeave(leavingIn(wanted.state, observed)),
              ...restoredBy({ ...desired, inUse: desired.wanted }, world.kinds).map(({ name }) => name),
            ]),
          ]
        : [],
    ),
    preflight(desired, world.driver, { wanted: wanted.state, observed, all: true }),
    forwardsNoMore(wanted.state, observed) ? translatingRules(world.driver) : [],
  ]);
  return planFrom(world, desired, wanted, observed, prune, { way, conflicts, uplinks, unready, rules, translating });
}

/** What others have on the host that stops traffic of the spec, or stands against it, once it is as it is to be. */
export async function conflictsWith(
  { spec, self: name, title, facts, wanted, granted: { allocations }, locate }: Desired,
  host: HostReader,
  { state: goal }: Pick<Wanted, 'state'>,
): Promise<readonly LocatedDiagnostic[]> {
  const self = spec.hosts.find((one) => one.name === name);
  return self === undefined
    ? []
    : locateAll(await lookAround(host, { spec, self, title, facts, allocations }, wanted, goal), locate);
}
