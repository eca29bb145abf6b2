// kinds/route/observe.ts — which routes are ours, which we borrow, and which are in the way.
import type { HostReader } from '../../core/resource.ts';
import { addressText, readLinks } from '../../iproute2/links.ts';
import type { LinkRecord } from '../../iproute2/links.ts';
import { comesByItself } from '../../iproute2/connected.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../../iproute2/route-lines.ts';
import { defaultMetric } from '../../iproute2/routes.ts';
import type { RouteRecord } from '../../iproute2/routes.ts';
import { contains } from '../../net/ip.ts';
import { GROUP, PROTOCOL } from '../../core/marks.ts';
import { beside, metricOf, nearFirst } from './model.ts';
import type { Route } from './model.ts';

export async function observe(host: HostReader, wanted: readonly Route[]): Promise<readonly Route[]> {
  const [links, routes] = await Promise.all([readLinks(host), host.read(READ_ALL_ROUTES)]);
  return routesOf(parseRouteLines(routes), links, wanted);
}

/** Pure half of `observe`. */
export function routesOf(
  records: readonly RouteRecord[],
  links: readonly LinkRecord[],
  wanted: readonly Route[],
): readonly Route[] {
  const keys = new Map(wanted.map((want) => [routeKeyOf(want), want]));
  const borrowed = new Set(wanted.filter((want) => want.borrowed).map((want) => `${routeKeyOf(want)} ${want.link}`));
  const movedFrom = new Set(wanted.flatMap((want) => want.movedFrom ?? []));
  const byName = new Map(links.map((link) => [link.name, link]));
  return nearFirst(records).flatMap((record): Route[] => {
    if (comesByItself(record, byName.get(record.link ?? '')?.addresses ?? [])) return [];
    const inTheWay = keys.get(routeKeyOf(record));
    const { link } = record;
    if (link === undefined)
      return isInTheWay(record, inTheWay, movedFrom) ? [{ ...several(record), foreign: true }] : [];
    if (record.unsayable !== undefined && record.protocol !== PROTOCOL)
      return inTheWay === undefined ? [] : [{ ...single(record, link), foreign: true }];
    const route = { ...single(record, link), ...dependsOn(record, byName.get(link)) };
    if (record.protocol === PROTOCOL) return [route];
    if (movedFrom.has(link) || borrowed.has(`${routeKeyOf(record)} ${link}`)) return [{ ...route, borrowed: true }];
    // What somebody has put on a bridge of ours, or made again there, goes to the interface that is restored.
    if (
      (inTheWay?.borrowed === true || inTheWay?.ofOthers === true || inTheWay?.movedFrom !== undefined) &&
      byName.get(link)?.group === GROUP
    )
      return [{ ...route, ofOthers: true }];
    return inTheWay === undefined ? [] : [{ ...route, foreign: true }];
  });
}

/**
 * The kernel holds one route of each type for each network and metric in a table, and in IPv4 for each type of service.
 */
function routeKeyOf(route: Pick<Route, 'family' | 'to' | 'metric' | 'table' | 'type' | 'tos'>): string {
  return `${route.family} ${route.to} ${metricOf(route)}${beside(route)}`;
}

/**
 * One with several ways is not moved: half of it leads elsewhere. Taking one of its interfaces would cut that way
 * silently.
 */
function isInTheWay(record: RouteRecord, wanted: Route | undefined, movedFrom: ReadonlySet<string>): boolean {
  return wanted !== undefined || record.hops.some((hop) => movedFrom.has(hop.link));
}

function several(record: RouteRecord): Route {
  const { family, to, metric, protocol, hops } = record;
  return { kind: 'route', family, to, link: hops[0]?.link ?? '', metric, protocol, hops };
}

function single(record: RouteRecord, link: string): Route {
  const { family, to, via, metric, source, scope, protocol, onlink, table, type, tos, attributes, expires } = record;
  return {
    kind: 'route',
    family,
    to,
    link,
    protocol,
    ...(via === undefined ? {} : { via }),
    ...(metric === defaultMetric(family) ? {} : { metric }),
    ...(source === undefined ? {} : { source }),
    ...(scope === undefined ? {} : { scope }),
    ...(onlink ? { onlink } : {}),
    ...(table === undefined ? {} : { table }),
    ...(type === undefined ? {} : { type }),
    ...(tos === undefined ? {} : { tos }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(expires === undefined ? {} : { expires }),
  };
}

/**
 * It goes with its source and with the last address of its link, and cannot come before its gateway can be reached:
 * those by which it is, and where none can be told (a gateway that is `onlink`), all of them.
 */
function dependsOn(record: RouteRecord, link: LinkRecord | undefined): Pick<Route, 'dependsOn'> {
  const all = (link?.addresses ?? []).filter((address) => address.family === record.family && !address.automatic);
  const near = all.filter((address) => record.via !== undefined && reaches(address, record.via));
  // Whatever other address of its network goes, by that of its source its gateway is reached still.
  const own = near.filter(({ ip }) => ip === record.source);
  const telling =
    own.length > 0 ? own : all.filter((address) => address.ip === record.source || near.includes(address));
  const addresses = telling.length === 0 ? all : telling;
  return addresses.length === 0
    ? {}
    : {
        dependsOn: addresses.map(
          ({ ip, bits, peer }) =>
            `address ${link?.name ?? ''} ${addressText({ cidr: `${ip}/${bits}`, peer })}` as const,
        ),
      };
}

function reaches({ ip, bits, peer }: LinkRecord['addresses'][number], gateway: string): boolean {
  return contains(`${peer ?? ip}/${bits}`, gateway);
}
