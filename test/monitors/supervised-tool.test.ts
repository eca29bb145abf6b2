// test/monitors/supervised-tool.test.ts — why a tool that is kept running has ended, as it is told.
import { execFileSync } from 'node:child_process';
import { afterEach, expect, test, vi } from 'vitest';
import { ProcessWatcher } from '../../src/monitors/process-watcher.ts';
import { MonitorStatus } from '../../src/monitors/status.ts';
import { SupervisedTool } from '../../src/monitors/supervised-tool.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** Runs a line of the shell, and says why it ended. */
function run(line: string): readonly string[] {
  const told: string[] = [];
  const status = new MonitorStatus((_states, message) => {
    if (message !== undefined) told.push(message.what);
  });
  const processes = new ProcessWatcher();
  const tool = new SupervisedTool({
    argv: ['sh', '-c', line],
    entry: status.add('tool'),
    processes,
    onLines: () => undefined,
    onLost: () => undefined,
  });
  opened.push(async () => {
    await tool.close();
    processes.close();
  });
  return told;
}

const found = (word: string): readonly number[] => {
  try {
    return execFileSync('pgrep', ['-f', `sleep ${word}`], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return [];
  }
};

test('by a signal: what it has complained of before is not why', async () => {
  const told = run('echo "Error: Peer netns reference is invalid." >&2; exec sleep 98.76');
  await vi.waitFor(() => expect(found('98.76')).toHaveLength(1));
  for (const pid of found('98.76')) process.kill(pid, 'SIGTERM');
  await vi.waitFor(() => expect(told).toEqual(['ended by SIGTERM; it is started again in 0.1 s']));
});

test('by itself: what it has said last is why', async () => {
  const told = run('echo "Cannot bind netlink socket" >&2; exit 2');
  await vi.waitFor(() =>
    expect(told[0]).toBe('ended with exit code 2: Cannot bind netlink socket; it is started again in 0.1 s'),
  );
});
