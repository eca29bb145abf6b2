// test/cli/store-closed.test.ts — the store is closed at the end of every command, however it ends; a watch has one for
// all its rounds.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockHost } from '../../src/cli/host-lock.ts';
import { run } from '../../src/cli/run.ts';
import type { Settings } from '../../src/pipeline/settings.ts';
import { Exit } from '../../src/report/exit-codes.ts';
import type { ExitCode } from '../../src/report/exit-codes.ts';
import type { World } from '../../src/pipeline/world.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { settingsFor } from '../../src/transaction/guard.ts';

const directory = mkdtempSync(join(tmpdir(), 'netctl-closed-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const settings: Settings = {
  command: 'status',
  files: [],
  host: undefined,
  netns: undefined,
  output: 'text',
  color: 'never',
  stateDir: join(directory, 'state'),
  runDir: join(directory, 'run'),
  verbose: false,
  flags: new Set(),
  hostname: 'h1',
};

async function closedAfter(verb: () => Promise<ExitCode>): Promise<number> {
  let closed = 0;
  const counting = (world: World): Promise<ExitCode> => {
    world.store.close = () => {
      closed++;
      return Promise.resolve();
    };
    return verb();
  };
  await run(settings, counting, undefined).catch((error: unknown) => {
    if (!(error instanceof Exit)) throw error;
  });
  return closed;
}

test('by a command that is done', async () => expect(await closedAfter(() => Promise.resolve(0))).toBe(1));
test('by one that fails', async () => expect(await closedAfter(() => Promise.reject(new Exit(1)))).toBe(1));

test('each round of a watch has its store', async () => {
  const store = createMemoryStore();
  const nothing = (): void => undefined;
  const lock = lockHost(
    settings,
    { signal: new AbortController().signal, store },
    { onSpawn: nothing, waitsFor: nothing, says: nothing, report: nothing },
  );
  for (const round of [1, 2]) {
    const locked = await lock();
    expect(locked.world.store === store, `round ${round}`).toBe(true);
    locked.release();
  }
});

test('a guard that is a unit of its own is told how the register is reached, and no secret of the session', () =>
  expect(
    settingsFor({
      PATH: '/usr/bin',
      HOME: '/root',
      AWS_SECRET_ACCESS_KEY: 'x',
      NETCTL_REGISTER: 'etcd:192.0.2.10:2379/lab',
      NETCTL_REGISTER_KEY: '/etc/netctl/key.pem',
    }),
  ).toEqual([
    ['PATH', '/usr/bin'],
    ['NETCTL_REGISTER', 'etcd:192.0.2.10:2379/lab'],
    ['NETCTL_REGISTER_KEY', '/etc/netctl/key.pem'],
  ]));
