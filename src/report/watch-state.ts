// report/watch-state.ts — what a running watch knows of itself and its host: what `status`, metrics and the log speak
// of.
import type { Ref } from '../core/resource.ts';

/** Why the host was looked at. */
export type Cause = 'start' | 'spec' | 'drift' | 'resync' | 'retry' | 'reload';

export interface WatchState {
  readonly pid: number;
  /** Instants are ISO 8601, in UTC. */
  readonly since: string;
  /** The spec that the host is held to; absent while none was good. */
  readonly spec?: InForce;
  /** A newer one that is not, or one that cannot be read. The one in force stays. */
  readonly refused?: Refused;
  /** Whether the host was in sync with the spec when it was last looked at, and since when that has been so. */
  readonly settled: boolean;
  readonly settledSince?: string;
  readonly unsettledSince?: string;
  /** The last look at everything, and the last at anything. */
  readonly lastFullCheck?: string;
  readonly lastCheck?: string;
  /** The last time that something was changed. */
  readonly lastApply?: Applied;
  readonly differs: readonly Difference[];
  readonly failures: readonly Failure[];
  readonly driftConflicts: readonly DriftConflict[];
  /**
   * What prevents a look or an apply as a whole: a tool that is missing, a store that is damaged, something foreign in
   * the way.
   */
  readonly obstacle?: Obstacle;
  /** It has been at one thing for longer than a second. */
  readonly busy?: Busy;
  readonly monitors: readonly MonitorState[];
}

export interface InForce {
  /** A commit's id; else the first twelve hex digits of the SHA-256 of the texts. */
  readonly revision: string;
  /** `/etc/netctl/spec.d`, or `https://git.example/net.git main`. */
  readonly from: string;
  readonly since: string;
}

export interface Refused {
  readonly revision?: string;
  readonly since: string;
  /** As an operator reads them: a diagnostic with its lines, or what Git said. */
  readonly problems: readonly string[];
}

export interface Applied {
  readonly at: string;
  readonly cause: Cause;
  readonly changes: number;
  readonly seconds: number;
}

/** One thing of the host that is not as it is wanted. */
export interface Difference {
  readonly ref: Ref;
  /** `missing`, `differs`, `not in spec` */
  readonly how: string;
  /** `br-lab bridge` */
  readonly what: string;
  /** `spec.yaml:31 networks.blue.vlan` */
  readonly place?: string;
}

export interface Failure extends Difference {
  /** Command, exit code, stderr. */
  readonly message: string;
  readonly since: string;
  readonly tries: number;
  readonly nextTry: string;
}

/** What another process keeps changing back. */
export interface DriftConflict extends Difference {
  /** How often it was repaired since `since`. */
  readonly times: number;
  readonly since: string;
  readonly by?: string;
  readonly nextTry: string;
}

export interface Obstacle {
  readonly message: string;
  readonly since: string;
  readonly tries: number;
  readonly nextTry: string;
}

export interface Busy {
  readonly since: string;
  /** The step it is at: `create link br-lab`; absent: it reads, or waits for another netctl. */
  readonly step?: string;
}

export interface MonitorState {
  /** `ip monitor`, `nft monitor`, `iptables-save every 2 s`, `processes`, `files` */
  readonly name: string;
  readonly state: 'running' | 'restarting';
  readonly since: string;
  /** How often it had to be started again. */
  readonly restarts: number;
  /** Why it does not run. */
  readonly why?: string;
}
