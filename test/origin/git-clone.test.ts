// test/origin/git-clone.test.ts — the clone that a Git origin keeps: damaged, locked, of another server, too old.
import { chmodSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eachInItsWorkshop, errorOf, originOf, shop, textsOf } from './git-scene.ts';

eachInItsWorkshop();

describe('the clone', () => {
  const damages: Readonly<Record<string, (clone: string) => void>> = {
    'has no HEAD': (clone) => rmSync(`${clone}/HEAD`),
    'has a HEAD of rubbish': (clone) => writeFileSync(`${clone}/HEAD`, 'rubbish'),
    'is a file': (clone) => {
      rmSync(clone, { recursive: true });
      writeFileSync(clone, '');
    },
    'has objects cut short': (clone) =>
      eachObject(clone, (path) => {
        chmodSync(path, 0o600);
        truncateSync(path, 5);
      }),
    'has objects of no length': (clone) =>
      eachObject(clone, (path) => {
        chmodSync(path, 0o600);
        truncateSync(path, 0);
      }),
    'has one file cut short': (clone) => {
      const id = shop.run('net', 'git', 'rev-parse', 'main:hosts/a.yaml');
      chmodSync(`${clone}/objects/${id.slice(0, 2)}/${id.slice(2)}`, 0o600);
      truncateSync(`${clone}/objects/${id.slice(0, 2)}/${id.slice(2)}`, 5);
    },
    'has lost its objects': (clone) => eachObject(clone, (path) => rmSync(path)),
    'has a ref of rubbish': (clone) => writeFileSync(`${clone}/refs/netctl/head`, 'rubbish\n'),
    'has a config of rubbish': (clone) => writeFileSync(`${clone}/config`, '[rubbish'),
    'was left locked by a Git that was killed': (clone) => {
      writeFileSync(`${clone}/shallow.lock`, '');
      writeFileSync(`${clone}/refs/netctl/head.lock`, '');
    },
    'is another repository': (clone) => {
      rmSync(clone, { recursive: true });
      shop.run('.', 'git', 'init', '--quiet', '--bare', '--object-format=sha256', clone);
    },
  };
  for (const [name, damage] of Object.entries(damages)) {
    for (const when of ['and nothing was pushed', 'and something was'] as const) {
      test(`${name}, ${when}: another is made`, async () => {
        shop.commit('net', { 'spec.yaml': 'one', 'hosts/a.yaml': 'a' });
        await originOf().read();
        damage(shop.at('state/git/clone.git'));
        if (when === 'and something was') shop.commit('net', { 'spec.yaml': 'two' });
        expect(await textsOf(originOf())).toEqual(['a', when === 'and something was' ? 'two' : 'one']);
      });
    }
  }

  test('does not grow for ever', async () => {
    const origin = originOf();
    let most = 0;
    for (let commit = 0; commit < 16; commit += 1) {
      shop.commit(
        'net',
        Object.fromEntries(Array.from({ length: 60 }, (_, file) => [`${file}.yaml`, `text ${commit} of ${file}`])),
      );
      expect((await origin.read()).sources).toHaveLength(60);
      most = Math.max(most, countObjects());
    }
    // Of 16 × 62 objects never more than those of a few commits.
    expect(most).toBeLessThan(450);
  });

  test('keeps nothing of a fetch that was cut off', async () => {
    shop.commit('net', { 'spec.yaml': 'one' });
    const origin = originOf();
    await origin.read();
    writeFileSync(shop.at('state/git/clone.git/objects/pack/tmp_pack_Ab12Cd'), 'half a pack');
    expect(await textsOf(origin)).toEqual(['one']);
    expect(readdirSync(shop.at('state/git/clone.git/objects/pack'))).not.toContain('tmp_pack_Ab12Cd');
  });

  test('cannot be made', async () => {
    writeFileSync(shop.at('state'), 'a file where a directory should be');
    expect(await errorOf(originOf())).toMatchObject({ reason: 'unusable' });
  });

  function countObjects(): number {
    const counts = new Map(
      shop
        .run('state/git/clone.git', 'git', 'count-objects', '-v')
        .split('\n')
        .map((line) => line.split(': '))
        .map(([name = '', count]) => [name, Number(count)]),
    );
    return (counts.get('count') ?? 0) + (counts.get('in-pack') ?? 0);
  }

  function eachObject(clone: string, act: (path: string) => void): void {
    for (const path of readdirSync(`${clone}/objects`, { recursive: true, encoding: 'utf8' }))
      if (statSync(`${clone}/objects/${path}`).isFile()) act(`${clone}/objects/${path}`);
  }
});
