// test/monitors/files.test.ts — real directories that are made, changed, moved and removed, and the hints they give.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Hint } from '../../src/core/hint.ts';
import { MonitorStatus } from '../../src/monitors/status.ts';
import { FileMonitor } from '../../src/monitors/files.ts';

const top = mkdtempSync(join(tmpdir(), 'nct-files-'));
afterAll(() => rmSync(top, { recursive: true }));

let base = '';
let root = '';
let monitor: FileMonitor | undefined;
const hints: Hint[] = [];
const said: string[] = [];
beforeEach(() => {
  base = mkdtempSync(join(top, 'test-'));
  root = join(base, 'state/networks');
  hints.length = 0;
  said.length = 0;
});
afterEach(() => monitor?.close());

function follow(watching?: typeof watch): void {
  const board = new MonitorStatus((states, message) => said.push(`${states[0]?.why ?? ''}|${message?.what ?? ''}`));
  monitor = new FileMonitor({
    subsystem: 'files',
    roots: [root],
    deep: true,
    entry: board.add('files'),
    nameOf: (path) => path.slice(base.length + 1),
    onHints: (more) => hints.push(...more),
    ...(watching === undefined ? {} : { watch: watching }),
  });
}

/** Until it is told: of the whole, or by its name. */
async function told(name: string | undefined): Promise<void> {
  await vi.waitFor(
    () => expect(hints.filter((hint) => hint.name === undefined || hint.name === name)).not.toEqual([]),
    { timeout: 10_000, interval: 5 },
  );
  // What comes later is of what is done later.
  await settled();
  hints.length = 0;
}

async function settled(): Promise<void> {
  for (let before = -1; before !== hints.length;) {
    before = hints.length;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

async function exactly(name: string): Promise<void> {
  await vi.waitFor(() => expect(hints).toContainEqual({ subsystem: 'files', name }), { timeout: 10_000, interval: 5 });
  hints.length = 0;
}

describe('a file', () => {
  test('that is made, changed, replaced and removed is named', async () => {
    mkdirSync(join(root, 'lab'), { recursive: true });
    follow();
    const file = join(root, 'lab/hosts');
    for (const change of [
      () => writeFileSync(file, 'a'),
      () => appendFileSync(file, 'b'),
      () => {
        writeFileSync(join(base, 'other'), 'c');
        renameSync(join(base, 'other'), file);
      },
      () => rmSync(file),
    ]) {
      change();
      await exactly('state/networks/lab/hosts');
      await settled();
      hints.length = 0;
    }
  });
  test('beside the tree is nobody’s business', async () => {
    mkdirSync(root, { recursive: true });
    follow();
    writeFileSync(join(base, 'state/allocations.json'), 'a');
    mkdirSync(join(base, 'state/networks2'));
    writeFileSync(join(root, 'a'), 'a');
    await exactly('state/networks/a');
    await settled();
    expect(hints.filter(({ name }) => name !== 'state/networks/a')).toEqual([]);
  });
});

describe('a directory', () => {
  const works = async (): Promise<void> => {
    writeFileSync(join(root, 'probe'), 'x');
    await exactly('state/networks/probe');
    rmSync(join(root, 'probe'));
    await exactly('state/networks/probe');
    await settled();
    hints.length = 0;
  };
  test('that is not there yet, nor what it will be in, is watched when it comes', async () => {
    follow();
    for (const path of ['state', 'state/networks']) mkdirSync(join(base, path));
    await told(undefined);
    await works();
  });
  test('that comes with all above it at once is watched down to its last file', async () => {
    follow();
    mkdirSync(join(root, 'a/b/c'), { recursive: true });
    await told(undefined);
    await works();
    writeFileSync(join(root, 'a/b/c/d'), '');
    await exactly('state/networks/a/b/c/d');
  });
  for (const [how, path] of [
    ['itself', 'state/networks'],
    ['with its parent', 'state'],
  ] as const) {
    test(`that is removed, ${how}, and recreated is watched again`, async () => {
      mkdirSync(join(root, 'a'), { recursive: true });
      follow();
      for (let round = 0; round < 3; round++) {
        rmSync(join(base, path), { recursive: true });
        await told(undefined);
        mkdirSync(join(root, 'a'), { recursive: true });
        await told(undefined);
        await works();
        writeFileSync(join(root, 'a/deep'), '');
        await exactly('state/networks/a/deep');
        await settled();
        hints.length = 0;
      }
    });
    test(`that is moved away, ${how}, and back is watched again, and not meanwhile`, async () => {
      mkdirSync(root, { recursive: true });
      follow();
      renameSync(join(base, path), join(base, 'away'));
      await told(undefined);
      writeFileSync(join(base, path === 'state' ? 'away/networks/x' : 'away/x'), '');
      await settled();
      expect(hints).toEqual([]);
      renameSync(join(base, 'away'), join(base, path));
      await told(undefined);
      await works();
    });
  }
  test('that comes just before its parent is watched is not missed', async () => {
    let came = false;
    follow(((...args: Parameters<typeof watch>) => {
      if (!came) mkdirSync(root, { recursive: true });
      came = true;
      return watch(...args);
    }) as typeof watch);
    await works();
  });
  test('that is replaced in one moment is watched', async () => {
    mkdirSync(root, { recursive: true });
    follow();
    rmSync(root, { recursive: true });
    mkdirSync(root);
    await told(undefined);
    await works();
  });
  test('that comes with its event lost among more than the kernel keeps is watched', async () => {
    mkdirSync(root, { recursive: true });
    follow();
    const kept = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
    for (let i = 0; i < kept + 100; i++) writeFileSync(join(root, `f-${i}`), '');
    mkdirSync(join(root, 'last'));
    await told(undefined);
    writeFileSync(join(root, 'last/file'), '');
    await exactly('state/networks/last/file');
  });
});

test('where the kernel has no watches left, it looks again and again, says so, and watches when it can', async () => {
  mkdirSync(join(root, 'a'), { recursive: true });
  let full = true;
  const scarce = ((...args: Parameters<typeof watch>) => {
    if (full && String(args[0]).endsWith('/a'))
      throw new Error('ENOSPC: System limit for number of file watchers reached');
    return watch(...args);
  }) as typeof watch;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    follow(scarce);
    expect(said.at(-1)).toMatch(/^looks every 2 s.*ENOSPC.*\|looks every 2 s/);
    writeFileSync(join(root, 'a/file'), '');
    vi.advanceTimersByTime(2_100);
    expect(hints).toEqual([{ subsystem: 'files' }]);
    full = false;
    for (let i = 0; i < 60 && said.at(-1) !== '|the kernel watches its directories again'; i++)
      vi.advanceTimersByTime(2_100);
    expect(said.at(-1)).toBe('|the kernel watches its directories again');
  } finally {
    vi.useRealTimers();
  }
  hints.length = 0;
  writeFileSync(join(root, 'a/again'), '');
  await exactly('state/networks/a/again');
});

test('closed, it leaves nothing that holds the process', async () => {
  const watches = (): number => process.getActiveResourcesInfo().filter((what) => what === 'FSEventWrap').length;
  await settled();
  const before = watches();
  mkdirSync(root, { recursive: true });
  follow();
  expect(watches()).toBe(before + 2);
  monitor?.close();
  await vi.waitFor(() => expect(watches()).toBe(before), { timeout: 10_000, interval: 5 });
});
