// test/origin/file-layouts.test.ts — files and directories that are replaced in every way there is: each change is
// told.
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { until } from './until.ts';
import { closeAfterEach, followed, one, place, put } from './files-scene.ts';
import type { At } from './files-scene.ts';

closeAfterEach();

/** As `ln -sfn` done well: the link is never away. */
function point(at: At, link: string, target: string): void {
  rmSync(at(`${link}.new`), { force: true });
  symlinkSync(target, at(`${link}.new`));
  renameSync(at(`${link}.new`), at(link));
}

interface Layout {
  /** What `-f` names. */
  readonly files: readonly string[];
  readonly before: (at: At) => void;
  readonly first: string;
  /** Each is done when the one before was told. */
  readonly then: readonly (readonly [act: (at: At) => void, text: string])[];
}
const configMap = (at: At): void => {
  put(at, 'etc/..1/spec.yaml', 'one');
  symlinkSync('..1', at('etc/..data'));
  symlinkSync('..data/spec.yaml', at('etc/spec.yaml'));
};
const worktree = (at: At): void => {
  put(at, 'git/worktrees/a/net/spec.yaml', 'one');
  symlinkSync('worktrees/a', at('git/current'));
};

const layouts: Readonly<Record<string, Layout>> = {
  'written in place': {
    files: ['etc/spec.yaml'],
    before: one,
    first: 'one',
    then: [
      [(at) => writeFileSync(at('etc/spec.yaml'), 'two'), 'two'],
      [(at) => writeFileSync(at('etc/spec.yaml'), 'three'), 'three'],
    ],
  },
  'renamed over, three times in a row': {
    files: ['etc/spec.yaml'],
    before: one,
    first: 'one',
    then: [
      [
        (at) => {
          for (const text of ['two', 'three', 'four']) {
            put(at, 'etc/.spec.tmp', text);
            renameSync(at('etc/.spec.tmp'), at('etc/spec.yaml'));
          }
        },
        'four',
      ],
    ],
  },
  'deleted, and made again': {
    files: ['etc/spec.yaml'],
    before: one,
    first: 'one',
    then: [
      [(at) => rmSync(at('etc/spec.yaml')), 'missing'],
      [one, 'one'],
      [(at) => put(at, 'etc/spec.yaml', 'two'), 'two'],
    ],
  },
  'not there at first, nor the directory it is in': {
    files: ['etc/a/b/spec.yaml'],
    before: (at) => mkdirSync(at('etc')),
    first: 'missing',
    then: [
      [(at) => put(at, 'etc/a/b/spec.yaml', 'one'), 'one'],
      [(at) => put(at, 'etc/a/b/spec.yaml', 'two'), 'two'],
    ],
  },
  'a ConfigMap, its old target kept': {
    files: ['etc/spec.yaml'],
    before: configMap,
    first: 'one',
    then: [
      [
        (at) => {
          put(at, 'etc/..2/spec.yaml', 'two');
          point(at, 'etc/..data', '..2');
        },
        'two',
      ],
      [
        (at) => {
          put(at, 'etc/..3/spec.yaml', 'three');
          point(at, 'etc/..data', '..3');
        },
        'three',
      ],
    ],
  },
  'a ConfigMap as a directory, its old target removed': {
    files: ['etc'],
    before: configMap,
    first: 'one',
    then: [
      [
        (at) => {
          put(at, 'etc/..2/spec.yaml', 'two');
          point(at, 'etc/..data', '..2');
          rmSync(at('etc/..1'), { recursive: true });
        },
        'two',
      ],
      [(at) => put(at, 'etc/..2/spec.yaml', 'in place'), 'in place'],
    ],
  },
  'git-sync, its old worktree kept': {
    files: ['git/current/net/spec.yaml'],
    before: worktree,
    first: 'one',
    then: [
      [
        (at) => {
          put(at, 'git/worktrees/b/net/spec.yaml', 'two');
          point(at, 'git/current', 'worktrees/b');
        },
        'two',
      ],
      [(at) => point(at, 'git/current', 'worktrees/a'), 'one'],
    ],
  },
  'git-sync as a directory, its old worktree removed': {
    files: ['git/current/net'],
    before: worktree,
    first: 'one',
    then: [
      [
        (at) => {
          put(at, 'git/worktrees/b/net/spec.yaml', 'two');
          point(at, 'git/current', 'worktrees/b');
          rmSync(at('git/worktrees/a'), { recursive: true });
        },
        'two',
      ],
      [(at) => put(at, 'git/worktrees/b/net/more.yaml', 'more'), 'more|two'],
    ],
  },
  'a directory renamed away and back': {
    files: ['etc'],
    before: one,
    first: 'one',
    then: [
      [(at) => renameSync(at('etc'), at('away')), 'missing'],
      [(at) => renameSync(at('away'), at('etc')), 'one'],
      [(at) => put(at, 'etc/spec.yaml', 'two'), 'two'],
    ],
  },
  'a directory further up renamed away, and another in its place': {
    files: ['srv/etc/net/spec.yaml'],
    before: (at) => put(at, 'srv/etc/net/spec.yaml', 'one'),
    first: 'one',
    then: [
      [(at) => renameSync(at('srv'), at('away')), 'missing'],
      [(at) => put(at, 'srv/etc/net/spec.yaml', 'two'), 'two'],
      [(at) => put(at, 'srv/etc/net/spec.yaml', 'three'), 'three'],
    ],
  },
  'a directory removed and made again at once': {
    files: ['etc'],
    before: one,
    first: 'one',
    then: [
      [
        (at) => {
          rmSync(at('etc'), { recursive: true });
          put(at, 'etc/spec.yaml', 'two');
        },
        'two',
      ],
      [(at) => put(at, 'etc/spec.yaml', 'three'), 'three'],
      [
        (at) => {
          rmSync(at('etc'), { recursive: true });
          mkdirSync(at('etc'));
        },
        'empty',
      ],
      [(at) => put(at, 'etc/spec.yaml', 'four'), 'four'],
    ],
  },
  'a link to a link': {
    files: ['link.yaml'],
    first: 'one',
    before: (at) => {
      put(at, 'a/spec.yaml', 'one');
      put(at, 'b/spec.yaml', 'two');
      mkdirSync(at('links'));
      symlinkSync('../a/spec.yaml', at('links/spec.yaml'));
      symlinkSync(at('links/spec.yaml'), at('link.yaml'));
    },
    then: [
      [(at) => point(at, 'links/spec.yaml', '../b/spec.yaml'), 'two'],
      [(at) => put(at, 'b/spec.yaml', 'three'), 'three'],
      [(at) => point(at, 'link.yaml', 'a/spec.yaml'), 'one'],
      [(at) => point(at, 'link.yaml', 'nowhere'), 'missing'],
    ],
  },
  'several, one of them a directory': {
    files: ['a.yaml', 'd'],
    before: (at) => {
      put(at, 'a.yaml', 'one');
      put(at, 'd/b.yaml', 'two');
    },
    first: 'one|two',
    then: [
      [(at) => put(at, 'a.yaml', 'ONE'), 'ONE|two'],
      [(at) => put(at, 'd/b.yaml', 'TWO'), 'ONE|TWO'],
      [(at) => put(at, 'd/deep/er/c.yml', 'three'), 'ONE|TWO|three'],
      [(at) => put(at, 'd/deep/er/c.yml', 'THREE'), 'ONE|TWO|THREE'],
    ],
  },
  'a spec within a directory that is a link out of it': {
    files: ['d'],
    before: (at) => {
      put(at, 'far/x.yaml', 'one');
      put(at, 'far/dir/y.yaml', 'two');
      mkdirSync(at('d'));
      symlinkSync('../far/x.yaml', at('d/a.yaml'));
      symlinkSync('../far/dir', at('d/b'));
    },
    first: 'one|two',
    then: [
      [(at) => put(at, 'far/x.yaml', 'ONE'), 'ONE|two'],
      [(at) => put(at, 'far/dir/y.yaml', 'TWO'), 'ONE|TWO'],
      [(at) => rmSync(at('far/x.yaml')), 'missing'],
    ],
  },
  'links that lead in a circle, and then do not': {
    files: ['a.yaml'],
    before: (at) => {
      symlinkSync('b.yaml', at('a.yaml'));
      symlinkSync('a.yaml', at('b.yaml'));
    },
    first: 'unreadable',
    then: [
      [
        (at) => {
          rmSync(at('b.yaml'));
          put(at, 'b.yaml', 'one');
        },
        'one',
      ],
    ],
  },
};

describe('is told when it is', () => {
  for (const [name, { files, before, first, then }] of Object.entries(layouts)) {
    test(name, async () => {
      const at = place();
      before(at);
      const { has } = await followed(files.map(at));
      expect(has()).toBe(first);
      for (const [act, text] of then) {
        act(at);
        await until(has, text);
      }
    });
  }
});
