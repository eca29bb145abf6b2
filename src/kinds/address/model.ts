// kinds/address/model.ts — one IP address on one link. Ours bear METRIC; what we moved bears none, and is known by its IP.
import type { Resource } from '../../core/resource.ts';

export interface Address extends Resource {
  readonly kind: 'address';
  readonly link: string;
  /** Address and prefix length, IPv4 or IPv6: `10.0.0.1/24`. */
  readonly cidr: string;
  readonly broadcast?: string;
  /** Must be the first IPv4 address of its link: dnsmasq and the kernel answer from it. */
  readonly first?: true;
  /** The interface it was moved from. All addresses of that interface are borrowed: what is still there is taken away. */
  readonly movedFrom?: string;
  /** Observed only: the address of the same network that was there before it, and takes it along when it is removed. */
  readonly secondaryTo?: string;
  /** Observed only, with `first` wanted and not given: what stands before it, in order. */
  readonly behind?: readonly { readonly cidr: string; readonly broadcast?: string }[];
}
