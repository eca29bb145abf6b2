// kinds/lease/model.ts — a DHCP lease that may be held. One that is held and not wanted is released.
import type { Ref, Resource } from '../../core/resource.ts';

export interface Lease extends Resource {
  readonly kind: 'lease';
  /** The bridge on which its server answers. */
  readonly link: string;
  readonly ip: string;
  readonly mac: string;
  /** dnsmasq's lease file, where it would stand. */
  readonly file: string;
  /** The network's: a server hears of no lease outside of it. */
  readonly cidr: string;
  /** The daemon that keeps the file. */
  readonly server: string;
  /**
   * Observed only, of a lease outside of the network as it is to be: the server as it is hears of it, at this address,
   * and none later.
   */
  readonly heardBy?: readonly Ref[];
}
