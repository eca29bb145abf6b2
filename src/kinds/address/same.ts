// kinds/address/same.ts — when an address on the host is as it is wanted.
import { METRIC } from '../../core/marks.ts';
import type { Address } from './model.ts';

export function same(observed: Address, wanted: Address): boolean {
  return (
    !observed.missing &&
    observed.lacks === undefined &&
    observed.behind === undefined &&
    !mustRemake(observed, wanted) &&
    observed.metric === metricOf(wanted) &&
    observed.deprecated === wanted.deprecated
  );
}

/** The metric it should have: our mark, or what it came with. */
export function metricOf(wanted: Address): number | undefined {
  return wanted.borrowed || wanted.movedFrom !== undefined ? wanted.metric : METRIC;
}

/**
 * Whether the change needs it to be removed and added again: the kernel changes no broadcast address, scope or
 * `noprefixroute`, and takes no IPv6 metric back.
 */
export function mustRemake(
  observed: Pick<Address, 'cidr' | 'broadcast' | 'scope' | 'metric' | 'noPrefixRoute' | 'lacks'>,
  wanted: Address,
): boolean {
  return (
    observed.lacks?.anew === true ||
    observed.broadcast !== wanted.broadcast ||
    observed.scope !== wanted.scope ||
    observed.noPrefixRoute !== wanted.noPrefixRoute ||
    (isV6(wanted.cidr) && observed.metric !== metricOf(wanted))
  );
}

export function isV6(cidr: string): boolean {
  return cidr.includes(':');
}
