// test/commands/spec-sources.test.ts — where the spec comes from: flags, variables, directories, standard input, pipes.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { specOf } from './bench.ts';
import { BOTH, directory, netctl, program, VALID, withSpecs } from './command-line-scene.ts';
import type { Ended } from './command-line-scene.ts';

withSpecs();

describe('where the spec comes from', () => {
  for (const [name, args, env, input, out] of [
    ['a flag behind the verb', ['validate', '-f', 'one.yaml'], {}, '', VALID],
    ['a flag before the verb', ['-f', 'one.yaml', 'validate'], {}, '', VALID],
    ['its long form', ['validate', '--file=one.yaml'], {}, '', VALID],
    ['two flags', ['validate', '-f', 'one.yaml', '-f', 'two.yaml'], {}, '', BOTH],
    ['one before and one behind', ['-f', 'one.yaml', 'validate', '-f', 'two.yaml'], {}, '', BOTH],
    ['a directory', ['validate', '-f', 'both'], {}, '', BOTH],
    ['a file named twice is read once', ['validate', '-f', 'both', '-f', 'one.yaml'], {}, '', BOTH],
    ['standard input', ['validate', '-f', '-'], {}, specOf('vm-1'), VALID],
    ['standard input and a file', ['validate', '-f', '-', '-f', 'two.yaml'], {}, specOf('vm-1'), BOTH],
    ['a variable', ['validate'], { NETCTL_SPEC: 'one.yaml' }, '', VALID],
    [
      'flags between and behind the two words of a verb',
      ['ip', '-f', 'one.yaml', 'free', 'lab', '-f', 'two.yaml', '--host', 'h', '--state-dir', '/nowhere'],
      {},
      '',
      'lab: 253 addresses free, 1 used, 2 to be given out by the next apply\n  10.0.0.2-10.0.0.254\n',
    ],
    ['a flag beats the variable', ['validate', '-f', 'both'], { NETCTL_SPEC: 'bad.yaml' }, '', BOTH],
    ['also before the verb', ['-f', 'both', 'validate'], { NETCTL_SPEC: 'bad.yaml' }, '', BOTH],
  ] as const) {
    test(name, () => expect(netctl(args, env, input)).toEqual({ code: 0, out, err: '' }));
  }
});

describe('flags beat variables', () => {
  const asJson = { apiVersion: 'netctl/v1', kind: 'Validation', valid: true, networks: 1, instances: 1 };
  for (const [name, args, env] of [
    ['behind the verb', ['validate', '-f', 'one.yaml', '-o', 'json'], { NETCTL_OUTPUT: 'yaml' }],
    ['before the verb', ['-o', 'json', 'validate', '-f', 'one.yaml'], { NETCTL_OUTPUT: 'yaml' }],
    ['the one behind the verb beats the one before', ['-o', 'yaml', 'validate', '-f', 'one.yaml', '-o', 'json'], {}],
    ['a variable alone', ['validate', '-f', 'one.yaml'], { NETCTL_OUTPUT: 'json' }],
  ] as const) {
    test(`-o: ${name}`, () => expect(JSON.parse(netctl(args, env).out)).toEqual(asJson));
  }
  test('--host', () => {
    expect(netctl(['validate', '-f', 'hosts.yaml'], { NETCTL_HOST: 'left' }).code).toBe(0);
    expect(netctl(['validate', '-f', 'hosts.yaml', '--host', 'left'], { NETCTL_HOST: 'nowhere' }).code).toBe(0);
    expect(netctl(['--host', 'nowhere', 'validate', '-f', 'hosts.yaml'], { NETCTL_HOST: 'left' }).code).toBe(64);
  });
  test('--state-dir', () => {
    const script = netctl(['export', '-f', 'one.yaml', '--state-dir', '/srv/flag/'], {
      NETCTL_STATE_DIR: '/srv/variable',
      NETCTL_RUN_DIR: '/srv/run',
    }).out;
    expect(script).toContain('/srv/flag/networks/lab/hosts');
    expect(script).toContain('--pid-file=/srv/run/dnsmasq-lab.pid');
    expect(script).not.toContain('/srv/variable');
  });
  test('-o yaml', () =>
    expect(netctl(['validate', '-f', 'one.yaml', '-o', 'yaml']).out).toBe(
      'apiVersion: "netctl/v1"\nkind: "Validation"\nvalid: true\nnetworks: 1\ninstances: 1\n',
    ));
});

test('a spec from a pipe that a shell makes, and from /dev/stdin', () => {
  const bash = (command: string): Ended => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command, 'netctl', process.execPath, program], {
      cwd: directory,
      encoding: 'utf8',
    });
    return { code: status, out: stdout, err: stderr };
  };
  expect(bash('"$1" "$2" validate -f <(cat one.yaml) -f <(sleep 0.1; cat two.yaml)')).toEqual({
    code: 0,
    out: BOTH,
    err: '',
  });
  expect(bash('cat one.yaml | "$1" "$2" validate -f /dev/stdin -f two.yaml -f -')).toEqual({
    code: 0,
    out: BOTH,
    err: '',
  });
  expect(bash('"$1" "$2" validate -f /dev/stdin < one.yaml')).toEqual({ code: 0, out: VALID, err: '' });
  expect(bash('"$1" "$2" validate -f <(:)')).toMatchObject({
    code: 65,
    err: expect.stringContaining('nothing is written here') as string,
  });
});
