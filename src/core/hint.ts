// core/hint.ts — what tells that a host may have changed. A hint only says where to look again: what is there now, the
// look tells.

/** A subsystem of the host, which others change, too. */
export type Subsystem =
  | 'links'
  | 'routes'
  | 'rules'
  /** Of IPv6. */
  | 'rules6'
  | 'bridge-rules'
  | 'files'
  | 'processes'
  | 'settings'
  | 'namespaces'
  /** What is in a network namespace of ours; its name is the namespace's. */
  | 'in-namespaces';

export interface Hint {
  /** `everything`: hints may have been lost. */
  readonly subsystem: Subsystem | 'everything';
  /**
   * Which one, as the kind that holds it calls it: a chain `nat/netctl-snat`, a file's path, a device's name. Absent:
   * any.
   */
  readonly name?: string;
  /** Who did it, where the kernel tells: `iptables, process 4711`. */
  readonly by?: string;
  /** Why everything has to be looked at: `ip monitor lost events`. */
  readonly why?: string;
}
