// iproute2/routes.ts — the routes of the main table: reading them, and saying one again.
import { numberOf, readRecords, recordsOf, required, textOf, textsOf } from './fields.ts';
import type { Fields } from './fields.ts';

/** In numbers: the name of protocol 117 depends on a file of the host's. */
export const READ_ROUTES: Readonly<Record<4 | 6, readonly string[]>> = {
  4: ['ip', '-N', '-j', 'route', 'show', 'table', 'main'],
  6: ['ip', '-6', '-N', '-j', 'route', 'show', 'table', 'main'],
};

/** Protocols of routes that come and go by themselves: the kernel's own, and router advertisements'. */
export const KERNEL = '2';
export const ADVERTISED = '9';

export interface RouteRecord {
  readonly family: 4 | 6;
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
  /** Several ways at once. */
  readonly hops: readonly { readonly via?: string; readonly link: string }[];
}

/** Reads what `READ_ROUTES` prints. */
export function parseRoutes(text: string, family: 4 | 6): readonly RouteRecord[] {
  return readRecords(text).map((fields) => routeOf(fields, family));
}

function routeOf(fields: Fields, family: 4 | 6): RouteRecord {
  const [via, link, source, scope] = [textOf(fields, 'gateway'), textOf(fields, 'dev'), textOf(fields, 'prefsrc'), textOf(fields, 'scope')];
  return {
    family,
    to: required(textOf(fields, 'dst'), 'dst'),
    ...(via === undefined ? {} : { via }),
    // An IPv4 route by way of an IPv6 neighbour is beyond what we can say: shown as one of several ways.
    ...(link === undefined || fields['via'] !== undefined ? {} : { link }),
    metric: numberOf(fields, 'metric') ?? defaultMetric(family),
    ...(source === undefined ? {} : { source }),
    ...(scope === undefined ? {} : { scope }),
    // `boot` is not printed.
    protocol: textOf(fields, 'protocol') ?? '3',
    onlink: textsOf(fields, 'flags').includes('onlink'),
    hops: [...recordsOf(fields, 'nexthops'), ...(fields['via'] === undefined ? [] : [fields])].map((hop) => {
      const gateway = textOf(hop, 'gateway');
      return { link: required(textOf(hop, 'dev'), 'dev'), ...(gateway === undefined ? {} : { via: gateway }) };
    }),
  };
}

/** What the kernel takes where none is said. */
export function defaultMetric(family: 4 | 6): number {
  return family === 6 ? 1024 : 0;
}

export interface RouteWords {
  readonly family: 4 | 6;
  readonly to: string;
  readonly via?: string;
  readonly link: string;
  readonly metric?: number;
  readonly source?: string;
  readonly scope?: string;
  readonly protocol: string;
  readonly onlink?: boolean;
}

/** The words by which `ip route add`, `replace` and `del` know a route. */
export function routeWords(route: RouteWords): string {
  // `default` alone would be IPv4's.
  const to = route.to === 'default' && route.family === 6 ? '::/0' : route.to;
  return [
    to,
    ...(route.via === undefined ? [] : [`via ${route.via}`]),
    `dev ${route.link}`,
    `proto ${route.protocol}`,
    ...(route.scope === undefined || route.family === 6 ? [] : [`scope ${route.scope}`]),
    ...(route.source === undefined ? [] : [`src ${route.source}`]),
    ...(route.metric === undefined ? [] : [`metric ${route.metric}`]),
    ...(route.onlink === true ? ['onlink'] : []),
  ].join(' ');
}
