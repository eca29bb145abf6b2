// test/kernel/readme.test.ts — the README's tutorial, run as it stands: every block, in order, in namespaces of our own.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const ours = `nct-${pid}-tour-`;

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'netctl-tour-'));
  // dnsmasq gives up root and has to pass through.
  chmodSync(directory, 0o711);
});
afterAll(() => {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n').map((line) => line.split(' ')[0] ?? '');
  for (const name of names.filter((n) => n.startsWith(ours))) {
    for (const process of execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n')) if (process !== '') spawnSync('kill', ['-9', process]);
    execFileSync('ip', ['netns', 'del', name]);
  }
  rmSync(directory, { recursive: true, force: true });
});

test('the tutorial does what it says', () => {
  const tutorial = /\n## Tutorial[^]*?\n(?=## )/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[0] ?? '';
  const blocks = [...tutorial.matchAll(/\n```sh\n([^]*?)```/g)].map(([, text = '']) => text);
  expect(blocks.length).toBeGreaterThan(5);
  const script = blocks.map((text, i) => `echo "== block ${i}"\n${text}`).join('').replaceAll('tour-', ours).replaceAll('/tmp/tour.yaml', join(directory, 'tour.yaml'));
  const { stdout, stderr, status } = spawnSync('bash', ['-euc', script], {
    cwd: root, encoding: 'utf8', timeout: 120_000,
    env: { ...process.env, NETCTL_STATE_DIR: join(directory, 'state'), NETCTL_RUN_DIR: join(directory, 'run') },
  });
  expect({ status, stderr: status === 0 ? '' : stderr, stdout: status === 0 ? '' : stdout }).toEqual({ status: 0, stderr: '', stdout: '' });

  const said = stdout.split(/^== block \d+\n/m).slice(1);
  expect(said[1]).toContain('+ link');
  expect(said[2]).toContain('nothing to do');
  expect(said[3]).toContain('192.168.50.20');
  expect(said[4]).toMatch(/: \d+ to add, \d+ to change, 0 to remove/);
  expect(said[5]).toContain('exit code 65');
});
