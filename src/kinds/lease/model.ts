// kinds/lease/model.ts — a DHCP lease that may be held. One that is held and not wanted is released.
import type { Resource } from '../../core/resource.ts';

export interface Lease extends Resource {
  readonly kind: 'lease';
  /** The bridge on which its server answers. */
  readonly link: string;
  readonly ip: string;
  readonly mac: string;
  /** dnsmasq's lease file, where it would stand. */
  readonly file: string;
}
