// test/cli/failures.test.ts — what an operator reads when a register refuses: another has the address by now, or
// there is no such register.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inWords } from '../../src/cli/failures.ts';
import { Taken } from '../../src/core/stored.ts';
import type { Settings } from '../../src/pipeline/settings.ts';
import { exit } from '../../src/report/exit-codes.ts';
import { specOf } from '../commands/bench.ts';

const root = new URL('../..', import.meta.url).pathname;
const program = join(root, 'dist/netctl.js');
let directory = '';
beforeAll(() => {
  if (!existsSync(program)) execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root });
  directory = mkdtempSync(join(tmpdir(), 'netctl-register-'));
  writeFileSync(join(directory, 'one.yaml'), specOf('vm-1'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('an address that another host has claimed meanwhile: whose it is, and that the next run gets another', () => {
  const settings = { files: [], stateDir: directory } as unknown as Settings;
  const refused = new Taken({ pool: 'network lab', value: '192.168.50.2', holder: 'h2 vm-7/lab' });
  expect(inWords(refused, settings)).toMatchObject({
    code: exit.failed,
    message:
      'network lab has 192.168.50.2 taken meanwhile by h2 vm-7/lab. Nothing was claimed: run it again, and it gets another',
  });
});

test('a NETCTL_REGISTER that nobody knows: which there are, before the host is read', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, 'plan', '-f', 'one.yaml', '--state-dir', directory],
    // Without a single tool.
    { cwd: directory, encoding: 'utf8', env: { PATH: '/nowhere', NETCTL_REGISTER: 'etcd:http://127.0.0.1' } },
  );
  expect([status, stdout, stderr]).toEqual([
    64,
    '',
    expect.stringContaining('NETCTL_REGISTER: etcd:http://127.0.0.1 is no register; there is file:\n'),
  ]);
});
