// scripts/schema.d.mts — what tests see of scripts/schema.mjs.
import type { Grammar } from '../src/specfile/grammar.ts';

/** A feature's keys, as its `schema.json` has them. */
export interface Fragment {
  readonly name: string;
  readonly schema: object;
}
export interface Fragments {
  readonly base: object;
  readonly fragments: readonly Fragment[];
}
export function readFragments(root: string): Promise<Fragments>;
export function grammarOf(fragments: Fragments): Omit<Grammar, 'validate'> & { readonly schema: object };
export function validatorFor(schema: object): Pick<Grammar, 'validate'>;
export function printed(schema: object): string;
