// test/package.test.ts — what `npm pack` makes installs with no network and runs with node alone. Wants a build: `npm
// run build`.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
let directory = '';
let installed = '';

beforeAll(() => {
  if (!existsSync(join(root, 'dist/netctl.js'))) throw new Error('there is no dist/netctl.js: npm run build');
  directory = mkdtempSync(join(tmpdir(), 'netctl-package-'));
  installed = join(directory, 'lib/node_modules/netctl');
  // Without scripts: others may be running what a second build would take away.
  const [archive] = npm('pack', '--ignore-scripts', '--pack-destination', directory);
  npm('install', '--global', '--prefix', directory, '--offline', join(directory, archive ?? ''));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('it tells its version', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(netctl('version').trim().split(/\s+/)).toContain(version);
});

test('it needs no other package', () => expect(existsSync(join(installed, 'node_modules'))).toBe(false));

test('it brings its documents, its schema, its examples and its unit', () => {
  expect(readdirSync(installed).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'completions',
    'dist',
    'examples',
    'package.json',
    'schemas',
    'systemd',
  ]);
  expect(readdirSync(join(installed, 'examples'))).toEqual(readdirSync(join(root, 'examples')));
  expect(JSON.parse(netctl('schema'))).toEqual(
    JSON.parse(readFileSync(join(installed, 'schemas/spec.schema.json'), 'utf8')),
  );
});

test('it names the licences of what is inside', () => {
  const text = readFileSync(join(installed, 'dist/LICENSES.txt'), 'utf8');
  for (const name of ['yaml', 'commander', 'execa', 'winston', 'fast-deep-equal'])
    expect(text).toMatch(new RegExp(`^${name} [0-9.]+ \\(`, 'm'));
});

describe('completion', () => {
  for (const [shell, file] of [
    ['bash', 'netctl.bash'],
    ['zsh', '_netctl'],
    ['fish', 'netctl.fish'],
  ] as const) {
    test(`for ${shell} is a file, and the same as it prints`, () => {
      const text = readFileSync(join(installed, 'completions', file), 'utf8');
      expect(text).toBe(netctl('completion', shell));
      expect(text).toContain('apply');
    });
  }
  test('completes verbs in bash', () => {
    const script = `source '${join(installed, 'completions/netctl.bash')}'; COMP_WORDS=(netctl pl); COMP_CWORD=1; COMP_LINE='netctl pl'; COMP_POINT=9
      entry=$(complete -p netctl); [[ $entry =~ -F\\ ([^ ]+) ]]; "\${BASH_REMATCH[1]}" netctl pl netctl; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()).toBe('plan');
  });
});

function netctl(...args: readonly string[]): string {
  return execFileSync(join(directory, 'bin/netctl'), args, { cwd: directory, encoding: 'utf8' });
}

/** Its own cache, empty: nothing can come from an earlier download. */
function npm(...args: readonly string[]): readonly string[] {
  return execFileSync('npm', ['--silent', '--cache', join(directory, 'cache'), ...args], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n');
}
