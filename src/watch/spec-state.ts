// watch/spec-state.ts — which spec is in force, and which newer one is refused: told when it changes.
import type { Fetched } from '../origin/origin.ts';
import type { Watcher } from '../report/watch-events.ts';
import type { InForce, Refused } from '../report/watch-state.ts';
import { iso } from './instants.ts';

export class SpecState {
  private readonly tell: Watcher;
  private readonly from: string;
  private current: InForce | undefined;
  private newer: Refused | undefined;

  constructor(tell: Watcher, from: string) {
    this.tell = tell;
    this.from = from;
  }

  get inForce(): InForce | undefined {
    return this.current;
  }

  /** The newest spec, where it cannot be read or the host is not fit for it. */
  get refused(): Refused | undefined {
    return this.newer;
  }

  /** `recalled`: it was in force before, so a newer one that was refused stays refused. */
  adopted({ revision }: Fetched, warnings: readonly string[], recalled: boolean): void {
    this.current = { revision, from: this.from, since: iso() };
    if (!recalled) this.newer = undefined;
    this.tell({ event: 'spec-in-force', spec: this.current, warnings });
  }

  /** No spec is in force any more. */
  withdrawn(): void {
    this.current = undefined;
  }

  /** Tells a refusal once, however often it is found. */
  refuse(revision: string | undefined, problems: readonly string[]): void {
    if (this.newer?.revision === revision && this.newer?.problems.join('\n') === problems.join('\n')) return;
    this.newer = { since: iso(), problems, ...(revision === undefined ? {} : { revision }) };
    this.tell({ event: 'spec-refused', refused: this.newer });
  }

  /** The origin offers the spec that is in force: none is refused any more. */
  offeredAgain(): void {
    if (this.newer === undefined) return;
    this.newer = undefined;
    this.tell({ event: 'recovered', what: 'the spec is the one in force again' });
  }
}
