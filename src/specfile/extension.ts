// specfile/extension.ts — keys that this room knows nothing of: who reads them, and says what is wrong with them.
import type { Diagnostic } from '../core/resource.ts';
import type { Draft } from './draft.ts';
import type { Grammar } from './grammar.ts';
import type { Spec } from './model.ts';
import type { Reader } from './reader.ts';

/** How specs are written: the schema, and who extends it. */
export interface Language {
  readonly grammar: Grammar;
  readonly extensions: readonly SpecExtension[];
}

/** What a feature, or the probes, add to the text of a spec. */
export interface SpecExtension {
  readonly name: string;
  /** Its own part of the spec. */
  readonly keys?: Keys<unknown>;
  /** What is wrong with what could be read, each at its path. */
  check?(draft: Draft): Iterable<Diagnostic>;
}

/** A part of the spec that whoever has these keys can have of it, and nobody else needs to know of. */
export interface Keys<Own> {
  read(draft: Draft, reader: Reader): Own;
  of(spec: Pick<Spec, 'own'>): Own;
}

/** Keys of one's own: how their part is read, once the rest is; and what it is where no spec was read. */
export function keys<Own>(none: Own, read: Keys<Own>['read']): Keys<Own> {
  // What is kept under these keys was read by them.
  const own: Keys<Own> = { read, of: (spec) => (spec.own?.get(own) as Own | undefined) ?? none };
  return own;
}
