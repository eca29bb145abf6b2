// pipeline/borrowed/routes-by-now.ts — which borrowed routes others have made again, replaced, or have had beside them
// since.
import type { Facts, RouteFact } from '../../core/facts.ts';
import { PROTOCOL } from '../../core/marks.ts';
import type { Diagnostic } from '../../core/resource.ts';
import type { HostState } from '../../core/stored.ts';
import { addressText } from '../../iproute2/links.ts';
import { ADVERTISED, KERNEL } from '../../iproute2/routes.ts';
import { isAddress } from '../../kinds/address/model.ts';
import type { Address } from '../../kinds/address/model.ts';
import { isRoute, routeKey } from '../../kinds/route/model.ts';
import type { Route } from '../../kinds/route/model.ts';
import { ipOf } from '../../net/ip.ts';
import { holds } from './restored.ts';
import { withRoutesAgain } from './originals-without.ts';

export const UPLINK_CHANGED = 'uplink-changed';

/** Routes of others to the same destinations as borrowed ones: they were there before, so they replace none. */
export function besideOf(
  former: HostState['originals'],
  facts: Facts,
  before: HostState | undefined,
): Pick<HostState, 'beside'> {
  const routes = routesOf(facts);
  const borrowedBefore = new Set((before?.originals ?? []).filter(isRoute).map(routeKey));
  const known = new Set(before?.beside);
  const beside = former.filter(isRoute).flatMap((route) =>
    routes
      .filter((one) => isOthers(one, route))
      .map(routeKey)
      .filter((key) => known.has(key) || !borrowedBefore.has(routeKey(route))),
  );
  return beside.length === 0 ? {} : { beside: [...new Set(beside)].sort() };
}

/** The route without a source that no device has any more: the kernel removes such a route from table main alone. */
export function withItsSource({ source, ...route }: Route, { links }: Facts): Route {
  const isHeld = [...links.values()].some(({ addresses }) => addresses.some(({ cidr }) => ipOf(cidr) === source));
  return source !== undefined && isHeld ? { ...route, source } : route;
}

export interface Held extends RouteFact {
  readonly link: string;
}

export function routesOf({ links }: Facts): readonly Held[] {
  return [...links.values()].flatMap(({ name, routes }) => routes.map((route) => ({ ...route, link: name })));
}

/**
 * Borrowed routes as somebody has made them again on the bridge, such as a DHCP client that renews its lease: the
 * interface gets them back like that. A route that the interface itself could not have is not taken for such a one.
 */
export function renewed(kept: HostState, { links }: Facts, routes: readonly Held[]): HostState {
  const byPlace = new Map(
    routes.filter(({ protocol }) => protocol !== PROTOCOL).map((one) => [routeKey({ ...one, link: '' }), one]),
  );
  const borrowed = kept.originals.filter(isAddress);
  return withRoutesAgain(kept, (route) => {
    const bridge = links.get(links.get(route.link)?.master ?? '');
    const by = bridge?.ours === true ? byPlace.get(routeKey({ ...route, link: '' })) : undefined;
    const own = borrowed.filter(({ link }) => link === route.link);
    return by !== undefined && by.link === bridge?.name && by.limited !== true && isPossible(by, own)
      ? againAs(route, by, own)
      : route;
  });
}

function againAs(route: Route, by: Held, own: readonly Address[]): Route {
  const { link: _bridge, limited: _limited, protocol, ...made } = by;
  if (protocol === route.protocol && isSameWay(made, route)) return route;
  const dependsOn =
    by.via === route.via && by.source === route.source
      ? route.dependsOn
      : own
          .filter(({ cidr }) => cidr.includes(':') === (by.family === 6))
          .map((one) => `address ${route.link} ${addressText(one)}` as const);
  return {
    ...made,
    kind: 'route',
    link: route.link,
    protocol,
    borrowed: true,
    ...(dependsOn === undefined ? {} : { dependsOn }),
  };
}

function isSameWay(made: Partial<Route>, route: Route): boolean {
  return (['via', 'source', 'scope', 'onlink', 'attributes'] as const).every((field) => made[field] === route[field]);
}

/** Whether the interface could have the route: its gateway is in a network of it, its source an address of it. */
function isPossible({ via, onlink, source }: Held, own: readonly Address[]): boolean {
  const isNear =
    via === undefined ||
    onlink === true ||
    via.startsWith('fe80:') ||
    via.startsWith('inet6 ') ||
    own.some((one) => holds(one, via));
  return isNear && (source === undefined || own.some(({ cidr }) => ipOf(cidr) === source));
}

interface Replaced {
  readonly route: Route;
  readonly by: Held;
  /** It has another metric, so it is not the outcome of `ip route replace`. */
  readonly isBeside: boolean;
}

/**
 * Borrowed routes that another has replaced: one in the same place, of which the kernel has but one; or, where the
 * borrowed one is gone, one to the same destination that was not there when it was borrowed.
 */
export function replacedIn(
  kept: HostState,
  { links }: Facts,
  routes: readonly Held[],
  isMoving: boolean,
): readonly Replaced[] {
  return kept.originals.filter(isRoute).flatMap((route): readonly Replaced[] => {
    if (links.get(links.get(route.link)?.master ?? '')?.ours !== true) return [];
    const here = routes.filter((one) => isPlace(one, route));
    const [first] = here;
    if (first !== undefined)
      return here.every(
        (one) => one.protocol !== PROTOCOL && one.link !== route.link && !isAsBorrowed(one, route, links),
      )
        ? [{ route, by: first, isBeside: false }]
        : [];
    const known = new Set(kept.beside);
    const by = isMoving ? undefined : routes.find((one) => isOthers(one, route) && !known.has(routeKey(one)));
    return by === undefined ? [] : [{ route, by, isBeside: true }];
  });
}

/** Whether it is the very route that came along from the interface, as it is on the bridge. */
function isAsBorrowed(one: Held, route: Route, links: Facts['links']): boolean {
  return one.link === links.get(route.link)?.master && one.protocol === route.protocol && isSameWay(one, route);
}

export function isPlace(one: Held, route: Route): boolean {
  return routeKey({ ...one, link: '' }) === routeKey({ ...route, link: '' });
}

/** Whether it is somebody's route to the same, whatever its metric: not netctl's, the kernel's or a router's. */
function isOthers(one: Held, route: Route): boolean {
  return (
    ![PROTOCOL, KERNEL, ADVERTISED].includes(one.protocol) &&
    one.link !== route.link &&
    isPlace({ ...one, metric: 0 }, { ...route, metric: 0 })
  );
}

export function replacedRoute({ route, by, isBeside }: Replaced): readonly Diagnostic[] {
  if (!isBeside) return [];
  const words = ({ to, via, table }: Route | Held): string =>
    [
      to,
      ...(via === undefined ? [] : ['via', via.replace(/^inet6 /, '')]),
      ...(table === undefined ? [] : ['table', table]),
    ].join(' ');
  return [
    {
      severity: 'warning',
      code: UPLINK_CHANGED,
      at: [],
      message: `the route ${words(route)}, which came with ${route.link}, is there no more, and ${words(by)} dev ${by.link} is: it is not made again, and ${route.link} does not get it back`,
      hint: `ip route add ${words(route)}, if the host is to have it`,
    },
  ];
}
