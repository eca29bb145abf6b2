// kinds/address/primary-secondary.ts — the addresses of one link among each other: who stands before whom, and who
// falls with whom.
//
// The kernel keeps a link's IPv4 addresses in a list: for every network the first address (the primary), behind those
// the secondaries. With a primary fall its secondaries, unless the link promotes them; with an address the routes that
// have it as source; with the last one all routes and neighbours.
import { addressText } from '../../iproute2/links.ts';
import type { AddressRecord } from '../../iproute2/links.ts';
import { KERNEL } from '../../iproute2/routes.ts';
import type { RouteRecord } from '../../iproute2/routes.ts';
import { baseOf, contains, ipOf } from '../../net/ip.ts';
import { PROTOCOL } from '../../core/marks.ts';
import { lineOf, plain } from './found.ts';
import type { Found } from './found.ts';
import type { Address, Kept } from './model.ts';
import { isV6, metricOf, mustRemake } from './same.ts';

/**
 * Makes the resources of one link. Each carries what its own change has to take care of. `keepsRoutes`: the link is
 * somebody else's and stays as it is, its routes with it. `linesFrom`: what puts the routes of the host back that have
 * an address as their source.
 */
export function arrange(
  link: string,
  found: readonly Found[],
  wanted: readonly Address[],
  routes: readonly RouteRecord[],
  keepsRoutes: boolean,
  linesFrom: (ip: string) => readonly string[],
): readonly Address[] {
  const list = new List(found, wanted, routes, keepsRoutes, linesFrom);
  const places = new Map(found.filter(({ cidr }) => !isV6(cidr)).map((f, stands) => [f, { stands }]));
  const observed = found.flatMap((f): Address[] =>
    f.as === undefined
      ? []
      : [
          {
            ...plain(link, f),
            ...places.get(f),
            ...(isV6(f.cidr) ? tiesOfV6(link, f, found, linesFrom) : list.tiesOf(f)),
          },
        ],
  );
  return [...observed, ...list.missingFirst()];
}

/**
 * The kernel keeps the route to a network while another address of it is there, if one without a route of its own, and
 * then for good: such a one goes first. Routes stay without the address that is made again, and no longer have it as
 * their source.
 */
function tiesOfV6(
  link: string,
  f: Found,
  found: readonly Found[],
  linesFrom: (ip: string) => readonly string[],
): Pick<Address, 'comesAfter' | 'restores'> {
  const lines =
    f.want !== undefined && f.as === 'ours' && mustRemake(plain(link, f), f.want) ? linesFrom(f.record.ip) : [];
  if (lines.length > 0) return { restores: lines };
  const isGoing = (one: Found): boolean => one.want === undefined && (one.as === 'ours' || one.as === 'borrowed');
  if (!f.record.noPrefixRoute || !isGoing(f)) return {};
  const maker = found.find(
    (one) =>
      isV6(one.cidr) &&
      isGoing(one) &&
      !one.record.noPrefixRoute &&
      one.record.bits === f.record.bits &&
      contains(one.cidr, f.record.ip),
  );
  return maker === undefined ? {} : { comesAfter: addressText({ cidr: maker.cidr, peer: maker.record.peer }) };
}

/** The IPv4 addresses of a link, as they are and as they are wanted. */
class List {
  private readonly routes: readonly RouteRecord[];
  private readonly count: number;
  private readonly keepsRoutes: boolean;
  private readonly first: Address | undefined;
  /** Ours to remove, each with the one that goes before it: an interface may have thousands of floating addresses. */
  private readonly before: ReadonlyMap<Found, Found | undefined>;
  /** It has none but ours, and those go: this one is the last. */
  private readonly last: Found | undefined;
  private readonly staying: readonly Found[];
  /** Of those the ones that the first can come before: the kernel lists narrower scopes before wider ones. */
  private readonly rivals: readonly Found[];
  private readonly missing: readonly Address[];
  /** Networks in which there will be an address yet. */
  private readonly lasting: ReadonlySet<string>;
  /**
   * One that goes is made with another prefix in the same step: it would wait for itself by way of those that make
   * room.
   */
  private readonly renews: boolean;
  private readonly coming: ReadonlySet<string>;
  private readonly leaving: ReadonlySet<string>;
  private readonly wanted: readonly Address[];
  private readonly linesFrom: (ip: string) => readonly string[];
  /** As they are wanted to stand: the first that does not, and those that come after it. */
  private readonly pivot: Address | undefined;
  private readonly after: readonly Address[];

  constructor(
    found: readonly Found[],
    wanted: readonly Address[],
    routes: readonly RouteRecord[],
    keepsRoutes: boolean,
    linesFrom: (ip: string) => readonly string[],
  ) {
    this.linesFrom = linesFrom;
    const all = found.filter((f) => !isV6(f.cidr));
    this.routes = routes;
    this.count = all.length;
    this.keepsRoutes = keepsRoutes;
    this.first = wanted.find((want) => want.first);
    const own = all.filter((f) => f.as === 'ours' || f.as === 'borrowed');
    const going = own.filter((f) => f.want === undefined);
    this.before = new Map(going.map((f, i) => [f, going[i - 1]]));
    this.last = all.every((f) => f.as === 'ours' && f.want === undefined) ? going[0] : undefined;
    this.staying = own.filter((f) => f.want !== undefined);
    this.rivals = this.staying.filter(({ record }) => record.scope === 'global');
    const there = new Set(all.map((f) => f.want));
    this.missing = wanted.filter((want) => !isV6(want.cidr) && !there.has(want));
    this.wanted = wanted;
    this.coming = new Set(this.missing.map(({ cidr }) => ipOf(cidr)));
    this.leaving = new Set(going.map(({ record }) => record.ip));
    this.renews = [...this.leaving].some((ip) => this.coming.has(ip));
    const ordered = wanted
      .filter(({ cidr, place }) => place !== undefined && !isV6(cidr))
      .toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0));
    const standing = all.flatMap((f) => (f.want?.place === undefined || f.as === 'foreign' ? [] : [f.want]));
    const at = ordered.findIndex((want, i) => standing[i] !== want);
    // What is only missing at the end is made there.
    this.pivot = at === -1 || at >= standing.length ? undefined : ordered[at];
    this.after = this.pivot === undefined ? [] : ordered.slice(at + 1);
    this.lasting = new Set([
      ...all.filter((f) => !this.before.has(f)).map(({ record }) => networkOf(record)),
      ...this.missing.map(wantedNetworkOf),
    ]);
  }

  tiesOf(f: Found): Partial<Address> {
    if (f.as === 'foreign') return {};
    if (f.want !== undefined && f.want === this.pivot) return this.putInOrder();
    return f.want === undefined ? this.goes(f) : this.stays(f, f.want);
  }

  /** Wanted first and not there, while others are: it cannot just be added. */
  missingFirst(): readonly Address[] {
    const { first, pivot } = this;
    if (pivot !== undefined && this.missing.includes(pivot))
      return [{ kind: 'address', link: pivot.link, cidr: pivot.cidr, missing: true, ...this.putInOrder() }];
    if (first === undefined || !this.missing.includes(first) || this.rivals.length === 0) return [];
    return [{ kind: 'address', link: first.link, cidr: first.cidr, missing: true, ...this.putBack(this.rivals) }];
  }

  private goes(f: Found): Partial<Address> {
    const before = this.before.get(f);
    const routes =
      f === this.last && this.keepsRoutes
        ? // Ours go before it, or come back after it, by themselves.
          this.routes.flatMap((route) => ([KERNEL, PROTOCOL].includes(route.protocol) ? [] : lineOf(route)))
        : this.coming.has(f.record.ip)
          ? this.linesFrom(f.record.ip)
          : [];
    return {
      goes: true,
      ...(routes.length === 0 ? {} : { restores: routes }),
      ...(f === this.last && this.keepsRoutes ? { empties: true } : {}),
      ...(before === undefined ? {} : { comesAfter: addressText({ cidr: before.cidr, peer: before.record.peer }) }),
      ...(this.first === undefined || this.renews ? {} : { makesRoom: true }),
      ...(!f.record.secondary && this.lasting.has(networkOf(f.record)) ? { promotes: true } : {}),
    };
  }

  private stays(f: Found, want: Address): Partial<Address> {
    const remade = mustRemake(plain(want.link, f), want);
    const before = want === this.first ? this.rivals.slice(0, this.rivals.indexOf(f)) : [];
    if (!remade && before.length === 0) return {};
    // To come before one of them it must come before all: among those of one network the next would take the first
    // one's place.
    const behind =
      want === this.first
        ? this.rivals.filter((other) => other !== f)
        : this.staying.filter((other) => other.record.secondary && sameNetwork(other, f) && other !== f);
    return this.putBack(behind, remade);
  }

  private putInOrder(): Partial<Address> {
    const missing = new Set(this.missing);
    const routes = this.routesOf(
      new Set(this.after.filter((want) => !missing.has(want)).map(({ cidr }) => cidr.slice(0, cidr.indexOf('/')))),
      false,
    );
    return {
      behind: this.after.map((want) => ({ ...keptAs(want), ...(missing.has(want) ? { missing: true } : {}) })),
      ...(routes.length === 0 ? {} : { restores: routes }),
    };
  }

  private putBack(behind: readonly Found[], withAll = false): Partial<Address> {
    const lost = this.routesOf(new Set(behind.map((f) => f.record.ip)), withAll);
    return {
      behind: this.asWanted(behind.flatMap((f) => f.want ?? [])),
      ...(lost.length === 0 ? {} : { restores: lost }),
      ...(withAll && behind.length + 1 === this.count ? { empties: true } : {}),
    };
  }

  /**
   * What goes with its old prefix and comes with another is among them in its place: the host speaks from the first of
   * a network.
   */
  private asWanted(behind: readonly Address[]): readonly Kept[] {
    if (!this.renews) return behind.map(keptAs);
    const there = new Set(behind);
    const missing = new Set(
      this.missing.filter(
        (want) => want !== this.first && want.scope === undefined && this.leaving.has(ipOf(want.cidr)),
      ),
    );
    return this.wanted
      .filter((want) => there.has(want) || missing.has(want))
      .map((want) => ({ ...keptAs(want), ...(missing.has(want) ? { missing: true } : {}) }));
  }

  /** The lines that put those back that fall with these sources. */
  private routesOf(sources: ReadonlySet<string>, withAll: boolean): readonly string[] {
    return this.routes.flatMap((route) => {
      const falls = route.protocol !== KERNEL && (withAll || (route.source !== undefined && sources.has(route.source)));
      return falls ? lineOf(route) : [];
    });
  }
}

function sameNetwork(a: Found, b: Found): boolean {
  return networkOf(a.record) === networkOf(b.record);
}

/** Of a point-to-point address it is the other end's. */
function networkOf({ ip, bits, peer }: Pick<AddressRecord, 'ip' | 'bits' | 'peer'>): string {
  return baseOf(`${peer ?? ip}/${bits}`);
}

function wantedNetworkOf({ cidr, peer }: Address): string {
  const [ip = '', bits = ''] = cidr.split('/');
  return baseOf(`${peer ?? ip}/${bits}`);
}

function keptAs(want: Address): Kept {
  const metric = metricOf(want);
  const {
    kind: _kind,
    link: _link,
    first: _first,
    announce: _announce,
    movedFrom: _from,
    place: _place,
    borrowed,
    label,
    lifetime,
    metric: _metric,
    ...kept
  } = want;
  // What is borrowed has a label and a lifetime of its own.
  const own = borrowed
    ? { ...(label === undefined ? {} : { label }), ...(lifetime === undefined ? {} : { lifetime }) }
    : {};
  return { ...kept, ...own, ...(metric === undefined ? {} : { metric }) };
}
