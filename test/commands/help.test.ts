// test/commands/help.test.ts — help, version, schema and completion.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { at, directory, netctl, root, withSpecs } from './command-line-scene.ts';

withSpecs();

describe('help', () => {
  const verbs = [
    'validate',
    'plan',
    'apply',
    'confirm',
    'rollback',
    'history',
    'show',
    'destroy',
    'watch',
    'status',
    'export',
    'ip',
    'schema',
    'completion',
    'version',
    'help',
  ];
  const listed = (help: string): readonly string[] =>
    [...(/^Verbs:\n((?: .*\n)+)/m.exec(help)?.[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(([, verb = '']) => verb);
  for (const args of [['help'], ['--help'], ['-h']]) {
    test(`netctl ${args.join(' ')} lists the verbs that work, and no others`, () => {
      const { code, out, err } = netctl(args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(listed(out)).toEqual(verbs);
      expect(out).toContain('Exit codes:');
    });
  }
  test('netctl alone is told what there is, as a mistake', () => {
    const { code, out, err } = netctl([]);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(listed(err)).toEqual(verbs);
  });
  for (const verb of verbs) {
    test(`netctl help ${verb} names its flags and those that every verb has`, () => {
      const { code, out } = netctl(['help', verb]);
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`^Usage: netctl ${verb}`));
      expect(out).toContain('-f, --file <spec>');
      expect(netctl([verb, '--help'])).toEqual({ code: 0, out, err: '' });
    });
  }
});

test('version, by verb and by flag, is that of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  for (const word of ['version', '--version', '-V'])
    expect(netctl([word])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('schema prints the file that is published', () => {
  expect(JSON.parse(netctl(['schema']).out)).toEqual(
    JSON.parse(readFileSync(join(root, 'schemas/spec.schema.json'), 'utf8')),
  );
});

describe('completion in bash', () => {
  const script = (): string => {
    const file = at('completion.bash');
    writeFileSync(file, netctl(['completion', 'bash']).out);
    return file;
  };
  /** What TAB offers behind these words; the last one is begun. */
  const offered = (...words: readonly string[]): readonly string[] => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const run = `source '${script()}'; COMP_WORDS=(netctl ${quoted}); COMP_CWORD=${words.length}; COMPREPLY=(); _netctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc', '-c', run], { encoding: 'utf8', cwd: directory })
      .split('\n')
      .filter((line) => line !== '');
  };
  test('is a script that bash can read', () => expect(() => execFileSync('bash', ['-n', script()])).not.toThrow());
  for (const [name, words, offers] of [
    ['a verb begun', ['pl'], ['plan']],
    ['verbs that begin alike', ['ver'], ['version']],
    ['a flag of the verb', ['apply', '--al'], ['--allow-mass-delete']],
    ['a flag behind global flags', ['-f', 'one.yaml', 'plan', '--det'], ['--detailed-exitcode']],
    ['a global flag behind the verb', ['plan', '--stat'], ['--state-dir']],
    ['choices of a flag', ['plan', '-o', ''], ['text', 'json', 'yaml']],
    ["choices of a verb's flag", ['export', '--as', 'i'], ['iptables-save', 'ip6tables-save', 'ip-batch']],
    ['shells', ['completion', 'z'], ['zsh']],
    ['the second word of a verb', ['ip', 's'], ['show']],
    ['verbs behind help', ['help', 'st'], ['status']],
    ['files', ['plan', '-f', 'on'], ['one.yaml']],
    ['a file with a space in its name', ['plan', '-f', 'a '], ['a b.yaml']],
    ['choices behind an equals sign', ['plan', '--output', '=', 'j'], ['json']],
    ['all choices behind an equals sign', ['plan', '--color', '='], ['auto', 'always', 'never']],
    ['a flag behind a value with an equals sign', ['--output', '=', 'json', 'plan', '--comm'], ['--commands']],
    ['a value that is the name of a verb is no verb', ['--host', 'plan', 'expo'], ['export']],
  ] as const) {
    test(name, () => expect(offered(...words)).toEqual(offers));
  }
  test('no verb that does not work is offered', () =>
    expect(offered('')).not.toEqual(expect.arrayContaining(['trace'])));
});
