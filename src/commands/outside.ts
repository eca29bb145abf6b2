// commands/outside.ts — makes the World of a real host, runs a verb in it, and turns what went wrong outside into words and exit codes.
import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAhead } from '../core/observe.ts';
import { DriverError } from '../core/resource.ts';
import type { Reporter } from '../core/resource.ts';
import { harmless, onTerminal } from '../core/shown.ts';
import { StoreError } from '../core/stored.ts';
import { readFacts } from '../driver/facts.ts';
import { createLinuxDriver } from '../driver/linux.ts';
import { takeLock } from '../driver/lock.ts';
import { MissingTool, missingTools } from '../driver/missing-tool.ts';
import { readOperator } from '../driver/operator.ts';
import { wrongProc } from '../driver/processes.ts';
import { probe } from '../driver/probing.ts';
import { askAt } from '../driver/terminal.ts';
import { kindsFor } from '../kinds/index.ts';
import { READ_TABLES } from '../neighbours/reads.ts';
import { isBeingWritten } from '../origin/still.ts';
import type { Paths } from '../parts/context.ts';
import type { Answer, Request } from '../rehearsal/model.ts';
import { Unfit, usualLimits } from '../spec/input.ts';
import { readSources, SourceError } from '../spec/sources.ts';
import type { Source } from '../spec/sources.ts';
import { createFileStore } from '../store/file.ts';
import { createGenerations, GENERATIONS } from '../generations/file.ts';
import { safetyOf } from './safety.ts';
import type { Holding, Lock } from './safety.ts';
import { exit, Exit, Stopped } from './world.ts';
import { KEPT } from './watch/last-good.ts';
import type { Turn } from './watch/loop.ts';
import type { ExitCode, World } from './world.ts';

export interface Settings {
  readonly command: string;
  readonly files: readonly string[];
  readonly host: string | undefined;
  readonly netns: string | undefined;
  readonly output: 'text' | 'json' | 'yaml';
  readonly color: 'auto' | 'always' | 'never';
  readonly stateDir: string;
  readonly runDir: string;
  readonly verbose: boolean;
  /** Options that were given as flags, and by no variable: `file`, `verifySignatures`. */
  readonly flags: ReadonlySet<string>;
  readonly hostname: string;
}

const TAKEN_BACK: readonly ExitCode[] = [exit.takenBack, exit.notTakenBack, exit.unconfirmed];
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** What a verb does with all that is ours on the host. */
export type Use = 'changes' | 'decides' | 'stays' | 'reads' | undefined;

/** Runs one verb from first to last: privilege, lock, World, and the way out. */
export async function run<O>(settings: Settings, verb: (world: World, options: O, settings: Settings) => Promise<ExitCode>, options: O, use: Use): Promise<ExitCode> {
  const wrong = [...misusedIn(settings)];
  if (wrong.length > 0) throw new Exit(exit.usage, wrong.join('\n'));
  const paths = pathsOf(settings);
  const changes = use === 'changes' || use === 'decides';
  if ((changes || use === 'stays') && process.getuid?.() !== 0) throw new Exit(exit.noPrivilege, `${settings.command} changes the host, which needs root`);
  const askew = use === undefined ? undefined : wrongProc();
  if (askew !== undefined) throw new Exit(exit.unavailable, askew);
  const holding: Holding = { lock: changes ? await lockOrExit(settings, paths).catch((error: unknown) => { throw inWords(error, settings); }) : undefined };
  // The end of a terminal is no reason to leave a host half changed.
  if (changes) process.on('SIGHUP', () => undefined);
  const stop = new AbortController();
  let stoppedBy: keyof typeof SIGNALS | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => {
    stoppedBy = name;
    stop.abort();
  });
  try {
    const world = await worldOf(settings, paths, stop.signal, holding);
    // Before anything is done of which nothing could be put down.
    if ((changes || use === 'reads') && isNoDirectory(`${paths.state}/${GENERATIONS[0]}`, lstatSync)) throw new StoreError(`${paths.state}/${GENERATIONS[0]}`, 'is no directory');
    // Not before it is locked: another might be changing it.
    if (use === 'changes' || use === 'reads') readAhead(world.driver, world.kinds, [READ_TABLES]);
    const code = await verb(world, options, settings);
    // What became of it says more than what ended it.
    return stoppedBy === undefined || TAKEN_BACK.includes(code) ? code : SIGNALS[stoppedBy];
  } catch (error) {
    if (stoppedBy !== undefined && error instanceof Stopped) throw new Exit(SIGNALS[stoppedBy], error.message);
    // A Ctrl-C may reach a tool before that has a session of its own.
    if (stoppedBy !== undefined && error instanceof DriverError && error.stderr.includes(`ended by ${stoppedBy}`)) return SIGNALS[stoppedBy];
    throw inWords(error, settings);
  } finally {
    holding.lock?.release();
  }
}

/** What an argument parser does not look at. */
function* misusedIn({ files }: Settings): Iterable<string> {
  if (files.includes('')) yield "-f '' names no spec: a file, a directory, or - for standard input";
  for (const name of ['NETCTL_COMMAND_LIMIT', 'NETCTL_SPEC_LIMIT']) {
    const text = process.env[name] ?? '';
    if (text !== '' && !/^[1-9]\d{0,8}$/.test(text)) yield `${name} is ${JSON.stringify(text)}: it must be a number of milliseconds, from 1 to 999999999`;
  }
}

/**
 * Takes turns on the host, as a watch does: each with the lock and a driver of its own, that has read nothing yet. Waits while another netctl
 * is at work, and says once for whom.
 */
export function turnsOf(settings: Settings, signal: AbortSignal, told: { onSpawn(pid: number, argv: readonly string[]): void; waitsFor(holder: string): void; says(text: string): void; readonly report: Reporter }): () => Promise<Turn> {
  const paths = pathsOf(settings);
  return async () => {
    for (let hasWaited = false; ; hasWaited = true) {
      const lock = await takeLock(`${paths.run}/lock`, `netctl ${settings.command}`, new Date()).catch((error: unknown) => { throw inWords(error, settings); });
      if (lock.locked) {
        const world = await worldOf(settings, paths, signal, { lock }, (pid, argv) => { told.onSpawn(pid, argv); });
        const waiting = await pendingIn(world, (text) => { told.says(text); });
        if (waiting !== undefined) {
          lock.release();
          if (!hasWaited) told.waitsFor(waiting);
          await sleep(TURN_POLL, undefined, { signal });
          continue;
        }
        const silent = { out: () => undefined, err: () => undefined };
        return { world: { ...world, print: silent, report: told.report }, alone: lock.before?.pid === process.pid, end: () => { lock.release(); } };
      }
      if (!hasWaited) told.waitsFor(lock.holder === undefined ? 'another netctl' : `${lock.holder.command}, process ${lock.holder.pid}`);
      await sleep(TURN_POLL, undefined, { signal });
    }
  };
}

/** What somebody is still to decide on, if anybody is. What nobody decided on in time is taken back. */
async function pendingIn(world: World, say: (text: string) => void): Promise<string | undefined> {
  const pending = world.generations.pending();
  if (pending === undefined) return undefined;
  const { isOverdue, settlePending } = await import('./pending.ts');
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
const TURN_POLL = 100;

/** A namespace, too, need not be there for them. */
const NEED_NO_HOST: readonly string[] = ['validate', 'export'];

/** Of their own in a namespace: it is a host of its own. */
export function pathsOf({ command, stateDir, runDir, netns }: Settings): Paths {
  if (netns === undefined) return { state: stateDir, run: runDir };
  if (!NEED_NO_HOST.includes(command) && !existsSync(`/run/netns/${netns}`)) throw new Exit(exit.noInput, `there is no network namespace ${netns}: ip netns add ${netns} makes it`);
  return { state: `${stateDir}/netns/${netns}`, run: `${runDir}/netns/${netns}` };
}

async function lockOrExit({ command }: Settings, { run: directory }: Paths): Promise<Lock> {
  const lock = await takeLock(`${directory}/lock`, `netctl ${command}`, new Date());
  if (lock.locked) return lock;
  const { holder } = lock;
  throw new Exit(exit.locked, holder === undefined ? `another netctl is at work (${directory}/lock)` : `${holder.command} is at work as process ${holder.pid} since ${holder.since} (${directory}/lock)`);
}

async function worldOf(settings: Settings, paths: Paths, signal: AbortSignal, holding: Holding, onSpawn?: (pid: number, argv: readonly string[]) => void): Promise<World> {
  const { netns, host, hostname, output } = settings;
  const { safety, left } = safetyOf(settings, paths, holding);
  const driver = createLinuxDriver({ ...(netns === undefined ? {} : { netns }), own: [settings.stateDir, settings.runDir], holdLock: () => holding.lock?.descriptor, left, ...(onSpawn === undefined ? {} : { onSpawn }) });
  const generations = createGenerations(paths.state);
  const kinds = kindsFor(paths);
  const store = createFileStore(paths.state, (name) => kinds.some(({ kind }) => kind === name), paths.run);
  // Loading the logger costs more than most verbs take.
  const report: Reporter = settings.verbose ? (await import('../report/log.ts')).createLog() : () => undefined;
  let sources: Promise<readonly Source[]> | undefined;
  const color = settings.color === 'always' || (settings.color === 'auto' && process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '');
  return {
    driver, store, generations, safety, kinds, paths, host, hostname, output, signal, ...(netns === undefined ? {} : { netns }),
    report,
    color,
    facts: (host = driver) => readFacts(host),
    // Once: a pipe has nothing to say a second time.
    sources: () => (sources ??= sourcesOf(settings, signal)),
    now: () => new Date(),
    missingTools: (ops) => missingTools(ops).map(({ message }) => message),
    stage: process.getuid?.() === 0 ? (request) => rehearse({ ...request, ...(netns === undefined ? {} : { netns }) }, signal) : undefined,
    ask: process.stdin.isTTY ? (question, how) => askAt({ input: process.stdin, output: process.stderr }, harmless(question), how) : undefined,
    probe: (probes) => probe(probes, { netns, program: [process.execPath, process.argv[1] ?? ''] }),
    operator: () => readOperator(),
    print: {
      out: (text, how) => process.stdout.write(how === 'exactly' && !process.stdout.isTTY ? text : onTerminal(text, color)),
      err: (text) => process.stderr.write(onTerminal(text, color)),
    },
    forget: async () => {
      await store.forget();
      generations.forget();
      forgetDirectories(paths, settings);
    },
  };
}

/** Milliseconds between two looks at a spec that somebody writes. */
const STILL_WRITTEN = 250;

async function sourcesOf({ files }: Settings, signal: AbortSignal): Promise<readonly Source[]> {
  try {
    const limits = usualLimits(signal);
    const read = (): Promise<readonly Source[]> => readSources(files.length > 0 ? files : ['/etc/netctl/spec.d'], { limits });
    let found = await read();
    // Half a spec would remove the other half. Who has it open and has stopped writing is not waited for.
    for (const until = performance.now() + limits.time; await isBeingWritten(found); found = await read()) {
      if (performance.now() > until) throw new SourceError(found.map(({ file }) => file).join(', '), 'unfit', new Unfit(`is still being written after ${limits.time / 1000} s`));
      await sleep(STILL_WRITTEN, undefined, { signal });
    }
    return found;
  } catch (error) {
    throw signal.aborted ? new Stopped('stopped while the spec was read; nothing was changed', { cause: error }) : error;
  }
}

/** Its answer is of its own shape: on the stage runs this very program. */
async function rehearse(request: Request, signal: AbortSignal): Promise<Answer> {
  const { onStage } = await import('../driver/stage/open.ts');
  return JSON.parse(await onStage(JSON.stringify(request), signal)) as Answer;
}

/** Our own directories, once they are empty; what somebody else has put there stays, and its directory with it. */
function forgetDirectories(paths: Paths, { stateDir, runDir }: Settings): void {
  rmSync(`${paths.run}/lock`, { force: true });
  for (const name of KEPT) rmSync(`${paths.state}/${name}`, { recursive: true, force: true });
  for (const path of [`${paths.state}/networks`, `${paths.state}/guests`]) removeEmptyBelow(path);
  for (const [from, top] of [[paths.state, stateDir], [paths.run, runDir]] as const) removeEmpty(from, top);
}

/** The directory, and those of each network or guest in it. */
function removeEmptyBelow(path: string): void {
  // A link leads to directories of somebody's.
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) removeIfEmpty(`${path}/${entry.name}`);
  removeIfEmpty(path);
}

function removeEmpty(path: string, top: string): void {
  for (let at = path; at.length >= top.length; at = at.slice(0, at.lastIndexOf('/'))) if (!removeIfEmpty(at)) return;
}

function removeIfEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return !existsSync(path);
  }
}

/** What the host refused while it was only read, a store that cannot be trusted, a spec that is not there. */
function inWords(error: unknown, { files, stateDir }: Settings): unknown {
  if (error instanceof MissingTool) return new Exit(exit.unavailable, error.message);
  if (error instanceof SourceError && isForbidden(error.cause)) return new Exit(exit.noPrivilege, `${error.message}\nreading this spec needs root, or whoever may`);
  if (error instanceof SourceError) return new Exit(exit.noInput, files.length > 0 ? error.message : `${error.message}; name another spec with -f or $NETCTL_SPEC`);
  if (error instanceof StoreError && isForbidden(error.cause)) return new Exit(exit.noPrivilege, `${error.message}\nreading what netctl keeps needs root`);
  if (error instanceof StoreError && isNoDirectory(stateDir)) return new Exit(exit.failed, `${error.message}\n${stateDir} is no directory: name another one with --state-dir or $NETCTL_STATE_DIR`);
  if (error instanceof StoreError && error.path.endsWith(`/${GENERATIONS[0]}`) && isNoDirectory(error.path, lstatSync)) return new Exit(exit.failed, `${error.message}\nMove it away: it tells nothing of past applies, and netctl goes on without them.`);
  if (error instanceof StoreError) return new Exit(exit.failed, `${error.message}\nIt is left as it is. Mend it, or move it away: then what it held is gathered from the host.`);
  if (error instanceof DriverError) return new Exit(process.getuid?.() === 0 ? exit.failed : exit.noPrivilege, `${error.message}${process.getuid?.() === 0 ? '' : '\nreading a host needs root too'}`);
  return error;
}

/** There is something, and it is none. */
function isNoDirectory(path: string, look: typeof statSync = statSync): boolean {
  try {
    return look(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch {
    return false;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && (('code' in error && error.code === 'EACCES') || isForbidden(error.cause));
}
