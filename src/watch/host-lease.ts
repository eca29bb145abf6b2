// watch/host-lease.ts — the lease of the host that each round of a watch works under: meanwhile no other netctl changes
// the host.
import type { Reporter } from '../core/resource.ts';
import type { Settings } from '../pipeline/settings.ts';
import type { World } from '../pipeline/world.ts';

export interface HostLease {
  readonly world: World;
  /** No other netctl was running since the last lease. */
  readonly alone: boolean;
  release(): void;
}

/** What a lease tells whoever asks for it: tools that it starts, whom it waits for, what it has to say, each step. */
export interface LeaseListener {
  onSpawn(pid: number, argv: readonly string[]): void;
  waitsFor(holder: string): void;
  says(text: string): void;
  readonly report: Reporter;
}

/** Returns a function that waits until the host is free, and leases it. */
export type LeaseHost = (settings: Settings, signal: AbortSignal, listener: LeaseListener) => () => Promise<HostLease>;
