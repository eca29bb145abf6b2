// specfile/input.ts — the bytes of what `-f` names, within a limit of size and of time: no pipe, device or endless file
// holds us.
import { constants } from 'node:fs';
import { open, readlink, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Limits {
  /** Bytes of all sources together. */
  readonly bytes: number;
  /** Milliseconds until a pipe has to have ended. */
  readonly time: number;
  /** Somebody wants us to end. */
  readonly signal?: AbortSignal | undefined;
}

/** A spec for a hundred thousand instances has room in it. */
const MOST_BYTES = 8 << 20;
const MOST_TIME = 20_000;

/** `NETCTL_SPEC_LIMIT`: milliseconds. */
export function usualLimits(signal?: AbortSignal): Limits {
  const text = process.env['NETCTL_SPEC_LIMIT'] ?? '';
  return { bytes: MOST_BYTES, time: /^[1-9]\d{0,8}$/.test(text) ? Number(text) : MOST_TIME, signal };
}

/** Why something is not read, in words that follow its name. */
export class Unfit extends Error {
  override readonly name = 'Unfit';
}

/** What is left of a limit is shared by all that is read. */
export class Budget {
  readonly limits: Limits;
  private left: number;
  private until: number;

  constructor(limits: Limits) {
    this.limits = limits;
    this.left = limits.bytes;
    this.until = performance.now() + limits.time;
  }

  take(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0)
      throw new Unfit(`is too large: a spec has ${this.limits.bytes / (1 << 20)} MiB at most, all files together`);
  }

  /** Milliseconds that are left; throws when there are none. */
  get time(): number {
    this.limits.signal?.throwIfAborted();
    const left = this.until - performance.now();
    if (left <= 0) throw this.late();
    return left;
  }

  /** For the rest: a person took his time. */
  begin(): void {
    this.until = performance.now() + this.limits.time;
  }

  late(): Unfit {
    return new Unfit(
      `had not ended after ${this.limits.time / 1000} s; NETCTL_SPEC_LIMIT, in milliseconds, gives whoever writes it longer`,
    );
  }
}

/** Milliseconds between two looks at a pipe in which nothing is. */
const POLL = 10;

/** Opened so that nobody has to be at the other end. `pipes`: what can be read only once is read, too. */
export async function bytesAt(path: string, budget: Budget, pipes: boolean): Promise<Uint8Array> {
  // Some devices do something when they are opened.
  const before = await stat(path);
  if (!before.isFile() && !before.isFIFO())
    throw new Unfit(
      `is a ${before.isDirectory() ? 'directory' : before.isSocket() ? 'socket' : 'device'}, and no file`,
    );
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const about = await file.stat();
    if (about.isFile()) {
      // What is said to be empty may have something in it, below /proc.
      budget.take(about.size);
      budget.take(-about.size);
      return await all(file, budget, 'file');
    }
    if (about.isFIFO() && pipes) return await all(file, budget, (await isNameless(file)) ? 'pipe' : 'fifo');
    throw new Unfit('is a pipe, which can be read only once: name it with -f itself, for a command that ends');
  } finally {
    await file.close();
  }
}

/** A pipe that somebody made by `|` or `<(…)`: who reads its end knows that nobody writes any more. */
async function isNameless(file: FileHandle): Promise<boolean> {
  return (await readlink(`/proc/self/fd/${file.fd}`).catch(() => '')).startsWith('pipe:');
}

async function all(file: FileHandle, budget: Budget, kind: 'file' | 'fifo' | 'pipe'): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 16);
    const read = await file.read(chunk, 0, chunk.length, null).then(({ bytesRead }) => bytesRead, nothingYet);
    if (read > 0) {
      budget.take(read);
      chunks.push(chunk.subarray(0, read));
    }
    // Where nobody writes to a pipe with a name yet, it seems to have ended.
    else if (read === 0 && (kind !== 'fifo' || chunks.length > 0)) return Buffer.concat(chunks);
    const pause = Math.min(POLL, budget.time);
    if (read <= 0) await sleep(pause, undefined, { signal: budget.limits.signal });
  }
}

const NOTHING_YET = -1;

function nothingYet(error: unknown): number {
  if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return NOTHING_YET;
  throw error;
}

/** Standard input. `patient`: a person types, and takes as long as it takes. */
export async function bytesFrom(
  stream: AsyncIterable<Uint8Array>,
  budget: Budget,
  patient: boolean,
): Promise<Uint8Array> {
  const { signal } = budget.limits;
  const done = new AbortController();
  const over = new Promise<never>((_, reject) => {
    const late = patient
      ? undefined
      : setTimeout(() => {
          reject(budget.late());
        }, budget.time);
    const stop = (): void => {
      reject(signal?.reason instanceof Error ? signal.reason : new Error('stopped'));
    };
    signal?.addEventListener('abort', stop);
    done.signal.addEventListener('abort', () => {
      clearTimeout(late);
      signal?.removeEventListener('abort', stop);
    });
  });
  const chunks: Uint8Array[] = [];
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), over]);
      if (next.done === true) return Buffer.concat(chunks);
      budget.take(next.value.length);
      chunks.push(next.value);
    }
  } finally {
    done.abort();
    if (patient) budget.begin();
    // Else it would keep us from ending.
    if (stream instanceof Readable) stream.destroy();
  }
}
