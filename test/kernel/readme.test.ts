// test/kernel/readme.test.ts — the README's blocks of commands, run as they stand: the tutorial in namespaces of our
// own, the lines on confirmation pasted into a terminal. Every other block is run by the test that is named for it
// here.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const root = new URL('../..', import.meta.url).pathname;
const ours = `nct-${pid}-tour-`;

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'netctl-tour-'));
  // dnsmasq gives up root and has to pass through.
  chmodSync(directory, 0o711);
});
afterAll(() => {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  for (const name of names.filter((n) => n.startsWith(ours))) {
    for (const process of execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n'))
      if (process !== '') spawnSync('kill', ['-9', process]);
    execFileSync('ip', ['netns', 'del', name]);
  }
  rmSync(directory, { recursive: true, force: true });
});

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/\n```(?:sh)?\n([^]*?)```/g)].map(([, text = '']) => text);
const tutorial = /\n## Tutorial[^]*?\n(?=## )/.exec(readme)?.[0] ?? '';
const CONFIRM = 'netctl apply --yes --confirm-timeout';

test('every block is run by some test', () => {
  const elsewhere = [
    'npm run demo', // test/run
    'npm ci && npm run build && npm pack', // test/package.test.ts
    'apt-get install --no-install-recommends iproute2', // test/tools.test.ts, scripts/on-debian
    CONFIRM, // below
    'install -m 644', // test/kernel/systemd.test.ts
    'netctl watch --git', // test/kernel/watch/git.test.ts; its flags: test/readme.test.ts
    'npm ci  ', // for whoever works on it, in part for hours; that its scripts are there: test/readme.test.ts
  ];
  expect(
    blocks
      .filter((text) => !tutorial.includes(text))
      .map((text) => elsewhere.find((first) => text.startsWith(first)) ?? text),
  ).toEqual(elsewhere);
});

test('the lines on confirmation work when they are pasted into a terminal', () => {
  const lab = new Lab();
  try {
    const spec = (name: string): string =>
      `apiVersion: netctl/v1\nnetworks:\n  ${name}: { mode: flat-dhcp, interface: null, cidr: 10.20.0.0/24 }\n`;
    must(lab.netctl(['apply', '--yes'], { spec: spec('first') }));
    const file = lab.write('spec.yaml', spec('second'));
    chmodSync(lab.write('netctl', `#!/bin/sh\nexec ${lab.command().join(' ')} "$@"\n`), 0o755);
    const block = blocks.find((text) => text.startsWith(CONFIRM)) ?? '';
    const { stdout } = spawnSync('script', ['-qefc', 'bash --norc --noprofile -i', '/dev/null'], {
      encoding: 'utf8',
      timeout: 120_000,
      input: `${block}exit\n`,
      env: {
        ...process.env,
        PATH: `${lab.directory}:${process.env['PATH'] ?? ''}`,
        NETCTL_NETNS: lab.host,
        NETCTL_SPEC: file,
        NETCTL_STATE_DIR: lab.path('state'),
        NETCTL_RUN_DIR: lab.path('run'),
      },
    });
    expect(stdout).toContain('generation 2 is in place. netctl confirm keeps it; else it is rolled back in ');
    expect(stdout).toContain('generation 2 is confirmed');
    expect(stdout).toMatch(/2 .*confirmed\r?\n/);
    const { generations } = JSON.parse(must(lab.netctl(['history', '-o', 'json'], { spec: null })).out) as {
      readonly generations: readonly { readonly restores?: number; readonly outcome: { readonly is: string } }[];
    };
    expect(generations.map(({ restores, outcome }) => [restores, outcome.is])).toEqual([
      [undefined, 'kept'],
      [undefined, 'kept'],
      [1, 'kept'],
    ]);
    expect(lab.ip(lab.host, 'link show type bridge')).toContain('br-first');
  } finally {
    lab.close();
  }
});

test('the tutorial does what it says', () => {
  const parts = [...tutorial.matchAll(/\n```sh\n([^]*?)```/g)].map(([, text = '']) => text);
  expect(parts.length).toBeGreaterThan(5);
  const script = parts
    .map((text, i) => `echo "== block ${i}"\n${text}`)
    .join('')
    .replaceAll('tour-', ours)
    .replaceAll('/tmp/tour.yaml', join(directory, 'tour.yaml'));
  const { stdout, stderr, status } = spawnSync('bash', ['-euc', script], {
    cwd: root,
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, NETCTL_STATE_DIR: join(directory, 'state'), NETCTL_RUN_DIR: join(directory, 'run') },
  });
  expect({ status, stderr: status === 0 ? '' : stderr, stdout: status === 0 ? '' : stdout }).toEqual({
    status: 0,
    stderr: '',
    stdout: '',
  });

  const said = stdout.split(/^== block \d+\n/m).slice(1);
  expect(said[1]).toContain('+ link');
  expect(said[2]).toContain('nothing to do');
  expect(said[3]).toContain('192.168.50.20');
  expect(said[4]).toMatch(/: \d+ to add, \d+ to change, 0 to remove/);
  expect(said[5]).toContain('exit code 65');
});
