// test/origin/run-git.test.ts — a Git that hangs, floods or was never installed; and what it is told of the world it
// runs in.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGitOrigin } from '../../src/origin/git.ts';
import { createRun } from '../../src/origin/run-git.ts';
import type { Run } from '../../src/origin/run-git.ts';
import { until } from './until.ts';

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'netctl-run-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

/** A `git` that is this shell script. */
function fake(script: string, timeout = 20_000, env: Readonly<Record<string, string>> = {}): Run {
  mkdirSync(join(top, 'bin'));
  writeFileSync(join(top, 'bin/git'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(top, 'bin/git'), 0o755);
  return createRun({ timeout, env: { ...env, PATH: `${join(top, 'bin')}:${process.env['PATH'] ?? ''}`, TOP: top } });
}

/** Whether a process whose number a script wrote down still runs. */
function lives(file: string): boolean {
  const state = `/proc/${readFileSync(join(top, file), 'utf8').trim()}/stat`;
  return existsSync(state) && !/\) [ZX] /.test(readFileSync(state, 'utf8'));
}

describe('a tool', () => {
  test('that hangs is ended in time, with what it started', async () => {
    const run = fake('sleep 1000 & echo $! >"$TOP/child"; echo waiting >&2; wait', 500);
    const started = performance.now();
    expect(await run('git', [], { directory: top })).toMatchObject({ ok: false, end: 'too late', said: 'waiting' });
    expect(performance.now() - started).toBeLessThan(15_000);
    await until(() => lives('child'), false);
  });

  test('that does not listen is made to end', async () => {
    const run = fake('trap "" TERM; echo $$ >"$TOP/self"; while :; do sleep 0.1; done', 500);
    expect(await run('git', [], { directory: top })).toMatchObject({ ok: false, end: 'too late' });
    await until(() => lives('self'), false);
  });

  test('that leaves somebody behind with its pipes is not waited for', async () => {
    const run = fake('echo done; sleep 1000 & echo $! >"$TOP/child"');
    expect((await run('git', [], { directory: top })).stdout.toString()).toBe('done\n');
    await until(() => lives('child'), false);
  });

  test('that floods is ended, and its complaints are cut', async () => {
    const run = fake('yes complaint | head -c 1000000 >&2; yes');
    const ran = await run('git', [], { directory: top });
    expect(ran).toMatchObject({ ok: false, end: 'too much' });
    expect(ran.stdout.length).toBe(64 * 1024 * 1024);
    expect(ran.said.length).toBeLessThanOrEqual(16 * 1024);
  });

  test('that is stopped ends', async () => {
    const run = fake('exec sleep 1000');
    const stop = new AbortController();
    const running = run('git', [], { directory: top, signal: stop.signal });
    stop.abort();
    expect(await running).toMatchObject({ ok: false, end: 'stopped' });
    expect(await run('git', [], { directory: top, signal: stop.signal })).toMatchObject({ ok: false, end: 'stopped' });
  });

  test('that reads no input, and one that is not there', async () => {
    const run = fake('exit 3');
    expect(await run('git', [], { directory: top, input: 'x'.repeat(1_000_000) })).toMatchObject({
      ok: false,
      end: 'by itself',
    });
    expect(await createRun({ env: { PATH: join(top, 'nowhere') } })('git', [], { directory: top })).toMatchObject({
      ok: false,
      end: 'not found',
      said: 'git cannot be started: ENOENT',
    });
  });

  test('says what it says without passwords, and moves no cursor', async () => {
    const run = fake(
      "printf 'cannot read https://user:s3cret@git.example/net.git?private_token=s3cret \\033[2J gone\\n' >&2; exit 1",
    );
    expect((await run('git', [], { directory: top })).said).toBe(
      'cannot read https://git.example/net.git?private_token=… [2J gone',
    );
  });
});

test("Git is told of nobody's configuration and of no other repository, and how to reach a server only as the operator says", async () => {
  const run = fake('env | grep -E "^(GIT_|LC_ALL)" | sort', 20_000, {
    GIT_DIR: '/srv/other',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_GLOBAL: '/root/.gitconfig',
    GIT_SSL_CAINFO: '/etc/ca.pem',
    LC_ALL: 'de_DE.UTF-8',
  });
  expect((await run('git', [], { directory: top })).stdout.toString().trim().split('\n')).toEqual([
    'GIT_CONFIG_GLOBAL=/dev/null',
    'GIT_CONFIG_NOSYSTEM=1',
    'GIT_SSH_COMMAND=ssh -oBatchMode=yes -oConnectTimeout=10',
    'GIT_SSL_CAINFO=/etc/ca.pem',
    'GIT_TERMINAL_PROMPT=0',
    'LC_ALL=C',
  ]);
  const own = createRun({
    env: { PATH: `${join(top, 'bin')}:${process.env['PATH'] ?? ''}`, GIT_SSH_COMMAND: 'ssh -i key' },
  });
  expect((await own('git', [], { directory: top })).stdout.toString()).toContain('GIT_SSH_COMMAND=ssh -i key\n');
});

describe('an origin', () => {
  const source = { url: 'https://git.example/net.git', ref: 'main', path: '', interval: 10 };

  test('whose Git hangs says that it is unreachable', async () => {
    // Only the fetch hangs: what is there is made and looked at by the real one.
    const run = fake('case " $* " in *" fetch "*) exec sleep 1000;; esac; exec /usr/bin/git "$@"', 1000);
    await expect(createGitOrigin({ ...source, directory: join(top, 'state'), run }).read()).rejects.toMatchObject({
      reason: 'unreachable',
      message: 'https://git.example/net.git cannot be fetched: it took too long',
    });
  });

  test('that is closed while its Git hangs ends at once', async () => {
    const run = fake(
      'case " $* " in *" fetch "*) echo $$ >"$TOP/fetch"; exec sleep 1000;; esac; exec /usr/bin/git "$@"',
      300_000,
    );
    const watching = await createGitOrigin({ ...source, directory: join(top, 'state'), run }).watch(() => undefined);
    // Made before its number is in it.
    await until(() => existsSync(join(top, 'fetch')) && readFileSync(join(top, 'fetch'), 'utf8').endsWith('\n'), true);
    await watching.close();
    await until(() => lives('fetch'), false);
  });

  test('without Git says which package has it', async () => {
    const run = createRun({ env: { PATH: join(top, 'nowhere') } });
    await expect(createGitOrigin({ ...source, directory: join(top, 'state'), run }).read()).rejects.toMatchObject({
      reason: 'missing-tool',
      message: expect.stringContaining('package git') as string,
    });
  });
});
