// transaction/revert.ts — undoes what an apply did, and looks whether the host is as it was: never a promise that was
// not looked at.
import { execute } from '../core/execute.ts';
import { DriverError } from '../core/resource.ts';
import type { Kinds, Plan } from '../core/resource.ts';
import { isSame, StoreError, wholeOf } from '../core/stored.ts';
import { leftToUndo, planBack } from '../core/undo.ts';
import type { Undo } from '../core/undo.ts';
import { renderScript } from '../driver/script.ts';
import { CHAINS, differences, narrowed, withLinksSince } from '../generations/image.ts';
import type { Outcome, Record } from '../generations/model.ts';
import { isSysctl } from '../kinds/sysctl/model.ts';
import { settledSince } from '../uplinks/settled-since.ts';
import { removeEmptyTables } from '../pipeline/preflight/empty-tables.ts';
import { restore, unlike } from '../pipeline/borrowed/restored.ts';
import { sayLeftBehind } from './left-behind.ts';
import { look, toldBy, touchedBy } from './host-image.ts';
import { restoreStore } from './restore-store.ts';
import { found, readBeforeRollback } from './before-rollback.ts';
import type { BeforeRollback } from './before-rollback.ts';
import { snapshotsIn } from '../pipeline/borrowed/snapshots.ts';
import { withRecordedBefore } from '../pipeline/plan-from.ts';
import { exit } from '../report/exit-codes.ts';
import type { ExitCode } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';

/** Times that it is tried again, and the milliseconds before each: what failed once may have been in somebody's way. */
const PAUSES = [100, 100, 500];

export const UNCONFIRMED = 'not confirmed in time';

/** It failed by not being confirmed. */
export function asUnconfirmed(code: ExitCode, why: string): ExitCode {
  return code === exit.rolledBack && why === UNCONFIRMED ? exit.unconfirmed : code;
}

/**
 * Seconds that the first attempts may take: a tool that hangs must not keep an operator out, and one that is only slow
 * has more time later.
 */
const PATIENCE = [1, 5];
/** Seconds more for each thing that may have to be put back. */
const EACH = 0.002;

export interface TakenBack {
  /** What is not as it was; none: it was looked at, and all is. */
  readonly left: readonly string[];
  /** What would still have to be done, as a shell script. */
  readonly commands?: string;
}

/** Rolls a generation back, says so, and puts down what came of it. Nobody has to confirm it any more. */
export async function rollBack(world: World, number: number, record: Record, why: string): Promise<ExitCode> {
  const pending = world.generations.pending();
  // What somebody who was killed has half moved, there or back, nobody has removed.
  const isHalf = world.generations.list().find((each) => each.number === number)?.outcome.is === 'begun';
  const isBegun = pending?.phase === 'rolling back' && pending.pid !== world.safety.self.pid;
  claim(world);
  await sayLeftBehind(world, record);
  const was = await readBeforeRollback(world, record, isHalf ? 'there' : isBegun ? 'back' : undefined);
  const { left, commands } = await undo(world, was.record, was);
  decide(world, number, { is: 'rolled back', why, left });
  if (left.length === 0)
    world.print.err(`generation ${number} was rolled back: ${why}. The host is as it was before\n`);
  else {
    world.print.err(
      `GENERATION ${number} COULD NOT BE ROLLED BACK WHOLE: ${why}. What is not as it was:\n${indented(left)}`,
    );
    // As it is: a text that is handed to a command would be another one with blanks before it.
    if (commands !== undefined) world.print.err(`by hand it would take:\n${commands}`);
  }
  return left.length === 0 ? exit.rolledBack : exit.notRolledBack;
}

/** Tells the guard that whoever runs here rolls it back, so that nobody else need. */
export function claim({ generations, safety }: Pick<World, 'generations' | 'safety'>): void {
  const pending = generations.pending();
  if (pending === undefined || (pending.phase === 'rolling back' && pending.pid === safety.self.pid)) return;
  // On a disk that is full by now it is rolled back all the same.
  untold(() => {
    generations.arm({ ...pending, ...safety.self, phase: 'rolling back' });
  });
}

/**
 * Nobody has to decide on it any more, also where it cannot be put down what became of it. False: somebody will, since
 * that cannot be said.
 */
export function decide({ generations, print }: World, number: number, outcome: Outcome): boolean {
  const [end, disarm] = [
    untold(() => {
      generations.end(number, outcome);
    }),
    untold(() => {
      generations.disarm();
    }),
  ];
  // To be listed as one that is in force would be worse than not at all.
  if (end !== undefined && outcome.is === 'rolled back')
    untold(() => {
      generations.drop(number);
    });
  for (const reason of [end, disarm]) if (reason !== undefined) print.err(`${reason}\n`);
  return disarm === undefined;
}

/** Says why it could not be put down. */
export function untold(recordBefore: () => void): string | undefined {
  try {
    recordBefore();
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
}

export function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}\n`).join('');
}

/** For netctl, which has every device forward with it. */
function forwards({ undo: { found: resources } }: Record): boolean {
  return resources.some((one) => isSysctl(one) && one.name === 'net.ipv4.ip_forward');
}

/** Until there is nothing to do, but not for ever. A stop by a signal would leave it half, so none is heeded. */
async function undo(world: World, record: Record, was: BeforeRollback): Promise<TakenBack> {
  const { safety } = world;
  const tried = await tryBack(world, record.undo, () => attempt(world, record));
  let unseen = '';
  for (const pause of [0, ...PAUSES]) {
    await safety.sleep(pause);
    const seen = await verify(world, record, was, tried.troubles);
    if ('left' in seen) return seen;
    unseen = seen.unseen;
  }
  return { left: ['it could not be looked at', ...new Set([unseen, ...tried.troubles])] };
}

export interface Tried {
  /** It found nothing to do. */
  readonly isDone: boolean;
  readonly troubles: readonly string[];
}

/** Tries until there is nothing to do, each time within bounds. */
export async function tryBack(
  { safety }: Pick<World, 'safety'>,
  { found: resources, made }: Undo,
  tryOnce: () => Promise<Tried>,
): Promise<Tried> {
  const size = resources.length + made.length;
  let tried: Tried = { isDone: false, troubles: [] };
  for (const [i, pause] of [0, ...PAUSES].entries()) {
    if (tried.troubles.length > 0) await safety.sleep(pause);
    const patience = PATIENCE[i];
    safety.hurry(patience === undefined ? undefined : safety.uptime() + patience + EACH * size);
    tried = await tryOnce();
    if (tried.isDone) break;
  }
  safety.hurry(undefined);
  return tried;
}

/**
 * One way back, from wherever the host is. What one plan puts right may show what else is not, as the order of
 * addresses.
 */
async function attempt(world: World, record: Record): Promise<Tried> {
  const { driver, kinds, store } = world;
  try {
    driver.invalidate();
    const { state, revision } = await store.load();
    const memories = state?.memories ?? record.memories;
    const plan = planBack(record.undo, await found(world, record.undo, memories), kinds);
    const recordBefore = withRecordedBefore(memories, plan, kinds);
    const unsaved =
      state === undefined || plan.steps.length === 0
        ? undefined
        : await triedTo(() => store.remember({ ...state, memories: recordBefore }, revision));
    const refused: string[] = [];
    await execute(plan, driver, (event) => {
      if (event.event === 'failed') refused.push(event.error.message);
      world.report(event);
    });
    const isDone = plan.steps.length === 0;
    if (isDone) {
      await removeEmptyTables(driver, record.image);
      await restore(driver, [...snapshotsIn(record).values()]);
      refused.push(...(await restoreStore(world, record.before)));
    }
    return { isDone, troubles: unsaved === undefined ? refused : [...refused, unsaved] };
  } catch (error) {
    if (error instanceof DriverError || error instanceof StoreError)
      return { isDone: false, troubles: [error.message] };
    throw error;
  }
}

/** Says why it cannot be kept. No reason to leave the host as it is. */
async function triedTo(save: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await save();
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  }
}

/** Seconds that an apply and its being rolled back may have taken: what lasted no longer has gone by itself. */
const ELAPSED = 600;

/** `unseen`: why it could not be looked at. */
async function verify(
  world: World,
  record: Record,
  was: BeforeRollback,
  troubles: readonly string[],
): Promise<TakenBack | { readonly unseen: string }> {
  const { driver, kinds } = world;
  try {
    driver.invalidate();
    const { holdings, state } = await world.store.load();
    const observed = await found(world, record.undo, state?.memories ?? record.memories);
    const left = leftToUndo(record.undo, observed, kinds);
    const plan: Plan = planBack(record.undo, observed, kinds);
    const told = toldBy(record.undo, kinds);
    const image = await look(world, told);
    const differing = differences(
      was.comparable(withLinksSince(narrowed(record.image, told), was.links)),
      was.comparable(image),
      concernedBy(record.undo, kinds),
    );
    const stored = wholeOf({ holdings, state });
    const isKept =
      stored === undefined ? record.before === null : record.before !== null && isSame(stored, record.before);
    const others = await unlike(
      driver,
      [...snapshotsIn(record).values()].map((snapshot) =>
        settledSince(snapshot, was.snapshots.get(snapshot.name), forwards(record)),
      ),
      ELAPSED,
    );
    const seen = [
      ...left.map(({ verb, ref }) => `${verb} ${ref} would still be to be done`),
      ...differing,
      ...others,
      ...(isKept ? [] : ['who holds which address is kept otherwise than before']),
    ];
    // What went wrong on the way says why; where all is well in the end it is of no interest.
    if (seen.length === 0) return { left: [] };
    // Last: who holds what is as before once the host is.
    const ops = [...plan.steps.flatMap((step) => step.ops), ...(isKept ? [] : world.store.saving(record.before))];
    return {
      left: [...seen, ...troubles],
      ...(ops.length === 0
        ? {}
        : { commands: renderScript(ops, world.netns === undefined ? {} : { netns: world.netns }) }),
    };
  } catch (error) {
    if (!(error instanceof DriverError || error instanceof StoreError)) throw error;
    return { unseen: error.message };
  }
}

/** Devices that the undo speaks of, and whatever is netctl's own. */
function concernedBy(undo: Undo, kinds: Kinds): (subject: string) => boolean {
  const words = touchedBy(undo, kinds);
  return (subject) =>
    subject !== CHAINS && (!subject.startsWith('device ') || words.has(subject.slice('device '.length)));
}
