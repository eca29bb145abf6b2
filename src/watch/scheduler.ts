// watch/scheduler.ts — when a watch looks again: at once where something tells it to, less often the less it finds, and
// every so often in any case.
import { pause } from './backoff.ts';
import type { Cause } from '../report/watch-state.ts';

/** Milliseconds. What happens together is looked at together: until it has been quiet, or for so long. */
const GATHER = { quiet: 3, most: 40 } as const;
/** After a change all is looked at once more, when it has been quiet for so long. */
const AUDIT = 2_000;
/**
 * Looking at everything takes at most one part in so many of the time, where nothing asks for it; and where something
 * failed. No pause is longer than `most`.
 */
const WHOLE = { audit: 20, retry: 4, most: 30_000 } as const;
/** So many looks may find nothing before they become rarer; one's own changes echo once. */
const ECHOES = 2;
const RAREST = 1_000;
/**
 * From so many changes on, one upon the other, the watch is given back a growing part of the time, up to four parts of
 * five.
 */
const STREAK = { length: 20, within: 1_000, most: 4 } as const;
const HINDERED = { first: 500, most: 60_000 } as const;

export interface Asked {
  /** There is a spec to hold the host to. */
  readonly hasTarget: boolean;
  readonly hasHints: boolean;
  /** When the next thing that is left alone may be tried. */
  readonly retry: number | undefined;
}

export interface Due {
  readonly cause: Cause;
  readonly at: number;
}

/** Instants are milliseconds of the monotonic clock. */
export class Scheduler {
  /** When the round began that is running. */
  busySince: number | undefined;
  /** When the next round is due after one that failed as a whole. */
  retryAt: number | undefined;
  private readonly resync: number;
  private readonly chance: () => number;
  private demanded: Cause | undefined;
  private hasBegun = false;
  private tries = 0;
  private idle = 0;
  private streak = 0;
  private lastFound = -Infinity;
  private notBefore = 0;
  private firstSign: number | undefined;
  private lastSign = 0;
  private auditAt: number | undefined;
  private resyncAt = Infinity;
  private lastWhole = { ended: 0, took: 0 };

  constructor({ resync, chance }: { readonly resync: number; readonly chance: () => number }) {
    this.resync = resync;
    this.chance = chance;
  }

  /** As soon as can be. */
  demand(cause: Cause): void {
    this.demanded = this.hasBegun ? cause : 'start';
  }

  hinted(now: number): void {
    this.firstSign ??= now;
    this.lastSign = now;
  }

  due(now: number, { hasTarget, hasHints, retry }: Asked): Due | undefined {
    if (this.demanded !== undefined) return { cause: this.demanded, at: now };
    if (!hasTarget) return undefined;
    if (this.retryAt !== undefined) return { cause: 'retry', at: this.retryAt };
    const gathered = Math.min(this.lastSign + GATHER.quiet, (this.firstSign ?? now) + GATHER.most);
    const all: readonly Due[] = [
      ...(hasHints ? [{ cause: 'drift' as const, at: Math.max(gathered, this.notBefore) }] : []),
      ...(retry === undefined
        ? []
        : [{ cause: 'retry' as const, at: Math.max(retry, this.wholeAllowed(WHOLE.retry)) }]),
      ...(this.auditAt === undefined
        ? []
        : [
            {
              cause: 'resync' as const,
              at: Math.max(this.auditAt, this.lastSign + AUDIT / 2, this.wholeAllowed(WHOLE.audit)),
            },
          ]),
      { cause: 'resync', at: this.resyncAt },
    ];
    return all.reduce((a, b) => (b.at < a.at ? b : a));
  }

  begins(now: number): void {
    this.busySince = now;
    this.demanded = undefined;
    this.retryAt = undefined;
    this.firstSign = undefined;
    this.hasBegun = true;
  }

  /** The round failed as a whole: the host could not be read, or an error concerns the whole plan. */
  blocked(now: number): void {
    this.tries++;
    this.retryAt = now + pause(HINDERED, this.tries, this.chance());
  }

  ended(now: number, { found, whole }: { readonly found: boolean; readonly whole: boolean }): void {
    const took = now - (this.busySince ?? now);
    this.busySince = undefined;
    if (this.retryAt === undefined) this.tries = 0;
    this.idle = found || whole ? 0 : this.idle + 1;
    if (found) {
      this.streak = now - this.lastFound < STREAK.within ? this.streak + 1 : 0;
      this.lastFound = now;
    }
    const rest = Math.min(STREAK.most, Math.max(1 / 4, this.streak / STREAK.length));
    this.notBefore =
      now +
      (this.idle <= ECHOES ? took * rest : Math.min(RAREST, Math.max(1, took) * 2 ** Math.min(20, this.idle - ECHOES)));
    if (whole) {
      this.resyncAt = now + this.resync * (0.9 + this.chance() / 5);
      this.lastWhole = { ended: now, took };
      this.auditAt = undefined;
    }
    if (found) this.auditAt = now + AUDIT;
  }

  private wholeAllowed(share: number): number {
    return this.lastWhole.ended + Math.min(WHOLE.most, this.lastWhole.took * share);
  }
}
