// test/origin/tree.test.ts — what a path of a commit stands for: the same files that `-f` would find on a disk.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseTree, specsAt } from '../../src/origin/tree.ts';
import { readSources } from '../../src/specfile/sources.ts';

/** Path → where it leads; a file leads nowhere. */
const files: Readonly<Record<string, string | undefined>> = {
  'd/b.yaml': undefined,
  'd/a.yml': undefined,
  'd/c.yaml~': undefined,
  'd/readme.md': undefined,
  'd/.hidden/z.yaml': undefined,
  'd/.a.yaml': undefined,
  'd/deep/x.yaml': undefined,
  'd/deep/er/y.yml': undefined,
  'd/deep/loop': '..',
  'd/again.yaml': 'b.yaml',
  'd/lost': 'nowhere',
  'd/away': '/etc',
  'd/up': '../../..',
  'mount/..data/spec.yaml': undefined,
  'mount/spec.yaml': '..data/spec.yaml',
  link: 'mount',
  'list.yaml/inside.yaml': undefined,
  'broken/gone.yaml': 'nowhere.yaml',
  'far/far.yaml': '/etc/passwd',
  'above/above.yaml': '../../x.yaml',
  'round/round.yaml': 'round.yaml',
  'none/readme.md': undefined,
};
const tree = new Map(Object.entries(files).map(([path, target]) => [path, { id: path, link: target !== undefined }]));
const targets = new Map(
  Object.entries(files).flatMap(([path, target]) => (target === undefined ? [] : [[path, target] as const])),
);

const chosenAt = (path: string): readonly string[] => specsAt(tree, targets, path).map((chosen) => chosen.path);

describe('chosen are', () => {
  for (const [path, chosen] of [
    ['d/readme.md', ['d/readme.md']],
    ['d', ['d/a.yml', 'd/again.yaml', 'd/deep/er/y.yml', 'd/deep/x.yaml']],
    ['d/deep', ['d/deep/er/y.yml', 'd/deep/loop/a.yml', 'd/deep/loop/again.yaml', 'd/deep/x.yaml']],
    ['mount', ['mount/spec.yaml']],
    ['link/spec.yaml', ['link/spec.yaml']],
    ['/link/', ['link/spec.yaml']],
    ['list.yaml', ['list.yaml/inside.yaml']],
  ] as const) {
    test(`of ${path}: ${String(chosen)}`, () => expect(chosenAt(path)).toEqual(chosen));
  }
  test('what readSources finds of the same files on a disk', async () => {
    const top = mkdtempSync(join(tmpdir(), 'netctl-tree-'));
    for (const [path, target] of Object.entries(files)) {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      if (target === undefined) writeFileSync(join(top, path), '');
      else symlinkSync(target, join(top, path));
    }
    rmSync(join(top, 'd/away'));
    rmSync(join(top, 'd/up'));
    for (const path of ['d', 'd/deep', 'mount', 'link', 'list.yaml'])
      expect(
        (await readSources([join(top, path)])).map(({ file }) => file.slice(top.length + 1)),
        path,
      ).toEqual(chosenAt(path));
    rmSync(top, { recursive: true });
  });
});

describe('refused is', () => {
  for (const [path, why] of [
    ['nowhere', 'nowhere is not in the repository'],
    ['d/a.yml/x.yaml', 'd/a.yml/x.yaml is not in the repository'],
    ['..', '.. leads out of the repository'],
    ['d/lost', 'd/lost is not in the repository'],
    ['broken', 'broken/gone.yaml is not in the repository'],
    ['far', 'far/far.yaml is a link to /etc/passwd, out of the repository'],
    ['above', 'above/above.yaml leads out of the repository'],
    ['round', 'round/round.yaml is a link that leads to itself'],
    ['none', 'none holds no *.yaml and no *.yml file'],
  ] as const)
    test(why, () => expect(() => chosenAt(path)).toThrow(why));
});

test('what Git lists: names with every character, links; other repositories are left out', () => {
  const id = '0'.repeat(40);
  expect(
    parseTree(
      `100644 blob ${id}\tspec.yaml\u0000120000 blob ${id}\ta "link"\nof two lines\u0000160000 commit ${id}\tmodule\u0000`,
    ),
  ).toEqual(
    new Map([
      ['spec.yaml', { id, link: false }],
      ['a "link"\nof two lines', { id, link: true }],
    ]),
  );
});
