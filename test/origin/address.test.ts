// test/origin/address.test.ts — URLs and refs: what Git is told, what people are shown, and what is refused.
import { describe, expect, test } from 'vitest';
import { addressOf, checkedRef, safeDirectories, withoutSecrets } from '../../src/origin/address.ts';

describe('a URL', () => {
  for (const [name, url, address] of [
    [
      'of HTTPS',
      'https://git.example/net.git',
      { url: 'https://git.example/net.git', shown: 'https://git.example/net.git' },
    ],
    [
      'with a password',
      'https://user:p%40ss@git.example:8443/a/net.git',
      {
        url: 'https://git.example:8443/a/net.git',
        shown: 'https://git.example:8443/a/net.git',
        credential: 'https://user:p%40ss@git.example:8443',
      },
    ],
    [
      'with an @ in its password',
      'https://user:p@ss@git.example/net.git',
      {
        url: 'https://git.example/net.git',
        shown: 'https://git.example/net.git',
        credential: 'https://user:p@ss@git.example',
      },
    ],
    [
      'with a token for a user',
      'https://t0ken@git.example/net.git',
      { url: 'https://t0ken@git.example/net.git', shown: 'https://git.example/net.git' },
    ],
    [
      'with a token for a parameter',
      'https://git.example/net.git?private_token=t0ken',
      { url: 'https://git.example/net.git?private_token=t0ken', shown: 'https://git.example/net.git' },
    ],
    [
      'of SSH',
      'ssh://git@git.example:2222/net.git',
      { url: 'ssh://git@git.example:2222/net.git', shown: 'ssh://git@git.example:2222/net.git' },
    ],
    [
      'of SSH with a password',
      'ssh://git:s3cret@git.example/net.git',
      { url: 'ssh://git:s3cret@git.example/net.git', shown: 'ssh://git@git.example/net.git' },
    ],
    ['as scp has it', 'git@git.example:net.git', { url: 'git@git.example:net.git', shown: 'git@git.example:net.git' }],
    [
      'of a file',
      'file:///srv/my%20net.git',
      { url: 'file:///srv/my%20net.git', shown: 'file:///srv/my%20net.git', local: '/srv/my net.git' },
    ],
    ['that is a path', '/srv/net.git', { url: '/srv/net.git', shown: '/srv/net.git', local: '/srv/net.git' }],
    [
      'that is a path from here',
      './net.git',
      { url: `${process.cwd()}/net.git`, shown: `${process.cwd()}/net.git`, local: `${process.cwd()}/net.git` },
    ],
  ] as const)
    test(name, () => expect(addressOf(url)).toEqual(address));

  for (const url of [
    '',
    '--upload-pack=touch /tmp/x',
    'ext::sh -c touch% /tmp/x',
    'fd::17',
    'https://git.example/\nnet.git',
  ]) {
    test(`is not ${JSON.stringify(url)}`, () => expect(() => addressOf(url)).toThrow('is not the URL of a repository'));
  }
});

describe('a ref', () => {
  for (const ref of ['main', 'team/blue+green', 'refs/heads/main', 'v1.0', 'a'.repeat(40), 'HEAD'])
    test(`is ${ref}`, () => expect(checkedRef(ref)).toBe(ref));
  for (const ref of [
    '',
    '-main',
    '--exec=x',
    '+main',
    '^main',
    'main:other',
    'refs/heads/*',
    'a b',
    'main~1',
    'a..b',
    'main@{1}',
    'a\nb',
  ]) {
    test(`is not ${JSON.stringify(ref)}`, () => expect(() => checkedRef(ref)).toThrow('is not a branch'));
  }
});

test('secrets go out of every URL of a text, and nothing else', () => {
  expect(
    withoutSecrets(
      "fatal: 'https://u:p@a.example/x' and ssh://git@b.example/y?access_token=t&x=1: nobody@c.example\n\u001b[1mbold",
    ),
  ).toBe("fatal: 'https://a.example/x' and ssh://b.example/y?access_token=…&x=1: nobody@c.example\n[1mbold");
});

test('a local name stands for the directories that Git looks for', () => {
  expect(safeDirectories('/nowhere/net')).toEqual([
    '/nowhere/net',
    '/nowhere/net/.git',
    '/nowhere/net.git',
    '/nowhere/net.git/.git',
  ]);
});
