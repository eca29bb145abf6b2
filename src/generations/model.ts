// generations/model.ts — past applies: who changed what and when, what was there before, and what became of it.
import type { Memories } from '../core/observe.ts';
import type { Allocations, Stored } from '../core/stored.ts';
import type { Ref } from '../core/resource.ts';
import type { Undo } from '../core/undo.ts';
import type { Source } from '../specfile/sources.ts';
import type { Image } from './image.ts';

/** An apply that changed something, as `history` lists it. */
export interface Generation {
  /** Counted from 1, and never given twice. */
  readonly number: number;
  /** ISO 8601. */
  readonly when: string;
  readonly who: string;
  /** The host, as the operator calls it. */
  readonly host: string;
  /** Of the spec's texts: two of the same digest ask for the same. */
  readonly digest: string;
  /** Of a spec from a repository: its commit. */
  readonly revision?: string;
  /** `6 to add, 1 to change, 0 to remove` */
  readonly summary: string;
  /** A rollback: to the state that this one led to; 0: to what was there before the first. */
  readonly restores?: number;
  readonly outcome: Outcome;
}

export type Outcome =
  /** Under way; or netctl was ended in the middle of it. */
  | { readonly is: 'begun' }
  /** Done, and to be confirmed. */
  | { readonly is: 'waiting' }
  /** `settled`: looked at again nothing differed. */
  | { readonly is: 'kept'; readonly settled: boolean; readonly confirmed?: true }
  /** `left`: what is not as it was before; none: that was looked at, and it is. */
  | { readonly is: 'rolled back'; readonly why: string; readonly left: readonly string[] };

/** All that it takes to show one, to go back from it, and to come back to it. */
export interface Record {
  readonly sources: readonly Source[];
  /** `--host` of the apply. */
  readonly host?: string;
  /** As it was printed. */
  readonly plan: string;
  readonly undo: Undo;
  /** What is removed only once it is confirmed: made again it would be another. */
  readonly later: readonly Ref[];
  /** The store before; null: there was none. */
  readonly before: Stored | null;
  readonly allocations: Allocations;
  readonly memories: Memories;
  /** How what the plan touches was, and what stands beside it, for whoever looks whether it is so again. */
  readonly image: Image;
  /** And what hung on the interfaces that it was about to borrow (uplinks/snapshot.ts). */
  readonly found?: { readonly [name: string]: object };
  /** What was borrowed by it or before it, for whoever has lost the store. */
  readonly originals?: Stored['originals'];
  /** In which start of the host it was begun. */
  readonly start?: string;
}

/** An apply that is rolled back unless something happens: written before its first step, removed when it is decided. */
export interface Pending {
  readonly generation: number;
  /** `applying`, or done and `waiting` for its confirmation, or `rolling back`. */
  readonly phase: 'applying' | 'waiting' | 'rolling back';
  /** Seconds of the machine's uptime; absent: as long as the process lives that applies. */
  readonly until?: number;
  /**
   * Which start of the host: another one has lost all that a kernel knows. Absent: what was put down is damaged, and
   * nobody knows.
   */
  readonly start?: string;
  /** Who applies, or rolls back; a number may be given anew, and so when it began, in the kernel's ticks. */
  readonly pid: number;
  readonly began: string;
}

export interface Generations {
  /** The newest last; without those that were dropped, or cannot be read. */
  list(): readonly Generation[];
  /** Of each that cannot be read, a sentence that says so. */
  damaged(): readonly string[];
  /** Also of one that cannot be read. */
  has(number: number): boolean;
  /** Throws a StoreError where it is damaged, or not there. */
  record(number: number): Record;
  /**
   * What was said when nobody was left to hear it: of one that is rolled back as nobody has confirmed it. Empty:
   * nothing.
   */
  said(number: number): string;
  /**
   * Puts one down, durably, and drops the oldest beyond those that are kept; not what a rollback leads to, however many
   * were rolled back since.
   */
  begin(generation: Omit<Generation, 'number' | 'outcome'>, record: Record): Generation;
  end(number: number, outcome: Outcome): void;
  /** Removes one that was put down and not begun. */
  drop(number: number): void;
  /** Of one that is damaged what can still be told: which generation it is, and nobody who decides on it. */
  pending(): Pending | undefined;
  /** Durable when it returns. */
  arm(pending: Pending): void;
  disarm(): void;
  /** Removes all of it. */
  forget(): void;
}

/** So many are kept. */
export const KEPT = 20;

/**
 * What `rollback` without a number leads to: the one that was in force before the newest that is. Undefined: what was
 * before the first.
 */
export function before(generation: Generation, all: readonly Generation[]): Generation | undefined {
  // A rollback stands for the one it went back to.
  return inForceBefore(generation.restores ?? generation.number, all);
}

/** Where two rollbacks lead, one after the other: numbers, as far as there are any. */
export function wayBack(all: readonly Generation[]): readonly number[] {
  const way: Generation[] = [];
  for (let at = newest(all), turn = 0; at !== undefined && turn < 2; turn++) {
    at = before(at, all);
    if (at !== undefined) way.push(at);
  }
  return way.map(({ number }) => number);
}

/** What the host was when this one was begun. */
export function inForceBefore(number: number, all: readonly Generation[]): Generation | undefined {
  return all.findLast((each) => each.number < number && isInForce(each.outcome));
}

/** The newest that was not rolled back. */
export function newest(all: readonly Generation[]): Generation | undefined {
  return all.findLast(({ outcome }) => isInForce(outcome));
}

function isInForce({ is }: Outcome): boolean {
  return is === 'kept' || is === 'waiting' || is === 'begun';
}
