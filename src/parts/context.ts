// parts/context.ts — what features are given to write from.
import type { Originals } from '../core/borrow.ts';
import type { Facts } from '../core/facts.ts';
import type { Allocations } from '../core/stored.ts';
import type { Host, Spec } from '../specfile/model.ts';
import type { Snapshot } from '../uplinks/snapshot.ts';

export interface Context {
  readonly spec: Spec;
  /** The host that is written for. */
  readonly self: Host;
  readonly allocations: Allocations;
  readonly facts: Facts;
  /** Borrowed things as they were before we touched them. */
  readonly former: Originals;
  /** All that hung on the host's interfaces that are borrowed, or about to be, by name. Absent: of none it is known. */
  readonly snapshots?: ReadonlyMap<string, Snapshot>;
  readonly paths: Paths;
  /** Hashes of the operator's dnsmasq configurations, by path. Absent: of none it is known. */
  readonly configs?: ReadonlyMap<string, string>;
}

/** Absolute, without a slash at the end. */
export interface Paths {
  readonly state: string;
  readonly run: string;
  /** The namespace that is taken for the host, with whose name those of its own begin. */
  readonly netns?: string;
}
