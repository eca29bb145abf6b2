// watch/backoff.ts — how long to leave a thing alone that fails, or that somebody keeps changing back: longer each
// time, never for ever.
import type { Ref } from '../core/resource.ts';

/** Milliseconds of each first and last pause. */
export const PAUSES = {
  failed: { first: 1_000, most: 300_000 },
  conflict: { first: 1_000, most: 60_000 },
} as const;
/**
 * So many repairs of one thing are made at once; one more may be made every so many milliseconds. More than that is a
 * drift conflict.
 */
const FREELY = { repairs: 20, each: 2_000 } as const;
/** A drift conflict is over when the thing was left alone for so many of its pauses, and so many milliseconds. */
const OVER = { pauses: 4, least: 60_000 } as const;

export interface Failing {
  readonly tries: number;
  readonly since: number;
  readonly until: number;
  readonly message: string;
}

export interface DriftConflict {
  /** Repairs since `since`. */
  readonly times: number;
  readonly since: number;
  readonly until: number;
  readonly by?: string;
  /** How often its rate has fallen; 0: not yet a conflict. */
  readonly level: number;
}

interface Account extends DriftConflict {
  readonly last: number;
  /** What is left of the repairs that are made freely, as it was at `last`. */
  readonly left: number;
}

/** Instants are milliseconds; `chance` is from 0 to 1, drawn by the caller. */
export class Backoff {
  private readonly failing = new Map<Ref, Failing>();
  private readonly accounts = new Map<Ref, Account>();

  /** Says until when it is left alone. */
  failed(ref: Ref, message: string, now: number, chance: number): Failing {
    const before = this.failing.get(ref);
    const tries = (before?.tries ?? 0) + 1;
    const failing = { tries, since: before?.since ?? now, until: now + pause(PAUSES.failed, tries, chance), message };
    this.failing.set(ref, failing);
    return failing;
  }

  /** What was failing and does no more; undefined: it was not. */
  succeeded(ref: Ref): Failing | undefined {
    const before = this.failing.get(ref);
    this.failing.delete(ref);
    return before;
  }

  /** Somebody had changed it, and it was repaired. Says what it has come to where that is a conflict. */
  repaired(ref: Ref, now: number, chance: number, by?: string): DriftConflict | undefined {
    const before = this.accounts.get(ref);
    const known = before === undefined || isOver(before, now) ? undefined : before;
    const left =
      Math.min(
        FREELY.repairs,
        (known?.left ?? FREELY.repairs) + (known === undefined ? 0 : (now - known.last) / FREELY.each),
      ) - 1;
    const isConflict = left < 0 || (known?.level ?? 0) > 0;
    const level = isConflict ? (known?.level ?? 0) + 1 : 0;
    const account: Account = {
      times: (known?.times ?? 0) + 1,
      since: known?.since ?? now,
      last: now,
      left: Math.max(0, left),
      level,
      until: isConflict ? now + pause(PAUSES.conflict, level, chance) : now,
      ...someone(by ?? known?.by),
    };
    this.accounts.set(ref, account);
    return isConflict ? account : undefined;
  }

  /** Whether it is to be left alone for now. */
  holds(ref: Ref, now: number): boolean {
    return now < (this.failing.get(ref)?.until ?? 0) || now < (this.accounts.get(ref)?.until ?? 0);
  }

  /**
   * When the first of what was left alone at that instant may be tried again: also one that has passed, since nothing
   * was tried meanwhile.
   */
  next(since: number): number | undefined {
    const instants = [...this.failing.values(), ...this.accounts.values()]
      .map(({ until }) => until)
      .filter((until) => until > since);
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  failures(): ReadonlyMap<Ref, Failing> {
    return this.failing;
  }

  /** Those that go on. What has been quiet for long is forgotten. */
  driftConflicts(now: number): ReadonlyMap<Ref, DriftConflict> {
    for (const [ref, account] of this.accounts) if (isOver(account, now)) this.accounts.delete(ref);
    return new Map([...this.accounts].filter(([, { level }]) => level > 0));
  }

  /** What nobody wants any more can neither fail nor be in conflict. */
  keepOnly(refs: (ref: Ref) => boolean): void {
    for (const known of [this.failing, this.accounts])
      for (const ref of known.keys()) if (!refs(ref)) known.delete(ref);
  }

  /** A new spec, or an operator's word: everything is tried at once. What is in conflict stays so. */
  tryAll(): void {
    this.failing.clear();
    for (const [ref, account] of this.accounts) this.accounts.set(ref, { ...account, until: account.last });
  }
}

/** Twice as long each time, and not quite: many that failed together are not tried together. */
export function pause(
  { first, most }: { readonly first: number; readonly most: number },
  times: number,
  chance: number,
): number {
  return Math.min(most, first * 2 ** Math.min(30, times - 1)) * (0.75 + chance / 2);
}

function isOver({ last, until }: Account, now: number): boolean {
  return now - last > Math.max(OVER.least, OVER.pauses * (until - last));
}

function someone(by: string | undefined): { readonly by?: string } {
  return by === undefined ? {} : { by };
}
