// cli/host-lock.ts — locks the host for a watch, round by round: each time with a driver of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { inWords } from './failures.ts';
import { worldOf } from './world.ts';
import { takeLock } from '../driver/lock.ts';
import { pathsOf } from '../pipeline/settings.ts';
import type { Settings } from '../pipeline/settings.ts';
import { Exit } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';
import type { HostLock, LockListener } from '../watch/host-lock.ts';

/**
 * The driver of each has read nothing yet, and all have the store of the watch. Waits while another netctl is running or
 * an apply is still to be confirmed, and says once for whom.
 */
export function lockHost(
  settings: Settings,
  { signal, store }: Pick<World, 'signal' | 'store'>,
  listener: LockListener,
): () => Promise<HostLock> {
  const paths = pathsOf(settings);
  return async () => {
    for (let hasWaited = false; ; hasWaited = true) {
      const lock = await takeLock(`${paths.run}/lock`, `netctl ${settings.command}`, new Date()).catch(
        (error: unknown) => {
          throw inWords(error, settings);
        },
      );
      if (lock.locked) {
        const world = await worldOf(
          settings,
          paths,
          signal,
          { lock },
          {
            onSpawn: (pid, argv) => {
              listener.onSpawn(pid, argv);
            },
            store,
          },
        );
        const waiting = await pendingIn(world, (text) => {
          listener.says(text);
        });
        if (waiting !== undefined) {
          lock.release();
          if (!hasWaited) listener.waitsFor(waiting);
          await sleep(POLL, undefined, { signal });
          continue;
        }
        const silent = { out: () => undefined, err: () => undefined };
        return {
          world: { ...world, print: silent, report: listener.report },
          alone: lock.before?.pid === process.pid,
          release: () => {
            lock.release();
          },
        };
      }
      if (!hasWaited)
        listener.waitsFor(
          lock.holder === undefined ? 'another netctl' : `${lock.holder.command}, process ${lock.holder.pid}`,
        );
      await sleep(POLL, undefined, { signal });
    }
  };
}

/** What somebody is still to decide on, if anybody is. What nobody decided on in time is rolled back. */
async function pendingIn(world: World, say: (text: string) => void): Promise<string | undefined> {
  const pending = world.generations.pending();
  if (pending === undefined) return undefined;
  const { isOverdue, settlePending } = await import('../transaction/pending.ts');
  if (!isOverdue(world, pending)) return `generation ${pending.generation} to be confirmed`;
  const heard = { out: () => undefined, err: say };
  await settlePending({ ...world, print: heard }).catch((error: unknown) => {
    // What is left of it, the watch mends by its own spec.
    if (!(error instanceof Exit)) throw error;
    say(error.message);
  });
  return undefined;
}

/** Milliseconds between two looks whether another netctl is done. */
const POLL = 100;
