// cli/world.ts — makes the World of a real host.
import { rmSync, lstatSync, readdirSync, rmdirSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reporter } from '../core/resource.ts';
import type { Store } from '../core/stored.ts';
import { harmless, onTerminal } from '../core/sanitize.ts';
import { readFacts } from '../driver/facts.ts';
import { createLinuxDriver } from '../driver/linux.ts';
import { missingTools } from '../driver/missing-tool.ts';
import { askAt } from '../driver/terminal.ts';
import { features } from '../features/index.ts';
import { createGenerations } from '../generations/file.ts';
import { kindsFor } from '../kinds/index.ts';
import { isBeingWritten } from '../origin/still.ts';
import type { Paths } from '../parts/context.ts';
import type { Request, Answer } from '../pipeline/sandbox.ts';
import { specsOf } from '../pipeline/settings.ts';
import type { Settings } from '../pipeline/settings.ts';
import { Exit, exit, Stopped } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';
import { readOperator } from '../probes/operator.ts';
import { probe } from '../probes/probing.ts';
import { grammar } from '../specfile/grammar.ts';
import { usualLimits, Unfit } from '../specfile/input.ts';
import { readSources, SourceError } from '../specfile/sources.ts';
import type { Source } from '../specfile/text.ts';
import { ALONE, openStore, registers } from '../store/index.ts';
import type { Opening } from '../store/index.ts';
import { safetyOf } from '../transaction/safety.ts';
import type { Holding } from '../transaction/safety.ts';
import { KEPT } from '../watch/last-good.ts';

export async function worldOf(
  settings: Settings,
  paths: Paths,
  signal: AbortSignal,
  holding: Holding,
  {
    onSpawn,
    store: opened,
  }: { readonly onSpawn?: (pid: number, argv: readonly string[]) => void; readonly store?: Store } = {},
): Promise<World> {
  const { netns, host, hostname, output } = settings;
  const { safety, left } = safetyOf(settings, paths, holding);
  const driver = createLinuxDriver({
    ...(netns === undefined ? {} : { netns }),
    own: [settings.stateDir, settings.runDir],
    holdLock: () => holding.lock?.descriptor,
    left,
    ...(onSpawn === undefined ? {} : { onSpawn }),
  });
  const generations = createGenerations(paths.state);
  const kinds = kindsFor(paths);
  const options = {
    directory: paths.state,
    beside: paths.run,
    knows: (name: string) => kinds.some(({ kind }) => kind === name),
  };
  const store = opened ?? storeIn({ host: host ?? hostname, options });
  // Loading the logger costs more than most verbs take.
  const report: Reporter = settings.verbose ? (await import('../report/log.ts')).createLog() : () => undefined;
  let sources: Promise<readonly Source[]> | undefined;
  const color =
    settings.color === 'always' ||
    (settings.color === 'auto' && process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '');
  return {
    driver,
    store,
    generations,
    safety,
    kinds,
    features,
    grammar,
    paths,
    host,
    hostname,
    output,
    signal,
    ...(netns === undefined ? {} : { netns }),
    report,
    color,
    facts: (host = driver) => readFacts(host),
    // Once: a pipe has nothing to say a second time.
    sources: () => (sources ??= sourcesOf(settings, signal)),
    now: () => new Date(),
    missingTools: (ops) => missingTools(ops).map(({ message }) => message),
    sandbox:
      process.getuid?.() === 0
        ? (request) => rehearse({ ...request, ...(netns === undefined ? {} : { netns }) }, signal)
        : undefined,
    ask: process.stdin.isTTY
      ? (question, how) => askAt({ input: process.stdin, output: process.stderr }, harmless(question), how)
      : undefined,
    probe: (probes) => probe(probes, { netns, program: [process.execPath, process.argv[1] ?? ''] }),
    operator: () => readOperator(),
    print: {
      out: (text, how) =>
        process.stdout.write(how === 'exactly' && !process.stdout.isTTY ? text : onTerminal(text, color)),
      err: (text) => process.stderr.write(onTerminal(text, color)),
    },
    forget: async () => {
      await store.forget();
      generations.forget();
      forgetDirectories(paths, settings);
    },
  };
}

function storeIn(opening: Opening): Store {
  const given = process.env['NETCTL_REGISTER'] ?? '';
  const address = given === '' ? ALONE : given;
  const store = openStore(address, opening);
  if (store !== undefined) return store;
  const known = Object.keys(registers).map((scheme) => `${scheme}:`);
  throw new Exit(exit.usage, `NETCTL_REGISTER: ${address} is no register; there is ${known.join(', ')}`);
}

/** Milliseconds between two looks at a spec that somebody writes. */
const STILL_WRITTEN = 250;

async function sourcesOf(settings: Settings, signal: AbortSignal): Promise<readonly Source[]> {
  try {
    const limits = usualLimits(signal);
    const read = (): Promise<readonly Source[]> => readSources(specsOf(settings), { limits });
    let found = await read();
    // Half a spec would remove the other half. Who has it open and has stopped writing is not waited for.
    for (const until = performance.now() + limits.time; await isBeingWritten(found); found = await read()) {
      if (performance.now() > until)
        throw new SourceError(
          found.map(({ file }) => file).join(', '),
          'unfit',
          new Unfit(`is still being written after ${limits.time / 1000} s`),
        );
      await sleep(STILL_WRITTEN, undefined, { signal });
    }
    return found;
  } catch (error) {
    throw signal.aborted
      ? new Stopped('stopped while the spec was read; nothing was changed', { cause: error })
      : error;
  }
}

/** Its answer is of its own shape: in the sandbox runs this very program. */
async function rehearse(request: Request, signal: AbortSignal): Promise<Answer> {
  const { inSandbox } = await import('../rehearsal/sandbox/open.ts');
  return JSON.parse(await inSandbox(JSON.stringify(request), signal)) as Answer;
}

/** Our own directories, once they are empty; what somebody else has put there stays, and its directory with it. */
function forgetDirectories(paths: Paths, { stateDir, runDir }: Settings): void {
  rmSync(`${paths.run}/lock`, { force: true });
  for (const name of KEPT) rmSync(`${paths.state}/${name}`, { recursive: true, force: true });
  for (const path of [`${paths.state}/networks`, `${paths.state}/guests`, `${paths.run}/netns`]) removeEmptyBelow(path);
  for (const [from, top] of [
    [paths.state, stateDir],
    [paths.run, runDir],
  ] as const)
    removeEmpty(from, top);
}

/** The directory, and those of each network or guest in it. */
function removeEmptyBelow(path: string): void {
  // A link leads to directories of somebody's.
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeIfEmpty(`${path}/${entry.name}`);
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
