// origin/origin.ts — where the spec comes from, and when it may have changed: what every such place can do.
import type { Source } from '../specfile/text.ts';

export interface Fetched {
  readonly sources: readonly Source[];
  /** A commit's id; else the first twelve hex digits of a SHA-256 of names and texts. */
  readonly revision: string;
  /** First line of the commit, and its author. */
  readonly about?: string;
}

export interface Origin {
  /** `/etc/netctl/spec.d`, `https://git.example/net.git main`: never with a password or a token in it. */
  readonly from: string;
  /** Reads the spec as it is now. Throws a SourceError, or an OriginError. */
  read(): Promise<Fetched>;
  /**
   * Calls back when what `read` returns may differ from what it last returned, or when it fails and did not, and the
   * reverse. `say` gets what an operator should know of the watching itself. The first call may come before the promise
   * is kept.
   */
  watch(changed: () => void, say?: (message: string) => void): Promise<Watching>;
}

export interface Watching {
  close(): Promise<void>;
}

export type Reason =
  /** Standard input can be read once. */
  | 'standard-input'
  /** A URL or ref that could be taken for something else. */
  | 'refused'
  | 'unreachable'
  | 'no-such-ref'
  | 'no-such-path'
  /** Not signed by any of those who may, or not well. */
  | 'unsigned'
  /** The file that says who may sign is not there, or holds no key. */
  | 'no-signers'
  | 'missing-tool'
  /** The clone cannot be kept or read, not even a fresh one. */
  | 'unusable';

/** A spec that cannot be had, in words for the operator. */
export class OriginError extends Error {
  override readonly name = 'OriginError';
  readonly reason: Reason;
  /** The commit that was refused. */
  readonly revision?: string;
  constructor(
    reason: Reason,
    message: string,
    details: { readonly revision?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.reason = reason;
    if (details.revision !== undefined) this.revision = details.revision;
  }
}
