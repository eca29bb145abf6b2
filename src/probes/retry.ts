// probes/retry.ts — tries again until it works or the time is over: a link that comes up again needs a moment.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './model.ts';

/** Milliseconds between two tries, the one of which failed at once. */
const PAUSE = 200;
/** Milliseconds that one is waited for before the next is made beside it: it may have been lost. */
const [FIRST_GAP, MOST_GAP] = [500, 2_000];
/** Characters of what a tool says that are kept. */
const MOST_SAID = 4_096;

export interface Persistence {
  readonly signal?: AbortSignal | undefined;
  /** A try that is not answered goes on trying by itself: none is made beside it. */
  readonly waits?: boolean;
}

/** Thrown by a try after which no other is of use. */
export class Hopeless extends Error {
  override readonly name = 'Hopeless';
}

/** One try: ends with the signal it is given, throws why it did not work, and can say so while it goes on. */
export type Attempt = (over: AbortSignal, because: (why: string) => void) => Promise<void>;

/** Makes tries, the next beside those that still wait, until one works. */
export async function retry(
  attempt: Attempt,
  timeout: number,
  { signal, waits = false }: Persistence = {},
): Promise<Omit<Answer, 'probe'>> {
  const began = performance.now();
  const over = new AbortController();
  // Each try that still waits listens for the end.
  setMaxListeners(0, over.signal);
  const end = (): void => {
    over.abort();
  };
  const late = setTimeout(end, timeout);
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted === true) end();
  let why: string | undefined;
  const answered = await new Promise<boolean>((resolve) => {
    over.signal.addEventListener(
      'abort',
      () => {
        resolve(false);
      },
      { once: true },
    );
    if (over.signal.aborted) resolve(false);
    const tryOnce = (): Promise<void> =>
      attempt(over.signal, (because) => {
        why = because;
      }).then(
        () => {
          resolve(true);
        },
        (error: unknown) => {
          if (over.signal.aborted) return;
          why = error instanceof Error ? error.message : String(error);
          if (error instanceof Hopeless) end();
        },
      );
    const tryOn = async (): Promise<void> => {
      for (let gap = waits ? timeout : FIRST_GAP; !over.signal.aborted; gap = Math.min(gap * 2, MOST_GAP)) {
        const next = new AbortController();
        const either = AbortSignal.any([over.signal, next.signal]);
        await Promise.race([tryOnce().then(() => pause(PAUSE, either)), pause(gap, either)]);
        next.abort();
      }
    };
    void tryOn();
  });
  const ms = Math.round(performance.now() - began);
  clearTimeout(late);
  signal?.removeEventListener('abort', end);
  end();
  return answered
    ? { answered, ms }
    : {
        answered,
        ms,
        why:
          why ??
          (signal?.aborted === true
            ? 'it was not asked to the end'
            : `no reply within ${inWords(Math.round(timeout))}`),
      };
}

function inWords(ms: number): string {
  return ms % 1_000 === 0 && ms > 0 ? `${ms / 1_000} s` : `${ms} ms`;
}

/** What was said so far, and this: as much of its end as is of use. */
export function said(before: string, text: string): string {
  return `${before}${text}`.slice(-MOST_SAID);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
