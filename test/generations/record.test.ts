// test/generations/record.test.ts — a record takes the room of what is new in it, and reads back as it was.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StoreError } from '../../src/core/stored.ts';
import { createGenerations } from '../../src/generations/file.ts';
import type { Record as Kept } from '../../src/generations/model.ts';

const MANY = 5000;
/** Enough for a base. */
const SOME = 600;
const of = (count: number, value: (i: number) => string): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`vm-${i}/0`, value(i)]));
const holdings = (count: number): Kept['allocations'] => ({
  mac: of(count, (i) => `02:00:00:00:${(i >> 8).toString(16)}:${(i & 255).toString(16)}`),
  'pool public': of(count, (i) => `198.18.${i >> 8}.${i & 255}`),
});

/** As an apply has it that makes the last of so many. */
const recordOf = (count: number): Kept => ({
  sources: [{ file: 'spec.yaml', text: Array.from({ length: count }, (_, i) => `  vm-${i}: { nics: [] }\n`).join('') }],
  plan: `+ link tap-vm-${count - 1}\n`,
  undo: {
    found: Array.from({ length: count - 1 }, (_, i) => ({
      kind: 'address',
      link: 'eth1',
      cidr: `198.18.${i >> 8}.${i & 255}/32`,
    })),
    made: [`link tap-vm-${count - 1}`],
  },
  later: [],
  before: {
    allocations: holdings(count - 1),
    quarantined: {},
    quarantineSeconds: {},
    originals: [{ kind: 'link', name: 'eth1' } as Kept['undo']['found'][number]],
    memories: {},
  },
  allocations: holdings(count),
  memories: { chain: of(count, (i) => `spelling-${i}`) },
  image: { rules: Array.from({ length: 300 }, (_, i) => `filter netctl-${i}: 9 lines, sha256 ${i}`) },
});

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'netctl-record-'));
});
afterEach(() => {
  rmSync(state, { recursive: true });
});

const begin = (record: Kept): number =>
  createGenerations(state).begin(
    { when: '2026-01-01T00:00:00.000Z', who: 'root', host: 'h1', digest: 'd', summary: '1 to add' },
    record,
  ).number;
const at = (number: number, name: string): string => join(state, 'generations', String(number), name);
const read = (number: number): Kept => createGenerations(state).record(number);
const kibibytes = (number: number): number => statSync(at(number, 'record.json')).size / 1024;

test('one instance more on a host with 5,000 is some KiB, and all of it is there again', () => {
  begin(recordOf(MANY));
  begin(recordOf(MANY + 1));
  begin(recordOf(MANY + 2));
  expect(kibibytes(1)).toBeGreaterThan(1000);
  expect([kibibytes(2) < 5, kibibytes(3) < 5]).toEqual([true, true]);
  for (const number of [1, 2, 3]) expect(read(number)).toEqual({ ...recordOf(MANY - 1 + number), version: 3 });
});

test('what others are told by stays when its generation is dropped, and lies on the disk once', () => {
  begin(recordOf(SOME));
  for (let i = 1; i < 25; i++) begin(recordOf(SOME + i));
  expect(readdirSync(join(state, 'generations')).includes('1')).toBe(false);
  expect(read(25)).toEqual({ ...recordOf(SOME + 24), version: 3 });
  expect(statSync(at(25, 'base.json')).ino).toBe(statSync(at(6, 'base.json')).ino);
});

test('of a host that has changed much it is kept whole', () => {
  begin(recordOf(SOME));
  begin(recordOf(2 * SOME));
  expect(readdirSync(join(state, 'generations/2')).toSorted()).toEqual(['generation.json', 'record.json']);
  expect(read(2)).toEqual({ ...recordOf(2 * SOME), version: 3 });
});

test('a small one is one file', () => {
  begin(recordOf(2));
  begin(recordOf(3));
  expect(readdirSync(join(state, 'generations/2')).toSorted()).toEqual(['generation.json', 'record.json']);
});

describe('damage', () => {
  for (const [name, file, damage] of [
    ['what it is told by', 'base.json', (text: string) => text.replace('198.18.0.7', '198.18.0.8')],
    ['what it is told by, cut short', 'base.json', (text: string) => text.slice(0, -100)],
    ['what it tells', 'record.json', (text: string) => text.replace(/\[(\d+),1\]|vm-600/, '[1,1]')],
    ['what it is told by, made none of its own', 'base.json', () => '{}'],
  ] as const)
    test(`${name} is said, and never taken for what was there`, () => {
      begin(recordOf(SOME));
      begin(recordOf(SOME + 1));
      writeFileSync(at(2, file), damage(readFileSync(at(2, file), 'utf8')));
      expect(() => read(2)).toThrow(StoreError);
      expect(() => read(2)).toThrow(at(2, 'record.json'));
      // The next one stands for itself.
      const third = begin(recordOf(SOME + 2));
      expect(read(third)).toEqual({ ...recordOf(SOME + 2), version: 3 });
    });

  test('without what it is told by', () => {
    begin(recordOf(SOME));
    begin(recordOf(SOME + 1));
    rmSync(at(2, 'base.json'));
    expect(() => read(2)).toThrow(at(2, 'record.json'));
    expect(read(1).sources).toHaveLength(1);
  });
});

describe('of a netctl before', () => {
  const former = { ...recordOf(SOME), version: 2, image: { rules: ['nat :netctl-snat -'] } };
  const put = (): void => {
    begin(recordOf(2));
    writeFileSync(at(1, 'record.json'), `${JSON.stringify(former)}\n`);
  };
  test('a record is read', () => {
    put();
    expect(read(1)).toEqual({ ...former, version: 3 });
  });
  test('no other is told by it', () => {
    put();
    begin(recordOf(SOME));
    expect(readdirSync(join(state, 'generations/2')).toSorted()).toEqual(['generation.json', 'record.json']);
  });
  test('what a later one wrote is refused', () => {
    begin(recordOf(2));
    writeFileSync(at(1, 'record.json'), JSON.stringify({ ...former, version: 4 }));
    expect(() => read(1)).toThrow('of another version');
  });
});

test('all of them go', () => {
  begin(recordOf(SOME));
  begin(recordOf(SOME + 1));
  createGenerations(state).forget();
  expect(readdirSync(state)).toEqual([]);
});
