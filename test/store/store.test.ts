// test/store/store.test.ts — what every store must do, and what the one in files does when one of them is damaged.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { NOTHING, wholeOf } from '../../src/core/stored.ts';
import type { Store, Stored } from '../../src/core/stored.ts';
import { renderScript } from '../../src/driver/script.ts';
import { createFileStore } from '../../src/store/index.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';

const something: Stored = {
  allocations: { 'network lab': { 'vm-1/lab': '192.168.50.2' } },
  quarantined: { 'network lab': { '192.168.50.3': { holder: 'vm-2/lab', until: 1 } } },
  quarantineSeconds: { 'network lab': 120 },
  originals: [{ kind: 'sysctl', borrowed: true }],
  memories: { link: { 'tap tap-vm-1': 'put down' } },
};
const FILES = ['allocations.json', 'host.json'] as const;
const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});
function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'nct-store-'));
  directories.push(made);
  return made;
}
const saved = async (store: Store, stored = something): Promise<void> => {
  await store.save(stored, (await store.load()).revision);
};
const kept = async (store: Store): Promise<Stored | undefined> => wholeOf(await store.load());
const modes = (...paths: readonly string[]): readonly string[] =>
  paths.map((path) => (statSync(path).mode & 0o777).toString(8));

const stores: readonly (readonly [string, () => Store])[] = [
  ['file', () => createFileStore({ directory: `${directory()}/state` })],
  ['memory', () => createMemoryStore()],
];
for (const [name, create] of stores) {
  describe(name, () => {
    test('restores what was saved', async () => {
      const store = create();
      await saved(store);
      expect(await kept(store)).toEqual(something);
    });
    test('refuses the state of a host that is no longer the newest', async () => {
      const store = create();
      const { revision } = await store.load();
      await store.save(something, revision);
      await expect(store.remember({ ...something, start: 'second' }, revision)).rejects.toThrow();
      expect(await kept(store)).toEqual(something);
    });
    test('saves again over what was held otherwise meanwhile, and what that has is left', async () => {
      const store = create();
      const { revision } = await store.load();
      const later = { ...something, allocations: { mac: { 'vm-7/lab': 'fa:16:3e:00:00:07' } } };
      await store.save({ ...NOTHING, allocations: later.allocations }, revision);
      const { revision: newest } = await store.load();
      await store.save(something, { ...revision, host: newest.host });
      expect(await kept(store)).toEqual({
        ...something,
        allocations: { ...later.allocations, ...something.allocations },
      });
    });
    test('refuses what another holds by now, and changes nothing', async () => {
      const store = create();
      const { revision } = await store.load();
      await saved(store);
      const other = { ...something, allocations: { 'network lab': { 'vm-9/lab': '192.168.50.2' } }, start: 'second' };
      await expect(store.save(other, revision)).rejects.toThrow(
        'network lab has 192.168.50.2 taken meanwhile by vm-1/lab',
      );
      expect(await kept(store)).toEqual(something);
    });
    test('forgets', async () => {
      const store = create();
      await saved(store);
      await store.forget();
      expect(await kept(store)).toBeUndefined();
    });
  });
}

test('what is the same is not written again', async () => {
  const at = directory();
  const store = createFileStore({ directory: at });
  await saved(store);
  const written = (): readonly number[] => FILES.map((name) => statSync(join(at, name)).ino);
  const before = written();
  await saved(store);
  expect(written()).toEqual(before);
  await saved(store, { ...something, start: 'second' });
  expect(written()[0]).toBe(before[0]);
  expect(written()[1]).not.toBe(before[1]);
});

test('by hand it is saved and forgotten as by itself', async () => {
  const at = `${directory()}/state`;
  const store = createFileStore({ directory: at });
  const byHand = (stored: Stored | null): void => {
    execFileSync('sh', { input: renderScript(store.saving(stored)) });
  };
  byHand(something);
  expect(await kept(store)).toEqual(something);
  expect(modes(at, ...FILES.map((name) => `${at}/${name}`))).toEqual(['700', '600', '600']);
  byHand(null);
  expect(await kept(store)).toBeUndefined();
});

test.each(FILES)('a copy of %s that can be neither written nor removed is said with its path', async (name) => {
  const [at, beside] = [`${directory()}/state`, directory()];
  mkdirSync(`${beside}/${name}/x`, { recursive: true });
  const store = createFileStore({ directory: at, beside });
  const refused = {
    name: 'StoreError',
    message: expect.stringContaining(`${beside}/${name} can be neither written nor removed: `) as string,
  };
  await expect(saved(store)).rejects.toMatchObject(refused);
  await expect(store.forget()).rejects.toMatchObject(refused);
});

test.each(FILES)('%s that is lost is read from its copy, and saved again', async (name) => {
  const [at, beside] = [directory(), directory()];
  const store = createFileStore({ directory: at, beside });
  await saved(store);
  rmSync(join(at, name));
  expect(await kept(store)).toEqual(something);
  await saved(store);
  rmSync(join(beside, name));
  expect(await kept(store)).toEqual(something);
});

test('of two files each is lost on its own', async () => {
  for (const [name, left] of [
    ['allocations.json', { holdings: undefined, state: { start: 'first' } }],
    ['host.json', { holdings: { allocations: something.allocations }, state: undefined }],
  ] as const) {
    const at = directory();
    await saved(createFileStore({ directory: at }), { ...something, start: 'first' });
    rmSync(join(at, name));
    expect(await createFileStore({ directory: at }).load()).toMatchObject(left);
  }
});

test("a file store is its owner's alone", async () => {
  const at = `${directory()}/state`;
  await saved(createFileStore({ directory: at }));
  expect(modes(at, ...FILES.map((name) => `${at}/${name}`))).toEqual(['700', '600', '600']);
});

const { allocations: _held, quarantined: _quarantined, ...state } = something;
for (const [name, text] of [
  ['allocations.json', '{"version": 1, "alloc'],
  ['allocations.json', ''],
  ['allocations.json', '[]'],
  ['allocations.json', JSON.stringify({ ...something, version: 3 })],
  ['allocations.json', JSON.stringify({ ...something, version: '2' })],
  ['allocations.json', JSON.stringify({ version: 1, allocations: {} })],
  ['allocations.json', JSON.stringify({ version: 2, allocations: {} })],
  ['allocations.json', JSON.stringify({ version: 2, allocations: { lab: { vm: 1 } }, quarantined: {} })],
  ['host.json', '{"version": 1, "orig'],
  ['host.json', ''],
  ['host.json', '[]'],
  ['host.json', JSON.stringify({ ...state, version: 2 })],
  ['host.json', JSON.stringify({ version: 1, originals: [] })],
  ['host.json', JSON.stringify({ ...state, version: 1, originals: [{ kind: 7 }] })],
] as const) {
  test(`${name} with ${JSON.stringify(text)} is refused with its path, and left as it is`, async () => {
    const at = directory();
    writeFileSync(join(at, name), text);
    const store = createFileStore({ directory: at });
    await expect(store.load()).rejects.toThrow(`${at}/${name} is`);
    const nothing = { value: undefined, at: 'absent', isOutdated: true };
    await expect(store.save(NOTHING, { register: nothing, host: nothing })).rejects.toThrow();
    expect(readFileSync(join(at, name), 'utf8')).toBe(text);
  });
}

test.each([
  ['allocations.json', '{}', 'says no version; this netctl knows 2'],
  ['allocations.json', '{"version":3}', 'is of version 3: a newer netctl wrote it, and this one knows 2'],
  ['host.json', '{}', 'says no version; this netctl knows 1'],
  ['host.json', '{"version":2}', 'is of version 2: a newer netctl wrote it, and this one knows 1'],
])('%s with %s: %s', async (name, text, said) => {
  const at = directory();
  writeFileSync(join(at, name), text);
  await expect(createFileStore({ directory: at }).load()).rejects.toThrow(`${at}/${name} ${said}`);
});

test("a resource of a kind that nobody knows is a later version's, and refused too", async () => {
  const at = directory();
  writeFileSync(join(at, 'host.json'), JSON.stringify({ version: 1, ...state }));
  await expect(createFileStore({ directory: at, knows: (kind) => kind === 'link' }).load()).rejects.toThrow(
    `${at}/host.json holds a sysctl`,
  );
  expect((await createFileStore({ directory: at, knows: (kind) => kind === 'sysctl' }).load()).state).toEqual(state);
});
