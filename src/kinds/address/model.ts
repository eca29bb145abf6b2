// kinds/address/model.ts — one IP address on one link. Ours bear METRIC; what we moved bears none, and is known by its
// IP.
import type { Resource } from '../../core/resource.ts';
import type { Lifetime } from '../../iproute2/links.ts';

export { addressText } from '../../iproute2/links.ts';

export interface Address extends Resource {
  readonly kind: 'address';
  readonly link: string;
  /** Address and prefix length, IPv4 or IPv6: `10.0.0.1/24`. */
  readonly cidr: string;
  readonly broadcast?: string;
  /** `link`, `host`, `site`; absent: global. */
  readonly scope?: string;
  /** The other end of a point-to-point one; the length of `cidr` is that of its network. */
  readonly peer?: string;
  /** Must be the first IPv4 address of its link: dnsmasq and the kernel answer from it. */
  readonly first?: true;
  /** Its neighbours are told when it is bound: it may have been elsewhere before. */
  readonly announce?: true;
  /**
   * The interface it was moved from. All addresses of that interface are borrowed: what is still there is taken away.
   */
  readonly movedFrom?: string;
  /** Of borrowed and moved ones, and as found. Ours bear METRIC. */
  readonly metric?: number;
  /** Of borrowed ones, where it is not the link's name: `eth1:0`. */
  readonly label?: string;
  /** Of borrowed and moved ones: the kernel makes no route to its network. */
  readonly noPrefixRoute?: true;
  /** Of borrowed and moved ones: nothing new begins from it. */
  readonly deprecated?: true;
  /** Of borrowed and moved ones: `home`, `mngtmpaddr`, `autojoin`. */
  readonly flags?: readonly string[];
  /** Of borrowed ones: how long it was to last when it was found. On a bridge it lasts: nobody renews it there. */
  readonly lifetime?: Lifetime;
  /** Of borrowed ones: made without asking whether another has it. */
  readonly noDad?: true;
  /** Of borrowed ones, where it is a network's own address on the bridge: what of it is otherwise there. */
  readonly putAs?: Pick<Address, 'cidr' | 'metric' | 'noPrefixRoute' | 'deprecated'>;
  /** Observed only, when both go: the address before it in the link's list. It goes first, and comes back after. */
  readonly comesAfter?: string;
  /** Wanted only of what is to be just as it was found: its place among the IPv4 addresses of its link, from 0. */
  readonly place?: number;
  /** Observed only: the same. What is restored has its order by `comesAfter`. */
  readonly stands?: number;
  /** Observed only: it goes. Its neighbours are not to hear of it any more. */
  readonly goes?: true;
  /** Observed only, of one that goes: the first address of its link comes after that. */
  readonly makesRoom?: true;
  /** Observed only: others of its network would fall with it, unless the link promotes them. */
  readonly promotes?: true;
  /** Observed only: not there at all, and yet no mere creation, because it must come before others (`behind`). */
  readonly missing?: true;
  /** Observed only: what has to be taken away and put back for its change, as it is wanted, in order. */
  readonly behind?: readonly Kept[];
  /**
   * Observed only: lines of `ip -batch` that put back what falls with it, or with those `behind` it: routes, and
   * neighbours that somebody has put there.
   */
  readonly restores?: readonly string[];
  /** Observed only, of ours: what the kernel has made for it and is not there. */
  readonly lacks?: Lack;
  /**
   * As found, and of what is to be so again: the kernel's routes for it that come before those of others to the same,
   * in words of `ip route`: `203.0.113.0/24`, `broadcast 203.0.113.255`.
   */
  readonly leads?: readonly string[];
  /** Observed only: its change leaves the link without an IPv4 address for a moment, or for good. */
  readonly empties?: true;
}

export interface Lack {
  /** As an operator reads it: `its route is missing`. */
  readonly what: readonly string[];
  /** Lines of `ip -batch` that put it back; what is there already stays. */
  readonly lines: readonly string[];
  /** It comes back with the address alone. */
  readonly anew?: true;
}

/** An address of the same link that is there in the end. */
export interface Kept extends Pick<
  Address,
  | 'cidr'
  | 'broadcast'
  | 'metric'
  | 'scope'
  | 'peer'
  | 'label'
  | 'noPrefixRoute'
  | 'deprecated'
  | 'flags'
  | 'lifetime'
  | 'leads'
> {
  /** It is not there yet. */
  readonly missing?: true;
}

export function isAddress(resource: { readonly kind: string }): resource is Address {
  return resource.kind === 'address';
}
