// test/origin/directories.test.ts — a directory that is away just when its watch begins: the watch is of nothing, and that is found out.
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchDirectories } from '../../src/origin/directories.ts';
import type { Directories } from '../../src/origin/directories.ts';
import type { Place } from '../../src/origin/way.ts';
import { until } from './until.ts';

let top = '';
let signs = 0;
let directories: Directories;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'netctl-directories-'));
  mkdirSync(join(top, 'etc'));
  signs = 0;
  directories = watchDirectories(() => (signs += 1));
});
afterEach(async () => {
  await directories.close();
  rmSync(top, { recursive: true });
});

function place(directory: string, names: Place['names']): readonly [string, Place] {
  const { dev, ino } = statSync(directory);
  return [directory, { id: `${dev} ${ino}`, names }];
}

async function signAfter(act: () => void): Promise<void> {
  const before = signs;
  act();
  await until(() => signs > before, true);
}

const write = (): void => writeFileSync(join(top, 'etc/spec.yaml'), 'text');

test('by the directory that holds it', async () => {
  const places = new Map([place(top, new Set(['etc'])), place(join(top, 'etc'), 'any')]);
  renameSync(join(top, 'etc'), join(top, 'away'));
  await directories.follow(places);
  await signAfter(() => renameSync(join(top, 'away'), join(top, 'etc')));
  expect(await directories.follow(places)).toEqual({ anew: true });
  expect(await directories.follow(places)).toEqual({ anew: false });
  await signAfter(write);
});

test('by doubt', async () => {
  const places = new Map([place(join(top, 'etc'), 'any')]);
  renameSync(join(top, 'etc'), join(top, 'away'));
  await directories.follow(places);
  renameSync(join(top, 'away'), join(top, 'etc'));
  directories.doubt();
  expect(await directories.follow(places)).toEqual({ anew: true });
  await signAfter(write);
});

test('of what is in a directory only the names that matter are signs', async () => {
  await directories.follow(new Map([place(join(top, 'etc'), new Set(['spec.yaml']))]));
  writeFileSync(join(top, 'etc/another.yaml'), 'text');
  await sleep(200);
  expect(signs).toBe(0);
  await signAfter(write);
});
