// test/kernel/origin.test.ts — a host with no inotify watch left: changes of the spec are looked for, that is said, and so is the end of it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../origin/until.ts';

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'netctl-blind-'));
});
afterEach(() => rmSync(top, { recursive: true }));

/** Follows a file in a user namespace of its own, whose limit is nobody else's; a line on its input is the limit from then on. */
const PROGRAM = `
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createFileOrigin } from './src/origin/files.ts';
const limit = (text: string) => writeFileSync('/proc/sys/user/max_inotify_watches', text);
limit('0');
const origin = createFileOrigin([process.env['SPEC'] ?? ''], { quiet: 10, atMost: 100, anyway: 3_600_000, blind: 100 });
const tell = async () => console.log('text ' + (await origin.read()).sources[0]?.text);
await tell();
const watching = await origin.watch(() => void tell(), (message) => console.log('said ' + message));
console.log('watching');
createInterface({ input: process.stdin }).on('line', limit).on('close', () => void watching.close());
`;

test('falls back to looking every while, and comes back', async () => {
  const spec = join(top, 'spec.yaml');
  writeFileSync(spec, 'one');
  await build({ stdin: { contents: PROGRAM, resolveDir: join(import.meta.dirname, '../..'), loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', target: 'node20', outfile: join(top, 'follow.mjs'), logLevel: 'silent' });
  const child = spawn('unshare', ['--user', '--map-root-user', process.execPath, join(top, 'follow.mjs')], { env: { ...process.env, SPEC: spec }, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const heard = (line: string): Promise<void> => until(() => lines.includes(line), true);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    await heard('watching');
    expect(lines).toEqual(['text one', expect.stringMatching(`^said changes of ${spec} are looked for every 0\\.1 s: .* cannot be watched: ENOSPC`), 'watching']);
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
