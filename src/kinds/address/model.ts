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
  /** Of borrowed ones, and as found. Ours bear METRIC, moved ones none. */
  readonly metric?: number;
  /** Of borrowed ones, where it is not the link's name: `eth1:0`. */
  readonly label?: string;
  /** Of borrowed ones: the kernel made no route to its network. */
  readonly noPrefixRoute?: true;
  /** Observed only: the address of the same network that was there before it, and takes it along when it is removed. */
  readonly secondaryTo?: string;
  /** Observed only: others of its link whose change or removal must find it still there, or already gone. */
  readonly tiedTo?: readonly string[];
  /** Observed only: not there at all, and yet no mere creation, because it must come before others (`behind`). */
  readonly missing?: true;
  /** Observed only: what has to be taken away and put back for its change, as it will be then, in order. */
  readonly behind?: readonly Kept[];
  /** Observed only, of one that nobody wants: what goes with it without being asked to, as it will be, in order. */
  readonly takesAlong?: readonly Kept[];
  /** Observed only, with `behind` or `takesAlong`: routes that go when their last or source address goes, in words of `ip route`. */
  readonly routes?: readonly string[];
}

/** An address on the same link that stays. */
export interface Kept {
  readonly cidr: string;
  readonly broadcast?: string;
  readonly metric?: number;
  readonly label?: string;
}
