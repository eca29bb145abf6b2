// kinds/netns/model.ts — a network namespace that netctl makes, in which other resources stand.
import type { Resource } from '../../core/resource.ts';

export interface Netns extends Resource {
  readonly kind: 'netns';
  /** As `ip netns` lists it: `netctl-r1`. Ours is what begins as marks say. */
  readonly name: string;
  /** Observed only: its loopback is not up, and its own addresses do not answer within it. */
  readonly down?: true;
  /** Observed only: a name without a namespace, since whoever made it was killed. It is made again. */
  readonly broken?: true;
}

export function isNetns(resource: { readonly kind: string }): resource is Netns {
  return resource.kind === 'netns';
}
