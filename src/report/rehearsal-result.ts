// report/rehearsal-result.ts — how a rehearsal went, as an operator is told.
import type { Change } from '../core/resource.ts';

/** What a kernel or a tool said to a step. */
export interface Refusal {
  readonly step: number;
  readonly command: string;
  readonly exitCode?: number;
  readonly stderr: string;
}

/** What an operator is told. */
export interface Rehearsal {
  readonly passed: boolean;
  readonly seconds: number;
  readonly failures: readonly Failure[];
  /** What the copy cannot tell, a sentence each. */
  readonly notRehearsed: readonly string[];
}

export interface Failure {
  readonly changes: readonly Change[];
  /** Absent: it was done, and yet the host would differ from the spec. */
  readonly refusal?: Omit<Refusal, 'step'>;
  /** Waits for one that fails. */
  readonly skipped?: true;
}
