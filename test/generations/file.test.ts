// test/generations/file.test.ts — what is damaged on the disk is never taken for nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreError } from '../../src/core/stored.ts';
import { createGenerations } from '../../src/generations/file.ts';
import type { Outcome, Record } from '../../src/generations/model.ts';

const RECORD: Record = {
  sources: [],
  plan: '',
  undo: { found: [], made: [] },
  later: [],
  before: null,
  allocations: {},
  memories: {},
  image: {},
};
const WAITING = { phase: 'waiting', start: 'first', pid: 7, began: '42', until: 60 } as const;

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'netctl-generations-'));
});
afterEach(() => {
  rmSync(state, { recursive: true });
});

/** As a new netctl finds them. */
const found = (): ReturnType<typeof createGenerations> => createGenerations(state);

test.each(['', '{', '{"version":1,"generation":2', 'null', '[]'])(
  'a pending file that says %j still says that the newest waits, and for nobody who is there',
  (text) => {
    for (const outcome of ['kept', 'waiting'] as const) {
      const { number } = found().begin(
        { when: '2026-01-01T00:00:00.000Z', who: 'root', host: 'h1', digest: 'd', summary: '1 to add' },
        RECORD,
      );
      found().end(number, outcome === 'kept' ? { is: 'kept', settled: true } : { is: 'waiting' });
    }
    found().arm({ generation: 2, ...WAITING });
    expect(found().pending()).toMatchObject({ generation: 2, ...WAITING });
    writeFileSync(join(state, 'pending.json'), text);
    expect(found().pending()).toEqual({ generation: 2, phase: 'applying', pid: 0, began: '' });
    found().end(2, { is: 'rolled back', why: 'it was tried', left: [] });
    expect(found().pending()).toBeUndefined();
  },
);

test('a file in the place of the state directory is said with its path', () => {
  writeFileSync(join(state, 'file'), '');
  for (const look of ['pending', 'list', 'damaged'] as const)
    expect(() => createGenerations(join(state, 'file'))[look](), look).toThrow(StoreError);
});

test('a record that is damaged names its file', () => {
  const { number } = found().begin(
    { when: '2026-01-01T00:00:00.000Z', who: 'root', host: 'h1', digest: 'd', summary: '1 to add' },
    RECORD,
  );
  expect(found().record(number)).toMatchObject(RECORD);
  writeFileSync(join(state, 'generations/1/record.json'), '{"version":1');
  expect(() => found().record(number)).toThrow(StoreError);
  expect(() => found().record(number)).toThrow(join(state, 'generations/1/record.json'));
});

test('what rollbacks lead to stays, however many were rolled back since; the oldest else are dropped', () => {
  const begin = (outcome: Outcome): void => {
    const { number } = found().begin(
      { when: '2026-01-01T00:00:00.000Z', who: 'root', host: 'h1', digest: 'd', summary: '1 to add' },
      RECORD,
    );
    found().end(number, outcome);
  };
  for (let i = 0; i < 3; i++) begin({ is: 'kept', settled: true });
  for (let i = 0; i < 30; i++) begin({ is: 'rolled back', why: 'a step failed', left: [] });
  expect(
    found()
      .list()
      .map(({ number }) => number),
  ).toEqual([2, 3, ...Array.from({ length: 20 }, (_, i) => i + 14)]);
  begin({ is: 'kept', settled: true });
  begin({ is: 'kept', settled: true });
  expect(
    found()
      .list()
      .map(({ number }) => number),
  ).toEqual([3, ...Array.from({ length: 20 }, (_, i) => i + 16)]);
});
