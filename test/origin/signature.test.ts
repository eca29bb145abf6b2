// test/origin/signature.test.ts — real signatures, SSH and OpenPGP: which commits are taken, and why the others are
// not.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createGitOrigin } from '../../src/origin/git.ts';
import { createRun } from '../../src/origin/run-git.ts';
import type { Run } from '../../src/origin/run-git.ts';
import { follow } from './follower.ts';
import { until } from './until.ts';
import { openpgp, outcomeOf, shop, ssh, withKeys } from './signing-scene.ts';

withKeys();

describe('taken', () => {
  for (const [name, options, signers] of [
    ['a commit signed with an SSH key of the file', () => ssh('ada'), 'signers'],
    ['one signed with another of them', () => ssh('bob'), 'signers'],
    ['a commit signed with an OpenPGP key of an armoured file', () => openpgp('good@example.org'), 'keys.asc'],
    ['the same of a keyring', () => openpgp('good@example.org'), 'keys.gpg'],
  ] as const)
    test(name, async () => expect(await outcomeOf(options(), signers)).toMatchObject({ taken: true }));

  test('a commit that is not, where the tag that was asked for is', async () => {
    expect(
      await outcomeOf([], 'signers', (name) => {
        shop.run(name, 'git', ...ssh('ada'), 'tag', '--sign', '--message=v1', 'v1');
        return 'v1';
      }),
    ).toMatchObject({ taken: true });
  });

  test('a commit that is, where the tag is not', async () => {
    expect(
      await outcomeOf(ssh('ada'), 'signers', (name) => {
        shop.run(name, 'git', 'tag', '--annotate', '--message=v1', 'v1');
        return 'refs/tags/v1';
      }),
    ).toMatchObject({ taken: true });
  });
});

describe('refused, with the commit and the reason', () => {
  for (const [name, options, signers, why] of [
    ['an unsigned one', () => [], 'signers', /^commit [0-9a-f]{40} is not signed$/],
    ['an unsigned one, where OpenPGP is asked for', () => [], 'keys.asc', /is not signed$/],
    ['one by a stranger', () => ssh('eve'), 'signers', /is signed by SHA256:\S+, which is not in \S+\/signers$/],
    [
      'one by a stranger with OpenPGP',
      () => openpgp('stranger@example.org'),
      'keys.asc',
      /is signed by [0-9A-F]+, which is not in \S+\/keys\.asc$/,
    ],
    [
      'one by a key that has expired',
      () => openpgp('short@example.org', shop.at('early-gpg')),
      'keys.asc',
      /is signed by a key that has expired: [0-9A-F]+$/,
    ],
    [
      'an OpenPGP signature where the file has SSH keys',
      () => openpgp('good@example.org'),
      'signers',
      /is signed in another way, and \S+ has SSH keys$/,
    ],
    [
      'an SSH signature where the file has OpenPGP keys',
      () => ssh('ada'),
      'keys.asc',
      /is signed in another way, and \S+ has OpenPGP keys$/,
    ],
  ] as const) {
    test(name, async () => {
      const { commit, ...outcome } = await outcomeOf(options(), signers);
      expect(outcome).toEqual({
        taken: false,
        reason: 'unsigned',
        revision: commit,
        message: expect.stringMatching(why) as string,
      });
    });
  }

  for (const [name, options, signers] of [
    ['SSH', () => ssh('ada'), 'signers'],
    ['OpenPGP', () => openpgp('good@example.org'), 'keys.asc'],
  ] as const) {
    test(`one that was changed after it was signed with ${name}`, async () => {
      expect(
        await outcomeOf(options(), signers, (repository, commit) => {
          writeFileSync(
            shop.at('forged'),
            shop.run(repository, 'git', 'cat-file', 'commit', commit).replace('a change', 'another') + '\n',
          );
          shop.run(
            repository,
            'git',
            'update-ref',
            'refs/heads/main',
            shop.run(repository, 'git', 'hash-object', '-t', 'commit', '-w', shop.at('forged')),
          );
          return 'main';
        }),
      ).toMatchObject({
        taken: false,
        reason: 'unsigned',
        message: expect.stringMatching(/has a signature that is not good/) as string,
      });
    });
  }

  test('one of a signed tag that has another name than the one that was asked for', async () => {
    expect(
      await outcomeOf([], 'signers', (name) => {
        shop.run(name, 'git', ...ssh('ada'), 'tag', '--sign', '--message=v1', 'v1');
        shop.run(name, 'git', 'update-ref', 'refs/tags/v2', 'refs/tags/v1');
        return 'v2';
      }),
    ).toMatchObject({
      taken: false,
      reason: 'unsigned',
      message: expect.stringMatching(/is not signed, and the tag v2 has another name$/) as string,
    });
  });

  test('one of a tag that a stranger signed', async () => {
    expect(
      await outcomeOf([], 'signers', (name) => {
        shop.run(name, 'git', ...ssh('eve'), 'tag', '--sign', '--message=v1', 'v1');
        return 'v1';
      }),
    ).toMatchObject({
      taken: false,
      reason: 'unsigned',
      message: expect.stringMatching(
        /is not signed, and the tag v1 is signed by SHA256:\S+, which is not in/,
      ) as string,
    });
  });
});

describe('who may sign', () => {
  for (const [name, text] of [
    ['is not said: there is no such file', undefined],
    ['is said in OpenPGP that is none', '-----BEGIN PGP PUBLIC KEY BLOCK-----\nrubbish\n'],
  ] as const) {
    test(name, async () => {
      if (text !== undefined) writeFileSync(shop.at('broken'), text);
      expect(await outcomeOf(ssh('ada'), text === undefined ? 'nowhere' : 'broken')).toMatchObject({
        taken: false,
        reason: 'no-signers',
      });
    });
  }

  test('needs gpg where the keys are for it', async () => {
    const nothing = createRun({ env: { PATH: shop.at('nowhere') } });
    const all = createRun();
    const withoutGpg: Run = (tool, args, task) => (tool === 'gpg' ? nothing : all)(tool, args, task);
    expect(await outcomeOf(openpgp('good@example.org'), 'keys.asc', undefined, withoutGpg)).toMatchObject({
      taken: false,
      reason: 'missing-tool',
      message: expect.stringMatching(/^gpg is not installed/) as string,
    });
  });
});

test('what is not signed is told as a refusal, and what is signed after it as the spec', async () => {
  shop.repository('pushed');
  shop.commit('pushed', { 'spec.yaml': 'one' }, 'a change', ...ssh('ada'));
  const follower = await follow(
    createGitOrigin({
      url: shop.at('pushed'),
      ref: 'main',
      path: '',
      signers: shop.at('signers'),
      directory: shop.at('state-pushed'),
      interval: 20,
    }),
  );
  try {
    expect(follower.has()).toBe('one');
    shop.commit('pushed', { 'spec.yaml': 'two' });
    await until(follower.has, 'unsigned');
    shop.commit('pushed', { 'spec.yaml': 'three' }, 'a change', ...ssh('bob'));
    await until(follower.has, 'three');
  } finally {
    await follower.close();
  }
});
