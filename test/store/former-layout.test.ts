// test/store/former-layout.test.ts — the store of an earlier netctl, one file, is taken over once, whoever is killed on
// the way; and that netctl refuses in words what this one has written.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wholeOf } from '../../src/core/stored.ts';
import type { HostState, Store, Stored } from '../../src/core/stored.ts';
import { createFileStore } from '../../src/store/index.ts';
import { takeOver } from '../../src/store/former-layout.ts';

/** As 2311f18 wrote it. */
const FORMER = {
  version: 1,
  allocations: { 'network lab': { 'vm-1/lab': '192.168.50.2' }, mac: { 'vm-1/lab': 'fa:16:3e:00:00:01' } },
  resting: { 'network lab': { '192.168.50.3': { holder: 'vm-2/lab', until: 1 } } },
  rest: { 'network lab': 120 },
  former: [{ kind: 'sysctl', borrowed: true as const, name: 'net.ipv4.ip_forward', value: '0' }],
  memories: { link: { 'tap tap-vm-1': 'put down' } },
  found: { rest: { name: 'rest' } },
  beside: ['default'],
  moving: true,
  start: 'first',
};
const HELD = { allocations: FORMER.allocations, quarantined: FORMER.resting };
const STATE: HostState = {
  quarantineSeconds: FORMER.rest,
  originals: FORMER.former,
  memories: FORMER.memories,
  found: FORMER.found,
  beside: FORMER.beside,
  moving: true,
  start: 'first',
};

let at: string;
let beside: string;
beforeEach(() => {
  at = mkdtempSync(join(tmpdir(), 'nct-former-'));
  beside = join(at, 'run');
});
afterEach(() => {
  rmSync(at, { recursive: true });
});
const open = (): Store => createFileStore({ directory: at, beside });
const kept = async (): Promise<Stored | undefined> => wholeOf(await open().load());
const written = (value: object, path = join(at, 'allocations.json')): void => {
  writeFileSync(path, `${JSON.stringify(value, undefined, 1)}\n`);
};
const inFile = (name: string): unknown => JSON.parse(readFileSync(join(at, name), 'utf8'));

describe('taken over', () => {
  beforeEach(() => {
    written(FORMER);
  });

  test('it is read as it is, and nothing is written', async () => {
    expect(await open().load()).toMatchObject({
      holdings: HELD,
      state: STATE,
      revision: { register: { isOutdated: true }, host: { isOutdated: true } },
    });
    expect(inFile('allocations.json')).toEqual(FORMER);
    expect(existsSync(join(at, 'host.json'))).toBe(false);
  });

  test('saved, it is two files, also where nothing else is new', async () => {
    const { revision } = await open().load();
    const after = await open().save({ ...HELD, ...STATE }, revision);
    expect(inFile('allocations.json')).toEqual({ version: 2, ...HELD });
    expect(inFile('host.json')).toEqual({ version: 1, ...STATE });
    for (const name of ['allocations.json', 'host.json']) expect(inFile(`run/${name}`)).toEqual(inFile(name));
    expect((await open().load()).revision).toEqual(after);
    expect(after).toMatchObject({ register: { isOutdated: false }, host: { isOutdated: false } });
  });

  test('whoever was killed between the two files has lost nothing: the one file counts, also where it is newer', async () => {
    takeOver(readFileSync(join(at, 'allocations.json'), 'utf8'), { directory: at });
    expect(inFile('host.json')).toEqual({ version: 1, ...STATE });
    expect(await kept()).toEqual({ ...HELD, ...STATE });
    written({ ...FORMER, memories: {}, start: 'second' });
    expect(await kept()).toEqual({ ...HELD, ...STATE, memories: {}, start: 'second' });
    const { revision } = await open().load();
    await open().save({ ...HELD, ...STATE, memories: {}, start: 'second' }, revision);
    expect(inFile('host.json')).toEqual({ version: 1, ...STATE, memories: {}, start: 'second' });
  });

  test('who is refused has taken nothing over', async () => {
    const { revision } = await open().load();
    const read = { ...revision, register: { ...revision.register, value: undefined } };
    const other = { 'network lab': { 'vm-9/lab': '192.168.50.2' } };
    await expect(open().save({ ...HELD, ...STATE, allocations: other }, read)).rejects.toThrow('taken');
    expect(inFile('allocations.json')).toEqual(FORMER);
    expect(existsSync(join(at, 'host.json'))).toBe(false);
  });

  test('of its copy alone, as well', async () => {
    await open().forget();
    await open().save({ ...HELD, ...STATE }, (await open().load()).revision);
    rmSync(join(at, 'allocations.json'));
    rmSync(join(at, 'host.json'));
    rmSync(join(beside, 'host.json'));
    written(FORMER, join(beside, 'allocations.json'));
    expect(await kept()).toEqual({ ...HELD, ...STATE });
  });
});

/** How a netctl before 1.0 (2311f18, store/file.ts) read its one file, as far as it is another's. */
function readByFormer(text: string): string {
  const value = JSON.parse(text) as Record<string, unknown>;
  return value['version'] === 1
    ? 'is taken for its own'
    : `${value['version'] === undefined ? 'says no version' : `is of version ${JSON.stringify(value['version'])}`}; this netctl knows 1`;
}

test('the netctl before refuses what this one writes, in words', async () => {
  written(FORMER);
  const store = open();
  expect(readByFormer(readFileSync(join(at, 'allocations.json'), 'utf8'))).toBe('is taken for its own');
  await store.save({ ...HELD, ...STATE }, (await store.load()).revision);
  for (const name of ['allocations.json', 'run/allocations.json'])
    expect(readByFormer(readFileSync(join(at, name), 'utf8'))).toBe('is of version 2; this netctl knows 1');
});
