// specfile/draft.ts — a spec that may be wrong: what could be read of it, for checks to go on with.
import type { SpecFile } from './generated/types.ts';
import type { Spec } from './model.ts';

export interface Draft {
  /** Only of use when nothing is wrong. An instance whose host is not known has '' for it. */
  readonly spec: Spec;
  readonly text: SpecFile;
  /** Networks and instances of which some part could not be read: what they would have by default is not known. */
  readonly doubtful: {
    readonly networks: ReadonlySet<string>;
    readonly instances: ReadonlySet<string>;
  };
  /** Items of a list of the text with the index that each has in the file. */
  readonly indexed: <T>(items: readonly T[]) => readonly (readonly [number, T])[];
  /** Names that are written, also of what could not be read. */
  readonly known: {
    readonly hosts: ReadonlySet<string>;
    readonly networks: ReadonlySet<string>;
    readonly pools: ReadonlySet<string>;
    readonly whole: boolean;
  };
}
