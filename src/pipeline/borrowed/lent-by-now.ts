// pipeline/borrowed/lent-by-now.ts — what of borrowed interfaces netctl has still to put on a bridge, and to give back.
// The rest is the host's own by now: what an interface has since the host was rebooted, what somebody has removed from
// a bridge, and routes that have others in their place.
import type { AddressFact, Facts, RouteFact } from '../../core/facts.ts';
import type { Change, Diagnostic, Resource } from '../../core/resource.ts';
import type { HostState } from '../../core/stored.ts';
import { ADVERTISED, KERNEL } from '../../iproute2/routes.ts';
import { addressText, isAddress } from '../../kinds/address/model.ts';
import type { Address } from '../../kinds/address/model.ts';
import { isLink } from '../../kinds/link/model.ts';
import { PROTOCOL } from '../../core/marks.ts';
import { isRoute, routeKey } from '../../kinds/route/model.ts';
import type { Route } from '../../kinds/route/model.ts';
import { ipOf } from '../../net/ipv4.ts';
import { deviceOf } from '../../parts/rebuild.ts';
import { holds } from './given-back.ts';
import { withoutAddresses, withoutInterfaces, withoutRoutes, withRoutesAgain } from './lent-without.ts';

export const UPLINK_CHANGED = 'uplink-changed';

export interface Lent {
  readonly kept: HostState;
  /** What is not lent any more since somebody has removed it. */
  readonly told: readonly Diagnostic[];
}

/**
 * `start`: which one of the host this is. `takesAlong`: what somebody has put on a bridge goes to the interface, and
 * may so be in the place of what that had.
 */
export function lentByNow(kept: HostState, facts: Facts, start?: string, takesAlong = true): Lent {
  const isRestarted = kept.start !== undefined && start !== undefined && kept.start !== start;
  const since = isRestarted ? { ...kept, former: kept.former.filter(({ kind }) => kind !== 'sysctl') } : kept;
  // What is not there, because somebody was killed who moved it, nobody has removed.
  const isMoving = kept.moving === true && !isRestarted;
  const elsewhere = isMoving ? [] : putElsewhere(since, facts);
  const present = isMoving
    ? since
    : withoutInterfaces(
        since,
        new Set([...configuredAnew(since, facts, isRestarted), ...elsewhere.map(({ name }) => name)]),
      );
  const removed = isMoving ? [] : removedFrom(present, facts, takesAlong);
  const routes = routesOf(facts);
  const there = withoutAddresses(present, removed, (route) =>
    routes.some((one) => isPlace(one, route)) ? withItsSource(route, facts) : undefined,
  );
  const left = takesAlong ? renewed(there, facts, routes) : there;
  const replaced = replacedIn(
    left,
    facts,
    takesAlong
      ? routes
      : routes.filter(({ link, protocol }) => protocol === PROTOCOL || facts.links.get(link)?.ours !== true),
    isMoving,
  );
  return {
    kept: withoutRoutes(
      left,
      replaced.map(({ route }) => route),
    ),
    told: [
      ...elsewhere.map(deviceElsewhere),
      ...removed.map((address) => removedAddress(address, facts)),
      ...replaced.flatMap(replacedRoute),
    ],
  };
}

/** Routes of others that are beside those which are lent, to the same: by them nobody has replaced one. */
export function besideOf(
  former: HostState['former'],
  facts: Facts,
  before: HostState | undefined,
): Pick<HostState, 'beside'> {
  const routes = routesOf(facts);
  const lentBefore = new Set((before?.former ?? []).filter(isRoute).map(routeKey));
  const known = new Set(before?.beside);
  const beside = former.filter(isRoute).flatMap((route) =>
    routes
      .filter((one) => isOthers(one, route))
      .map(routeKey)
      .filter((key) => known.has(key) || !lentBefore.has(routeKey(route))),
  );
  return beside.length === 0 ? {} : { beside: [...new Set(beside)].sort() };
}

/**
 * Interfaces that are in no bridge of ours, as after a start of the host, and have something of their own: whatever
 * they had before. On a bridge that one has left its addresses and routes are still to be given back.
 */
function configuredAnew(kept: HostState, { links }: Facts, isRestarted: boolean): ReadonlySet<string> {
  const ours = [...links.values()].filter((link) => link.ours).flatMap(({ addresses }) => addresses);
  const onOurs = new Set(
    [...links.values()]
      .filter((link) => link.ours)
      .flatMap(({ routes }) =>
        routes.filter(({ protocol }) => protocol === PROTOCOL).map((one) => routeKey({ ...one, link: '' })),
      ),
  );
  const names = kept.former.flatMap((one) => (one.kind === 'link' ? (deviceOf(one) ?? []) : []));
  return new Set(
    names.filter((name) => {
      const link = links.get(name);
      if (link === undefined || link.ours || links.get(link.master ?? '')?.ours === true) return false;
      const lent = kept.former.filter((one): one is Address => isAddress(one) && one.link === name);
      if (
        lent.some((former) => ours.some((one) => isSame(former, one))) ||
        kept.former.some((one) => isRoute(one) && one.link === name && onOurs.has(routeKey({ ...one, link: '' })))
      )
        return false;
      if (isRestarted && link.master !== undefined) return true;
      // What VLANs are on keeps its addresses.
      return lent.length === 0 ? isRestarted : link.addresses.some((one) => !one.ours);
    }),
  );
}

interface Elsewhere {
  readonly name: string;
  readonly master: string;
}

/** Devices of guests that somebody has put into a bridge of others since: that is how they are by now. */
function putElsewhere(kept: HostState, { links }: Facts): readonly Elsewhere[] {
  return kept.former.flatMap((one) => {
    const { name, master, ours, promiscuous } = links.get(isLink(one) && one.type === 'port' ? one.name : '') ?? {};
    if (name === undefined || master === undefined || ours || promiscuous || links.get(master)?.ours !== false)
      return [];
    return 'master' in one && one.master === master ? [] : [{ name, master }];
  });
}

function deviceElsewhere({ name, master }: Elsewhere): Diagnostic {
  return {
    severity: 'warning',
    code: 'device-changed',
    at: [],
    message: `${name} is in ${master} by now, which is not netctl's, and not where it was before: there it stays, or is given back to`,
    hint: `ip link set dev ${name} nomaster, if ${master} is not to have it`,
  };
}

/** In another table than main the kernel leaves a route whose source is gone, and takes none with it. */
function withItsSource({ source, ...route }: Route, { links }: Facts): Route {
  const isHeld = [...links.values()].some(({ addresses }) => addresses.some(({ cidr }) => ipOf(cidr) === source));
  return source !== undefined && isHeld ? { ...route, source } : route;
}

/** Where all are gone, no one has removed them: their bridge was down, or recreated. */
function removedFrom(kept: HostState, { links }: Facts, takesAlong: boolean): readonly Address[] {
  const all = [...links.values()].flatMap(({ addresses }) => addresses);
  return kept.former.filter(isAddress).filter((former) => {
    const own = links.get(former.link);
    const bridge = links.get(own?.master ?? '');
    if (bridge?.ours !== true) return false;
    // It may be the network's own there.
    const here = [...(own?.addresses ?? []), ...bridge.addresses];
    if (here.some((one) => isSame(former, one))) return false;
    return (
      all.some((one) => isSame(former, one)) ||
      here.some(
        (one) =>
          !one.ours &&
          one.scope === undefined &&
          one.cidr.includes(':') === former.cidr.includes(':') &&
          (takesAlong || kept.former.some((each) => isAddress(each) && isSame(each, one))),
      )
    );
  });
}

function isSame(former: Address, one: AddressFact): boolean {
  return ipOf(former.cidr) === ipOf(one.cidr) && former.peer === one.peer;
}

/**
 * Whether a plan moves more than one thing of an interface's, the interface itself among them: in between, some are
 * nowhere, or on another bridge.
 */
export function movesSeveral(changes: readonly Change[]): boolean {
  const isMoved = (one: Resource): boolean => isCarried(one) || isUplink(one);
  return (
    changes.filter(
      (change) =>
        (change.verb !== 'create' && isMoved(change.before)) || (change.verb !== 'delete' && isMoved(change.after)),
    ).length > 1
  );
}

function isUplink(one: Resource): boolean {
  return isLink(one) && one.type === 'port' && one.promiscuous;
}

function isCarried(one: Resource): boolean {
  return (isAddress(one) || isRoute(one)) && (one.borrowed === true || one.movedFrom !== undefined);
}

interface Held extends RouteFact {
  readonly link: string;
}

function routesOf({ links }: Facts): readonly Held[] {
  return [...links.values()].flatMap(({ name, routes }) => routes.map((route) => ({ ...route, link: name })));
}

/**
 * With routes as somebody has made them again on their bridge, such as a DHCP client that renews its lease: he has said
 * how they are, and they are lent all the same. One that the interface itself could not have is no such route.
 */
function renewed(kept: HostState, { links }: Facts, routes: readonly Held[]): HostState {
  const byPlace = new Map(
    routes.filter(({ protocol }) => protocol !== PROTOCOL).map((one) => [routeKey({ ...one, link: '' }), one]),
  );
  const lent = kept.former.filter(isAddress);
  return withRoutesAgain(kept, (route) => {
    const bridge = links.get(links.get(route.link)?.master ?? '');
    const by = bridge?.ours === true ? byPlace.get(routeKey({ ...route, link: '' })) : undefined;
    const own = lent.filter(({ link }) => link === route.link);
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

/** Its gateway is near, and its source an address of the interface's. */
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
  /** With another metric: nobody has said `replace`. */
  readonly isBeside: boolean;
}

/**
 * By a route in just that place, which the kernel has once; or, where it is gone, by one to the same that was not there
 * when it was lent.
 */
function replacedIn(
  kept: HostState,
  { links }: Facts,
  routes: readonly Held[],
  isMoving: boolean,
): readonly Replaced[] {
  return kept.former.filter(isRoute).flatMap((route): readonly Replaced[] => {
    if (links.get(links.get(route.link)?.master ?? '')?.ours !== true) return [];
    const here = routes.filter((one) => isPlace(one, route));
    const [first] = here;
    if (first !== undefined)
      return here.every((one) => one.protocol !== PROTOCOL && one.link !== route.link && !isAsLent(one, route, links))
        ? [{ route, by: first, isBeside: false }]
        : [];
    const known = new Set(kept.beside);
    const by = isMoving ? undefined : routes.find((one) => isOthers(one, route) && !known.has(routeKey(one)));
    return by === undefined ? [] : [{ route, by, isBeside: true }];
  });
}

/** On its bridge, and so made as the interface is to have it. */
function isAsLent(one: Held, route: Route, links: Facts['links']): boolean {
  return one.link === links.get(route.link)?.master && one.protocol === route.protocol && isSameWay(one, route);
}

function isPlace(one: Held, route: Route): boolean {
  return routeKey({ ...one, link: '' }) === routeKey({ ...route, link: '' });
}

/** To the same, whatever its metric, and neither ours, nor the kernel's or a router's. */
function isOthers(one: Held, route: Route): boolean {
  return (
    ![PROTOCOL, KERNEL, ADVERTISED].includes(one.protocol) &&
    one.link !== route.link &&
    isPlace({ ...one, metric: 0 }, { ...route, metric: 0 })
  );
}

function removedAddress({ link, cidr }: Address, { links }: Facts): Diagnostic {
  const bridge = links.get(link)?.master ?? '';
  return {
    severity: 'warning',
    code: UPLINK_CHANGED,
    at: [],
    message: `${cidr}, which came with ${link}, is on ${bridge} no more: it is not put there again, and ${link} does not get it back`,
    hint: `ip address add ${cidr} dev ${bridge}, if the host is to have it`,
  };
}

function replacedRoute({ route, by, isBeside }: Replaced): readonly Diagnostic[] {
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
