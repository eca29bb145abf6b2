// uplinks/left-routes.ts — routes and next-hop objects that others have put on a bridge, and routes by other devices
// that have an address of it as source.
import { PROTOCOL } from '../core/marks.ts';
import { recordsOf, textOf } from '../iproute2/fields.ts';
import { KERNEL } from '../iproute2/routes.ts';
import { isOwnAddress } from './claimed.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import { deviceFor } from './left-things.ts';
import type { Left, Things } from './left-things.ts';
import { isIpv6, routeKeyOf, wordsToSay } from './routes.ts';
import type { SeenRoute } from './routes.ts';

export function ofRoutes(left: Left): Things {
  const all = left.snapshot.routes.filter((route) => isBy(route, left.bridge) && isSomebodys(route, left));
  return {
    code: 'route-lost',
    one: 'route',
    many: 'routes',
    all: all.map((route) => {
      // A route with one next hop stays behind only where its gateway cannot be reached by the uplink: name no device.
      const place = isSayable(route) ? 'INTERFACE' : deviceFor(left);
      // `replace`: the uplink may have the same route again by then.
      return [
        shortly(route, left.bridge),
        `ip ${isIpv6(route) ? '-6 ' : ''}route replace ${withoutMark(wordsToSay(route)).replaceAll(` dev ${left.bridge}`, ` dev ${place}`)}`,
      ];
    }),
  };
}

export function isBy({ fields }: SeenRoute, bridge: string): boolean {
  return fields['dev'] === bridge || recordsOf(fields, 'nexthops').some(({ dev }) => dev === bridge);
}

function isSayable({ fields }: SeenRoute): boolean {
  return ['nhid', 'encap', 'nexthops', 'from'].every((name) => fields[name] === undefined);
}

/** Whether somebody has made it. NetworkManager marks its own as the kernel's: the facts list these. */
function isSomebodys(route: SeenRoute, { claimed, fact }: Left): boolean {
  if (claimed.hasRoute(route)) return false;
  return (
    route.fields['protocol'] !== KERNEL ||
    fact.routes.some(
      ({ family, to, metric, table }) =>
        routeKeyOf(route).startsWith(`${family} ${table ?? '254'} ${to} `) &&
        (metric === undefined || metric === route.fields['metric']),
    )
  );
}

/** Without the protocol that marks it as netctl's: it is to be the operator's own. */
function withoutMark(words: string): string {
  return words.replace(` proto ${PROTOCOL}`, '');
}

/** The route without what the message says already, or every route has: device, main table, scope, state. */
function shortly({ words }: SeenRoute, bridge: string): string {
  return withoutMark(words)
    .replaceAll(` dev ${bridge}`, '')
    .replaceAll(/ (table 254|proto 3|scope \d+|pref medium|linkdown|dead)(?= |$)/g, '');
}

export function ofNexthops(left: Left): Things {
  return {
    code: 'bridge-nexthop',
    one: 'next-hop object',
    many: 'next-hop objects',
    all: left.snapshot.nexthops.map((hop) => {
      const [id, gateway, group] = [
        String(hop['id']),
        textOf(hop, 'gateway'),
        recordsOf(hop, 'group')
          .map((each) => String(each['id']))
          .join('/'),
      ];
      return [
        id,
        `ip nexthop add id ${id} ${group === '' ? `${gateway === undefined ? '' : `via ${gateway} `}dev ${deviceFor(left)}` : `group ${group}`}`,
      ];
    }),
  };
}

/**
 * Routes by other devices whose source is an address that is deleted with the bridge: the kernel removes these routes.
 */
export function* ofSources(left: Left): Iterable<Finding> {
  const { bridge, snapshot, claimed, goes } = left;
  const gone = new Set(
    snapshot.addresses
      .filter((address) =>
        isOwnAddress(address) ? goes && !claimed.isBorrowed(address) : !claimed.hasAddress(address),
      )
      .map((address) => textOf(address, 'local')),
  );
  const routes = snapshot.routes.filter(
    (route) => !isBy(route, bridge) && route.fields['protocol'] !== KERNEL && gone.has(textOf(route.fields, 'prefsrc')),
  );
  if (routes.length > 0)
    yield said(
      'route-lost',
      `${routes.length === 1 ? 'a route' : `${routes.length} routes`} by other devices ${routes.length === 1 ? 'has' : 'have'} an address of ${bridge} as source, and ${routes.length === 1 ? 'falls' : 'fall'} with that: ${listed(routes.map(({ words }) => words))}`,
      `when it is done, with an address that is there then: ${listed(routes.map((route) => `ip ${isIpv6(route) ? '-6 ' : ''}route replace ${wordsToSay(route)}`))}`,
    );
}
