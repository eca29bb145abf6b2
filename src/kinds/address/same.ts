// kinds/address/same.ts — when an address on the host is as it is wanted.
import { METRIC } from '../ours.ts';
import type { Address } from './model.ts';

export function same(observed: Address, wanted: Address): boolean {
  return !observed.missing && observed.behind === undefined && observed.broadcast === wanted.broadcast && observed.scope === wanted.scope && observed.metric === metricOf(wanted);
}

/** The metric it should have: our mark, or what it came with; none on what we moved. */
export function metricOf(wanted: Address): number | undefined {
  if (wanted.borrowed) return wanted.metric;
  return wanted.movedFrom === undefined ? METRIC : undefined;
}

/** Whether the change needs it to be taken away and made again: the kernel changes no broadcast address and no scope, and takes no IPv6 metric back. */
export function mustRemake(observed: Pick<Address, 'cidr' | 'broadcast' | 'scope' | 'metric'>, wanted: Address): boolean {
  return observed.broadcast !== wanted.broadcast || observed.scope !== wanted.scope || (isV6(wanted.cidr) && observed.metric !== metricOf(wanted));
}

export function isV6(cidr: string): boolean {
  return cidr.includes(':');
}
