// test/store/register.test.ts — each register that there is does what the contract says; and one more, which is added
// here alone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { NOTHING, wholeOf } from '../../src/core/stored.ts';
import { createFileRegister } from '../../src/store/file/index.ts';
import { openStore } from '../../src/store/index.ts';
import { createMemoryRegister } from '../../src/store/memory/index.ts';
import type { Shared } from '../../src/store/memory/index.ts';
import { describeRegister, describeShared } from './register.ts';

const directories: string[] = [];
afterEach(() => {
  for (const made of directories.splice(0)) rmSync(made, { recursive: true });
});
function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'nct-register-'));
  directories.push(made);
  return made;
}

describeRegister('file', () => createFileRegister({ directory: `${directory()}/state` }));
describeRegister('file with a copy', () =>
  createFileRegister({ directory: `${directory()}/state`, beside: directory() }),
);
describeRegister('memory', () => createMemoryRegister());
describeShared('memory', () => {
  const shared: Shared = new Map();
  return [createMemoryRegister(shared, 'h1'), createMemoryRegister(shared, 'h2')];
});

test('one more takes a line in the list: what it holds is no longer in the file', async () => {
  const at = directory();
  const sample = createMemoryRegister();
  const told: string[] = [];
  const more = openStore(
    'sample:somewhere',
    { host: 'h1', options: { directory: at } },
    {
      sample: (address, { host }) => {
        told.push(`${address} for ${host}`);
        const close = (): Promise<void> => {
          told.push('closed');
          return Promise.resolve();
        };
        return { ...sample, close };
      },
    },
  );
  const stored = { ...NOTHING, allocations: { mac: { 'vm-1/lab': 'fa:16:3e:00:00:01' } }, start: 'first' };
  await more?.save(stored, await more.load().then(({ revision }) => revision));
  expect(wholeOf((await more?.load()) ?? { holdings: undefined, state: undefined })).toEqual(stored);
  expect((await sample.read([])).value?.allocations).toEqual(stored.allocations);
  expect(await openStore('file:', { host: 'h1', options: { directory: at } })?.load()).toMatchObject({
    holdings: undefined,
    state: { start: 'first' },
  });
  await more?.close();
  expect(told).toEqual(['sample:somewhere for h1', 'closed']);
});

test('an address that begins as none opens nothing', () => {
  expect(openStore('nowhere:', { host: 'h1', options: { directory: '/nowhere' } })).toBeUndefined();
});
