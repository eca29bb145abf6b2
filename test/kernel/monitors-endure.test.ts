// test/kernel/monitors-endure.test.ts — monitors that are killed, stopped and flooded: they run again, and nothing is
// missed without a word.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { isListening } from '../../src/monitors/sockets.ts';
import { buildProgram } from '../program.ts';
import { childrenOf, commandOf } from './of-process.ts';
import { WatchedHost, pidOf, soon } from './watched.ts';

const the = new WatchedHost();

describe('a monitor', () => {
  for (const [name, words, change, back, subsystem] of [
    ['ip monitor', ['ip', 'monitor'], 'ip link add br6 type bridge', 'ip link delete br6', 'links'],
    ['nft monitor', ['nft', 'monitor'], 'iptables -t nat -N again', 'iptables -t nat -X again', 'rules'],
  ] as const)
    for (const signal of ['SIGKILL', 'SIGSTOP', 'SIGTERM'] as const)
      test(`${name}, ended by ${signal}, runs again, and everything is looked at`, async () => {
        await the.begin();
        expect(the.stateOf(name)).toMatchObject({ state: 'running', restarts: 0 });
        const pid = pidOf(...words);
        process.kill(pid, signal);
        await vi.waitFor(
          () => expect(the.about('everything')).toEqual([{ subsystem: 'everything', why: `${name} has just begun` }]),
          soon,
        );
        expect(the.stateOf(name)).toMatchObject({ state: 'running', restarts: 1 });
        expect(the.said.filter((what) => what.startsWith(name))).toEqual([
          expect.stringMatching(
            signal === 'SIGSTOP'
              ? /ended by SIGKILL: it was stopped; it is started again in 0.1 s$/
              : new RegExp(`ended by ${signal}; it is started again in 0.1 s$`),
          ),
          `${name} runs again`,
        ]);
        expect(pidOf(...words)).not.toBe(pid);
        try {
          await the.run(change);
          await the.sees(subsystem);
        } finally {
          the.must(back);
        }
      });

  test('has its namespace replaced by another of the same name: they go where the host is', async () => {
    const before = the.host;
    the.host = the.namespaces.add();
    try {
      await the.begin();
      spawnSync('ip', ['netns', 'delete', the.host]);
      spawnSync('ip', ['netns', 'add', the.host]);
      await vi.waitFor(
        () =>
          expect(
            the.hints
              .filter(({ subsystem }) => subsystem === 'everything')
              .map(({ why }) => why)
              .sort(),
          ).toEqual(['ip monitor has just begun', 'nft monitor has just begun']),
        soon,
      );
      the.hints = [];
      await the.run('ip link add br7 type bridge');
      await the.sees('links', 'br7');
    } finally {
      the.host = before;
    }
  });

  test('is known to hear events, and what is no monitor is not', async () => {
    await the.begin();
    const other = the.start('sleep 1000');
    try {
      expect([pidOf('ip', 'monitor'), pidOf('nft', 'monitor'), other.pid ?? 0].map(isListening)).toEqual([
        true,
        true,
        false,
      ]);
    } finally {
      other.kill('SIGKILL');
    }
  });

  test('dies with us, however we die', async () => {
    const bundle = join(the.root, 'watch.mjs');
    buildProgram(join(import.meta.dirname, 'monitors.program.ts'), bundle);
    const child = spawn(process.execPath, [bundle, the.host], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const monitors = childrenOf(child.pid ?? 0);
    expect(monitors).toHaveLength(2);
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(monitors.filter((pid) => commandOf(pid).includes('monitor'))).toEqual([]), soon);
  });

  test('leaves nothing when it is closed', async () => {
    const open = (): readonly string[] =>
      process.getActiveResourcesInfo().filter((what) => /Process|FSEvent|Pipe/.test(what));
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    // Handles of what went before are closed a turn later, and so are ours.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = [open().length, descriptors()];
    await the.begin();
    expect(open().length).toBeGreaterThan(before[0] ?? 0);
    await the.close();
    await vi.waitFor(
      () => expect([open().length, descriptors()].map((count, i) => Math.max(count, before[i] ?? 0))).toEqual(before),
      soon,
    );
    expect(childrenOf(process.pid).filter((pid) => commandOf(pid).includes('monitor'))).toEqual([]);
  });
});

describe('a flood', () => {
  const chains = Array.from({ length: 500 }, (_, i) => `flood-${i}`);
  const load = [
    '*filter',
    ...chains.map((chain) => `:${chain} - [0:0]`),
    ...Array.from({ length: 5_000 }, (_, i) => `-A ${chains[i % 500] ?? ''} -s 10.1.${i >> 8}.${i & 255} -j ACCEPT`),
    'COMMIT',
    '',
  ].join('\n');

  test('of 5,000 rules in one transaction is one hint for all of them, and the next change is told', async () => {
    await the.begin();
    await the.run('iptables-restore --noflush', load);
    await the.sees('rules');
    expect(the.about('rules').filter(({ by }) => by?.startsWith('iptables-restor'))).toEqual([
      { subsystem: 'rules', by: expect.stringMatching(/^iptables-restor, process \d+$/) as string },
    ]);
    the.hints = [];
    await the.run('iptables -A netctl-forward -j ACCEPT');
    await the.sees('rules');
    expect(the.about('rules')).toEqual([
      expect.objectContaining({ subsystem: 'rules', name: 'filter/netctl-forward' }),
    ]);
    the.must('iptables -F netctl-forward');
  });

  const addresses = Array.from({ length: 4_000 }, (_, i) => `address add 10.200.${i >> 8}.${i & 255}/32 dev br0\n`);
  const batch = [...addresses, ...addresses.map((line) => line.replace('add ', 'delete '))].join('');

  test('of 8,000 changes while we are busy is one device to look at, or everything; and what follows is not missed', async () => {
    await the.begin();
    the.must('ip -batch -', batch);
    await the.sees('links', 'br0');
    await the.run('ip link add br8 type bridge');
    try {
      await vi.waitFor(() => expect([...the.about('links', 'br8'), ...the.about('everything')]).not.toEqual([]), soon);
      expect(
        [...new Set(the.about('links').map(({ name }) => name))].filter((name) => name !== 'br0' && name !== 'br8'),
      ).toEqual([]);
    } finally {
      the.must('ip link delete br8');
    }
  });

  test('that the kernel could not keep: everything is looked at, and after that nothing is missed', async () => {
    await the.begin();
    const before = process.memoryUsage().rss;
    const pid = pidOf('ip', 'monitor');
    process.kill(pid, 'SIGSTOP');
    // Not seen to be stopped meanwhile: we are busy.
    for (let round = 0; round < 5; round++) the.must('ip -batch -', batch);
    process.kill(pid, 'SIGCONT');
    await vi.waitFor(
      () => expect(the.hints).toContainEqual({ subsystem: 'everything', why: 'ip monitor lost events' }),
      soon,
    );
    expect([the.stateOf('ip monitor')?.state, the.said]).toEqual(['running', ['ip monitor lost events']]);
    the.hints = [];
    await the.run('ip link add br8 type bridge');
    try {
      await the.sees('links', 'br8');
      expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    } finally {
      the.must('ip link delete br8');
    }
  });
});

describe('iptables-legacy, which sends no events', () => {
  // A look that takes long, on a busy machine, is followed by the next after a minute at most.
  const inTime = { ...soon, timeout: 90_000 };

  test('is looked at again and again', async () => {
    the.must('iptables-legacy -t nat -N netctl-old');
    await the.begin('legacy');
    expect(the.stateOf('iptables-legacy-save')).toMatchObject({
      name: expect.stringMatching(/^iptables-legacy-save every \d+(\.\d+)? s$/) as string,
      state: 'running',
    });
    the.must('iptables-legacy -t nat -A netctl-old -j RETURN');
    await vi.waitFor(() => expect(the.hints).toContainEqual({ subsystem: 'rules' }), inTime);
  }, 120_000);

  test('of IPv6 as well, where the namespace that is watched has tables of it', async () => {
    the.must('ip6tables-legacy -N netctl-old');
    await the.begin('legacy');
    expect(the.stateOf('ip6tables-legacy-save')).toMatchObject({ state: 'running' });
    the.must('ip6tables-legacy -A netctl-old -j RETURN');
    await vi.waitFor(() => expect(the.hints).toContainEqual({ subsystem: 'rules6' }), inTime);
  }, 120_000);
});
