// report/watch-events.ts — what happens in a watch, in the order it happens: the log says it, metrics count it.
import type { Cause, Failure, DriftConflict, InForce, Refused } from './watch-state.ts';

export type WatchEvent =
  | { readonly event: 'begins'; readonly from: string }
  /** After the first apply that settled. */
  | { readonly event: 'ready' }
  | { readonly event: 'spec-in-force'; readonly spec: InForce; readonly warnings: readonly string[] }
  | { readonly event: 'spec-refused'; readonly refused: Refused }
  /** Something was read again, and there was nothing to do: nothing differs, or what differs is left alone for now. */
  | {
      readonly event: 'checked';
      readonly cause: Cause;
      readonly whole: boolean;
      readonly differs: number;
      readonly seconds: Phases;
    }
  /** One line for each change that was made. */
  | {
      readonly event: 'changed';
      readonly cause: Cause;
      readonly kind: string;
      readonly verb: string;
      readonly what: string;
      readonly place?: string;
      readonly by?: string;
    }
  | {
      readonly event: 'applied';
      readonly cause: Cause;
      readonly changes: number;
      readonly settled: boolean;
      readonly seconds: Phases;
    }
  | { readonly event: 'failed'; readonly failure: Failure }
  | { readonly event: 'drift-conflict'; readonly conflict: DriftConflict }
  | { readonly event: 'obstacle'; readonly message: string; readonly nextTry: string }
  /** Somebody else's rule or setting stops traffic of the spec. */
  | { readonly event: 'conflict'; readonly what: string }
  | { readonly event: 'recovered'; readonly what: string }
  | { readonly event: 'monitor'; readonly name: string; readonly what: string }
  | { readonly event: 'reload' }
  | { readonly event: 'ends'; readonly why: string };

/** Seconds of each. */
export interface Phases {
  readonly read: number;
  readonly plan: number;
  readonly execute: number;
  readonly verify: number;
}

export type Watcher = (event: WatchEvent) => void;
