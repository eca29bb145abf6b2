// spec/sources.ts — what `-f` names, read: files, directories, standard input. The only part of this room that touches the disk.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { inOneLine } from '../core/shown.ts';
import type { Source } from './text.ts';

export type { Source } from './text.ts';

/** A spec that cannot be read at all. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly path: string;
  readonly reason: 'missing' | 'unreadable' | 'empty';
  constructor(path: string, reason: SourceError['reason'], cause?: unknown) {
    super(`${inOneLine(path)}: ${WORDS[reason]}${reason === 'unreadable' && cause instanceof Error ? `: ${inOneLine(cause.message)}` : ''}`, { cause });
    this.path = path;
    this.reason = reason;
  }
}

const WORDS = { missing: 'no such file or directory', unreadable: 'cannot be read', empty: 'no *.yaml or *.yml file is in this directory' } as const;

/** Reads every file once, however often it is named. `-` is standard input; a directory is every *.yaml and *.yml below it, in name order. */
export async function readSources(values: readonly string[], stdin: AsyncIterable<Uint8Array> = process.stdin): Promise<readonly Source[]> {
  const sources = new Map<string, Source>();
  for (const value of values) {
    if (value === '-') {
      if (!sources.has('-')) sources.set('-', { file: '<stdin>', text: decoded(await bytesOf(stdin)) });
      continue;
    }
    for (const file of await filesOf(value)) {
      const real = await reading(file, () => realpath(file));
      if (!sources.has(real)) sources.set(real, { file, text: decoded(await reading(file, () => readFile(file))) });
    }
  }
  return [...sources.values()];
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (!(await reading(path, () => stat(path))).isDirectory()) return [path];
  const files = await specsBelow(path, new Set());
  if (files.length === 0) throw new SourceError(path, 'empty');
  return files;
}

/** Names that begin with a dot are left out: what editors and mounted volumes keep beside the files. */
async function specsBelow(directory: string, visited: Set<string>): Promise<readonly string[]> {
  const real = await reading(directory, () => realpath(directory));
  if (visited.has(real)) return [];
  visited.add(real);
  const names = (await reading(directory, () => readdir(directory))).filter((name) => !name.startsWith('.')).sort();
  const found: string[] = [];
  for (const name of names) {
    const path = join(directory, name);
    // A link to a directory is followed, a link to nowhere is an error only where it is called a spec.
    const isSpec = /\.ya?ml$/.test(name);
    const about = await stat(path).catch((error: unknown) => {
      if (isSpec) throw errorFor(path, error);
      return undefined;
    });
    if (about?.isDirectory() === true) found.push(...await specsBelow(path, visited));
    else if (isSpec) found.push(path);
  }
  return found;
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw errorFor(path, error);
  }
}

function errorFor(path: string, error: unknown): SourceError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return new SourceError(path, code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable', error);
}

async function bytesOf(stdin: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  try {
    return await buffer(stdin);
  } catch (error) {
    throw errorFor('<stdin>', error);
  }
}

/** Bytes that are not UTF-8 become U+FFFD, which the reader refuses at its line. */
function decoded(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
