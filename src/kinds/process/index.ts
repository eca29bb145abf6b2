// kinds/process/index.ts — daemons that put themselves in the background: known by their pid file's name among their
// arguments.
import type { Change, HostReader, Kind, Op, Running, Step } from '../../core/resource.ts';
import { DAEMON } from '../../core/marks.ts';
import { parseLoaded, renderLoaded } from './loaded.ts';
import type { Process } from './model.ts';

export function createProcessKind(directory: string): Kind<Process> {
  const files = pathsIn(directory);
  return {
    kind: 'process',
    key: ({ name }) => name,
    needs: ({ on }) => on,
    // One server for each interface: two networks that change bridges must both have let go before either takes.
    claims: ({ argv }) => argv.filter((argument) => argument.startsWith('--interface=')),
    mustReplace: (observed, wanted) =>
      !equal(observed.argv, wanted.argv) || isStartedOtherwise(observed, wanted) || standsElsewhere(observed, wanted),
    watches: ['processes', 'files'],
    observe: (host, wanted) => observe(host, wanted, directory),
    again: async (host, wanted, _memory, names, before) =>
      names.some((name) => name.startsWith(`${directory}/`)) ? await observe(host, wanted, directory) : before,
    signed: ({ name }) => files.pid(name),
    same: (observed, wanted) =>
      observed.stopped !== true &&
      observed.config === wanted.config &&
      equal(observed.argv, wanted.argv) &&
      !isStartedOtherwise(observed, wanted),
    steps: (changes) =>
      changes.map((change): Step => ({ changes: [change], ops: opsFor(change, files, otherHalf(change, changes)) })),
    // Packets pass by a DHCP and DNS server; while it reads its files again, what asks it waits. Only without it nobody
    // answers.
    disrupts: ({ verb }) => ({ class: verb === 'replace' || verb === 'delete' ? 'new-connections' : 'none' }),
    asFound: ({ stopped: _, put, ...found }) =>
      found.argv.length === 0 ? undefined : { ...found, on: put ?? found.on },
    describe: (process, before) =>
      before === undefined ? process.name : `${process.name} ${whatHappens(before, process)}`,
  };
}

interface Paths {
  pid(name: string): string;
  loaded(name: string): string;
}

function pathsIn(directory: string): Paths {
  return { pid: (name) => `${directory}/${name}.pid`, loaded: (name) => `${directory}/${name}.loaded` };
}

async function observe(host: HostReader, wanted: readonly Process[], directory: string): Promise<readonly Process[]> {
  const mark = `--pid-file=${directory}/`;
  const running = new Map<string, Running[]>();
  for (const process of await host.processes(mark)) {
    for (const name of process.argv.flatMap((argument) => nameIn(argument, mark)))
      running.set(name, [...(running.get(name) ?? []), process]);
  }
  const files = await host.files(directory);
  const wishes = new Map(wanted.map((process) => [process.name, process]));
  const found = [...running].map(([name, processes]): Process => {
    const { on, ...read } = parseLoaded(files.get(pathsIn(directory).loaded(name)) ?? '');
    return {
      kind: 'process',
      name,
      argv: argvOf(processes),
      ...read,
      put: on,
      on: [...new Set([...on, ...(wishes.get(name)?.on ?? [])])],
      ...(processes.some(({ stopped }) => stopped) ? { stopped: true } : {}),
    };
  });
  return [
    ...found,
    ...leftOver(files, directory)
      .filter((name) => !running.has(name) && !wishes.has(name))
      .map(gone),
  ];
}

function nameIn(argument: string, mark: string): readonly string[] {
  const name = argument.startsWith(mark) ? /^([^/]+)\.pid$/.exec(argument.slice(mark.length))?.[1] : undefined;
  return name === undefined ? [] : [name];
}

/**
 * Two with one mark, or one in a network namespace that is no more: not what anybody wants, so both end and one starts.
 */
function argvOf(processes: readonly Running[]): readonly string[] {
  const [only, another] = processes;
  return only === undefined || another !== undefined || only.astray ? [] : byName(only.argv);
}

/** A distribution's or an operator's wrapper starts the daemon by its path. */
function byName([program = '', ...rest]: readonly string[]): readonly string[] {
  return [program.slice(program.lastIndexOf('/') + 1), ...rest];
}

/** Of a daemon that died, and that nobody wants again, its files are still ours to remove. */
function leftOver(files: ReadonlyMap<string, string>, directory: string): readonly string[] {
  return [
    ...new Set(
      [...files.keys()].flatMap((path) => {
        const name = /^([^/]+)\.(?:pid|loaded)(?:\.new)?$/.exec(path.slice(directory.length + 1))?.[1];
        return name === undefined || !DAEMON.test(name) ? [] : [name];
      }),
    ),
  ];
}

function gone(name: string): Process {
  return { kind: 'process', name, argv: [], config: '', on: [] };
}

/** Of a process that is restarted: what ended, or what starts. */
function otherHalf(change: Change<Process>, changes: readonly Change<Process>[]): Process | undefined {
  if (change.verb !== 'delete' && change.verb !== 'create') return undefined;
  const other = changes.find(
    ({ ref, verb }) => ref === change.ref && verb === (change.verb === 'delete' ? 'create' : 'delete'),
  );
  return other?.verb === 'create' ? other.after : other?.verb === 'delete' ? other.before : undefined;
}

/**
 * Has a daemon read its arguments and what they name, and nothing more: what it would not start with is known while the
 * one before still runs.
 */
function tryOut({ argv }: Process): Op {
  const [program = '', ...rest] = argv;
  return { op: 'run', argv: [program, '--test', ...rest] };
}

/**
 * What is loaded is unknown from before the daemon reads until it has been written down: killed in between, it is told
 * again.
 */
function opsFor(change: Change<Process>, files: Paths, other: Process | undefined): readonly Op[] {
  const { name } = change.verb === 'delete' ? change.before : change.after;
  const pidFile = files.pid(name);
  const stop: Op = { op: 'signal', pidFile, signal: 'TERM' };
  const forget: Op = { op: 'remove', path: files.loaded(name) };
  // The last is what a write that was interrupted leaves.
  if (change.verb === 'delete') {
    const tried =
      other !== undefined &&
      change.before.argv.length > 0 &&
      (!equal(change.before.argv, other.argv) || isStartedOtherwise(change.before, other))
        ? [tryOut(other)]
        : [];
    return [
      ...tried,
      stop,
      forget,
      { op: 'remove', path: pidFile },
      { op: 'remove', path: `${files.loaded(name)}.new` },
    ];
  }
  const start: Op = {
    op: 'start',
    argv: change.after.argv,
    pidFile,
    ...(other === undefined || other.argv.length === 0 ? {} : { before: other.argv }),
  };
  // Of one that is as it was found, with the run directory lost, nobody knows what it had loaded.
  const put: readonly Op[] =
    change.after.config === '' ? [] : [{ op: 'write', path: files.loaded(name), text: renderLoaded(change.after) }];
  if (change.verb === 'create') return [forget, start, ...put];
  const readAgain: readonly Op[] = [forget, { op: 'signal', pidFile, signal: 'HUP' }, ...put];
  if (change.before.stopped !== true) return readAgain;
  return [
    { op: 'signal', pidFile, signal: 'CONT' },
    ...(change.before.config === change.after.config ? [] : readAgain),
  ];
}

/** What cannot be read now is no reason to end a server that runs. */
function isStartedOtherwise(observed: Process, wanted: Process): boolean {
  return wanted.startedWith !== undefined && observed.startedWith !== wanted.startedWith;
}

function standsElsewhere(observed: Process, wanted: Process): boolean {
  return observed.on.some((ref) => !wanted.on.includes(ref));
}

function whatHappens(before: Process, after: Process): string {
  if (!equal(before.argv, after.argv)) return 'is restarted with other arguments';
  if (isStartedOtherwise(before, after)) return 'is restarted, since its dhcp.config has changed';
  if (standsElsewhere(before, after)) return 'is restarted';
  if (before.stopped !== true) return 'reads its files again';
  return before.config === after.config ? 'is continued' : 'is continued and reads its files again';
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}
