// origin/clone.ts — a bare clone of one commit, kept fresh and small; when it is damaged, another is made.
import { chmod, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectories } from '../durable/directories.ts';
import { safeDirectories } from './address.ts';
import type { Address } from './address.ts';
import { OriginError } from './origin.ts';
import type { Ran, Run, Task } from './run-git.ts';

export interface Clone {
  /** Fetches what the ref names: the commit, and the tag's own id when it is annotated. */
  fetch(ref: string, signal?: AbortSignal): Promise<Head>;
  /** A command that reads what was fetched. Throws Damaged when it cannot. */
  read(args: readonly string[], input?: string, signal?: AbortSignal): Promise<Buffer>;
  /** A command that may fail. */
  git(args: readonly string[], task?: Partial<Task>): Promise<Ran>;
  throwAway(): Promise<void>;
}

export interface Head {
  readonly commit: string;
  readonly tag?: string;
}

/** A clone that does not hold what it should; another will. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

const HEAD = 'refs/netctl/head';
/** Objects that stand alone, and packs, from which on they are packed anew and those of former commits removed. */
const MOST_LOOSE = 256;
const MOST_PACKS = 8;

export function createClone(address: Address, directory: string, run: Run): Clone {
  const place = join(directory, 'clone.git');
  let format = 'sha1';

  const git = async (args: readonly string[], task: Partial<Task> = {}): Promise<Ran> => {
    const ran = await run('git', [`--git-dir=${place}`, ...args], { directory, ...task });
    if (ran.end === 'not found')
      throw new OriginError('missing-tool', 'git is not installed; on Debian it is in the package git');
    if (ran.end === 'stopped') throw new OriginError('unreachable', 'stopped while it was read');
    return ran;
  };

  const read = async (args: readonly string[], input?: string, signal?: AbortSignal): Promise<Buffer> => {
    const ran = await git(args, { ...(input === undefined ? {} : { input }), signal });
    if (ran.end === 'too much')
      throw new OriginError(
        'unusable',
        `${address.shown}: the repository is too large: git ${args[0] ?? ''} prints more than 64 MiB`,
      );
    if (!ran.ok) throw new Damaged(ran.said);
    return ran.stdout;
  };

  const throwAway = (): Promise<void> => rm(place, { recursive: true, force: true });

  /** Beside the clone, for its owner only: the password, and which repository of another user's may be read. */
  const prepare = async (): Promise<void> => {
    makeDirectories(directory, 0o700);
    await chmod(directory, 0o700);
    await rm(join(directory, 'credentials'), { force: true });
    if (address.credential !== undefined)
      await writeFile(join(directory, 'credentials'), `${address.credential}\n`, { mode: 0o600 });
    const safe = address.local === undefined ? [] : safeDirectories(address.local);
    await writeFile(
      join(directory, 'config'),
      `[safe]\n${safe.map((path) => `\tdirectory = "${path.replace(/["\\]/g, '\\$&')}"\n`).join('')}`,
      { mode: 0o600 },
    );
    if (
      await stat(join(place, 'HEAD')).then(
        () => true,
        () => false,
      )
    )
      return;
    await throwAway();
    const made = await git(['init', '--bare', '--quiet', '--template=', `--object-format=${format}`, place]);
    if (!made.ok) throw new OriginError('unusable', `${place} cannot be made: ${made.said}`);
  };

  const once = async (ref: string, signal: AbortSignal | undefined): Promise<Head> => {
    await prepare();
    try {
      return await refresh(ref, signal);
    } finally {
      await tidy();
    }
  };

  const refresh = async (ref: string, signal: AbortSignal | undefined): Promise<Head> => {
    const helper = address.credential === undefined ? [] : ['-c', 'credential.helper=store --file=credentials'];
    const fetched = await git(
      [
        ...helper,
        'fetch',
        '--quiet',
        '--depth=1',
        '--no-tags',
        '--force',
        '--update-shallow',
        '--no-write-fetch-head',
        address.url,
        `+${ref}:${HEAD}`,
      ],
      { signal, env: { GIT_CONFIG_GLOBAL: join(directory, 'config') } },
    );
    if (!fetched.ok) throw await failureOf(fetched, ref);
    const [object = [], commit = []] = (
      await read(['cat-file', '--batch-check'], `${HEAD}\n${HEAD}^{commit}\n`, signal)
    )
      .toString('utf8')
      .split('\n')
      .map((line) => line.split(' '));
    const [id = '', type] = object;
    if (type === 'tree' || type === 'blob')
      throw new OriginError('no-such-ref', `${ref} of ${address.shown} is not a commit`);
    if (commit[1] !== 'commit') throw new Damaged(`${HEAD} is ${type ?? 'missing'}`);
    return { commit: commit[0] ?? '', ...(type === 'tag' ? { tag: id } : {}) };
  };

  const failureOf = async ({ said, end }: Ran, ref: string): Promise<Error> => {
    const other = /mismatched algorithms: client \w+; server (sha1|sha256)\b/.exec(said)?.[1];
    if (other !== undefined) {
      format = other;
      return new Damaged(said);
    }
    if (/couldn't find remote ref|not our ref|unadvertised object|no such remote ref/i.test(said))
      return new OriginError('no-such-ref', `${address.shown} has no ${ref}`);
    if (
      /\.lock': File exists/.test(said) ||
      !(await git(['fsck', '--connectivity-only', '--no-dangling', '--no-progress'])).ok
    )
      return new Damaged(said);
    return new OriginError(
      'unreachable',
      `${address.shown} cannot be fetched: ${end === 'too late' ? 'it took too long' : ''}${end === 'too late' && said !== '' ? ': ' : ''}${said}`,
    );
  };

  /** A fetch that was cut off, too, leaves something behind. */
  const tidy = async (): Promise<void> => {
    const counts = new Map(
      (await git(['count-objects', '-v'])).stdout
        .toString('utf8')
        .split('\n')
        .map((line) => line.split(': '))
        .map(([name = '', count]) => [name, Number(count)]),
    );
    const above = (name: string, most: number): boolean => (counts.get(name) ?? 0) > most;
    if (!above('count', MOST_LOOSE) && !above('packs', MOST_PACKS) && !above('garbage', 0)) return;
    if (!(await git(['gc', '--quiet', '--prune=now'])).ok) await throwAway();
  };

  return {
    fetch: async (ref, signal) => {
      try {
        return await once(ref, signal);
      } catch (error) {
        if (!(error instanceof Damaged)) throw error;
        await throwAway();
        return await once(ref, signal);
      }
    },
    read,
    git,
    throwAway,
  };
}
