// test/monitors/process-watcher.test.ts — processes that end, are stopped, and go on: told once each.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { ProcessWatcher } from '../../src/monitors/process-watcher.ts';

const children: ChildProcess[] = [];
let processes = new ProcessWatcher();
afterEach(() => {
  processes.close();
  processes = new ProcessWatcher();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(...argv: readonly [string, ...string[]]): number {
  const child = spawn(argv[0], argv.slice(1), { stdio: 'ignore' });
  children.push(child);
  if (child.pid === undefined) throw new Error(`${argv.join(' ')} did not start`);
  return child.pid;
}

function followed(pid: number): readonly string[] {
  const news: string[] = [];
  processes.follow(pid, (what) => news.push(what));
  return news;
}

const soon = { timeout: 10_000, interval: 5 };

test('one that is stopped, goes on and ends', async () => {
  const pid = run('sleep', '1000');
  const news = followed(pid);
  for (const [signal, told] of [
    ['SIGSTOP', ['stopped']],
    ['SIGCONT', ['stopped', 'continued']],
    ['SIGSTOP', ['stopped', 'continued', 'stopped']],
    ['SIGKILL', ['stopped', 'continued', 'stopped', 'gone']],
  ] as const) {
    process.kill(pid, signal);
    await vi.waitFor(() => expect(news).toEqual(told), soon);
  }
  expect(processes.pids()).toEqual([]);
});

test('a zombie is gone, though it has a number yet', async () => {
  // Its parent becomes one that waits for nobody.
  const parent = run('sh', '-c', 'sleep 0.2 & exec sleep 1000');
  let pid = 0;
  await vi.waitFor(() => {
    pid = Number(readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim());
    expect(pid).toBeGreaterThan(0);
  }, soon);
  const news = followed(pid);
  await vi.waitFor(() => expect(news).toEqual(['gone']), soon);
  expect(() => process.kill(pid, 0)).not.toThrow();
});

test('one that was stopped before is no news until it goes on', async () => {
  const [pid, other] = [run('sleep', '1000'), run('sleep', '1000')];
  process.kill(pid, 'SIGSTOP');
  await vi.waitFor(() => {
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') T ');
  }, soon);
  const [news, others] = [followed(pid), followed(other)];
  process.kill(other, 'SIGKILL');
  await vi.waitFor(() => expect(others).toEqual(['gone']), soon);
  expect(news).toEqual([]);
  process.kill(pid, 'SIGCONT');
  await vi.waitFor(() => expect(news).toEqual(['continued']), soon);
});

test('one that nobody has', () => expect(processes.follow(4_194_305, () => undefined)).toBe(false));

test('one that is forgotten says nothing, and nothing is left open', async () => {
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  const [pid, other] = [run('sleep', '1000'), run('sleep', '1000')];
  const [news, others] = [followed(pid), followed(other)];
  expect(open()).toBe(before + 2);
  processes.forget(pid);
  for (const one of [pid, other]) process.kill(one, 'SIGKILL');
  await vi.waitFor(() => expect(others).toEqual(['gone']), soon);
  expect(news).toEqual([]);
  expect(open()).toBe(before);
});
