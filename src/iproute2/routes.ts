// iproute2/routes.ts — a route, read from text (route-lines.ts) or from the JSON of `ip route get`, and said again in
// the words of `ip route`.
import { numberOf, readRecords, recordsOf, required, textOf, textsOf } from './fields.ts';
import type { Fields } from './fields.ts';
import type { Family } from '../net/ip.ts';

/** Protocols of routes that come and go by themselves: the kernel's own, and router advertisements'. */
export const KERNEL = '2';
export const ADVERTISED = '9';

export interface RouteRecord {
  readonly family: Family;
  readonly to: string;
  readonly via?: string;
  /** Absent: several next hops, or none (`blackhole`). */
  readonly link?: string;
  readonly metric: number;
  readonly source?: string;
  /** As a number; absent: global. */
  readonly scope?: string;
  readonly protocol: string;
  readonly onlink: boolean;
  /** Of a multipath route. */
  readonly hops: readonly { readonly via?: string; readonly link: string }[];
  // Of those that are read as text, with every attribute:
  /** As a number; absent: the main table. */
  readonly table?: string;
  /** `local`, `multicast`; absent: unicast. */
  readonly type?: string;
  /** `0x10` */
  readonly tos?: string;
  /** Whatever else `ip route` was told, in its own words and order: `realms 3/4 mtu lock 1400 initcwnd 20`. */
  readonly attributes?: string;
  /** Seconds left, of an IPv6 route that ends by itself. */
  readonly expires?: number;
  /** What of it netctl cannot say again: `encap`, `nhid`, a word it does not know. */
  readonly unsayable?: readonly string[];
}

/** Reads what `ip -N -j route get` prints. */
export function parseRoutes(text: string, family: Family): readonly RouteRecord[] {
  return readRecords(text).map((fields) => routeOf(fields, family));
}

function routeOf(fields: Fields, family: Family): RouteRecord {
  const [via, link, source, scope] = [
    textOf(fields, 'gateway'),
    textOf(fields, 'dev'),
    textOf(fields, 'prefsrc'),
    textOf(fields, 'scope'),
  ];
  return {
    family,
    to: required(textOf(fields, 'dst'), 'dst'),
    ...(via === undefined ? {} : { via }),
    // An IPv4 route by way of an IPv6 neighbour is beyond what we can say: shown as one of several ways.
    ...(link === undefined || fields['via'] !== undefined ? {} : { link }),
    metric: numberOf(fields, 'metric') ?? defaultMetric(family),
    ...(source === undefined ? {} : { source }),
    ...(scope === undefined ? globalOnLink(family, via, fields) : { scope }),
    // `boot` is not printed.
    protocol: textOf(fields, 'protocol') ?? '3',
    onlink: textsOf(fields, 'flags').includes('onlink'),
    hops: [...recordsOf(fields, 'nexthops'), ...(fields['via'] === undefined ? [] : [fields])].map((hop) => {
      const gateway = textOf(hop, 'gateway');
      return { link: required(textOf(hop, 'dev'), 'dev'), ...(gateway === undefined ? {} : { via: gateway }) };
    }),
  };
}

/** The global scope is not printed; without a gateway, `ip route` would take another where none is said. */
function globalOnLink(family: Family, via: string | undefined, fields: Fields): { readonly scope?: string } {
  return family === 4 && via === undefined && fields['dev'] !== undefined && fields['via'] === undefined
    ? { scope: '0' }
    : {};
}

/** What the kernel takes where none is said. */
export function defaultMetric(family: Family): number {
  return family === 6 ? 1024 : 0;
}

export interface RouteWords {
  readonly family: Family;
  readonly to: string;
  readonly via?: string;
  readonly link: string;
  readonly metric?: number;
  readonly source?: string;
  readonly scope?: string;
  readonly protocol: string;
  readonly onlink?: boolean;
  readonly table?: string;
  readonly type?: string;
  readonly tos?: string;
  readonly attributes?: string;
  readonly expires?: number;
}

/** The words that `ip route add` and `replace` take. */
export function routeWords(route: RouteWords): string {
  const { attributes, expires } = route;
  return [
    ...identifying(route),
    ...(attributes === undefined ? [] : [attributes]),
    ...(expires === undefined ? [] : [`expires ${expires}`]),
  ].join(' ');
}

/** The words by which `ip route del` finds one: the kernel compares no metrics where none are said. */
export function routePattern(route: RouteWords): string {
  return identifying(route).join(' ');
}

function identifying(route: RouteWords): readonly string[] {
  // `default` alone would be IPv4's.
  const to = route.to === 'default' && route.family === 6 ? '::/0' : route.to;
  return [
    ...(route.type === undefined ? [] : [route.type]),
    to,
    ...(route.tos === undefined ? [] : [`tos ${route.tos}`]),
    ...(route.via === undefined ? [] : [`via ${route.via}`]),
    `dev ${route.link}`,
    ...(route.table === undefined ? [] : [`table ${route.table}`]),
    `proto ${route.protocol}`,
    ...(route.scope === undefined || route.family === 6 ? [] : [`scope ${route.scope}`]),
    ...(route.source === undefined ? [] : [`src ${route.source}`]),
    ...(route.metric === undefined ? [] : [`metric ${route.metric}`]),
    ...(route.onlink === true ? ['onlink'] : []),
  ];
}
