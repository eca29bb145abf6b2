// test/commands/without-root.test.ts — what somebody who is not root can do, and what is refused: 77.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { specOf } from './bench.ts';
import { at, directory, program, root, VALID, withSpecs } from './command-line-scene.ts';
import type { Ended } from './command-line-scene.ts';

withSpecs();

describe('without root', () => {
  const nobody = (argv: readonly string[]): Ended => {
    const ended = spawnSync(
      'setpriv',
      ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, ...argv],
      { cwd: '/', encoding: 'utf8' },
    );
    return { code: ended.status, out: ended.stdout, err: ended.stderr };
  };
  // The repository may be root's alone.
  beforeAll(() => {
    chmodSync(directory, 0o755);
    cpSync(join(root, 'dist'), at('dist'), { recursive: true });
  });
  const asNobody = (args: readonly string[]): Ended => nobody([at('dist/netctl.js'), ...args]);
  const [able, why] = [
    nobody(['--version']).code === 0,
    'only root can become nobody, and nobody has to be able to run node',
  ] as const;
  test('a spec is checked and exported', ({ skip }) => {
    skip(!able, why);
    expect(asNobody(['validate', '-f', at('one.yaml')])).toEqual({ code: 0, out: VALID, err: '' });
    expect(asNobody(['export', '-f', at('one.yaml')]).code).toBe(0);
  });
  for (const verb of ['apply', 'destroy']) {
    test(`${verb} is refused: 77`, ({ skip }) => {
      skip(!able, why);
      expect(asNobody([verb, '-f', at('one.yaml')])).toEqual({
        code: 77,
        out: '',
        err: `netctl: ${verb} changes the host, which needs root\n`,
      });
    });
  }
  for (const args of [
    ['history'],
    ['history', '-o', 'json'],
    ['show', '1'],
    ['plan'],
    ['status'],
    ['ip', 'free', 'lab'],
    ['ip', 'used', 'lab'],
    ['ip', 'show', '10.0.0.2'],
  ]) {
    test(`${args.join(' ')} where a host was applied to says that it may not look: 77`, ({ skip }) => {
      skip(!able, why);
      mkdirSync(at('kept/generations/1'), { recursive: true });
      chmodSync(at('kept'), 0o700);
      const { code, out, err } = asNobody([
        ...args,
        '-f',
        at('one.yaml'),
        '--state-dir',
        at('kept'),
        '--run-dir',
        at('no-run'),
      ]);
      expect({ code, out }).toEqual({ code: 77, out: '' });
      expect(err).toMatch(
        /^netctl: .*cannot be read: EACCES: permission denied.*\nreading what netctl keeps needs root\n$/,
      );
    });
  }
  test('nor may the root of a user namespace, who is root of nothing there: 77', ({ skip }) => {
    skip(!able, why);
    mkdirSync(at('nobodys/generations'), { recursive: true });
    chmodSync(at('nobodys'), 0o700);
    for (const path of ['nobodys/generations', 'nobodys']) chownSync(at(path), 65_534, 65_534);
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['--map-root-user', process.execPath, program, 'history', '--state-dir', at('nobodys')],
      { encoding: 'utf8' },
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 77,
      stdout: '',
      stderr: expect.stringMatching(/EACCES.*\nreading what netctl keeps needs root\n$/) as string,
    });
  });
  test('where nothing was ever applied, history says so', ({ skip }) => {
    skip(!able, why);
    expect(asNobody(['history', '--state-dir', at('no-state')])).toEqual({
      code: 0,
      out: 'nothing was applied yet\n',
      err: '',
    });
  });
  test('status does not say that a watch runs where it cannot know: 77', ({ skip }) => {
    skip(!able, why);
    mkdirSync(at('run'), { mode: 0o700 });
    expect(asNobody(['status', '-f', at('one.yaml'), '--state-dir', at('no-state'), '--run-dir', at('run')])).toEqual({
      code: 77,
      out: '',
      err: `netctl: whether a watch runs cannot be asked: connect EACCES ${at('run')}/watch.sock\nasking it needs root\n`,
    });
  });
  test('nor a spec that is not to be read: 77', ({ skip }) => {
    skip(!able, why);
    writeFileSync(at('secret.yaml'), specOf('vm-1'), { mode: 0o600 });
    expect(asNobody(['validate', '-f', at('secret.yaml')])).toEqual({
      code: 77,
      out: '',
      err: expect.stringMatching(
        /^netctl: .*secret\.yaml: cannot be read: this user may not read it\nreading this spec needs root, or whoever may\n$/,
      ) as string,
    });
  });
  for (const verb of ['plan', 'status']) {
    test(`${verb} with a store that is root's alone is refused: 77`, ({ skip }) => {
      skip(!able, why);
      mkdirSync(at(`${verb}-state`), { mode: 0o700 });
      const { code, out, err } = asNobody([
        verb,
        '-f',
        at('one.yaml'),
        '--state-dir',
        at(`${verb}-state`),
        '--run-dir',
        at(`${verb}-run`),
      ]);
      expect({ code, out }).toEqual({ code: 77, out: '' });
      expect(err).toMatch(/EACCES.*\nreading what netctl keeps needs root\n$/);
    });
  }
});
