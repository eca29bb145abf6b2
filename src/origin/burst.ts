// origin/burst.ts — many signs in a short time are one: acts when it has become quiet, and never twice at once.

export interface Burst {
  notice(): void;
  /** Acts without waiting. Signs that come meanwhile are acted on afterwards. */
  now(): Promise<void>;
  /** No act begins after this; waits for the one that runs. */
  close(): Promise<void>;
}

/**
 * Acts `quiet` milliseconds after the last sign, and at most `atMost` after the first, so that a stream without end is
 * heard, too.
 */
export function createBurst(
  act: () => Promise<void>,
  { quiet, atMost }: { readonly quiet: number; readonly atMost: number },
): Burst {
  let since: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let acting: Promise<void> | undefined;
  let closed = false;
  const plan = (): void => {
    if (closed || acting !== undefined || since === undefined) return;
    clearTimeout(timer);
    timer = setTimeout(begin, Math.max(0, Math.min(quiet, since + atMost - performance.now())));
  };
  const begin = (): void => {
    since = undefined;
    acting = act().finally(() => {
      acting = undefined;
      plan();
    });
  };
  return {
    now: async () => {
      begin();
      await acting;
    },
    notice: () => {
      since ??= performance.now();
      plan();
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await acting;
    },
  };
}
