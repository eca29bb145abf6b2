// origin/files.ts — the spec as files and directories of this host, watched so that no way of replacing them goes
// unseen.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSources } from '../specfile/sources.ts';
import { createBurst } from './burst.ts';
import { watchDirectories } from './directories.ts';
import { OriginError } from './origin.ts';
import type { Fetched, Origin, Watching } from './origin.ts';
import { Still } from './still.ts';
import type { Patience } from './still.ts';
import { wayTo } from './way.ts';

/** Milliseconds. */
export interface Times {
  /** Without a sign until files are read: a burst is one change. */
  readonly quiet: number;
  /** After the first sign they are read though more keep coming. */
  readonly atMost: number;
  /** They are read though no sign came: a network file system or a memory map gives none. */
  readonly anyway: number;
  /**
   * As that, after a sign, and ever later while none comes: one that is lost is lost among others. Left out: `anyway`.
   */
  readonly soon?: number;
  /** As `anyway`, where a directory cannot be watched. */
  readonly blind: number;
  /** A file that was changed in place is left alone for so long before it is taken. */
  readonly still?: Patience;
}

const TIMES: Times = { quiet: 50, atMost: 1000, anyway: 30_000, soon: 1000, blind: 2000 };
/** How often the way is walked again at once because it changed while it was being watched. */
const PASSES = 5;
/** How often a first spec that somebody still writes is read again before it is taken as it is. */
const PATIENT = 40;

export interface Following {
  readonly times?: Times;
  /** Nobody waits any more for what is being read. */
  readonly signal?: AbortSignal;
}

/** Makes the origin of what `-f` names. Standard input is refused. */
export function createFileOrigin(files: readonly string[], { times = TIMES, signal }: Following = {}): Origin {
  if (files.includes('-'))
    throw new OriginError('standard-input', '- (standard input) can be read only once, so it cannot be watched');
  /** What was last returned or told: a revision, or why there is none. */
  let seen: string | undefined;
  const still = new Still(times.still);
  /** What was last whole. */
  let whole: Fetched | undefined;
  let lookAgainIn: (milliseconds: number) => void = () => undefined;

  /** As long as somebody writes, what was there before: half a spec would remove the other half. */
  const read = async (): Promise<Fetched> => {
    for (let waited = 0; ; waited++) {
      const sources = await readSources(files, { pipes: false, ...(signal === undefined ? {} : { signal }) });
      const wait = await still.wait(sources);
      if (wait === 0 || waited === PATIENT) {
        still.take();
        whole = { sources, revision: revisionOf(sources) };
        return whole;
      }
      if (whole !== undefined) {
        lookAgainIn(wait);
        return whole;
      }
      await sleep(wait, undefined, { signal });
    }
  };

  const watch = async (changed: () => void, say: (message: string) => void = () => undefined): Promise<Watching> => {
    let blind: string | undefined;
    let timer: NodeJS.Timeout | undefined;
    let closed = false;
    /** No sign led to this look. */
    let unasked = false;
    /** Milliseconds until the next such look. */
    let next = times.anyway;
    const directories = watchDirectories(() => {
      unasked = false;
      next = times.soon ?? times.anyway;
      burst.notice();
    });

    const settle = async (): Promise<void> => {
      let why: string | undefined;
      let anew = true;
      for (let pass = 0; anew && pass < PASSES; pass += 1) {
        const { watched, cut } = await wayTo(files);
        const followed = await directories.follow(watched);
        anew = followed.anew;
        why =
          followed.blind ?? (cut ? `more than ${watched.size} directories are below ${files.join(', ')}` : undefined);
      }
      if (anew) burst.notice();
      if (why !== undefined && blind === undefined)
        say(`changes of ${files.join(', ')} are looked for every ${times.blind / 1000} s: ${why}`);
      if (why === undefined && blind !== undefined) say(`changes of ${files.join(', ')} are noticed at once again`);
      blind = why;
    };

    const look = async (): Promise<void> => {
      clearTimeout(timer);
      await settle();
      const now = await read().then(({ revision }) => revision, failureOf);
      if (closed) return;
      const unforeseen = unasked;
      unasked = false;
      timer = setTimeout(
        () => {
          unasked = true;
          burst.notice();
        },
        blind === undefined ? next : times.blind,
      );
      next = Math.min(next * 2, times.anyway);
      if (now === seen) return;
      // A sign was missing: where the kernel lost some, a watch may stand where nothing is any more.
      if (unforeseen) directories.doubt();
      const first = seen === undefined;
      seen = now;
      if (!first) changed();
    };
    const burst = createBurst(look, times);
    let again: NodeJS.Timeout | undefined;
    lookAgainIn = (milliseconds) => {
      clearTimeout(again);
      if (!closed)
        again = setTimeout(() => {
          burst.notice();
        }, milliseconds);
    };

    await burst.now();
    return {
      close: async () => {
        closed = true;
        clearTimeout(timer);
        clearTimeout(again);
        await burst.close();
        await directories.close();
      },
    };
  };

  return {
    from: files.join(', '),
    read: async () => {
      try {
        const fetched = await read();
        seen = fetched.revision;
        return fetched;
      } catch (error) {
        seen = failureOf(error);
        throw error;
      }
    },
    watch,
  };
}

function revisionOf(sources: Fetched['sources']): string {
  return createHash('sha256')
    .update(JSON.stringify(sources.map(({ file, text }) => [file, text])))
    .digest('hex')
    .slice(0, 12);
}

function failureOf(error: unknown): string {
  return `failed: ${error instanceof Error ? error.message : String(error)}`;
}
