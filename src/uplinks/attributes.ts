// uplinks/attributes.ts — what of an interface's addresses, routes, rules and neighbours cannot go along to the bridge
// as it is.
import { partOf, recordsOf, textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { ADVERTISED, KERNEL } from '../iproute2/routes.ts';
import { contains } from '../net/contains.ts';
import { unknownWords } from '../iproute2/route-lines.ts';
import { GROUP } from '../core/marks.ts';
import { listed, refused, said } from './finding.ts';
import type { Finding } from './finding.ts';
import { unknownOf, unknownOfAddress, unknownOfLink, unknownOfRoute } from './known.ts';
import { groupOf } from './naming.ts';
import type { Picture } from './picture.ts';
import { placeOf } from './routes.ts';
import type { SeenRoute } from './routes.ts';
import { addressWords, neighbourWords, ruleWords } from './words.ts';

/** A newer kernel or `ip` than netctl knows: it would go without that, and nobody would say so. */
export function* ofUnknown(picture: Picture): Iterable<Finding> {
  const { name, link, addresses, rules, neighbours, odd = [] } = picture;
  const records: readonly (readonly [what: string, words: string, names: readonly string[]])[] = [
    ...addresses.map((address) => ['address', addressWords(address, name), unknownOfAddress(address)] as const),
    ...routesOn(picture).map((route) => ['route', route.words, unknownIn(route)] as const),
    ...neighbours.map(
      (neighbour) => ['neighbour', neighbourWords(neighbour, name), unknownOf(neighbour, 'neighbour')] as const,
    ),
  ];
  for (const [what, words, names] of records)
    for (const field of names) {
      yield refused(
        'uplink-unknown',
        `ip prints \`${field}\` of ${what} ${words}, which netctl does not know and could not move`,
        `take it from ${name} while it is a port, or name another interface`,
      );
    }
  for (const field of unknownOfLink(link))
    yield said(
      'uplink-unknown',
      `ip prints \`${field}\` of ${name}, which netctl does not know: it stays on ${name} and is not true of its bridge`,
      'see what it is for, and say yes where the bridge can do without it',
    );
  for (const what of odd)
    yield said(
      'uplink-unknown',
      `ip prints ${what} on ${name}, which netctl does not know: it stays on ${name} and is not true of its bridge`,
      'see what it is for, and say yes where the bridge can do without it',
    );
  for (const rule of rules)
    for (const field of unknownOf(rule, 'rule')) {
      yield said(
        'uplink-unknown',
        `ip prints \`${field}\` of policy rule ${ruleWords(rule)}, which netctl does not know`,
        'the rule stays as it is; see what it is for',
      );
    }
}

/** Some words `ip` says in its text alone. What an encapsulation and next hops say is told by those. */
function unknownIn({ fields, words }: SeenRoute): readonly string[] {
  const names = unknownOfRoute(fields);
  const isWhole = ['encap', 'nexthops', 'nhid', 'from'].every((name) => fields[name] === undefined);
  return isWhole && names.length === 0 ? unknownWords(words) : names;
}

/** The kernel's own follow the addresses, and a router's come by its next advertisement. */
function routesOn({ name, routes }: Picture): readonly SeenRoute[] {
  return routes.filter(
    ({ fields }) => isBy(fields, name) && fields['protocol'] !== KERNEL && fields['protocol'] !== ADVERTISED,
  );
}

function isBy(route: Fields, name: string): boolean {
  return route['dev'] === name || recordsOf(route, 'nexthops').some(({ dev }) => dev === name);
}

/** Its own, and the kernel's for its addresses; or by another device. */
function isOneOfSeveral(route: SeenRoute, { name, routes, rivals = [] }: Picture): boolean {
  const place = placeOf(route);
  const own = routes.filter(({ fields }) => isBy(fields, name));
  return [...own, ...rivals].filter((other) => placeOf(other) === place).length > 1;
}

/**
 * As the kernel looks at a route that is added: whether its gateway is next to the interface. That of a route which is
 * there may have been, once.
 */
function isReached(route: Fields, { name, routes }: Picture): boolean {
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

/** One that is not asked whether its gateway is near is not asked for its rules, either. */
function barrierOf(route: Fields, { barred = {} }: Picture): string | undefined {
  return textsOf(route, 'flags').includes('onlink') ? undefined : barred[textOf(route, 'gateway') ?? ''];
}

const UNICAST = '1';

/** Types of a route that leads by a device, by the kernel's numbers: unicast, local, broadcast, anycast, multicast. */
const CARRIED_TYPES: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5']);

export function* ofRoutes(picture: Picture): Iterable<Finding> {
  const { name, nexthops } = picture;
  for (const { fields, words } of routesOn(picture)) {
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
    else if (isOneOfSeveral({ fields, words, locks: [] }, picture))
      yield refused(
        'uplink-route',
        `route ${words} is one of several to the same with the same metric (\`ip route append\`): they would come back as one`,
        'give each a metric of its own, or take one away',
      );
    else if (!isReached(fields, picture))
      yield refused(
        'uplink-route',
        `the gateway of route ${words} is in no network of ${name}: the kernel takes no such route, and would not take it on a bridge`,
        `\`ip ${fields['pref'] === undefined ? '' : '-6 '}route replace ${words} onlink\`; or give ${name} an address of that network`,
      );
    else if (barrierOf(fields, picture) !== undefined)
      yield refused(
        'uplink-route',
        `the gateway of route ${words} is shut off by the policy rule ${barrierOf(fields, picture) ?? ''}: the kernel takes no such route while that is there, neither on a bridge nor on ${name} again`,
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
 * What the kernel makes of router advertisements comes anew on the bridge. Where it heeds none on the interface, a
 * program makes it, and knows no bridge.
 */
export function* ofAdvertised({ name, routes, settings }: Picture, bridge: string): Iterable<Finding> {
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

export function* ofNeighbours({ name, neighbours }: Picture): Iterable<Finding> {
  for (const neighbour of neighbours) {
    const shown = neighbourWords(neighbour, name);
    const state = textsOf(neighbour, 'state');
    if (neighbour['extern_learn'] !== undefined || neighbour['managed'] !== undefined) {
      yield refused(
        'uplink-neighbour',
        `neighbour ${shown} is kept by a program of its own (EVPN, a load balancer), and netctl does not move it to the bridge`,
        `have that program use another interface, or take it away while ${name} is a port`,
      );
    } else if (neighbour['proxy'] === undefined && !state.includes('PERMANENT')) {
      yield refused(
        'uplink-neighbour',
        `neighbour ${shown} is of a state that netctl does not move to a bridge`,
        `make it permanent (\`ip neigh change … nud permanent\`), or take it away while ${name} is a port`,
      );
    }
  }
}

/** They stay as they are, and are true of no packet any more. */
export function* ofPolicy({ name, link, rules }: Picture, bridge: string): Iterable<Finding> {
  const naming = rules.filter((rule) => Object.values(rule).includes(name));
  const byGroup = rules.filter((rule) => !naming.includes(rule) && rule['suppress_ifgroup'] !== undefined);
  if (naming.length > 0)
    yield said(
      'uplink-policy-rule',
      `packets will come and go by ${bridge}, so ${naming.length === 1 ? 'this policy rule matches' : `these ${naming.length} policy rules match`} none of them any more: ${listed(naming.map(ruleWords))}`,
      `the same once more with ${bridge}: ${listed(naming.map((rule) => `ip ${rule['family'] === 6 ? '-6 ' : ''}rule add ${ruleWords(onBridge(rule, name, bridge))}`))}`,
    );
  if (byGroup.length > 0)
    yield said(
      'uplink-policy-rule',
      `${name} is in group ${groupOf(link)} and ${bridge} will be in group ${GROUP}, which ${byGroup.length === 1 ? 'this policy rule tells' : 'these policy rules tell'} apart: ${listed(byGroup.map(ruleWords))}`,
      `say what is meant without groups, as \`suppress_prefixlength\` does; netctl knows its bridges by theirs`,
    );
}

function onBridge(rule: Fields, name: string, bridge: string): Fields {
  return {
    ...rule,
    ...(rule['iif'] === name ? { iif: bridge } : {}),
    ...(rule['oif'] === name ? { oif: bridge } : {}),
  };
}

/** An address that somebody renews there will not be renewed elsewhere. */
export function* ofLeases({ name, addresses, managers }: Picture, bridge: string): Iterable<Finding> {
  const leased = addresses
    .filter((address) => address['family'] === 'inet' && address['dynamic'] === true)
    .map((address) => addressWords(address, name));
  if (leased.length > 0) {
    yield said(
      'uplink-lease',
      `${listed(leased)}: for a limited time, by a DHCP client${managers.length === 0 ? '' : ` (${managers.join(', ')})`}. On ${bridge} nobody renews it, and it stays after its time is over`,
      `have the client look after ${bridge}, or give the host an address of its own`,
    );
  }
  for (const manager of managers) {
    yield said(
      'uplink-managed',
      `${manager} configures ${name} by itself: it may take ${name} out of ${bridge}, or give it addresses and routes again`,
      (UNMANAGED[manager] ?? `stop ${manager} for NAME, or have it look after ${bridge}`).replaceAll('NAME', name),
    );
  }
}

/** Who keeps routes by itself, by the kernel's numbers (rtnetlink(7)) and as `ip` calls them. */
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

/** On the bridge they have another protocol and another device: who made them does not find them there. */
export function* ofDaemons(picture: Picture, bridge: string): Iterable<Finding> {
  const { name } = picture;
  const kept = routesOn(picture).flatMap(({ words, fields }) => {
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

const UNMANAGED: Readonly<Record<string, string>> = {
  NetworkManager: 'nmcli device set NAME managed no',
  'systemd-networkd': 'a .network file with `[Match] Name=NAME` and `[Link] Unmanaged=yes`, then `networkctl reload`',
};

/** What a device does with its packets it goes on doing, only with other packets. */
export function* ofQueues({ name, link, qdiscs, filters }: Picture, bridge: string): Iterable<Finding> {
  const made = qdiscs
    .filter((qdisc) => qdisc['handle'] !== '0:' && qdisc['kind'] !== 'clsact' && qdisc['kind'] !== 'ingress')
    .map((qdisc) => `qdisc ${textOf(qdisc, 'kind') ?? ''} ${textOf(qdisc, 'handle') ?? ''}`);
  const places = [...new Set(filters.map((filter) => `${textOf(filter, 'place') ?? ''} filters`))];
  const program = partOf(link, 'xdp')['prog'] === undefined && link['xdp'] === undefined ? [] : ['an XDP program'];
  const all = [...made, ...places, ...program];
  if (all.length > 0)
    yield said(
      'uplink-queue',
      `${name} has ${all.join(', ')}: that stays on ${name}, and from then on is about the frames that pass between the wire and ${bridge}, those of guests among them`,
      'where it was for the host alone, it belongs on the bridge',
    );
}

export function* ofJoins({ name, joins }: Picture, bridge: string): Iterable<Finding> {
  if (joins.length > 0)
    yield said(
      'uplink-join',
      `somebody has ${name} listen to ${listed(joins)}: what comes for that is given to ${bridge}, which does not listen`,
      joins.map((mac) => `ip maddr add ${mac} dev ${bridge}`).join('; '),
    );
}

export function* ofUnread({ name, unread }: Picture): Iterable<Finding> {
  for (const what of unread)
    yield said(
      'uplink-unread',
      `not all that hangs on ${name} could be read: ${what}`,
      'what that would have shown is not moved, and nobody would say so',
    );
}
