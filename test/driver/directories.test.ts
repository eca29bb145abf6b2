// test/driver/directories.test.ts — directories are made with their mode, or the kernel's reason why not is told.
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectories } from '../../src/durable/directories.ts';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'nct-directories-'));
});
afterEach(() => {
  rmSync(top, { recursive: true });
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('what is missing of a path gets the mode, whatever the umask; what is there keeps its own', () => {
  mkdirSync(join(top, 'a'), { mode: 0o711 });
  const before = process.umask(0o077);
  try {
    makeDirectories(join(top, 'a/b/c'), 0o755);
  } finally {
    process.umask(before);
  }
  expect(['a', 'a/b', 'a/b/c'].map((name) => modeOf(join(top, name)))).toEqual([0o711, 0o755, 0o755]);
  makeDirectories(join(top, 'a/b/c'), 0o700);
  expect(modeOf(join(top, 'a/b/c'))).toBe(0o755);
});

test('a link to a directory is one', () => {
  mkdirSync(join(top, 'a'));
  symlinkSync('a', join(top, 'to-a'));
  makeDirectories(join(top, 'to-a/b'), 0o700);
  expect(statSync(join(top, 'a/b')).isDirectory()).toBe(true);
});

for (const [name, path, said] of [
  ['where the kernel makes none', () => '/proc/netctl-x', /^ENOENT: .* '\/proc\/netctl-x'/],
  ['below that', () => '/proc/netctl-x/y/z', /^ENOENT: .* '\/proc\/netctl-x'/],
  ['below a file', () => `${file()}/b/c`, /^ENOTDIR: .*\/file\/b/],
  ["in a file's place", () => file(), /^EEXIST: .*\/file'/],
  ['in the place of a link that leads nowhere', () => dangling(), /^EEXIST: .*\/dangling'/],
] as const)
  test(name, () => {
    expect(() => {
      makeDirectories(path(), 0o700);
    }).toThrow(said);
  });

function file(): string {
  writeFileSync(join(top, 'file'), '');
  return join(top, 'file');
}

function dangling(): string {
  symlinkSync('nowhere', join(top, 'dangling'));
  return join(top, 'dangling');
}
