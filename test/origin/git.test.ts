// test/origin/git.test.ts — real repositories: what a ref names is read, whatever happens to the ref or to the server.
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRun } from '../../src/origin/run-git.ts';
import { follow } from './follower.ts';
import { until } from './until.ts';
import { eachInItsWorkshop, errorOf, originOf, shop, textsOf } from './git-scene.ts';

eachInItsWorkshop();

describe('read', () => {
  test('the commit, its files by name with the commit in front, and what it is about', async () => {
    const commit = shop.commit(
      'net',
      { 'spec/b.yaml': 'two', 'spec/a.yml': 'one' },
      'blue: a second\u001b[31m network\n\nBecause.',
    );
    expect(await originOf({ path: 'spec' }).read()).toEqual({
      sources: [
        { file: `${commit.slice(0, 8)}:spec/a.yml`, text: 'one' },
        { file: `${commit.slice(0, 8)}:spec/b.yaml`, text: 'two' },
      ],
      revision: commit,
      about: 'blue: a second [31m network (Ada)',
    });
  });

  test('a branch, a light and an annotated tag, a commit and any other ref', async () => {
    const old = shop.commit('net', { 'spec.yaml': 'old' });
    shop.run('net', 'git', 'tag', 'light');
    shop.run('net', 'git', 'tag', '--annotate', '--message=v1', 'v1');
    shop.run('net', 'git', 'update-ref', 'refs/changes/7', old);
    shop.commit('net', { 'spec.yaml': 'newer' });
    for (const ref of ['light', 'v1', old, 'refs/changes/7'])
      expect(await originOf({ ref }).read(), ref).toMatchObject({ revision: old, sources: [{ text: 'old' }] });
    expect(await textsOf(originOf({ ref: 'refs/heads/main' }))).toEqual(['newer']);
  });

  test('a repository with SHA-256, of another user, by its path', async () => {
    shop.repository('other', '--object-format=sha256');
    const commit = shop.commit('other', { 'spec.yaml': 'one' });
    if (process.getuid?.() === 0) shop.run('.', 'chown', '-R', 'nobody', 'other');
    expect(await originOf({ url: shop.at('other') }).read()).toMatchObject({
      revision: commit,
      sources: [{ text: 'one' }],
    });
  });

  test('is asked once by all who ask together', async () => {
    shop.commit('net', { 'spec.yaml': 'one' });
    let fetches = 0;
    const run = createRun();
    const origin = originOf({
      run: (tool, args, task) => (args.includes('fetch') && (fetches += 1), run(tool, args, task)),
    });
    const [first, second] = await Promise.all([origin.read(), origin.read()]);
    expect(second).toBe(first);
    expect(fetches).toBe(1);
    await origin.read();
    expect(fetches).toBe(2);
  });

  test('the clone and what is in it are for nobody else', async () => {
    shop.commit('net', { 'spec.yaml': 'one' });
    mkdirSync(shop.at('state/git'), { recursive: true });
    chmodSync(shop.at('state/git'), 0o755);
    await originOf().read();
    expect(statSync(shop.at('state/git')).mode & 0o777).toBe(0o700);
  });
});

describe('the ref', () => {
  test('is pushed by force, deleted, and made again', async () => {
    shop.commit('net', { 'spec.yaml': 'one' });
    const first = shop.commit('net', { 'spec.yaml': 'two' });
    const origin = originOf();
    expect(await textsOf(origin)).toEqual(['two']);
    shop.run('net', 'git', 'reset', '--quiet', '--hard', 'HEAD~1');
    shop.commit('net', { 'spec.yaml': 'another two' });
    expect(await textsOf(origin)).toEqual(['another two']);
    shop.run('net', 'git', 'branch', '--move', 'main', 'gone');
    expect(await errorOf(origin)).toMatchObject({
      reason: 'no-such-ref',
      message: `file://${shop.at('net')} has no main`,
    });
    shop.run('net', 'git', 'branch', 'main', first);
    expect(await textsOf(origin)).toEqual(['two']);
  });

  for (const [name, ref] of [
    ['a branch', 'nowhere'],
    ['a commit', '1'.repeat(40)],
  ] as const) {
    test(`is ${name} that is not there`, async () => {
      shop.commit('net', { 'spec.yaml': 'one' });
      expect(await errorOf(originOf({ ref }))).toMatchObject({ reason: 'no-such-ref' });
    });
  }

  test('is a tag of something that is not a commit', async () => {
    shop.commit('net', { 'spec.yaml': 'one' });
    shop.run('net', 'git', 'tag', 'blob', 'main:spec.yaml');
    expect(await errorOf(originOf({ ref: 'blob' }))).toMatchObject({
      reason: 'no-such-ref',
      message: `blob of file://${shop.at('net')} is not a commit`,
    });
  });
});

describe('the path', () => {
  test('is not in the commit, which is named', async () => {
    const commit = shop.commit('net', { 'spec.yaml': 'one', 'docs/readme.md': '' });
    expect(await errorOf(originOf({ path: 'hosts' }))).toMatchObject({
      reason: 'no-such-path',
      revision: commit,
      message: `commit ${commit}: hosts is not in the repository`,
    });
    expect(await errorOf(originOf({ path: 'docs' }))).toMatchObject({
      reason: 'no-such-path',
      revision: commit,
      message: `commit ${commit}: docs holds no *.yaml and no *.yml file`,
    });
  });

  test('is a file, or leads through links to one', async () => {
    shop.commit('net', {
      'real/spec.yaml': 'one',
      current: { link: 'real' },
      'by-name': { link: 'current/spec.yaml' },
    });
    expect(await textsOf(originOf({ path: 'real/spec.yaml' }))).toEqual(['one']);
    expect((await originOf({ path: '/current/' }).read()).sources[0]?.file).toMatch(
      /^[0-9a-f]{8}:current\/spec\.yaml$/,
    );
    expect(await textsOf(originOf({ path: 'by-name' }))).toEqual(['one']);
  });

  test('holds bytes that are not UTF-8, and a file of no length', async () => {
    shop.commit('net', { 'a.yaml': '', 'b.yaml': 'b' });
    writeFileSync(shop.at('net/c.yaml'), Buffer.from('caf\xe9\n', 'latin1'));
    shop.commit('net', {});
    expect(await textsOf(originOf())).toEqual(['', 'b', 'caf\uFFFD\n']);
  });
});

describe('is told', () => {
  test('what is pushed, when the server is away and when it is back', async () => {
    shop.commit('net', { 'spec.yaml': 'one' });
    const follower = await follow(originOf());
    try {
      shop.commit('net', { 'spec.yaml': 'two' });
      await until(follower.has, 'two');
      renameSync(shop.at('net'), shop.at('away'));
      await until(follower.has, 'unreachable');
      const calls = follower.calls();
      renameSync(shop.at('away'), shop.at('net'));
      await until(follower.has, 'two');
      expect(follower.calls()).toBe(calls + 1);
      shop.run('net', 'git', 'branch', '--move', 'main', 'gone');
      await until(follower.has, 'no-such-ref');
      shop.run('net', 'git', 'branch', '--move', 'gone', 'main');
      shop.commit('net', { 'spec.yaml': 'three' });
      await until(follower.has, 'three');
    } finally {
      await follower.close();
    }
  });

  test('nothing while nothing is pushed', async () => {
    shop.commit('net', { 'spec.yaml': 'one' });
    let fetches = 0;
    const run = createRun();
    const follower = await follow(
      originOf({
        interval: 5,
        run: (tool, args, task) => (args.includes('fetch') && (fetches += 1), run(tool, args, task)),
      }),
    );
    await until(() => fetches > 5, true);
    await follower.close();
    expect(follower.calls()).toBe(0);
    expect(readFileSync(shop.at('state/git/clone.git/HEAD'), 'utf8')).toMatch(/^ref: /);
  });
});
