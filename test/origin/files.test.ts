// test/origin/files.test.ts — files and directories that are replaced in every way there is: what was told last is what
// is there.
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { createFileOrigin } from '../../src/origin/files.ts';
import { OriginError } from '../../src/origin/origin.ts';
import { SourceError } from '../../src/specfile/sources.ts';
import { follow } from './follower.ts';
import type { Follower } from './follower.ts';
import { until } from './until.ts';

/** Without a sign nothing is read: what these tests see, they see by a sign. */
const TIMES = { quiet: 10, atMost: 200, anyway: 3_600_000, blind: 3_600_000, still: { more: 0, less: 0 } };

const opened: Follower[] = [];
const made: string[] = [];
afterEach(async () => {
  for (const follower of opened.splice(0)) await follower.close();
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true });
});

type At = (path: string) => string;
function place(): At {
  const top = mkdtempSync(join(tmpdir(), 'netctl-origin-'));
  made.push(top);
  return (path) => join(top, path);
}

async function followed(files: readonly string[], times = TIMES): Promise<Follower> {
  const follower = await follow(createFileOrigin(files, { times }));
  opened.push(follower);
  return follower;
}

/** Writes a file and the directories it is in. */
function put(at: At, path: string, text: string): void {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), text);
}

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

const one = (at: At): void => put(at, 'etc/spec.yaml', 'one');
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

describe('is told', () => {
  test('once for a burst, and not at all when what is read stays the same', async () => {
    const at = place();
    one(at);
    const follower = await followed([at('etc')], { ...TIMES, quiet: 100, atMost: 5000 });
    one(at);
    utimesSync(at('etc/spec.yaml'), 0, 0);
    put(at, 'etc/readme.md', 'not a spec');
    await sleep(400);
    expect(follower.calls()).toBe(0);
    for (let text = 0; text < 20; text += 1) put(at, 'etc/spec.yaml', `text ${text}`);
    await until(follower.has, 'text 19');
    expect(follower.calls()).toBe(1);
  });

  test('while changes never end', async () => {
    const at = place();
    one(at);
    const { has, calls } = await followed([at('etc/spec.yaml')], { ...TIMES, quiet: 2000, atMost: 200 });
    const deadline = performance.now() + 20_000;
    for (let text = 0; calls() < 3 && performance.now() < deadline; text += 1) {
      writeFileSync(at('etc/spec.yaml'), `text ${text}`);
      await sleep(5);
    }
    expect(calls()).toBeGreaterThanOrEqual(3);
    await until(has, readFileSync(at('etc/spec.yaml'), 'utf8'));
  });

  test('what changed between the first reading and the beginning of the watch', async () => {
    const at = place();
    one(at);
    const origin = createFileOrigin([at('etc/spec.yaml')], { times: TIMES });
    await origin.read();
    put(at, 'etc/spec.yaml', 'two');
    let calls = 0;
    const watching = await origin.watch(() => (calls += 1));
    expect(calls).toBe(1);
    await watching.close();
  });

  test('without a sign, too, after a while', async () => {
    const at = place();
    one(at);
    // A directory is told nothing of what is written through a name that the file has in another.
    mkdirSync(at('far'));
    linkSync(at('etc/spec.yaml'), at('far/spec.yaml'));
    const { has } = await followed([at('etc/spec.yaml')], { ...TIMES, anyway: 50 });
    writeFileSync(at('far/spec.yaml'), 'two');
    await until(has, 'two');
  });

  test('nothing more once it is being closed, whatever is just being read', async () => {
    const at = place();
    one(at);
    for (let round = 0; round < 20; round += 1) {
      let calls = 0;
      const watching = await createFileOrigin([at('etc/spec.yaml')], { times: TIMES }).watch(() => (calls += 1));
      put(at, 'etc/spec.yaml', `text ${round}`);
      await sleep(TIMES.quiet + round / 4);
      const before = calls;
      await watching.close();
      expect(calls).toBe(before);
    }
  });
});

test('a revision tells names and texts apart, and nothing else', async () => {
  const at = place();
  put(at, 'a/spec.yaml', 'one');
  put(at, 'b/spec.yaml', 'one');
  const revisionOf = async (path: string): Promise<string> => (await createFileOrigin([at(path)]).read()).revision;
  const first = await revisionOf('a');
  expect(first).toMatch(/^[0-9a-f]{12}$/);
  expect(await revisionOf('b')).not.toBe(first);
  put(at, 'a/spec.yaml', 'two');
  expect(await revisionOf('a')).not.toBe(first);
  put(at, 'a/spec.yaml', 'one');
  expect(await revisionOf('a')).toBe(first);
});

test('standard input is refused, and what cannot be read is said', async () => {
  const at = place();
  expect(() => createFileOrigin([at('a.yaml'), '-'])).toThrow(OriginError);
  await expect(createFileOrigin([at('a.yaml')]).read()).rejects.toThrow(SourceError);
  expect(createFileOrigin(['/etc/netctl/spec.d', '/srv/more.yaml']).from).toBe('/etc/netctl/spec.d, /srv/more.yaml');
});

test('who is to end waits no longer for a spec that somebody still writes', async () => {
  const at = place();
  put(at, 'spec.yaml', 'a');
  const ended = new AbortController();
  const times = { ...TIMES, still: { more: 60_000, less: 60_000 } };
  const origin = createFileOrigin([at('spec.yaml')], { times, signal: ended.signal });
  const file = openSync(at('spec.yaml'), 'a');
  const reading = origin.read();
  await sleep(100);
  ended.abort();
  await expect(reading).rejects.toThrow();
  closeSync(file);
});
