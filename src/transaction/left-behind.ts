// transaction/left-behind.ts — an apply that is rolled back takes its bridges with it, and nobody is asked: what others
// have put there meanwhile is said.
import { originalsOf } from '../core/borrow.ts';
import { observe } from '../core/observe.ts';
import { DriverError } from '../core/resource.ts';
import { StoreError } from '../core/stored.ts';
import { planBack, wantedBy } from '../core/undo.ts';
import type { Record } from '../generations/model.ts';
import { bridges } from '../guards/bridges.ts';
import { uplinkElsewhere } from '../guards/uplink-elsewhere.ts';
import { routeSource } from '../guards/route-source.ts';
import { uplinksSince } from '../guards/uplinks-since.ts';
import { renderDiagnostics } from '../report/diagnostics.ts';
import { NOWHERE, locateAll } from '../specfile/locate.ts';
import { aboutToLeave, leavingIn } from '../uplinks/leaving.ts';
import { readUplinks } from '../uplinks/uplinks.ts';
import { snapshotsIn } from '../pipeline/borrowed/snapshots.ts';
import type { World } from '../pipeline/world.ts';

/** Seconds: a host that cannot be looked at is rolled back all the same. */
const PATIENCE = 2;

export async function sayLeftBehind(
  world: World,
  record: Pick<Record, 'undo' | 'originals' | 'memories' | 'found'>,
): Promise<void> {
  const { driver, kinds, safety, print, color } = world;
  const { undo, originals: borrowed = [], memories } = record;
  const restored = [...snapshotsIn(record).values()];
  safety.hurry(safety.uptime() + PATIENCE);
  try {
    driver.invalidate();
    const wanted = wantedBy(undo, kinds);
    const observed = await observe(driver, wanted.state, kinds, memories);
    const plan = planBack(undo, observed, kinds);
    const changed = new Set(plan.changes.map(({ ref }) => ref));
    const left = leavingIn(wanted.state, observed).filter(({ ref }) => changed.has(ref));
    if (left.length === 0 && !plan.changes.some(({ verb, ref }) => verb === 'delete' && ref.startsWith('address ')))
      return;
    const [{ links }, uplinks] = await Promise.all([
      world.facts(),
      readUplinks(driver, [], [...new Set([...aboutToLeave(left), ...restored.map(({ name }) => name)])]),
    ]);
    const around = { links, uplinks, borrowed: originalsOf(borrowed, kinds), takesRoutes: false, restored };
    // Nobody is there to be refused.
    const said = [bridges, routeSource, uplinksSince, uplinkElsewhere]
      .flatMap((guard) => [...guard(around)(plan, observed, wanted, kinds)])
      .map((one) => ({ ...one, severity: 'warning' as const }));
    if (said.length > 0) print.err(renderDiagnostics(locateAll(said, NOWHERE), { color }));
  } catch (error) {
    if (!(error instanceof DriverError || error instanceof StoreError)) throw error;
  } finally {
    safety.hurry(undefined);
  }
}
