// core/sign.ts — what tells that a host may have changed. A sign only says "look again": what there is now, the look
// tells.

/** A part of the host that others change, too. */
export type Part =
  | 'links'
  | 'routes'
  | 'rules'
  | 'bridge-rules'
  | 'files'
  | 'processes'
  | 'settings'
  | 'namespaces'
  /** What is in a network namespace of ours; its name is the namespace's. */
  | 'places';

export interface Sign {
  /** `everything`: signs may have been lost. */
  readonly part: Part | 'everything';
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
