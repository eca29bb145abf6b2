// specfile/grammar.ts — what the generator makes of the schema: which keys a document has, and whose they are.
import type { SpecFile } from './generated/types.ts';
import * as generated from './generated/validate.js';
import type { Violation } from './generated/validate.js';

export interface Grammar {
  readonly validate: { (document: unknown): document is SpecFile; errors?: readonly Violation[] | null };
  /** The keys of a document, by what documents of one spec are merged as: maps by name, or lists. */
  readonly sections: { readonly maps: readonly string[]; readonly lists: readonly string[] };
  readonly owned: readonly OwnedKey[];
}

/** A key that belongs to a feature. */
export interface OwnedKey {
  /** `networks.*.snat`, with `*` for any name or index. */
  readonly path: string;
  readonly of: string;
  /** While there is no such feature, the key is let pass with a warning. */
  readonly isIgnored?: boolean;
  /** And what is missing: `the metadata service`. */
  readonly what?: string;
}

/** Of the schema that is published. */
export const grammar: Grammar = generated;
