// test/store/store.test.ts — what every store must do, and what the one in a file does when it is damaged.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { NOTHING } from '../../src/core/stored.ts';
import type { Store, Stored } from '../../src/core/stored.ts';
import { renderScript } from '../../src/driver/script.ts';
import { createFileStore } from '../../src/store/file.ts';
import { createMemoryStore } from '../../src/store/memory.ts';

const something: Stored = {
  allocations: { 'network lab': { 'vm-1/lab': '192.168.50.2' } },
  resting: { 'network lab': { '192.168.50.3': { holder: 'vm-2/lab', until: 1 } } },
  rest: { 'network lab': 120 },
  former: [{ kind: 'sysctl', borrowed: true }],
  memories: { link: { 'tap tap-vm-1': 'put down' } },
};
const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});
function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'nct-store-'));
  directories.push(made);
  return made;
}

const stores: readonly (readonly [string, () => Store])[] = [
  ['file', () => createFileStore(`${directory()}/state`)],
  ['memory', () => createMemoryStore()],
];
for (const [name, create] of stores) {
  describe(name, () => {
    test('gives back what was saved', async () => {
      const store = create();
      await store.save(something, (await store.load()).revision);
      expect((await store.load()).stored).toEqual(something);
    });
    test('refuses a revision that is no longer the newest', async () => {
      const store = create();
      const { revision } = await store.load();
      await store.save(something, revision);
      await expect(store.save(NOTHING, revision)).rejects.toThrow();
      expect((await store.load()).stored).toEqual(something);
    });
    test('forgets', async () => {
      const store = create();
      await store.save(something, (await store.load()).revision);
      await store.forget();
      expect((await store.load()).stored).toBeUndefined();
    });
  });
}

test('by hand it is saved and forgotten as by itself', async () => {
  const at = `${directory()}/state`;
  const store = createFileStore(at);
  const byHand = (stored: Stored | null): void => {
    execFileSync('sh', { input: renderScript(store.saving(stored)) });
  };
  byHand(something);
  expect((await store.load()).stored).toEqual(something);
  expect([at, `${at}/allocations.json`].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
    '700',
    '600',
  ]);
  byHand(null);
  expect((await store.load()).stored).toBeUndefined();
});

test('a copy that can be neither written nor removed is said with its path', async () => {
  const [at, beside] = [`${directory()}/state`, directory()];
  mkdirSync(`${beside}/allocations.json/x`, { recursive: true });
  const store = createFileStore(at, undefined, beside);
  const refused = {
    name: 'StoreError',
    message: expect.stringContaining(`${beside}/allocations.json can be neither written nor removed: `) as string,
  };
  await expect(store.save(something, (await store.load()).revision)).rejects.toMatchObject(refused);
  await expect(store.forget()).rejects.toMatchObject(refused);
});

test("a file store is its owner's alone", async () => {
  const at = `${directory()}/state`;
  const store = createFileStore(at);
  await store.save(something, (await store.load()).revision);
  expect([at, `${at}/allocations.json`].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
    '700',
    '600',
  ]);
});

for (const [name, text] of [
  ['cut off', '{"version": 1, "alloc'],
  ['empty', ''],
  ['of another kind', '[]'],
  ['of another version', JSON.stringify({ ...something, version: 2 })],
  ['without a part', JSON.stringify({ version: 1, allocations: {} })],
  ['with a part of the wrong kind', JSON.stringify({ ...something, version: 1, allocations: { lab: { vm: 1 } } })],
] as const) {
  test(`a file that is ${name} is refused with its path, and left as it is`, async () => {
    const at = directory();
    writeFileSync(join(at, 'allocations.json'), text);
    const store = createFileStore(at);
    await expect(store.load()).rejects.toThrow(`${at}/allocations.json is`);
    await expect(store.save(NOTHING, 'absent')).rejects.toThrow();
    expect(readFileSync(join(at, 'allocations.json'), 'utf8')).toBe(text);
  });
}

test('a file that says no version is refused in these words', async () => {
  const at = directory();
  writeFileSync(join(at, 'allocations.json'), '{}');
  await expect(createFileStore(at).load()).rejects.toThrow(
    `${at}/allocations.json says no version; this netctl knows 1`,
  );
});

test("a resource of a kind that nobody knows is a later version's, and refused too", async () => {
  const at = directory();
  writeFileSync(join(at, 'allocations.json'), JSON.stringify({ version: 1, ...something }));
  await expect(createFileStore(at, (kind) => kind === 'link').load()).rejects.toThrow(
    `${at}/allocations.json holds a sysctl`,
  );
  expect((await createFileStore(at, (kind) => kind === 'sysctl').load()).stored).toEqual(something);
});
