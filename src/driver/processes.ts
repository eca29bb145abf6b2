// driver/processes.ts — who runs, by what /proc says: marks in arguments survive a lost pid file, and no recycled
// number fits them.
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError } from '../core/resource.ts';
import type { Running } from '../core/resource.ts';

/** Pid → arguments, each ended by NUL. Kernel threads and zombies have none. */
export type ProcessTable = ReadonlyMap<number, string>;

/** Looks at every process once. */
export function processTable(): ProcessTable {
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  return new Map(
    found.map((pid) => [Number(pid), read(`/proc/${pid}/cmdline`)] as const).filter(([, line]) => line !== ''),
  );
}

/**
 * Of which an argument contains the text, what may not be looked at taken to be here; of the mark of our daemons
 * (`--pid-file=`), daemons of ours. Not those of another container, nor the workers that one of them forked.
 */
export function having(all: ProcessTable, text: string, netns: string | undefined): readonly Running[] {
  const found = [...all].filter(
    ([pid, line]) =>
      line
        .split('\0')
        .some((argument) =>
          text.startsWith(MARK) ? argument.startsWith(text) && isDaemonOf(pid, argument) : argument.includes(text),
        ) && isOfOurContainer(pid),
  );
  const home = networkOf(netns === undefined ? '/proc/self/ns/net' : `/run/netns/${netns}`);
  return found
    .filter(([pid, line]) => all.get(parentOf(pid)) !== line)
    .flatMap(([pid, line]) => {
      const network = networkOf(`/proc/${pid}/ns/net`);
      // Over by now: it would be taken to be here.
      if (network === undefined && read(`/proc/${pid}/cmdline`) === '') return [];
      const astray = network !== undefined && home !== undefined && network !== home;
      return [
        {
          pid,
          argv: line.split('\0').slice(0, -1),
          ...(astray ? { astray } : {}),
          ...(isStopped(pid) ? { stopped: true } : {}),
        },
      ];
    });
}

/** The same of a namespace that may have lost its name: what runs is in none by that name then. */
export function processesIn(all: ProcessTable, text: string, netns: string): readonly Running[] {
  const found = having(all, text, netns);
  return networkOf(`/run/netns/${netns}`) === undefined ? found.map((one) => ({ ...one, astray: true })) : found;
}

const MARK = '--pid-file=';

/** One that a debugger holds (`t`) is not: it would not go on for a signal of ours. */
function isStopped(pid: number): boolean {
  return statOf(pid)[STATE] === 'T';
}

/** Milliseconds until a process that does not heed TERM is killed, and until we give up. */
const PATIENCE = 5_000;

export async function hangUp(pidFile: string): Promise<void> {
  const all = processTable();
  for (const pid of marked(all, pidFile)) if (all.get(parentOf(pid)) !== all.get(pid)) send(pid, 'SIGHUP');
  return Promise.resolve();
}

export async function goOn(pidFile: string): Promise<void> {
  for (const pid of marked(processTable(), pidFile)) send(pid, 'SIGCONT');
  return Promise.resolve();
}

/** Ends all with this mark, and returns when they are gone. */
export async function terminate(pidFile: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const lives = marked(processTable(), pidFile).map(lifeOf);
    // One that is stopped heeds TERM only when it goes on.
    for (const { pid } of lives) for (const each of [signal, 'SIGCONT'] as const) send(pid, each);
    if (await areOver(lives)) return;
  }
  throw new DriverError(`kill -KILL the process with --pid-file=${pidFile}`, { stderr: 'it does not end' });
}

/**
 * Of a daemon that has just been started: the user that it runs as, where that is neither root nor who we are. Nobody
 * would know it again for ours, so it is ended.
 */
export async function endStranger(pidFile: string): Promise<string | undefined> {
  const pid = Number(read(pidFile));
  const isIts = read(`/proc/${pid}/cmdline`).split('\0').includes(`--pid-file=${pidFile}`);
  if (!isIts || isUsers(pid)) return undefined;
  const [user, life] = [userOf(pid), lifeOf(pid)];
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    send(pid, signal);
    if (await areOver([life])) break;
  }
  return user;
}

/** A process, and not another one that comes to bear its number: when it began, in ticks of the kernel's. */
export interface Life {
  readonly pid: number;
  readonly began: string | undefined;
}

/** Undefined: there is no such process. */
export function beganAt(pid: number): string | undefined {
  return statOf(pid)[BEGAN];
}

/** It, and not another that bears its number. One that is stopped is alive. */
export function isAlive({ pid, began }: Life): boolean {
  return !isOver({ pid, began });
}

function lifeOf(pid: number): Life {
  return { pid, began: statOf(pid)[BEGAN] };
}

async function areOver(lives: readonly Life[]): Promise<boolean> {
  for (let waited = 0; waited < PATIENCE; waited += 10) {
    if (lives.every(isOver)) return true;
    await sleep(10);
  }
  return false;
}

/** Its arguments go before its sockets are closed: while it is not a zombie, another could not take its addresses. */
function isOver({ pid, began }: Life): boolean {
  const fields = statOf(pid);
  return fields[BEGAN] !== began || /^[ZX]/.test(fields[STATE] ?? 'X');
}

function marked(all: ProcessTable, pidFile: string): readonly number[] {
  const mark = `--pid-file=${pidFile}`;
  return [...all]
    .filter(([pid, line]) => line.split('\0').includes(mark) && isDaemonOf(pid, mark) && isOfOurContainer(pid))
    .map(([pid]) => pid);
}

/**
 * Anybody may say our mark among his arguments. Ours is only what runs the program that the pid file is named for
 * (`dnsmasq-lab.pid`), whose user is root, or who we are.
 */
function isDaemonOf(pid: number, mark: string): boolean {
  const name = mark.slice(mark.lastIndexOf('/') + 1);
  const program = programOf(pid);
  return name.startsWith(`${program}-`) && program !== '' && isUsers(pid);
}

/**
 * Of one that was updated under the running process, its name. Who may not look takes it by its first argument, and may
 * not signal it either.
 */
function programOf(pid: number): string {
  const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  try {
    return base(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''));
  } catch {
    return base(read(`/proc/${pid}/cmdline`).split('\0', 1).join(''));
  }
}

function isUsers(pid: number): boolean {
  const uid = userOf(pid);
  return uid === '0' || uid === String(process.getuid?.());
}

/** Its number. */
function userOf(pid: number): string | undefined {
  return /^Uid:\t\d+\t(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1];
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH'))
      throw new DriverError(`kill -${signal.slice(3)} ${pid}`, { stderr: String(error), cause: error });
  }
}

/** A container's processes are seen from the host, with paths that are not the host's. */
function isOfOurContainer(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) === readlinkSync('/proc/self/ns/pid');
  } catch {
    return true;
  }
}

/**
 * By the number that the kernel gives the process namespace that it starts with. In another one it tells other numbers
 * of processes than we know.
 */
export function isFirstNamespace(): boolean {
  try {
    return readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]';
  } catch {
    return true;
  }
}

function networkOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[PARENT] ?? 0);
}

const [STATE, PARENT, BEGAN] = [0, 1, 19];

/** From its state on; nothing when it has gone. */
function statOf(pid: number): readonly string[] {
  // The name, in parentheses, may contain anything: what follows the last one is fields.
  const stat = read(`/proc/${pid}/stat`);
  return stat === '' ? [] : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Empty when it has gone meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Where /proc tells of other processes than those that netctl can see by number: what is wrong, and what mends it. */
export function wrongProc(): string | undefined {
  let self: string | undefined;
  try {
    self = readlinkSync('/proc/self');
  } catch {
    // None is there.
  }
  if (self === String(process.pid)) return undefined;
  const seen =
    self === undefined
      ? 'is not mounted'
      : `is of another process namespace: this is process ${process.pid}, and ${self} there`;
  return `/proc ${seen}. Who runs could not be told: mount -t proc proc /proc (\`unshare --mount-proc\` does)`;
}
