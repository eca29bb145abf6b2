// watch/host-lock.ts — the lock of the host that each round of a watch holds: meanwhile no other netctl changes
// the host.
import type { Reporter } from '../core/resource.ts';
import type { Settings } from '../pipeline/settings.ts';
import type { World } from '../pipeline/world.ts';

export interface HostLock {
  readonly world: World;
  /** No other netctl was running since the last lock. */
  readonly alone: boolean;
  release(): void;
}

/** What locking tells whoever asks for it: tools that it starts, whom it waits for, what it has to say, each step. */
export interface LockListener {
  onSpawn(pid: number, argv: readonly string[]): void;
  waitsFor(holder: string): void;
  says(text: string): void;
  readonly report: Reporter;
}

/** Returns a function that waits until the host is free, and locks it. */
export type LockHost = (
  settings: Settings,
  watch: Pick<World, 'signal' | 'store'>,
  listener: LockListener,
) => () => Promise<HostLock>;
