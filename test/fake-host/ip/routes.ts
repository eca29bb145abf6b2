// test/fake-host/ip/routes.ts — the tables of one namespace, IPv4 and IPv6.
import { baseOf, holds, rangeOf } from '../../../src/net/ip.ts';
import type { Cidr, Ip } from '../../../src/net/ip.ts';
import type { Connected } from './addresses.ts';
import { Refused } from './refused.ts';

export interface HeldRoute {
  readonly family: 4 | 6;
  readonly to: string;
  readonly via?: string;
  readonly link: string;
  readonly metric: number;
  readonly source?: string;
  /** As a number; IPv6 has none. */
  readonly scope?: string;
  readonly protocol: string;
  readonly onlink: boolean;
  /** Absent: the main one. */
  readonly table?: string;
  /** Absent: unicast. */
  readonly type?: string;
  readonly tos?: string;
  /** As they were said. */
  readonly attributes?: string;
}
/** What of a route a removal names. */
export type RoutePattern = Partial<HeldRoute> & Pick<HeldRoute, 'family' | 'to'>;

export class Routes {
  private list: HeldRoute[] = [];

  all(): readonly HeldRoute[] {
    return this.list;
  }

  connect({ family, to, source, metric, link }: Connected & { readonly link: string }): void {
    if (
      this.list.some(
        (route) => route.protocol === '2' && route.link === link && route.to === to && route.metric === metric,
      )
    )
      return;
    this.list.push({
      family,
      to,
      link,
      metric,
      protocol: '2',
      onlink: false,
      ...(source === undefined ? {} : { source }),
      ...(family === 4 ? { scope: '253' } : {}),
    });
  }

  disconnect({ to, metric, link }: Connected & { readonly link: string }): void {
    this.list = this.list.filter(
      (route) => !(route.protocol === '2' && route.link === link && route.to === to && route.metric === metric),
    );
  }

  /** One for each network and metric, by whatever link. IPv4's replacement takes the place of the other, IPv6's too. */
  add(route: HeldRoute, replace: boolean): void {
    const place = this.list.findIndex((other) =>
      (['family', 'to', 'metric', 'table', 'type', 'tos'] as const).every((key) => other[key] === route[key]),
    );
    if (place >= 0 && !replace) throw new Refused('RTNETLINK answers: File exists');
    if (!this.reaches(route))
      throw new Refused(
        route.family === 4 ? 'Error: Nexthop has invalid gateway.' : 'RTNETLINK answers: No route to host',
      );
    if (place >= 0) this.list.splice(place, 1, route);
    else this.list.push(route);
  }

  /** Before those to the same; not one that is there already. */
  prepend(route: HeldRoute): void {
    if (
      this.list.some((other) =>
        (Object.keys({ ...other, ...route }) as (keyof HeldRoute)[]).every((key) => other[key] === route[key]),
      )
    )
      throw new Refused('RTNETLINK answers: File exists');
    const place = this.list.findIndex((other) =>
      (['family', 'to', 'metric', 'table', 'tos'] as const).every((key) => other[key] === route[key]),
    );
    this.list.splice(place < 0 ? this.list.length : place, 0, route);
  }

  /** Says nothing where there is none. */
  flush(pattern: RoutePattern): void {
    const matching = this.matching(pattern);
    this.list = this.list.filter((route) => !matching.includes(route));
  }

  private matching(pattern: RoutePattern): readonly HeldRoute[] {
    return this.list.filter((route) =>
      Object.entries(pattern).every(([key, value]) => Object.entries(route).some(([k, v]) => k === key && v === value)),
    );
  }

  remove(pattern: RoutePattern): void {
    const matching = this.matching(pattern);
    const [first] = [...matching].sort((a, b) => a.metric - b.metric);
    if (first === undefined) throw new Refused('RTNETLINK answers: No such process');
    this.list = this.list.filter((route) => route !== first);
  }

  dropLink(link: string, family?: 4 | 6): void {
    this.list = this.list.filter((route) => route.link !== link || (family !== undefined && route.family !== family));
  }

  /** Of the main table: others keep theirs. */
  dropSource(source: string): void {
    this.list = this.list.filter((route) => route.source !== source || route.table !== undefined);
  }

  rename(from: string, to: string): void {
    this.list = this.list.map((route) => (route.link === from ? { ...route, link: to } : route));
  }

  /** A gateway has to be next to the link, by a route that leads there directly. */
  private reaches({ family, via, link, onlink }: HeldRoute): boolean {
    if (via === undefined || onlink) return true;
    const near = this.list.filter(
      (route) => route.family === family && route.table === undefined && route.link === link && route.via === undefined,
    );
    if (family === 6)
      return (
        via.startsWith('fe80:') ||
        near.some((route) => route.to.endsWith('::/64') && via.startsWith(route.to.slice(0, -4)))
      );
    return near.some((route) => route.to === 'default' || (holdsIp(route.to, via) && route.source !== via));
  }
}

function holdsIp(to: string, ip: string): boolean {
  const cidr: Cidr<4> = baseOf(to.includes('/') ? to : `${to}/32`, 4);
  return holds(rangeOf(cidr), ip as Ip<4>);
}
