// kinds/process/model.ts — one daemon that puts itself in the background.
import type { Resource } from '../../core/resource.ts';
import type { Ref } from '../../core/resource.ts';

export interface Process extends Resource {
  readonly kind: 'process';
  /** `dnsmasq-lab` */
  readonly name: string;
  /** Names its pid file below the run directory, as `--pid-file=/run/netctl/dnsmasq-lab.pid`: that is our mark. */
  readonly argv: readonly string[];
  /**
   * Hash of the files it reads at start and again at SIGHUP. Another one than the running process has loaded: SIGHUP.
   */
  readonly config: string;
  /**
   * Hash of the file that it reads at its start alone. Another one than the running process was started with: it is
   * restarted. Absent: none, or unknown.
   */
  readonly startedWith?: string;
  /**
   * What it depends on, and ends before: its bridge, the addresses it answers on. Replaced or missing: the process is
   * restarted.
   */
  readonly on: readonly Ref[];
  /** Observed only: that as it was put down when it was started. */
  readonly put?: readonly Ref[];
  /** Observed only: somebody stopped it, and it answers nobody. It is continued. */
  readonly stopped?: true;
}

export function isProcess(resource: { readonly kind: string }): resource is Process {
  return resource.kind === 'process';
}
