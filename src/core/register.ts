// core/register.ts — the contract of a register: who holds which value of a pool, for all hosts that share it.
import type { Op } from './resource.ts';
import type { Claim, Holdings, Kept } from './stored.ts';

/** Nobody else gets it until then (milliseconds of the epoch); absent: it is free at once. */
export interface Release extends Claim {
  readonly until?: number;
}

export type Claimed =
  | { readonly granted: true; readonly at: string }
  /** `taken`: what others hold of it; none: `at` is too old, read again. */
  | { readonly granted: false; readonly taken: readonly Claim[] };

export interface Registered extends Kept<Holdings> {
  /** What other hosts hold, and what of theirs is quarantined. */
  readonly others: Holdings;
}

/** Who holds what, for all hosts. test/store/register.ts says what each one does. */
export interface Register {
  /** Of these pools all; of others what this host holds. Throws a StoreError when what is there cannot be trusted. */
  read(pools: readonly string[]): Promise<Registered>;
  /**
   * All or none, releases first, and durable when it returns. What was granted before is granted again; what another
   * host holds is not released.
   */
  claim(claims: readonly Claim[], releases: readonly Release[], at: string): Promise<Claimed>;
  /** Gives back all that this host holds, and leaves no trace of it. */
  leave(): Promise<void>;
  /** What makes it hold just that, or with null nothing, for whoever does it by hand; empty where nobody can. */
  byHand(holdings: Holdings | null): readonly Op[];
  /** Lets go of what it has open: nothing is asked of it any more. Does not fail, and waits for nobody. */
  close(): Promise<void>;
}
