// core/stored.ts — what outlives a run: who holds what, what is lent, what no mark can hold.
import equal from 'fast-deep-equal';
import type { Memories } from './observe.ts';
import type { Op, Resource } from './resource.ts';

/** Pool → holder → value. */
export type Allocations = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * A value that was given back and is not yet given to another: pool → value → whose it was, and until when
 * (milliseconds of the epoch).
 */
export type Resting = Readonly<Record<string, Readonly<Record<string, Rest>>>>;
export interface Rest {
  readonly holder: string;
  readonly until: number;
}

/** Who holds what: what hosts that share addresses would have to agree on. */
export interface Holdings {
  readonly allocations: Allocations;
  readonly resting: Resting;
}

/** What one host remembers, and no other needs to know. */
export interface HostState {
  /** Seconds a pool's values rest; known also when its network has left the spec. */
  readonly rest: Readonly<Record<string, number>>;
  /** The ledger: borrowed things as they were. */
  readonly former: readonly Resource[];
  readonly memories: Memories;
  /**
   * Interfaces that are borrowed with all that hung on them, by name, as they were found whole (uplinks/picture.ts).
   */
  readonly found?: Readonly<Record<string, object>>;
  /** Routes of others that were beside those which are lent, by their keys. */
  readonly beside?: readonly string[];
  /** What is lent is on its way, there or back: what is missing may be so because somebody was killed. */
  readonly moving?: true;
  /** In which start of the host it was saved. */
  readonly start?: string;
}

export interface Stored extends Holdings, HostState {}

export function together({ allocations, resting }: Holdings, state: HostState): Stored {
  return { ...state, allocations, resting };
}

export const NOTHING: Stored = { allocations: {}, resting: {}, rest: {}, former: [], memories: {} };

/**
 * Revision of a store that is not where it is to be, also where a copy tells what was in it: it is saved, whatever that
 * is.
 */
export const ABSENT = 'absent';

/** Whether there is nothing new to save. */
export function isSame(a: Stored, b: Stored): boolean {
  return equal(a, b);
}

export interface Store {
  /** Nothing yet, or lost: undefined. Throws a StoreError when what is there cannot be trusted. */
  load(): Promise<{ readonly stored: Stored | undefined; readonly revision: string }>;
  /** Durable when it returns. Refuses a revision that is no longer the newest. */
  save(stored: Stored, revision: string): Promise<string>;
  /** Removes all that is kept. */
  forget(): Promise<void>;
  /** What saves it, or with null forgets it, for whoever does it by hand. */
  saving(stored: Stored | null): readonly Op[];
}

/** The store is there and cannot be read. It is never overwritten. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly path: string;
  constructor(path: string, why: string, cause?: unknown) {
    super(`${path} ${why}`, { cause });
    this.path = path;
  }
}
