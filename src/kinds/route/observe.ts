// kinds/route/observe.ts — which routes are ours, which we borrow, and which are in the way.
import type { HostReader } from '../../core/resource.ts';
import { readLinks } from '../../iproute2/links.ts';
import type { LinkRecord } from '../../iproute2/links.ts';
import { ADVERTISED, defaultMetric, KERNEL, parseRoutes, READ_ROUTES } from '../../iproute2/routes.ts';
import type { RouteRecord } from '../../iproute2/routes.ts';
import { PROTOCOL } from '../ours.ts';
import type { Route } from './model.ts';

export async function observe(host: HostReader, wanted: readonly Route[]): Promise<readonly Route[]> {
  const [links, four, six] = await Promise.all([readLinks(host), host.read(READ_ROUTES[4]), host.read(READ_ROUTES[6])]);
  return routesOf([...parseRoutes(four, 4), ...parseRoutes(six, 6)], links, wanted);
}

/** Pure half of `observe`. */
export function routesOf(records: readonly RouteRecord[], links: readonly LinkRecord[], wanted: readonly Route[]): readonly Route[] {
  const places = new Map(wanted.map((want) => [placeOf(want), want]));
  const borrowed = new Set(wanted.filter((want) => want.borrowed).map((want) => `${placeOf(want)} ${want.link}`));
  const movedFrom = new Set(wanted.flatMap((want) => want.movedFrom ?? []));
  const byName = new Map(links.map((link) => [link.name, link]));
  return records.flatMap((record): Route[] => {
    if (record.protocol === KERNEL || record.protocol === ADVERTISED) return [];
    const inTheWay = places.get(placeOf(record));
    const { link } = record;
    if (link === undefined) return isInTheWay(record, inTheWay, movedFrom) ? [{ ...several(record), foreign: true }] : [];
    const route = { ...single(record, link), ...standsOn(record, byName.get(link)) };
    if (record.protocol === PROTOCOL) return [route];
    if (movedFrom.has(link) || borrowed.has(`${placeOf(record)} ${link}`)) return [{ ...route, borrowed: true }];
    return inTheWay === undefined ? [] : [{ ...route, foreign: true }];
  });
}

/** The kernel holds one route for each network and metric. */
function placeOf(route: { readonly family: 4 | 6; readonly to: string; readonly metric?: number }): string {
  return `${route.family} ${route.to} ${route.metric ?? defaultMetric(route.family)}`;
}

/** One with several ways is not moved: half of it leads elsewhere. Taking one of its interfaces would cut that way silently. */
function isInTheWay(record: RouteRecord, wanted: Route | undefined, movedFrom: ReadonlySet<string>): boolean {
  return wanted !== undefined || record.hops.some((hop) => movedFrom.has(hop.link));
}

function several(record: RouteRecord): Route {
  const { family, to, metric, protocol, hops } = record;
  return { kind: 'route', family, to, link: hops[0]?.link ?? '', metric, protocol, hops };
}

function single(record: RouteRecord, link: string): Route {
  const { family, to, via, metric, source, scope, protocol, onlink } = record;
  return {
    kind: 'route', family, to, link, protocol,
    ...(via === undefined ? {} : { via }),
    ...(metric === defaultMetric(family) ? {} : { metric }),
    ...(source === undefined ? {} : { source }),
    ...(scope === undefined ? {} : { scope }),
    ...(onlink ? { onlink } : {}),
  };
}

/** With its source it goes, with the last address of its link, and it cannot come before its gateway can be reached: all of them, to be safe. */
function standsOn(record: RouteRecord, link: LinkRecord | undefined): Pick<Route, 'standsOn'> {
  const addresses = (link?.addresses ?? []).filter((address) => address.family === record.family && address.scope !== 'link');
  return addresses.length === 0 ? {} : { standsOn: addresses.map((address) => `address ${link?.name ?? ''} ${address.ip}/${address.bits}` as const) };
}
