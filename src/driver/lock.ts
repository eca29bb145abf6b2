// driver/lock.ts — one netctl at a time per host: a lock that the kernel frees when its holder dies, however it dies.
import { closeSync, constants, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError } from '../core/resource.ts';
import { makeDirectories } from '../durable/directories.ts';
import { readOwn } from '../durable/own.ts';
import { capture } from './child.ts';

export interface Holder {
  readonly pid: number;
  readonly command: string;
  readonly since: string;
}
export type Locked =
  | {
      readonly locked: true;
      readonly descriptor: number;
      /** Who had it before, as far as that is known. */
      readonly before: Holder | undefined;
      release(): void;
    }
  | { readonly locked: false; readonly holder: Holder | undefined };

/** A holder that was killed leaves the lock to the tool it was running; that ends soon. So does a round of a watch. */
const PATIENCE = { tries: 150, milliseconds: 100 };

/** It holds the lock for one round at a time. */
const WATCH = 'netctl watch';

/**
 * Takes the lock, or says who has it. Commands that change the host inherit the descriptor, so none of them outlives
 * the lock.
 */
export async function takeLock(path: string, command: string, now: Date): Promise<Locked> {
  for (let tries = 0; ; tries++) {
    const descriptor = openLock(path);
    if (await isOurs(descriptor, path))
      return hold(descriptor, path, { pid: process.pid, command, since: now.toISOString() });
    closeSync(descriptor);
    const holder = holderOf(path);
    if ((holder !== undefined && holder.command !== WATCH && isAlive(holder.pid)) || tries === PATIENCE.tries)
      return { locked: false, holder };
    await sleep(PATIENCE.milliseconds);
  }
}

function openLock(path: string): number {
  try {
    makeDirectories(dirname(path), 0o700);
    return openSync(
      path,
      constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      0o600,
    );
  } catch (error) {
    throw failure(path, error);
  }
}

function failure(path: string, error: unknown): DriverError {
  const isLink = error instanceof Error && 'code' in error && error.code === 'ELOOP';
  return new DriverError(`lock ${path}`, {
    stderr: isLink
      ? 'it is a symbolic link: netctl follows none in its own directories. Remove it'
      : error instanceof Error
        ? error.message
        : String(error),
    cause: error,
  });
}

async function isOurs(descriptor: number, path: string): Promise<boolean> {
  try {
    return (await flock(descriptor)) && isAt(path, descriptor);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/**
 * flock(1) locks the open file behind the descriptor it inherits; the lock stays with ours when it exits. Where another
 * has it, it says so by its exit code alone.
 */
async function flock(descriptor: number): Promise<boolean> {
  try {
    await capture(['flock', '-n', '-x', '3'], descriptor);
    return true;
  } catch (error) {
    if (error instanceof DriverError && error.exitCode === 1 && error.stderr === '') return false;
    throw error;
  }
}

/** A destroy that held it has removed it at its end: locked is a file that nobody else will ever find. */
function isAt(path: string, descriptor: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(descriptor).ino;
}

function hold(descriptor: number, path: string, holder: Holder): Locked {
  const before = holderOf(path);
  try {
    ftruncateSync(descriptor);
    writeSync(descriptor, `${JSON.stringify(holder)}\n`);
  } catch (error) {
    // Without room for who we are, it is ours all the same.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) {
      closeSync(descriptor);
      throw failure(path, error);
    }
  }
  return {
    locked: true,
    descriptor,
    before,
    release: () => {
      closeSync(descriptor);
    },
  };
}

function holderOf(path: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readOwn(path) ?? '');
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined; // just taken, and not yet written; or just removed
  }
}

function isHolder(value: unknown): value is Holder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'command' in value &&
    'since' in value
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
