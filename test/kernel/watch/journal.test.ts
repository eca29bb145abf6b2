// test/kernel/watch/journal.test.ts — where standard error is the journal, each line of a watch has its priority.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { Lab } from '../lab.ts';

const SPEC = 'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat, interface: null, cidr: 10.0.0.0/24 }\n';
const LATE = { timeout: 30_000 };

test.each([
  [
    'the journal: a priority with every line',
    0,
    /^<6>begins: /,
    /^<3>refused the spec/,
    /^<3> +\S*spec\.yaml:4:1: error: /,
  ],
  [
    'not the journal, but what was it for somebody else: the time of day',
    1,
    /^[\d:]{8} begins: /,
    /^[\d:]{8} error: refused the spec/,
    /^ +\S*spec\.yaml:4:1: error: /,
  ],
] as const)('%s', async (_name, off, begins, refused, excerpt) => {
  const lab = new Lab();
  lab.write('spec.yaml', SPEC);
  const journal = openSync(lab.path('journal'), 'w');
  const { dev, ino } = fstatSync(journal);
  const [node, program] = lab.command();
  const child = spawn(node, [program, ...lab.argumentsFor(['watch'])], {
    stdio: ['ignore', 'ignore', journal],
    env: { ...process.env, JOURNAL_STREAM: `${dev}:${ino + off}` },
  });
  const ended = once(child, 'exit');
  closeSync(journal);
  const lines = (): readonly string[] => readFileSync(lab.path('journal'), 'utf8').trimEnd().split('\n');
  try {
    await vi.waitUntil(() => lines().some((line) => line.endsWith('ready: the host is in sync with the spec')), LATE);
    lab.write('spec.yaml', `${SPEC}nonsense: true\n`);
    await vi.waitUntil(() => lines().some((line) => line.includes('known here')), LATE);
    const at = lines().findIndex((line) => line.includes('refused the spec'));
    expect(lines()[0]).toMatch(begins);
    expect(lines()[at]).toMatch(refused);
    expect(lines()[at + 1]).toMatch(excerpt);
    expect(lines().filter((line) => !/^(?:<[3467]>|[\d:]{8} | {9})/.test(line))).toEqual([]);
  } finally {
    child.kill('SIGTERM');
    await ended;
    lab.close();
  }
});
