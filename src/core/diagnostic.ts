// core/diagnostic.ts — what is wrong, or worth a word: in a spec, on a host, with a plan.
import type { Ref } from './ref.ts';

/** A place in the spec: `['networks', 'lab', 'cidr']`. */
export type Path = readonly (string | number)[];

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly at: readonly Path[];
  readonly hint?: string;
  /** What the message and the hint name in part, as there is too much of it for people: all of it, as data. */
  readonly details?: readonly string[];
  /** A warning that wants the operator's yes. */
  readonly asks?: true;
  /** Places of the spec whose traffic does not get through, whatever netctl does. */
  readonly stops?: readonly Path[];
  /** Of a guard: what of the plan it stands against. Absent: all of it. */
  readonly against?: readonly Ref[];
}
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };
