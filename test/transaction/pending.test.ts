// test/transaction/pending.test.ts — an apply that was cut short and that nobody decided on: whoever comes next does,
// and says truly why.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rollback } from '../../src/commands/rollback/run.ts';
import { exit } from '../../src/report/exit-codes.ts';
import type { Generations } from '../../src/generations/model.ts';
import { StoreError } from '../../src/core/stored.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { PowerCut } from '../fake-host/index.ts';
import { walkHost } from '../walk/host.ts';
import { applied, generationsInMemory, safetyInMemory, tried, worldOf } from '../world.ts';

const [FIRST, NEXT] = ['test/walk/specs/base.yaml', 'test/walk/specs/uplink-moved.yaml'];

/** A host on which the second apply was cut short by a power cut of netctl alone, and what comes after. */
async function cutShort(how: Parameters<typeof tried>[1], generations: Generations) {
  const [{ host }, store] = [walkHost(), createMemoryStore()];
  const world = (file: string): ReturnType<typeof worldOf> =>
    worldOf({ driver: host, store, spec: { [file]: readFileSync(file, 'utf8') }, host: 'h1' }, { generations });
  expect(await applied(world(FIRST))).toBe(exit.ok);
  host.killAfter(10);
  await expect(tried(world(NEXT), how)).rejects.toThrow(PowerCut);
  host.killAfter(Infinity);
  return { ...world(FIRST), safety: { ...safetyInMemory(), lives: () => false } };
}

test('one that was to be all or nothing was not left unconfirmed, but ended in the middle', async () => {
  const generations = generationsInMemory();
  const next = await cutShort({ atomic: true }, generations);
  expect(await applied(next)).toBe(exit.ok);
  expect(generations.list()[1]?.outcome).toEqual({
    is: 'rolled back',
    why: 'netctl was ended in the middle of it',
    left: [],
  });
});

test('after a reboot, where what was in force before cannot be made again, it is decided all the same', async () => {
  const generations = generationsInMemory();
  const next = await cutShort({ confirm: 60 }, generations);
  const broken: Generations = {
    ...generations,
    record: (number) => ({
      ...generations.record(number),
      ...(number === 1 ? { sources: [{ file: 'spec.yaml', text: 'apiVersion: netctl/v9\n' }] } : {}),
    }),
  };
  expect(
    await rollback(
      { ...next, generations: broken, safety: { ...next.safety, start: 'second' } },
      { yes: true, unconfirmed: true },
    ),
  ).toBe(exit.notRolledBack);
  expect(generations.pending()).toBeUndefined();
  expect(generations.list()[1]?.outcome).toMatchObject({
    is: 'rolled back',
    why: 'not confirmed in time, and the host was rebooted',
    left: ['what was in force before it could not all be made again'],
  });
});

test('one whose record is damaged cannot be rolled back: that is said, decided, and in nobody’s way', async () => {
  const generations = generationsInMemory();
  const next = await cutShort({ confirm: 60 }, generations);
  const broken: Generations = {
    ...generations,
    record: (number) => {
      throw new StoreError(`generations/${number}/record.json`, 'is damaged');
    },
  };
  expect(await rollback({ ...next, generations: broken }, { yes: true, unconfirmed: true })).toBe(exit.notRolledBack);
  expect(next.said.err).toContain(
    'GENERATION 2 COULD NOT BE ROLLED BACK: netctl was ended in the middle of it, but generations/2/record.json is damaged',
  );
  expect(generations.list()[1]?.outcome).toEqual({
    is: 'rolled back',
    why: 'netctl was ended in the middle of it',
    left: ['generations/2/record.json is damaged'],
  });
  expect(await applied(next)).toBe(exit.ok);
});

test('one whose line in the history is damaged is rolled back all the same', async () => {
  const generations = generationsInMemory();
  const next = await cutShort({ confirm: 60 }, generations);
  const broken: Generations = { ...generations, list: () => generations.list().filter(({ number }) => number !== 2) };
  expect(await rollback({ ...next, generations: broken }, { yes: true, unconfirmed: true })).toBe(exit.rolledBack);
  expect(next.said.err).toContain(
    'generation 2 was rolled back: netctl was ended in the middle of it. The host is as it was before',
  );
  expect(generations.pending()).toBeUndefined();
});
