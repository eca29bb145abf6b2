// test/driver/hangup.test.ts — the hangup of a terminal ends a tool that was just forked: it is started once more, with
// its whole input.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { capture, change } from '../../src/driver/child.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'netctl-hangup-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Ended by the signal so many times before it has done anything. */
const ended = (signal: string, times: number, then: string): readonly string[] => [
  'sh',
  '-c',
  `echo >>"$1/starts"; [ "$(wc -l <"$1/starts")" -gt ${times} ] || kill -${signal} $$; ${then}`,
  'sh',
  directory,
];

test('one that changes something', async () => {
  await change({ argv: ended('HUP', 1, 'cat >"$1/got"'), stdin: 'one\ntwo\n' });
  expect(readFileSync(join(directory, 'got'), 'utf8')).toBe('one\ntwo\n');
});

test('one that reads', async () => {
  expect(await capture(ended('HUP', 1, 'echo seen'))).toBe('seen\n');
});

test('not for ever, and not after another signal', async () => {
  await expect(change({ argv: ended('HUP', 2, 'true') })).rejects.toMatchObject({ stderr: 'ended by SIGHUP\n' });
  await expect(change({ argv: ended('KILL', 4, 'true') })).rejects.toMatchObject({ stderr: 'ended by SIGKILL\n' });
  expect(readFileSync(join(directory, 'starts'), 'utf8')).toBe('\n'.repeat(3));
});
