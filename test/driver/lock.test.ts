// test/driver/lock.test.ts — one at a time, and free again however the holder ends.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { takeLock } from '../../src/driver/lock.ts';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});
function lockPath(): string {
  const made = mkdtempSync(join(tmpdir(), 'nct-lock-'));
  directories.push(made);
  return `${made}/run/lock`;
}

test('the second learns who has it', async () => {
  const path = lockPath();
  const first = await takeLock(path, 'netctl apply', new Date(0));
  expect(await takeLock(path, 'netctl destroy', new Date(1))).toEqual({
    locked: false,
    holder: { pid: process.pid, command: 'netctl apply', since: '1970-01-01T00:00:00.000Z' },
  });
  if (first.locked) first.release();
  expect(await takeLock(path, 'netctl destroy', new Date(1))).toMatchObject({ locked: true });
});

test('a lock that its holder has removed is worth nothing: the next one takes what others find', async () => {
  const path = lockPath();
  const first = await takeLock(path, 'netctl destroy', new Date(0));
  if (!first.locked) throw new Error('a fresh lock is free');
  rmSync(path);
  const second = await takeLock(path, 'netctl apply', new Date(1));
  first.release();
  expect(second).toMatchObject({ locked: true });
  expect(await takeLock(path, 'netctl apply', new Date(2))).toMatchObject({
    locked: false,
    holder: { since: '1970-01-01T00:00:00.001Z' },
  });
});

test('where it cannot be, that is said', async () => {
  const path = lockPath();
  writeFileSync(dirname(path), '');
  await expect(takeLock(path, 'netctl apply', new Date(0))).rejects.toThrow(`lock ${path} failed: EEXIST`);
});

test('a holder that was killed leaves it to the tool it was running, and that to us', async () => {
  const path = lockPath();
  const tool = spawn('sleep', ['1'], {
    stdio: ['ignore', 'ignore', 'ignore', await heldFor('a process that has ended', path)],
  });
  const started = performance.now();
  expect(await takeLock(path, 'netctl apply', new Date(2))).toMatchObject({ locked: true });
  expect(performance.now() - started).toBeGreaterThan(500);
  expect(tool.exitCode ?? 0).toBe(0);
});

for (const [how, script, said] of [
  ['says what is wrong', 'echo out of order >&2; exit 1', 'flock -n -x 3 failed with exit code 1: out of order'],
  ['ends with another exit code than where somebody has it', 'exit 66', 'flock -n -x 3 failed with exit code 66'],
  ['is killed', 'kill -9 $$', 'flock -n -x 3 failed: ended by SIGKILL'],
] as const) {
  test(`a flock that ${how} does not pass for a lock that somebody else has, and leaves no file open`, async () => {
    const path = lockPath();
    const tools = dirname(dirname(path));
    writeFileSync(join(tools, 'flock'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(tools, 'flock'), 0o755);
    vi.stubEnv('PATH', `${tools}:${process.env['PATH'] ?? ''}`);
    const open = readdirSync('/proc/self/fd').length;
    await expect(takeLock(path, 'netctl watch', new Date(0))).rejects.toThrow(said);
    vi.unstubAllEnvs();
    expect(readdirSync('/proc/self/fd')).toHaveLength(open);
    expect(await takeLock(path, 'netctl watch', new Date(0))).toMatchObject({ locked: true });
  });
}

/**
 * The lock as a killed netctl leaves it: written by a process that is no more, held by a descriptor that its child has.
 */
async function heldFor(command: string, path: string): Promise<number> {
  const dead = spawn('true');
  await new Promise((ended) => dead.once('exit', ended));
  const pid = Object.getOwnPropertyDescriptor(process, 'pid');
  Object.defineProperty(process, 'pid', { value: dead.pid, configurable: true });
  const lock = await takeLock(path, command, new Date(0));
  if (pid !== undefined) Object.defineProperty(process, 'pid', pid);
  if (!lock.locked) throw new Error('a fresh lock is free');
  // Our own copy goes as that of a killed process goes: without unlocking, since the child still has one.
  setTimeout(() => {
    lock.release();
  }, 100);
  return lock.descriptor;
}
