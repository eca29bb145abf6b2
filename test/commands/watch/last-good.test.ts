// test/commands/watch/last-good.test.ts — the spec in force, kept for a start that finds only a broken one.
import { mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLastGood } from '../../../src/watch/last-good.ts';
import type { LastGood } from '../../../src/watch/last-good.ts';

const fetched = { revision: 'abc', sources: [{ file: 'spec.yaml', text: 'apiVersion: netctl/v1\n' }] };
let directory = '';
let troubles: string[] = [];
const created = (from = '/etc/spec'): LastGood =>
  createLastGood(join(directory, 'state'), from, (message) => {
    troubles.push(message);
  });
const path = (): string => join(directory, 'state/spec-in-force.json');
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nct-last-good-'));
  troubles = [];
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('what was kept is there again, for specs from the same place', () => {
  created().save(fetched);
  expect(created().load()).toEqual(fetched);
  expect(created('/etc/other').load()).toBeUndefined();
});

test('it is written once, and again when it is gone or damaged', () => {
  const lastGood = created();
  lastGood.save(fetched);
  const { ino } = statSync(path());
  lastGood.save(fetched);
  expect(statSync(path()).ino).toBe(ino);
  for (const damage of [
    () => {
      rmSync(join(directory, 'state'), { recursive: true });
    },
    () => {
      writeFileSync(path(), readFileSync(path(), 'utf8').slice(0, 30));
    },
  ]) {
    damage();
    expect(lastGood.load()).toBeUndefined();
    lastGood.save(fetched);
    expect(lastGood.load()).toEqual(fetched);
  }
  expect(troubles).toEqual([]);
});

test('what prevents that is told once, and once more after it was possible', () => {
  const lastGood = created();
  mkdirSync(path(), { recursive: true });
  lastGood.save(fetched);
  lastGood.save(fetched);
  expect(troubles).toEqual([expect.stringMatching(/^it cannot be kept for the next start: E/)]);
  rmSync(path(), { recursive: true });
  lastGood.save(fetched);
  rmSync(path());
  mkdirSync(path());
  lastGood.save(fetched);
  expect(troubles).toHaveLength(2);
});
