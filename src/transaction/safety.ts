// transaction/safety.ts — what of a machine it takes to have an apply rolled back: the guard, a clock, the lock that is
// borrowed and taken again.
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGuard, startOf, uptime } from './guard.ts';
import { takeLock } from '../driver/lock.ts';
import { beganAt, isAlive } from '../driver/processes.ts';
import { GENERATIONS, GUARD_LOG } from '../generations/file.ts';
import type { Paths } from '../parts/context.ts';
import type { Settings } from '../pipeline/settings.ts';
import { exit, Exit } from '../report/exit-codes.ts';
import type { Safety } from '../pipeline/world.ts';

export interface Lock {
  readonly descriptor: number;
  release(): void;
}

/** The lock of a command that may let it go for a while. */
export interface Holding {
  lock: Lock | undefined;
}

/** Milliseconds between two tries to have the lock again, and how often. */
const TURN = { pause: 50, tries: 12_000 };

/** `left`: how many milliseconds a tool may still take. */
export function safetyOf(
  settings: Settings,
  paths: Paths,
  holding: Holding,
): { readonly safety: Safety; readonly left: () => number } {
  let until: number | undefined;
  const safety: Safety = {
    who: whoIs(process.env),
    get start() {
      return startOf(settings.netns);
    },
    self: { pid: process.pid, began: beganAt(process.pid) ?? '' },
    lives: ({ pid, began }) => isAlive({ pid, began }),
    uptime,
    guard: (generation) =>
      startGuard({
        pending: `${paths.state}/${GENERATIONS[1]}`,
        generation,
        lock: `${paths.run}/lock`,
        log: `${paths.state}/${GENERATIONS[0]}/${generation}/${GUARD_LOG}`,
        command: [
          process.execPath,
          process.argv[1] ?? '',
          'rollback',
          '--unconfirmed',
          '--state-dir',
          settings.stateDir,
          '--run-dir',
          settings.runDir,
          ...(settings.host === undefined ? [] : ['--host', settings.host]),
          ...(settings.netns === undefined ? [] : ['--netns', settings.netns]),
        ],
      }),
    hurry: (by) => {
      until = by;
    },
    aside: async (meanwhile) => {
      holding.lock?.release();
      holding.lock = undefined;
      try {
        return await meanwhile();
      } finally {
        holding.lock = await takeAgain(settings, paths);
      }
    },
    sleep: async (milliseconds) => {
      await sleep(milliseconds);
    },
  };
  return { safety, left: () => (until === undefined ? Infinity : Math.max(1, (until - uptime()) * 1000)) };
}

/** Whoever has it meanwhile is soon done. */
async function takeAgain({ command }: Settings, { run }: Paths): Promise<Lock> {
  for (let tries = 0; tries < TURN.tries; tries++) {
    const lock = await takeLock(`${run}/lock`, `netctl ${command}`, new Date());
    if (lock.locked) return lock;
    await sleep(TURN.pause);
  }
  throw new Exit(exit.locked, `another netctl does not end (${run}/lock)`);
}

/** Whoever became root says who he was. */
function whoIs(env: NodeJS.ProcessEnv): string {
  const own = userInfo().username;
  const was = [env['SUDO_USER'], env['DOAS_USER'], env['LOGNAME']].find(
    (name) => name !== undefined && name !== '' && name !== own,
  );
  const from = /^(\S+) /.exec(env['SSH_CONNECTION'] ?? '')?.[1];
  return `${was === undefined ? own : `${was} as ${own}`}${from === undefined ? '' : ` from ${from}`}`;
}
