// cli/run.ts — makes the World of a real host, runs a verb in it, and turns what went wrong outside into words and exit
// codes.
import { lstatSync } from 'node:fs';
import { readAhead } from '../core/observe.ts';
import { DriverError } from '../core/resource.ts';
import { StoreError } from '../core/stored.ts';
import { takeLock } from '../driver/lock.ts';
import { wrongProc } from '../driver/processes.ts';
import { READ_CHAINS } from '../iptables/nft-reads.ts';
import type { Use } from '../commands/verb.ts';
import type { Paths } from '../parts/context.ts';
import { GENERATIONS } from '../generations/file.ts';
import type { Holding, Lock } from '../transaction/safety.ts';
import { exit, Exit, Stopped } from '../report/exit-codes.ts';
import type { ExitCode } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';
import { pathsOf } from '../pipeline/settings.ts';
import type { Settings } from '../pipeline/settings.ts';
import { worldOf } from './world.ts';
import { inWords, isNoDirectory } from './failures.ts';

const ROLLED_BACK: readonly ExitCode[] = [exit.rolledBack, exit.notRolledBack, exit.unconfirmed];
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs one verb from first to last: privilege, lock, World, and the way out. */
export async function run(
  settings: Settings,
  verb: (world: World) => Promise<ExitCode>,
  use: Use | undefined,
): Promise<ExitCode> {
  const wrong = [...misusedIn(settings)];
  if (wrong.length > 0) throw new Exit(exit.usage, wrong.join('\n'));
  const paths = pathsOf(settings);
  const changes = use === 'changes' || use === 'decides';
  if ((changes || use === 'stays') && process.getuid?.() !== 0)
    throw new Exit(exit.noPrivilege, `${settings.command} changes the host, which needs root`);
  const askew = use === undefined ? undefined : wrongProc();
  if (askew !== undefined) throw new Exit(exit.unavailable, askew);
  const holding: Holding = {
    lock: changes
      ? await lockOrExit(settings, paths).catch((error: unknown) => {
          throw inWords(error, settings);
        })
      : undefined,
  };
  // The end of a terminal is no reason to leave a host half changed.
  if (changes) process.on('SIGHUP', () => undefined);
  const stop = new AbortController();
  let stoppedBy: keyof typeof SIGNALS | undefined;
  let world: World | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      stoppedBy = name;
      stop.abort();
    });
  try {
    world = await worldOf(settings, paths, stop.signal, holding);
    // Before anything is done of which nothing could be put down.
    if ((changes || use === 'reads') && isNoDirectory(`${paths.state}/${GENERATIONS[0]}`, lstatSync))
      throw new StoreError(`${paths.state}/${GENERATIONS[0]}`, 'is no directory');
    // Not before it is locked: another might be changing it.
    if (use === 'changes' || use === 'reads') readAhead(world.driver, world.kinds, [READ_CHAINS]);
    const code = await verb(world);
    // What became of it says more than what ended it.
    return stoppedBy === undefined || ROLLED_BACK.includes(code) ? code : SIGNALS[stoppedBy];
  } catch (error) {
    if (stoppedBy !== undefined && error instanceof Stopped) throw new Exit(SIGNALS[stoppedBy], error.message);
    // A Ctrl-C may reach a tool before that has a session of its own.
    if (stoppedBy !== undefined && error instanceof DriverError && error.stderr.includes(`ended by ${stoppedBy}`))
      return SIGNALS[stoppedBy];
    throw inWords(error, settings);
  } finally {
    await world?.store.close();
    holding.lock?.release();
  }
}

/** What an argument parser does not look at. */
function* misusedIn({ files }: Settings): Iterable<string> {
  if (files.includes('')) yield "-f '' names no spec: a file, a directory, or - for standard input";
  for (const name of ['NETCTL_COMMAND_LIMIT', 'NETCTL_SPEC_LIMIT']) {
    const text = process.env[name] ?? '';
    if (text !== '' && !/^[1-9]\d{0,8}$/.test(text))
      yield `${name} is ${JSON.stringify(text)}: it must be a number of milliseconds, from 1 to 999999999`;
  }
}

async function lockOrExit({ command }: Settings, { run: directory }: Paths): Promise<Lock> {
  const lock = await takeLock(`${directory}/lock`, `netctl ${command}`, new Date());
  if (lock.locked) return lock;
  const { holder } = lock;
  throw new Exit(
    exit.locked,
    holder === undefined
      ? `another netctl is running (${directory}/lock)`
      : `${holder.command} is running as process ${holder.pid} since ${holder.since} (${directory}/lock)`,
  );
}
