// rehearsal/sandbox/private.ts — in the sandbox: directories that others see as they are become our own copies, before
// anything is done.
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { DriverError } from '../../core/resource.ts';
import { makeDirectories } from '../../durable/directories.ts';
import { capture } from '../../driver/child.ts';

export interface Own {
  readonly state: string;
  readonly run: string;
}

/** There on every kernel, and empty or nearly so. */
const ROOM = '/proc/driver';

/**
 * The namespaces' names, netctl's files and the kernel's view of devices are the sandbox's own from here on. What was
 * there is read only.
 */
export async function withdraw({ state, run }: Own): Promise<void> {
  await capture([
    'sh',
    '-e',
    '-c',
    `mount -t tmpfs -o mode=700 netctl ${ROOM}
mount -t sysfs -o nosuid,nodev,noexec netctl /sys
if [ -S /dev/log ]; then mount --bind /dev/null /dev/log; fi`,
  ]);
  process.env['XTABLES_LOCKFILE'] = `${ROOM}/xtables.lock`;
  const places: readonly (readonly [path: string, copies: (name: string) => boolean])[] = [
    [NAMES, () => false],
    [state, (name) => name === 'networks' || name === 'guests'],
    [run, (name) => name === 'netns' || /\.(pid|loaded)(\.new)?$/.test(name)],
  ];
  const anchors = new Set(places.map(([path]) => nearest(path)));
  // What lies in another comes after it.
  for (const [i, anchor] of [...anchors].sort().entries()) {
    const was = `${ROOM}/was-${i}`;
    mkdirSync(was);
    await replace(anchor, was);
    const here = places.filter(([path]) => path === anchor);
    for (const name of anchor === NAMES ? [] : readdirSync(was)) {
      if (here.some(([, copies]) => copies(name))) copy(join(was, name), join(anchor, name));
      else symlinkSync(join(was, name), join(anchor, name));
    }
  }
  makeDirectories(NAMES, 0o755);
}

const NAMES = '/run/netns';

/** Puts an empty directory in a directory's place, which stays to be read by another name. */
async function replace(anchor: string, was: string): Promise<void> {
  const mode = (statSync(anchor).mode & 0o7777).toString(8);
  await capture([
    'sh',
    '-e',
    '-c',
    'mount --rbind "$1" "$2"; mount -o remount,bind,ro "$2"; mount -t tmpfs -o "mode=$3" netctl "$1"',
    'sh',
    anchor,
    was,
    mode,
  ]);
}

/** The directory itself, or what there is of the way to it. */
function nearest(path: string): string {
  if (path === '/')
    throw new DriverError('rehearse', {
      stderr: 'a directory of the root directory cannot be made in a copy: make it first',
    });
  return statIfThere(path)?.isDirectory() === true ? path : nearest(dirname(path));
}

/** Links are followed, so that nothing leads back to what is copied; one that leads nowhere stays one. */
function copy(from: string, to: string): void {
  const found = statIfThere(from);
  if (found?.isDirectory() === true) {
    mkdirSync(to, { mode: found.mode & 0o7777 });
    for (const name of readdirSync(from)) copy(join(from, name), join(to, name));
  } else if (found?.isFile() === true) copyFileSync(from, to);
  else symlinkSync(from, to);
}

function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Of a daemon that does not run, what it has left: it must not be taken for what it writes when it has started. */
export function forgetPidFile(path: string): void {
  rmSync(path, { force: true });
}

/** Takes a port, as somebody else has it on the host. Where it cannot be had, nobody will miss it. */
export async function listen({ address, port }: { readonly address: string; readonly port: number }): Promise<void> {
  await new Promise<void>((resolve) => {
    const server = createServer((socket) => {
      socket.destroy();
    });
    server.once('error', () => {
      resolve();
    });
    server.listen({ host: address, port }, () => {
      resolve();
    });
  });
}
