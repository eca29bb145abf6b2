// kinds/address/found.ts — an address as it was found, before it is known what its change has to take care of.
import type { AddressRecord } from '../../iproute2/links.ts';
import { routeWords } from '../../iproute2/routes.ts';
import type { RouteRecord } from '../../iproute2/routes.ts';
import type { Address, Lack } from './model.ts';

/** An address of a link with what it is to us; undefined: nothing. */
export interface Found {
  readonly record: AddressRecord;
  readonly cidr: string;
  readonly as: 'ours' | 'borrowed' | 'foreign' | undefined;
  /** What is wanted in its place. */
  readonly want: Address | undefined;
  readonly lacks?: Lack;
  readonly leads?: readonly string[];
}

/** What it is by itself. */
export function plain(link: string, { record, cidr, as, lacks, leads = [] }: Found): Address {
  return {
    kind: 'address',
    link,
    cidr,
    ...(as === 'borrowed' ? { borrowed: true } : as === 'foreign' ? { foreign: true } : {}),
    ...(record.broadcast === undefined ? {} : { broadcast: record.broadcast }),
    ...(record.metric === undefined ? {} : { metric: record.metric }),
    ...scopeOf(record),
    ...(record.label === undefined || record.label === link ? {} : { label: record.label }),
    ...(record.noPrefixRoute ? { noPrefixRoute: true } : {}),
    ...(record.noDad ? { noDad: true } : {}),
    ...(record.peer === undefined ? {} : { peer: record.peer }),
    ...(record.deprecated ? { deprecated: true } : {}),
    ...(record.flags.length === 0 ? {} : { flags: record.flags }),
    ...(lacks === undefined ? {} : { lacks }),
    ...(leads.length === 0 ? {} : { leads }),
    ...(record.lifetime === undefined || as !== 'borrowed' ? {} : { lifetime: record.lifetime }),
  };
}

/** None for one that cannot be said again, or leads by no device or by several. */
export function lineOf(route: RouteRecord): readonly string[] {
  return route.link === undefined || route.unsayable !== undefined
    ? []
    : [`route replace ${routeWords({ ...route, link: route.link })}`];
}

/** IPv6 finds the scope in the address. */
function scopeOf({ family, scope }: AddressRecord): Pick<Address, 'scope'> {
  return family === 4 && scope !== 'global' ? { scope } : {};
}
