// test/origin/still.test.ts — a file that is written slowly in place is not taken half; one that takes another's place
// is taken at once.
import { closeSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isBeingWritten, Still } from '../../src/origin/still.ts';
import { readSources } from '../../src/specfile/sources.ts';

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netctl-still-'));
  file = join(directory, 'spec.yaml');
  writeFileSync(file, 'a\nb\nc\n');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const LONG = 3_600_000;
const wait = async (still: Still): Promise<number> => await still.wait(await readSources([file]));

async function taken(more: number, less: number): Promise<Still> {
  const still = new Still({ more, less });
  expect(await wait(still)).toBe(0);
  still.take();
  return still;
}

test('what is as it was is whole', async () => {
  expect(await wait(await taken(LONG, LONG))).toBe(0);
});

for (const [name, text, of] of [
  ['a line more', 'a\nb\nc\nd\n', 'more'],
  ['a line more in between', 'a\nx\nb\nc\n', 'more'],
  ['a line less', 'a\nc\n', 'less'],
  ['another line', 'a\nB\nc\n', 'less'],
  ['nothing', '', 'less'],
  ['half a line more', 'a\nb\nc\nd', 'less'],
] as const) {
  test(`written in place, ${name}: it is left alone for a while`, async () => {
    for (const [more, less] of [
      [LONG, 0],
      [0, LONG],
    ] as const) {
      const still = await taken(more, less);
      writeFileSync(file, text);
      const waits = await wait(still);
      if ((of === 'more') === (more === LONG)) expect(waits).toBeGreaterThan(LONG / 2);
      else expect(waits).toBe(0);
      writeFileSync(file, 'a\nb\nc\n');
    }
  });
}

test('and each change begins that while anew', async () => {
  const still = await taken(0, 200);
  writeFileSync(file, 'a\n');
  expect(await wait(still)).toBeGreaterThan(0);
  await sleep(250);
  writeFileSync(file, 'a\nb\n');
  expect(await wait(still)).toBeGreaterThan(0);
  await sleep(250);
  expect(await wait(still)).toBe(0);
});

test('another file in its place is taken at once, also with less in it', async () => {
  const still = await taken(LONG, LONG);
  writeFileSync(join(directory, 'new'), 'a\n');
  renameSync(join(directory, 'new'), file);
  expect(await wait(still)).toBe(0);
});

test('not while somebody has it open to write; who reads it is no matter', async () => {
  const still = await taken(0, 0);
  rmSync(file);
  const [writer, reader] = [openSync(file, 'w'), openSync(file, 'r')];
  writeSync(writer, 'a\n');
  expect(await isBeingWritten(await readSources([file]))).toBe(true);
  expect(await wait(still)).toBeGreaterThan(0);
  closeSync(writer);
  expect(await isBeingWritten(await readSources([file]))).toBe(false);
  expect(await wait(still)).toBe(0);
  closeSync(reader);
});
