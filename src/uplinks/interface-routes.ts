// uplinks/interface-routes.ts — which routes by an interface cannot go along to its bridge as they are, and why.
import { partOf, recordsOf, textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { ADVERTISED, KERNEL } from '../iproute2/routes.ts';
import { contains } from '../net/ip.ts';
import { listed, refused, said } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Snapshot } from './snapshot.ts';
import { routeKeyOf } from './routes.ts';
import type { SeenRoute } from './routes.ts';

/** Routes by the interface that netctl would move: not the kernel's, which follow the addresses, nor a router's. */
export function routesOn({ name, routes }: Snapshot): readonly SeenRoute[] {
  return routes.filter(
    ({ fields }) => isBy(fields, name) && fields['protocol'] !== KERNEL && fields['protocol'] !== ADVERTISED,
  );
}

function isBy(route: Fields, name: string): boolean {
  return route['dev'] === name || recordsOf(route, 'nexthops').some(({ dev }) => dev === name);
}

/** Whether another route, of this interface or of another, has the same key: destination, table, metric. */
function isOneOfSeveral(route: SeenRoute, { name, routes, rivals = [] }: Snapshot): boolean {
  const key = routeKeyOf(route);
  const own = routes.filter(({ fields }) => isBy(fields, name));
  return [...own, ...rivals].filter((other) => routeKeyOf(other) === key).length > 1;
}

/**
 * Whether the kernel would take the route if it were added now: its gateway has to be in a network of the interface. A
 * route that is there may be older than the removal of that network.
 */
function isReached(route: Fields, { name, routes }: Snapshot): boolean {
  const gateway = textOf(route, 'gateway') ?? textOf(partOf(route, 'via'), 'host');
  if (gateway === undefined || gateway.startsWith('fe80:') || textsOf(route, 'flags').includes('onlink')) return true;
  return routes.some(
    ({ fields }) =>
      fields['dev'] === name &&
      (textOf(fields, 'type') ?? UNICAST) === UNICAST &&
      fields['gateway'] === undefined &&
      fields['via'] === undefined &&
      contains(textOf(fields, 'dst') ?? '', gateway),
  );
}

/** The policy rule for which the kernel would refuse the route. Rules do not concern routes that are `onlink`. */
function barrierOf(route: Fields, { barred = {} }: Snapshot): string | undefined {
  return textsOf(route, 'flags').includes('onlink') ? undefined : barred[textOf(route, 'gateway') ?? ''];
}

const UNICAST = '1';

/** Types of route that have a device, by the kernel's numbers: unicast, local, broadcast, anycast, multicast. */
const CARRIED_TYPES: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5']);

/** Routes and next-hop objects that cannot go along to the bridge: each is refused, with the reason. */
export function* ofRoutes(snapshot: Snapshot): Iterable<Finding> {
  const { name, nexthops } = snapshot;
  for (const { fields, words } of routesOn(snapshot)) {
    const why =
      fields['nhid'] !== undefined
        ? 'uses a next-hop object'
        : fields['encap'] !== undefined
          ? 'encapsulates what it sends'
          : fields['nexthops'] !== undefined
            ? 'has several ways'
            : fields['from'] !== undefined
              ? 'is for single sources'
              : !CARRIED_TYPES.has(textOf(fields, 'type') ?? '1')
                ? 'is of a type that cannot be said again'
                : undefined;
    if (why !== undefined)
      yield refused(
        'uplink-route',
        `route ${words} ${why}: netctl does not move such a route to a bridge`,
        `take it away while ${name} is a port, or name another interface`,
      );
    else if (isOneOfSeveral({ fields, words, locks: [] }, snapshot))
      yield refused(
        'uplink-route',
        `route ${words} is one of several to the same with the same metric (\`ip route append\`): they would come back as one`,
        'give each a metric of its own, or take one away',
      );
    else if (!isReached(fields, snapshot))
      yield refused(
        'uplink-route',
        `the gateway of route ${words} is in no network of ${name}: the kernel takes no such route, and would not take it on a bridge`,
        `\`ip ${fields['pref'] === undefined ? '' : '-6 '}route replace ${words} onlink\`; or give ${name} an address of that network`,
      );
    else if (words.includes(' via inet6 ') && snapshot.settings['ipv6/conf/disable_ipv6'] !== '0')
      yield refused(
        'uplink-route',
        `the gateway of route ${words} is an IPv6 neighbour, and ${name} has no IPv6 any more: the kernel takes no such route, neither on a bridge nor on ${name} again`,
        `give ${name} IPv6 again (\`sysctl -w net.ipv6.conf.${name}.disable_ipv6=0\`, an MTU of at least 1280), or take the route away`,
      );
    else if (barrierOf(fields, snapshot) !== undefined)
      yield refused(
        'uplink-route',
        `the gateway of route ${words} is shut off by the policy rule ${barrierOf(fields, snapshot) ?? ''}: the kernel takes no such route while that is there, neither on a bridge nor on ${name} again`,
        'remove that rule, or give it a greater preference than that of the main table',
      );
    else if (fields['expires'] !== undefined)
      yield said(
        'uplink-expires',
        `route ${words} ends by itself, and netctl does not know when it was to be renewed`,
        'whoever made it is to make it again, by the bridge',
      );
  }
  for (const hop of nexthops) {
    yield refused(
      'uplink-nexthop',
      `next-hop object ${words(hop)} ${hop['group'] === undefined ? `leads by ${name}` : `is a group with one that leads by ${name}`}: netctl does not move such an object to a bridge`,
      `\`ip nexthop del id ${words(hop)}\` with its routes, and say these without it; or name another interface`,
    );
  }
}

/**
 * Routes by router advertisement. The kernel makes its own again on the bridge; but where it ignores advertisements on
 * the interface (accept_ra=0), a program such as systemd-networkd made them, and does so for the interface alone.
 */
export function* ofAdvertised({ name, routes, settings }: Snapshot, bridge: string): Iterable<Finding> {
  const made = routes.filter(({ fields }) => isBy(fields, name) && fields['protocol'] === ADVERTISED);
  const accepts = settings['ipv6/conf/accept_ra'];
  const heeds = accepts === '2' || (accepts === '1' && settings['ipv6/conf/forwarding'] !== '1');
  if (made.length === 0 || accepts === undefined || heeds) return;
  yield said(
    'uplink-expires',
    `${made.length === 1 ? 'a route' : `${made.length} routes`} by ${name} by router advertisement, of which the kernel heeds none there (accept_ra=${accepts}), so that a program makes them (systemd-networkd, NetworkManager): ${bridge} gets none, and what stays on ${name} leads nowhere: ${listed(made.map((route) => route.words))}`,
    `have that program look after ${bridge}; or, when it is done, \`sysctl -w net.ipv6.conf.${bridge.replaceAll('.', '/')}.accept_ra=2\` and \`ip -6 route flush dev ${name} proto ra\``,
  );
}

function words(hop: Fields): string {
  return String(typeof hop['id'] === 'number' ? hop['id'] : '?');
}

/** Routing daemons by the protocol number of their routes (rtnetlink(7)), as `ip` calls them. */
const DAEMONS: Readonly<Record<string, string>> = {
  11: 'zebra',
  12: 'bird',
  13: 'dnrouted',
  14: 'xorp',
  17: 'mrouted',
  18: 'keepalived',
  42: 'babel',
  99: 'openr',
  186: 'bgp',
  187: 'isis',
  188: 'ospf',
  189: 'rip',
  192: 'eigrp',
};

/** Routes of routing daemons: on the bridge their protocol and device are others, so the daemon does not find them. */
export function* ofDaemons(snapshot: Snapshot, bridge: string): Iterable<Finding> {
  const { name } = snapshot;
  const kept = routesOn(snapshot).flatMap(({ words, fields }) => {
    const daemon = DAEMONS[textOf(fields, 'protocol') ?? ''];
    return daemon === undefined ? [] : [{ words, daemon }];
  });
  if (kept.length === 0) return;
  const daemons = [...new Set(kept.map(({ daemon }) => daemon))].join(', ');
  yield said(
    'uplink-daemon',
    `${kept.length === 1 ? 'a route' : `${kept.length} routes`} by ${name} of a routing daemon (proto ${daemons}): on ${bridge} ${kept.length === 1 ? 'it is' : 'they are'} netctl's, and what the daemon withdraws or changes stays as it is: ${listed(kept.map(({ words }) => words))}`,
    `have the daemon speak by ${bridge} instead of ${name}, and withdraw these first`,
  );
}
