// test/kernel/origin.test.ts — a host with no inotify watch left: changes of the spec are looked for, that is said, and
// so is the end of it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../origin/until.ts';
import { buildProgram } from '../program.ts';

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'netctl-blind-'));
});
afterEach(() => rmSync(top, { recursive: true }));

test('falls back to looking every while, and comes back', async () => {
  const spec = join(top, 'spec.yaml');
  writeFileSync(spec, 'one');
  buildProgram(join(import.meta.dirname, 'origin.program.ts'), join(top, 'follow.mjs'));
  // In a user namespace of its own, whose limit is nobody else's.
  const follower = [process.execPath, join(top, 'follow.mjs')];
  const child = spawn('unshare', ['--user', '--map-root-user', ...follower], {
    env: { ...process.env, SPEC: spec },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const heard = (line: string): Promise<void> => until(() => lines.includes(line), true);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    await heard('watching');
    expect(lines).toEqual([
      'text one',
      expect.stringMatching(`^said changes of ${spec} are looked for every 0\\.1 s: .* cannot be watched: ENOSPC`),
      'watching',
    ]);
    writeFileSync(spec, 'two');
    await heard('text two');
    child.stdin.write('1000\n');
    await heard(`said changes of ${spec} are noticed at once again`);
    writeFileSync(spec, 'three');
    await heard('text three');
    expect(lines.filter((line) => line.startsWith('said'))).toHaveLength(2);
    child.stdin.end();
    expect(await ended).toBe(0);
  } finally {
    child.kill();
    await ended;
  }
});
