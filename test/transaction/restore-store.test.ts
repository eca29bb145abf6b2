// test/transaction/restore-store.test.ts — a rollback asks for what this host held, and takes from nobody what he has
// since.
import { expect, test } from 'vitest';
import { NOTHING, wholeOf } from '../../src/core/stored.ts';
import type { Store, Stored } from '../../src/core/stored.ts';
import { createMemoryRegister, createMemoryStore } from '../../src/store/memory/index.ts';
import type { Shared } from '../../src/store/memory/index.ts';
import { restoreStore } from '../../src/transaction/restore-store.ts';

const POOL = 'network lab';
const holding = (allocations: Readonly<Record<string, string>>, more: Partial<Stored> = {}): Stored => ({
  ...NOTHING,
  allocations: Object.keys(allocations).length === 0 ? {} : { [POOL]: allocations },
  ...more,
});
const BEFORE = holding({ 'vm-1/lab': '10.0.0.2', 'vm-2/lab': '10.0.0.3' }, { start: 'first' });

function hosts(): readonly [Store, Store] {
  const shared: Shared = new Map();
  const store = (name: string): Store => createMemoryStore(NOTHING, createMemoryRegister(shared, name));
  return [store('h1'), store('h2')];
}
const save = async (store: Store, stored: Stored): Promise<void> => {
  await store.save(stored, (await store.load()).revision);
};
const kept = async (store: Store): Promise<Stored | undefined> => wholeOf(await store.load());

test('all is as it was, and what others hold is theirs', async () => {
  const [store, other] = hosts();
  await save(store, BEFORE);
  await save(other, holding({ 'vm-7/lab': '10.0.0.7' }));
  await save(store, holding({ 'vm-2/lab': '10.0.0.9', 'vm-3/lab': '10.0.0.4' }, { start: 'second' }));
  expect(await restoreStore({ store }, BEFORE)).toEqual([]);
  expect(await kept(store)).toEqual(BEFORE);
  expect((await kept(other))?.allocations).toEqual({ [POOL]: { 'vm-7/lab': '10.0.0.7' } });
});

test('what another has got since is his, and said with his name; all else is as it was', async () => {
  const [store, other] = hosts();
  await save(store, BEFORE);
  await save(store, holding({ 'vm-2/lab': '10.0.0.3' }));
  await save(other, holding({ 'vm-9/lab': '10.0.0.2' }));
  expect(await restoreStore({ store }, BEFORE)).toEqual(["10.0.0.2, which vm-1/lab had, is vm-9/lab's by now"]);
  expect(await kept(store)).toEqual(holding({ 'vm-2/lab': '10.0.0.3' }, { start: 'first' }));
  expect((await kept(other))?.allocations).toEqual({ [POOL]: { 'vm-9/lab': '10.0.0.2' } });
});

test('where there was no store, all that this host holds is released, and nothing of others', async () => {
  const [store, other] = hosts();
  await save(store, BEFORE);
  await save(other, holding({ 'vm-7/lab': '10.0.0.7' }));
  expect(await restoreStore({ store }, null)).toEqual([]);
  expect(await kept(store)).toBeUndefined();
  expect((await kept(other))?.allocations).toEqual({ [POOL]: { 'vm-7/lab': '10.0.0.7' } });
});
