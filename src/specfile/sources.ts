// specfile/sources.ts — what `-f` names, read: files, directories, standard input. The only part of this room that
// touches the disk.
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inOneLine } from '../core/sanitize.ts';
import { Budget, bytesAt, bytesFrom, Unfit, usualLimits } from './input.ts';
import type { Limits } from './input.ts';
import type { Source } from './text.ts';

export type { Source } from './text.ts';

/** A spec that cannot be read at all. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly path: string;
  readonly reason: 'missing' | 'unreadable' | 'unfit' | 'empty';
  constructor(path: string, reason: SourceError['reason'], cause?: unknown) {
    super(`${inOneLine(path)}${wordsFor(reason, cause)}`, { cause });
    this.path = path;
    this.reason = reason;
  }
}

function wordsFor(reason: SourceError['reason'], cause: unknown): string {
  const why = cause instanceof Error ? inOneLine(cause.message) : '';
  if (reason === 'unfit') return ` ${why}`;
  if (reason === 'unreadable') return `: cannot be read: ${why}`;
  return reason === 'missing' ? ': no such file or directory' : ': no *.yaml or *.yml file is in this directory';
}

export interface Reading {
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly limits?: Limits;
  /** Somebody wants us to end: for where no limits say so. */
  readonly signal?: AbortSignal;
  /** Read, too, is what can be read only once: default. */
  readonly pipes?: boolean;
}

/** More names than this below a directory are no spec's. */
const MOST_NAMES = 20_000;
/** What stands for standard input; where that is a file, they are read as such. */
const STANDARD_INPUT = ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'];

/**
 * Reads every file once, however often it is named. `-` is standard input; a directory is every *.yaml and *.yml below
 * it, in name order.
 */
export async function readSources(
  values: readonly string[],
  { stdin = process.stdin, signal, limits = usualLimits(signal), pipes = true }: Reading = {},
): Promise<readonly Source[]> {
  const sources = new Map<string, Source>();
  const budget = new Budget(limits);
  const within = <T>(path: string, read: () => Promise<T>): Promise<T> => reading(path, read, limits.signal);
  for (const value of values) {
    if (value === '-' || (STANDARD_INPUT.includes(value) && pipes && !(await isOnDisk(value)))) {
      const file = value === '-' ? '<stdin>' : value;
      if (!sources.has('-'))
        sources.set('-', {
          file,
          text: decoded(await within(file, () => bytesFrom(stdin, budget, process.stdin.isTTY))),
        });
      continue;
    }
    const about = await within(value, () => stat(value));
    for (const file of about.isDirectory() ? await specsIn(value, budget, within) : [value]) {
      const real = await within(file, () => identityOf(file));
      if (!sources.has(real))
        sources.set(real, {
          file,
          text: decoded(await within(file, () => bytesAt(file, budget, pipes && file === value))),
        });
    }
  }
  return [...sources.values()];
}

async function isOnDisk(path: string): Promise<boolean> {
  return await stat(path).then(
    (about) => about.isFile() || about.isDirectory(),
    () => true,
  );
}

/** A file may have several names. A pipe has none, and then is what its number says. */
async function identityOf(path: string): Promise<string> {
  return await realpath(path).catch(async () => {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev.toString()} ${ino.toString()}`;
  });
}

type Within = <T>(path: string, read: () => Promise<T>) => Promise<T>;

async function specsIn(path: string, budget: Budget, within: Within): Promise<readonly string[]> {
  const files = await specsBelow(path, { visited: new Set(), names: 0, budget, within });
  if (files.length === 0) throw new SourceError(path, 'empty');
  return files;
}

interface Walk {
  readonly visited: Set<string>;
  readonly budget: Budget;
  readonly within: Within;
  /** Looked at so far. */
  names: number;
}

/** Names that begin with a dot are left out: what editors and mounted volumes keep beside the files. */
async function specsBelow(directory: string, walk: Walk): Promise<readonly string[]> {
  const { visited, budget, within } = walk;
  const real = await within(directory, () => realpath(directory));
  if (visited.has(real)) return [];
  visited.add(real);
  const names = (await within(directory, () => readdir(directory))).filter((name) => !name.startsWith('.')).sort();
  const found: string[] = [];
  for (const name of names) {
    await within(directory, () => Promise.resolve(budget.time));
    if ((walk.names += 1) > MOST_NAMES)
      throw new SourceError(
        directory,
        'unfit',
        new Unfit(
          `and what is above it has more than ${MOST_NAMES} names: name the directory of the spec, and none above it`,
        ),
      );
    const path = join(directory, name);
    // A link to a directory is followed, a link to nowhere is an error only where it is called a spec.
    const isSpec = /\.ya?ml$/.test(name);
    const about = await stat(path).catch((error: unknown) => {
      if (isSpec)
        throw errorFor(
          path,
          name.includes('\uFFFD') ? new Unfit('has a name that is not UTF-8: give it another') : error,
        );
      return undefined;
    });
    if (about?.isDirectory() === true) found.push(...(await specsBelow(path, walk)));
    else if (isSpec) found.push(path);
  }
  return found;
}

async function reading<T>(path: string, read: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (signal?.aborted === true || error instanceof SourceError) throw error;
    throw errorFor(path, error);
  }
}

const SYSTEM: Readonly<Record<string, string>> = {
  ELOOP: 'its links lead in a circle',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ENXIO: 'it is a socket, or a device that is not there',
};

function errorFor(path: string, error: unknown): SourceError {
  if (error instanceof Unfit) return new SourceError(path, 'unfit', error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return new SourceError(path, 'missing', error);
  return new SourceError(
    path,
    'unreadable',
    SYSTEM[code] === undefined ? error : new Error(SYSTEM[code], { cause: error }),
  );
}

/** Bytes that are not UTF-8 become U+FFFD, which the reader refuses at its line. */
function decoded(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
