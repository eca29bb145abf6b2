// origin/signature.ts — whether a commit is signed by one of those who may: SSH keys of an allowed-signers file, or
// OpenPGP keys of a keyring.
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeDirectories } from '../durable/directories.ts';
import type { Clone, Head } from './clone.ts';
import { OriginError } from './origin.ts';
import type { Ran, Run } from './run-git.ts';

interface Checked {
  readonly head: Head;
  /** The ref by which the commit was asked for. */
  readonly ref: string;
  /** The file that says who may sign. */
  readonly signers: string;
  /** Where a keyring may be made for as long as it is needed. */
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Throws unless the commit has a good signature. Where the ref is an annotated tag, the tag's is as good, since it
 * speaks of that commit; but only under the tag's own name, or a server could show any signed tag as any other.
 */
export async function verify(
  clone: Clone,
  run: Run,
  { head, ref, signers, directory, signal }: Checked,
): Promise<void> {
  const bytes = await readFile(signers).catch((error: unknown) => {
    throw new OriginError(
      'no-signers',
      `${signers}, which says who may sign, cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  });
  const keyring = join(directory, 'gnupg');
  const isPgp = bytes.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----') || ((bytes[0] ?? 0) & 0x80) !== 0;
  try {
    if (isPgp) await importKeys(run, { keyring, signers, directory, signal });
    const check = async (what: 'commit' | 'tag', id: string): Promise<string | undefined> => {
      const text = (await clone.read(['cat-file', what, id], undefined, signal)).toString('utf8');
      const ran = await clone.git([...(isPgp ? PGP : sshWith(signers)), `verify-${what}`, '--raw', id], {
        signal,
        env: { GNUPGHOME: keyring },
      });
      return isPgp ? whyNotPgp(ran, text, signers) : whyNotSsh(ran, text, signers);
    };
    const isNamed = async (tag: string): Promise<boolean> => {
      const name =
        /^tag (.*)$/m.exec((await clone.read(['cat-file', 'tag', tag], undefined, signal)).toString('utf8'))?.[1] ?? '';
      return [name, `tags/${name}`, `refs/tags/${name}`].includes(ref);
    };
    const whyNotTag =
      head.tag === undefined
        ? undefined
        : (await isNamed(head.tag))
          ? await check('tag', head.tag)
          : 'has another name';
    if (head.tag !== undefined && whyNotTag === undefined) return;
    const whyNot = await check('commit', head.commit);
    if (whyNot === undefined) return;
    throw new OriginError(
      'unsigned',
      `commit ${head.commit} ${whyNot}${whyNotTag === undefined ? '' : `, and the tag ${ref} ${whyNotTag}`}`,
      { revision: head.commit },
    );
  } finally {
    await rm(keyring, { recursive: true, force: true });
  }
}

/** Each checks its own sort of signature; the program for the other always says no. */
const PGP = ['-c', 'gpg.ssh.program=false'];
const sshWith = (signers: string): readonly string[] => [
  '-c',
  'gpg.program=false',
  '-c',
  `gpg.ssh.allowedSignersFile=${resolve(signers)}`,
  '-c',
  'gpg.minTrustLevel=fully',
];

function whyNotSsh({ ok, said }: Ran, text: string, signers: string): string | undefined {
  if (/cannot run ssh-keygen|ssh-keygen.*not found/.test(said))
    throw new OriginError(
      'missing-tool',
      'ssh-keygen is not installed, so no signature can be checked; on Debian it is in the package openssh-client',
    );
  if (ok && /^Good "git" signature for /m.test(said)) return undefined;
  if (!text.includes('-----BEGIN SSH SIGNATURE-----')) return unlike(text, `${signers} has SSH keys`);
  if (/No principal matched/.test(said))
    return `is signed by ${/\bkey (\S+)/.exec(said)?.[1] ?? 'a key'}, which is not in ${signers}`;
  return `has a signature that is not good: ${said}`;
}

function whyNotPgp({ ok, said }: Ran, text: string, signers: string): string | undefined {
  const status = (name: string): string | undefined => new RegExp(`^\\[GNUPG:\\] ${name} (\\S+)`, 'm').exec(said)?.[1];
  const bad = PGP_REASONS.find(([name]) => status(name) !== undefined);
  if (ok && bad === undefined && status('GOODSIG') !== undefined && status('VALIDSIG') !== undefined) return undefined;
  if (!/-----BEGIN PGP (SIGNATURE|MESSAGE)-----/.test(text)) return unlike(text, `${signers} has OpenPGP keys`);
  return bad === undefined
    ? `has a signature that is not good: ${said}`
    : `${bad[1]} ${status(bad[0]) ?? ''}${bad[2] === undefined ? '' : `, ${bad[2]} ${signers}`}`.trim();
}

const PGP_REASONS: readonly (readonly [status: string, why: string, and?: string])[] = [
  ['NO_PUBKEY', 'is signed by', 'which is not in'],
  ['BADSIG', 'has a signature that is not good, by'],
  ['EXPKEYSIG', 'is signed by a key that has expired:'],
  ['REVKEYSIG', 'is signed by a key that was revoked:'],
  ['EXPSIG', 'has a signature that has expired, by'],
  ['ERRSIG', 'has a signature that cannot be checked, by'],
];

function unlike(text: string, but: string): string {
  return /^-----BEGIN (PGP|SSH|SIGNED) /m.test(text.replace(/^ |^gpgsig(-sha256)? /gm, ''))
    ? `is signed in another way, and ${but}`
    : 'is not signed';
}

async function importKeys(
  run: Run,
  {
    keyring,
    signers,
    directory,
    signal,
  }: {
    readonly keyring: string;
    readonly signers: string;
    readonly directory: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  await rm(keyring, { recursive: true, force: true });
  makeDirectories(keyring, 0o700);
  const { ok, said, end } = await run('gpg', ['--batch', '--no-autostart', '--quiet', '--import', resolve(signers)], {
    directory,
    env: { GNUPGHOME: keyring },
    signal,
  });
  if (end === 'not found')
    throw new OriginError(
      'missing-tool',
      `gpg is not installed, and ${signers} has OpenPGP keys; on Debian it is in the package gpg`,
    );
  if (!ok) throw new OriginError('no-signers', `${signers} has no key that gpg can use: ${said}`);
}
