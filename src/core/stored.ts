// core/stored.ts — what outlives a run: who holds what, originals of what is borrowed, what no mark can hold.
import equal from 'fast-deep-equal';
import type { Memories } from './observe.ts';
import type { Op, Resource } from './resource.ts';

/** Pool → holder → value. */
export type Allocations = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * A value that was released and is not yet given to another: pool → value → whose it was, and until when
 * (milliseconds of the epoch).
 */
export type Quarantined = Readonly<Record<string, Readonly<Record<string, Quarantine>>>>;
export interface Quarantine {
  readonly holder: string;
  readonly until: number;
}

/** A value of a pool, and who holds it. */
export interface Claim {
  readonly pool: string;
  readonly value: string;
  readonly holder: string;
}

/** Who holds what: what hosts that share addresses would have to agree on. */
export interface Holdings {
  readonly allocations: Allocations;
  readonly quarantined: Quarantined;
}

/** What one host remembers, and no other needs to know. */
export interface HostState {
  /** How long a pool's values are quarantined; known also when its network has left the spec. */
  readonly quarantineSeconds: Readonly<Record<string, number>>;
  /** Borrowed things as they were. */
  readonly originals: readonly Resource[];
  readonly memories: Memories;
  /**
   * Interfaces that are borrowed with all that hung on them, by name, as they were found whole (uplinks/snapshot.ts).
   */
  readonly found?: Readonly<Record<string, object>>;
  /** Routes of others that were beside those which are borrowed, by their keys. */
  readonly beside?: readonly string[];
  /** What is borrowed is on its way, there or back: what is missing may be so because somebody was killed. */
  readonly moving?: true;
  /** In which start of the host it was saved. */
  readonly start?: string;
}

export interface Stored extends Holdings, HostState {}

export function together({ allocations, quarantined }: Holdings, state: HostState): Stored {
  return { ...state, allocations, quarantined };
}

export const NOTHING: Stored = { allocations: {}, quarantined: {}, quarantineSeconds: {}, originals: [], memories: {} };

/** Whether there is nothing new to save. */
export function isSame<T extends Partial<Stored>>(a: T | undefined, b: T): boolean {
  return equal(a, b);
}

/** What is kept of one half of a store, as it was read. */
export interface Kept<T> {
  /** Nothing yet, or lost: undefined. */
  readonly value: T | undefined;
  /** Tells whether it was changed since. */
  readonly at: string;
  /**
   * It is not where or how it is to be (a copy told it, or an earlier netctl wrote it): saved, also where it is the
   * same.
   */
  readonly isOutdated: boolean;
}

/** What was read of a store, for whoever saves over it. */
export interface Revision {
  readonly register: Kept<Holdings>;
  readonly host: Kept<HostState>;
}

export interface Loaded {
  /** Nothing yet, or lost, each on its own: undefined. */
  readonly holdings: Holdings | undefined;
  readonly state: HostState | undefined;
  /** What other hosts hold in the pools that were asked for, and what of theirs is quarantined there. */
  readonly others: Holdings;
  readonly revision: Revision;
}

/** What one host keeps between two runs: what it holds of a register, and its own state. */
export interface Store {
  /** Of these pools all; of others what this host holds. Throws a StoreError when what is there cannot be trusted. */
  load(pools?: readonly string[]): Promise<Loaded>;
  /**
   * Durable when it returns. Throws a Taken where another has got what was to be claimed, and refuses the state of a
   * host that is no longer the newest.
   */
  save(stored: Stored, revision: Revision): Promise<Revision>;
  /** The same of the state of the host alone: who holds what stays as it is. */
  remember(state: HostState, revision: Revision): Promise<Revision>;
  /** Gives back all that this host holds, and removes its state. */
  forget(): Promise<void>;
  /** What saves it, or with null forgets it, for whoever does it by hand. */
  saving(stored: Stored | null): readonly Op[];
  /** Ends what it has open: nothing is asked of it any more. */
  close(): Promise<void>;
}

/** What is there, with what is `gathered` for a half that is lost; undefined where both are. */
export function wholeOf(
  { holdings, state }: Pick<Loaded, 'holdings' | 'state'>,
  gathered = NOTHING,
): Stored | undefined {
  return holdings === undefined && state === undefined ? undefined : together(holdings ?? gathered, state ?? gathered);
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

/** Another holds by now what was to be claimed: nothing was. */
export class Taken extends StoreError {
  /** What is held, and by whom. */
  readonly by: Claim;
  constructor(by: Claim) {
    super(by.pool, `has ${by.value} taken meanwhile by ${by.holder}`);
    this.by = by;
  }
}
