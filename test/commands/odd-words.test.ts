// test/commands/odd-words.test.ts — what nobody foresaw is said in words, and nothing that others wrote steers a
// terminal.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { specOf } from './bench.ts';

const root = new URL('../..', import.meta.url).pathname;
const program = join(root, 'dist/netctl.js');
let directory = '';
const at = (name: string): string => join(directory, name);

beforeAll(() => {
  if (!existsSync(program)) execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root });
  directory = mkdtempSync(join(tmpdir(), 'netctl-odd-words-'));
  writeFileSync(at('one.yaml'), specOf('vm-1'));
  writeFileSync(at('hosts.yaml'), 'apiVersion: netctl/v1\nhosts: { left: {}, right: {} }\n');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function netctl(args: readonly string[], env: Readonly<Record<string, string>> = {}): Ended {
  const ended = spawnSync(process.execPath, [program, ...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

describe('what nobody foresaw', () => {
  const broken = (): Readonly<Record<string, string>> => {
    writeFileSync(
      at('broken.mjs'),
      'process.getuid = () => { throw new TypeError("the moon\\x1b[31m is in the way"); };\n',
    );
    return { NODE_OPTIONS: `--import=${at('broken.mjs')}` };
  };
  const said =
    /^netctl: TypeError: the moon\uFFFD\[31m is in the way\nThis should not happen: .*fault of netctl \d.*\nPlease report it where you have netctl from, .*/;

  test('is said in words, without a stack', () => {
    const { code, out, err } = netctl(['validate', '-f', 'one.yaml'], broken());
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(said)]);
    expect(err.trimEnd().split('\n')).toHaveLength(3);
    expect(err).not.toMatch(/^ +at /m);
  });
  for (const flag of ['-v', '--verbose'])
    test(`with ${flag} it is said where`, () => {
      expect(netctl(['validate', '-f', 'one.yaml', flag], broken()).err).toMatch(/^ +at .*:\d+:\d+/m);
    });
});

describe('what would steer a terminal', () => {
  const odd = 'a\x1b[31m\u202eb\n\x9b.yaml';
  for (const [name, args, text] of [
    ['a file that is not there', ['validate', '-f', odd], undefined],
    [
      'a file that is wrong',
      ['validate', '-f', odd, '--color', 'always'],
      `apiVersion: netctl/v1\nnetworks: { "a\u202e": {} } # \x9b`,
    ],
    ['an option', ['validate', `--${odd}`], undefined],
    ['a verb', [odd], undefined],
    ['a host', ['validate', '-f', 'hosts.yaml', '--host', odd], undefined],
    ['an operand', ['ip', 'free', odd, '-f', 'one.yaml', '--state-dir', '/nowhere'], undefined],
    [
      'a file that is right, as data',
      ['ip', 'show', '10.0.0.1', '-f', odd, '-o', 'json', '--state-dir', '/nowhere'],
      specOf('vm-1'),
    ],
    ['a file that is right', ['ip', 'show', '10.0.0.1', '-f', odd, '--state-dir', '/nowhere'], specOf('vm-1')],
  ] as const) {
    test(`does not reach it: ${name}`, () => {
      rmSync(at(odd), { force: true });
      if (text !== undefined) writeFileSync(at(odd), text);
      const { out, err } = netctl(args);
      expect(`${out}${err}`).toMatch(/a(\uFFFD|\\u001b)\[31m/);
      expect(`${out}${err}`.replaceAll(/\x1b\[(0|1|2|1;31)m/g, '')).not.toMatch(/[\x1b\x9b\u202e]/);
    });
  }
});
