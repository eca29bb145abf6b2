// kinds/route/index.ts — routes: ours, and those of all tables that follow an interface's addresses to a bridge.
import type { Change, Disruption, Kind, Step } from '../../core/resource.ts';
import { ipBatch } from '../../iproute2/batch.ts';
import { READ_ALL_ROUTES } from '../../iproute2/route-lines.ts';
import { routePattern, routeWords } from '../../iproute2/routes.ts';
import { PROTOCOL } from '../../core/marks.ts';
import { beside, metricOf, routeKey } from './model.ts';
import type { Route } from './model.ts';
import { observe } from './observe.ts';

export const route: Kind<Route> = {
  kind: 'route',
  key: routeKey,
  needs: (r) => [`link ${r.link}`, ...(r.dependsOn ?? [])],
  reads: [READ_ALL_ROUTES],
  watches: ['links', 'routes'],
  observe,
  again: (host, wanted) => observe(host, wanted),
  signed: ({ link }) => link,
  steps: (changes) => changes.map(stepOf),
  // One with several ways needs all its interfaces as they are: none can be put in a bridge under it.
  claims: (r) => [
    `route ${r.family} ${r.to} metric ${metricOf(r)}${beside(r)}`,
    ...(r.hops ?? []).map((hop) => `link name ${hop.link}`),
  ],
  same: (observed, wanted) =>
    observed.via === wanted.via &&
    observed.source === wanted.source &&
    (observed.protocol === protocolOf(wanted) || isAgain(observed, wanted)) &&
    scopeOf(observed) === scopeOf(wanted) &&
    (observed.onlink ?? false) === (wanted.onlink ?? false) &&
    observed.attributes === wanted.attributes,
  disrupts,
  asFound,
  moves,
  livesOn: (r) => (r.borrowed ? r.link : undefined),
  describe: (r) =>
    [
      ...(r.type === undefined ? [] : [r.type]),
      r.to,
      ...(r.via === undefined ? [] : [`via ${r.via}`]),
      `on ${r.link}`,
      ...(r.table === undefined ? [] : [`table ${r.table}`]),
      ...(r.metric === undefined ? [] : [`metric ${r.metric}`]),
      ...(r.tos === undefined ? [] : [`tos ${r.tos}`]),
      ...(r.attributes === undefined ? [] : [r.attributes]),
      ...(r.hops === undefined ? [] : [`(multipath: ${r.hops.map((hop) => hop.link).join(', ')})`]),
    ].join(' '),
};

/** `route replace` leaves no moment without one; by another way it may lead nowhere. */
function disrupts(change: Change<Route>): Disruption {
  if (change.verb === 'create') return { class: 'none' };
  const { before } = change;
  const sameWay =
    change.verb !== 'delete' &&
    change.after.via === before.via &&
    (change.after.onlink ?? false) === (before.onlink ?? false);
  return sameWay ? { class: 'none' } : { class: 'link', link: before.link };
}

function stepOf(change: Change<Route>): Step {
  return { changes: [change], ops: [ipBatch([lineFor(change)])] };
}

function lineFor(change: Change<Route>): string {
  switch (change.verb) {
    // Not `replace`, which would take the place of somebody else's.
    case 'create':
      return `route add ${words(change.after)}`;
    case 'update':
    case 'replace':
      return `route replace ${words(change.after)}`;
    // As it was found: what goes from a bridge may be what somebody else has put there.
    case 'delete':
      return `route del ${routePattern(change.before)}`;
  }
}

function words(r: Route): string {
  return routeWords({ ...r, protocol: protocolOf(r) });
}

/** Whatever is neither borrowed nor another's bears our mark, also what was moved. */
function protocolOf(r: Route): string {
  return r.borrowed === true || r.ofOthers === true ? r.protocol : PROTOCOL;
}

/**
 * One that came along, and that somebody has made again on the bridge just so, as a DHCP client does with each renewal.
 */
function isAgain(observed: Route, wanted: Route): boolean {
  return observed.ofOthers === true && wanted.movedFrom !== undefined;
}

/** What the kernel takes where none is said: without a gateway, the link itself. IPv6 has none. */
function scopeOf(r: Route): string | undefined {
  if (r.family === 6) return undefined;
  return r.scope ?? (r.via === undefined ? '253' : '0');
}

function moves(change: Change<Route>): string | undefined {
  if (change.verb === 'update' || change.verb === 'replace') return undefined;
  const { borrowed, movedFrom, link } = change.verb === 'delete' ? change.before : change.after;
  return borrowed ? link : movedFrom;
}

/** What is about to be moved comes back from there. */
function asFound(found: Route, made: readonly Route[]): Route {
  const elsewhere = found.borrowed
    ? undefined
    : made.find(
        (route) =>
          route.link !== found.link &&
          route.family === found.family &&
          route.to === found.to &&
          metricOf(route) === metricOf(found) &&
          beside(route) === beside(found),
      );
  return elsewhere === undefined ? found : { ...found, movedFrom: elsewhere.link };
}
