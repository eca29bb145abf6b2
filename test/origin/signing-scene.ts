// test/origin/signing-scene.ts — keys of SSH and OpenPGP, repositories whose commits they sign, and what becomes of
// reading one.
import { existsSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect } from 'vitest';
import { createGitOrigin } from '../../src/origin/git.ts';
import { OriginError } from '../../src/origin/origin.ts';
import type { Reason } from '../../src/origin/origin.ts';
import type { Run } from '../../src/origin/run-git.ts';
import type { Workshop } from './repository.ts';
import { workshop } from './repository.ts';

export let shop: Workshop;
/** Key's e-mail → its fingerprint. */
const pgp = new Map<string, string>();

export const ssh = (key: string): readonly string[] => shop.signedBy(key);
export const openpgp = (name: string, program = 'gpg'): readonly string[] => [
  '-c',
  'gpg.format=openpgp',
  '-c',
  `gpg.program=${program}`,
  '-c',
  `user.signingkey=${pgp.get(name) ?? ''}`,
  '-c',
  'commit.gpgsign=true',
];

let count = 0;
/** A repository of its own for each, and the outcome of reading it. */
export async function outcomeOf(
  options: readonly string[],
  signers: string,
  prepare: (name: string, commit: string) => string = () => 'main',
  run?: Run,
): Promise<{
  readonly commit: string;
  readonly taken: boolean;
  readonly reason?: Reason;
  readonly message: string;
  readonly revision?: string;
}> {
  const name = `net-${(count += 1)}`;
  shop.repository(name);
  const commit = shop.commit(name, { 'spec.yaml': 'one' }, 'a change', ...options);
  const ref = prepare(name, commit);
  const origin = createGitOrigin({
    url: shop.at(name),
    ref,
    path: '',
    signers: shop.at(signers),
    directory: shop.at(`state-${name}`),
    interval: 1000,
    ...(run === undefined ? {} : { run }),
  });
  const outcome: unknown = await origin.read().catch((error: unknown) => error);
  expect(existsSync(shop.at(`state-${name}/gnupg`)), 'a keyring is left').toBe(false);
  if (outcome instanceof OriginError)
    return {
      commit,
      taken: false,
      reason: outcome.reason,
      message: outcome.message,
      ...(outcome.revision === undefined ? {} : { revision: outcome.revision }),
    };
  if (outcome instanceof Error) throw outcome;
  return { commit, taken: true, message: '' };
}

/** Registers the hooks that make the keys, and remove them. */
export function withKeys(): void {
  beforeAll(() => {
    shop = workshop();
    shop.run('.', 'mkdir', '-m', '700', 'gnupg');
    for (const key of ['ada', 'bob', 'eve']) shop.sshKey(key);
    writeFileSync(
      shop.at('signers'),
      ['ada', 'bob']
        .map((key) => `${key}@example.org namespaces="git" ${shop.run('.', 'ssh-keygen', '-y', '-f', key)}\n`)
        .join(''),
    );
    for (const [name, expires] of [
      ['good@example.org', 'never'],
      ['stranger@example.org', 'never'],
      ['short@example.org', '20200202T000000'],
    ] as const) {
      shop.run(
        '.',
        'gpg',
        '--batch',
        '--quiet',
        '--faked-system-time',
        '20200101T000000',
        '--passphrase',
        '',
        '--quick-generate-key',
        name,
        'ed25519',
        'sign',
        expires,
      );
      pgp.set(
        name,
        /^fpr:+([0-9A-F]+):/m.exec(shop.run('.', 'gpg', '--batch', '--with-colons', '--list-keys', name))?.[1] ?? '',
      );
    }
    shop.run(
      '.',
      'gpg',
      '--batch',
      '--armor',
      '--output',
      'keys.asc',
      '--export',
      'good@example.org',
      'short@example.org',
    );
    shop.run('.', 'gpg', '--batch', '--output', 'keys.gpg', '--export', 'good@example.org');
    // As a key server hands it out once its owner has rolled it back.
    writeFileSync(shop.at('early-gpg'), '#!/bin/sh\nexec gpg --faked-system-time 20200115T000000 "$@"\n', {
      mode: 0o755,
    });
  });
  afterAll(() => {
    shop.run('.', 'gpgconf', '--kill', 'all');
    shop.remove();
  });
}
