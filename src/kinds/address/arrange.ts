// kinds/address/arrange.ts — the addresses of one link among each other: who stands before whom, and who falls with whom.
//
// The kernel keeps a link's IPv4 addresses in a list: for every network the first address (the primary), behind those the secondaries. Removing a
// primary removes its secondaries too, unless `promote_secondaries` is set; removing the last address, or a route's source, removes routes.
import { baseOf } from '../../net/ipv4.ts';
import { KERNEL, routeWords } from '../../iproute2/routes.ts';
import type { RouteRecord } from '../../iproute2/routes.ts';
import type { Address, Kept } from './model.ts';
import type { Found } from './observe.ts';
import { isV6, metricOf, mustRemake } from './same.ts';

/** Makes the resources of one link. Each carries what its own change has to take care of, so that changes can come in any order. */
export function arrange(link: string, found: readonly Found[], wanted: readonly Address[], routes: readonly RouteRecord[]): readonly Address[] {
  const list = new List(found, wanted, routes);
  const observed = found.flatMap((f): Address[] => (f.as === undefined ? [] : [{ ...plain(link, f), ...(isV6(f.cidr) ? {} : list.tiesOf(f)) }]));
  return [...observed, ...list.missingFirst()];
}

function plain(link: string, { record, cidr, as }: Found): Address {
  return {
    kind: 'address', link, cidr,
    ...(as === 'borrowed' ? { borrowed: true } : as === 'foreign' ? { foreign: true } : {}),
    ...(record.broadcast === undefined ? {} : { broadcast: record.broadcast }),
    ...(record.metric === undefined ? {} : { metric: record.metric }),
    ...(record.label === undefined || record.label === link ? {} : { label: record.label }),
    ...(record.noPrefixRoute ? { noPrefixRoute: true } : {}),
  };
}

/** The IPv4 addresses of a link, as they are and as they are wanted. */
class List {
  private readonly found: readonly Found[];
  private readonly wanted: readonly Address[];
  private readonly routes: readonly RouteRecord[];
  private readonly first: Address | undefined;

  constructor(found: readonly Found[], wanted: readonly Address[], routes: readonly RouteRecord[]) {
    this.found = found.filter((f) => !isV6(f.cidr));
    this.wanted = wanted.filter((want) => !isV6(want.cidr));
    this.routes = routes;
    this.first = this.wanted.find((want) => want.first);
  }

  tiesOf(f: Found): Partial<Address> {
    return this.isDoomed(f) ? this.tiesOfDoomed(f) : { ...this.secondaryTo(f), ...this.behind(f) };
  }

  /** Wanted first and not there, while others are: it cannot just be added. */
  missingFirst(): readonly Address[] {
    const first = this.missing().find((want) => want === this.first);
    const staying = this.staying();
    if (first === undefined || staying.length === 0) return [];
    return [{ kind: 'address', link: first.link, cidr: first.cidr, missing: true, ...this.putBack(this.withSecondaries(staying)) }];
  }

  private tiesOfDoomed(f: Found): Partial<Address> {
    const others = f.record.secondary ? this.tiedTo(f) : [];
    if (f.record.secondary) return { ...this.secondaryTo(f), ...(others.length === 0 ? {} : { tiedTo: others }) };
    const along = this.takenAlongBy(f);
    if (along.length === 0) return {};
    const behind = this.displacedBy(f);
    return { takesAlong: along, ...(behind.length === 0 ? {} : { behind }), ...this.routesKept() };
  }

  /** What has to make room for the change of one that stays. */
  private behind(f: Found): Partial<Address> {
    if (f.want === undefined || f.as === 'foreign') return {};
    const before = this.isFirst(f) && this.isBehindOthers(f) ? this.withSecondaries(this.staying().filter((other) => other !== f)) : [];
    const along = mustRemake({ ...f.record, cidr: f.cidr }, f.want) ? this.secondariesOf(f) : [];
    const all = this.found.filter((other) => before.includes(other) || along.includes(other));
    return all.length === 0 && !mustRemake({ ...f.record, cidr: f.cidr }, f.want) ? {} : this.putBack(all);
  }

  private isBehindOthers(f: Found): boolean {
    return this.staying().some((other) => this.found.indexOf(other) < this.found.indexOf(f));
  }

  /** A doomed secondary is not to be found dead when its turn comes, nor to be brought back afterwards. */
  private tiedTo(f: Found): readonly string[] {
    const rearranged = this.missingFirst().length > 0 || this.found.some((other) => this.isFirst(other) && this.isBehindOthers(other));
    const primaries = this.found.filter((other) => other !== f && this.isDoomed(other) && !other.record.secondary && this.displacedBy(other).length > 0);
    return [...(rearranged && this.first !== undefined ? [this.first.cidr] : []), ...primaries.map((other) => other.cidr)];
  }

  /** Addresses of the network of a doomed primary that are to be there afterwards: those that stay, and those that may have come before it goes. */
  private takenAlongBy(f: Found): readonly Kept[] {
    const staying = this.found.filter((other) => other !== f && !this.isDoomed(other)).map(keptOf);
    const all = [...staying, ...this.missing().map(keptAs)].filter((kept) => baseOf(kept.cidr) === baseOf(f.cidr));
    return [...all.filter((kept) => kept.cidr === this.first?.cidr), ...all.filter((kept) => kept.cidr !== this.first?.cidr)];
  }

  /** When the first one falls with a doomed primary and is put back, others stand before it. */
  private displacedBy(f: Found): readonly Kept[] {
    if (this.first === undefined || baseOf(this.first.cidr) !== baseOf(f.cidr)) return [];
    const staying = this.withSecondaries(this.staying()).filter((other) => !this.isDoomed(other)).map(keptOf);
    return [...staying, ...this.missing().map(keptAs)].filter((kept) => baseOf(kept.cidr) !== baseOf(f.cidr));
  }

  private isFirst(f: Found): boolean {
    return f.want !== undefined && f.want === this.first;
  }

  /** Ours and wanted. */
  private staying(): readonly Found[] {
    return this.found.filter((f) => f.want !== undefined && f.as !== 'foreign' && f.as !== undefined);
  }

  private missing(): readonly Address[] {
    return this.wanted.filter((want) => !this.found.some((f) => f.want === want));
  }

  private isDoomed(f: Found): boolean {
    return (f.as === 'ours' || f.as === 'borrowed') && f.want === undefined;
  }

  private secondaryTo(f: Found): Partial<Address> {
    const primary = f.record.secondary ? this.found.find((other) => !other.record.secondary && baseOf(other.cidr) === baseOf(f.cidr)) : undefined;
    return primary === undefined ? {} : { secondaryTo: primary.cidr };
  }

  private secondariesOf(f: Found): readonly Found[] {
    return f.record.secondary ? [] : this.found.filter((other) => other.record.secondary && baseOf(other.cidr) === baseOf(f.cidr));
  }

  private withSecondaries(some: readonly Found[]): readonly Found[] {
    const all = new Set(some.flatMap((f) => [f, ...this.secondariesOf(f)]));
    return this.found.filter((f) => some.includes(f) || (all.has(f) && !this.isFirst(f)));
  }

  private putBack(all: readonly Found[]): Partial<Address> {
    return { behind: all.map(keptOf), ...this.routesKept() };
  }

  /** Routes that can still be there in the end: their source and gateway are of addresses that stay. */
  private routesKept(): Partial<Address> {
    const staying = [...this.found.filter((f) => !this.isDoomed(f)).map((f) => f.cidr), ...this.missing().map((want) => want.cidr)];
    const reached = (ip: string | undefined): boolean => ip === undefined || staying.some((cidr) => baseOf(`${ip}/${cidr.split('/')[1] ?? '32'}`) === baseOf(cidr));
    const kept = this.routes.flatMap((route) => {
      const { link, protocol, onlink, via, source } = route;
      if (link === undefined || protocol === KERNEL || !(onlink || reached(via))) return [];
      return source === undefined || staying.some((cidr) => cidr.startsWith(`${source}/`)) ? [routeWords({ ...route, link })] : [];
    });
    return kept.length === 0 ? {} : { routes: kept };
  }
}

/** As it is wanted, or else as it is. */
function keptOf(f: Found): Kept {
  if (f.want !== undefined && f.as !== 'foreign') return keptAs(f.want);
  const { broadcast, metric, label } = f.record;
  return { cidr: f.cidr, ...(broadcast === undefined ? {} : { broadcast }), ...(metric === undefined ? {} : { metric }), ...(label === undefined ? {} : { label }) };
}

function keptAs(want: Address): Kept {
  const metric = metricOf(want);
  return { cidr: want.cidr, ...(want.broadcast === undefined ? {} : { broadcast: want.broadcast }), ...(metric === undefined ? {} : { metric }), ...(want.label === undefined ? {} : { label: want.label }) };
}
