// parts/host-addresses.ts — the addresses that the host has without us.
import type { Address } from '../kinds/address/model.ts';
import { ipOf } from '../net/ip.ts';
import type { Context } from './context.ts';

/**
 * Without lengths. Also those of an uplink that are on their way to a bridge or back, and that nothing carries at the
 * moment.
 */
export function hostAddresses({ facts, former }: Context): ReadonlySet<string> {
  const there = [...facts.links.values()].flatMap(({ addresses }) => addresses.filter(({ ours }) => !ours));
  const borrowed = [...former.values()].filter((resource): resource is Address => resource.kind === 'address');
  return new Set([...there, ...borrowed].map(({ cidr }) => ipOf(cidr)));
}
