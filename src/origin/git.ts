// origin/git.ts — the spec as a path in a Git repository, at what a ref names there, and signed where that is asked
// for.
import { resolve } from 'node:path';
import type { Source } from '../specfile/text.ts';
import { addressOf, checkedRef } from './address.ts';
import { createClone, Damaged } from './clone.ts';
import type { Clone, Head } from './clone.ts';
import { OriginError } from './origin.ts';
import type { Fetched, Origin, Watching } from './origin.ts';
import { createRun } from './run-git.ts';
import type { Run } from './run-git.ts';
import { verify } from './signature.ts';
import { parseTree, specsAt } from './tree.ts';

export interface GitSource {
  readonly url: string;
  /** A branch, a tag, a commit's whole id, or `refs/…`. */
  readonly ref: string;
  /** A file, or a directory of which every *.yaml and *.yml is read. Empty: the top of the repository. */
  readonly path: string;
  /** A file of SSH allowed signers or of OpenPGP public keys: a commit that none of them signed is refused. */
  readonly signers?: string;
  /** Where the clone is kept: ours alone. */
  readonly directory: string;
  /** Milliseconds between two looks. */
  readonly interval: number;
  readonly run?: Run;
}

export function createGitOrigin({
  url,
  ref,
  path,
  signers,
  directory,
  interval,
  run = createRun(),
}: GitSource): Origin {
  const address = addressOf(url);
  checkedRef(ref);
  const clone = createClone(address, resolve(directory), run);
  /** The last that was good: what a commit holds never changes. */
  let last: Fetched | undefined;
  /** What was last returned or told: a commit, or why there is none. */
  let seen: string | undefined;
  let running: Promise<Fetched> | undefined;
  let stop = new AbortController();

  const attempt = async (): Promise<Fetched> => {
    const { signal } = stop;
    const head = await clone.fetch(ref, signal);
    if (signers !== undefined) await verify(clone, run, { head, ref, signers, directory: resolve(directory), signal });
    last = last?.revision === head.commit ? last : await contentOf(clone, head, path, signal);
    return last;
  };

  const fetchOnce = async (): Promise<Fetched> => {
    try {
      return await attempt().catch(async (error: unknown) => {
        if (!(error instanceof Damaged)) throw error;
        await clone.throwAway();
        return attempt();
      });
    } catch (error) {
      throw error instanceof OriginError
        ? error
        : new OriginError(
            'unusable',
            `the clone of ${address.shown} in ${directory} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
            { cause: error },
          );
    }
  };

  /** Who asks while it is being read gets what the other gets. */
  const shared = (): Promise<Fetched> => {
    running ??= fetchOnce().finally(() => {
      running = undefined;
    });
    return running;
  };

  return {
    from: `${address.shown} ${ref}`,
    read: async () => {
      try {
        const fetched = await shared();
        seen = fetched.revision;
        return fetched;
      } catch (error) {
        seen = failureOf(error);
        throw error;
      }
    },
    watch: (changed): Promise<Watching> => {
      let closed = false;
      let timer: NodeJS.Timeout | undefined;
      let looking: Promise<void> | undefined;
      const look = async (): Promise<void> => {
        const now = await shared().then(({ revision }) => revision, failureOf);
        if (closed) return;
        plan();
        if (now === seen) return;
        const first = seen === undefined;
        seen = now;
        if (!first) changed();
      };
      // Many hosts that were started together do not ask together for ever.
      const plan = (): void => {
        timer = setTimeout(
          () => {
            looking = look();
          },
          interval * (0.9 + 0.2 * Math.random()),
        );
      };
      plan();
      return Promise.resolve({
        close: async () => {
          closed = true;
          clearTimeout(timer);
          stop.abort();
          await looking;
          await running?.catch(() => undefined);
          stop = new AbortController();
        },
      });
    },
  };
}

async function contentOf(clone: Clone, { commit }: Head, path: string, signal: AbortSignal): Promise<Fetched> {
  const tree = parseTree(
    (await clone.read(['ls-tree', '-r', '-z', '--full-tree', commit], undefined, signal)).toString('utf8'),
  );
  const links = [...new Set([...tree.values()].filter(({ link }) => link).map(({ id }) => id))];
  try {
    const chosen = specsAt(tree, await blobsOf(clone, links, signal), path);
    const texts = await blobsOf(clone, [...new Set(chosen.map(({ id }) => id))], signal);
    const sources: readonly Source[] = chosen.map((file) => ({
      file: `${commit.slice(0, 8)}:${file.path}`,
      text: texts.get(file.id) ?? '',
    }));
    return { sources, revision: commit, about: await aboutOf(clone, commit, signal) };
  } catch (error) {
    throw error instanceof OriginError
      ? new OriginError(error.reason, `commit ${commit}: ${error.message}`, { revision: commit, cause: error })
      : error;
  }
}

/** Texts by id. Bytes that are not UTF-8 become U+FFFD, which the reader of specs refuses at its line. */
async function blobsOf(
  clone: Clone,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  if (ids.length === 0) return texts;
  const bytes = await clone.read(['cat-file', '--batch'], ids.map((id) => `${id}\n`).join(''), signal);
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\n', at);
    const [id = '', type, size = ''] = bytes.toString('latin1', at, end).split(' ');
    if (end === -1 || type !== 'blob') throw new Damaged(`${id} is ${type ?? 'missing'}`);
    at = end + 1 + Number(size) + 1;
    texts.set(id, new TextDecoder('utf-8').decode(bytes.subarray(end + 1, at - 1)));
  }
  if (texts.size !== ids.length) throw new Damaged('some files are missing');
  return texts;
}

async function aboutOf(clone: Clone, commit: string, signal: AbortSignal): Promise<string> {
  const [subject = '', author = ''] = (
    await clone.read(
      ['show', '--no-patch', '--no-show-signature', '--no-color', '--format=%s%x00%an', commit],
      undefined,
      signal,
    )
  )
    .toString('utf8')
    .split('\0');
  return `${plain(subject)} (${plain(author)})`;
}

/** One line, as long as a line is, that does nothing to a terminal. */
function plain(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);
}

function failureOf(error: unknown): string {
  return error instanceof OriginError ? `failed: ${error.reason} ${error.revision ?? ''}` : `failed: ${String(error)}`;
}
