// uplinks/left.ts — what others have put on a bridge of netctl's that is about to go, or to lose its uplink: each thing
// that netctl does not take along is said.
import type { LinkFact } from '../core/facts.ts';
import type { Fields } from '../iproute2/fields.ts';
import { partOf, recordsOf, textOf, textsOf } from '../iproute2/fields.ts';
import { KERNEL } from '../iproute2/routes.ts';
import { PROTOCOL } from '../core/marks.ts';
import { isLinkLocalOfMac } from '../net/ipv6.ts';
import type { Bound } from './bound.ts';
import { isOwnAddress } from './claimed.ts';
import { kindOf } from './elsewhere.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { Claimed } from './claimed.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import { leftRules } from './left-rules.ts';
import { leftSettings } from './left-settings.ts';
import type { Bridge } from './left-settings.ts';
import type { Leaving } from './leaving.ts';
import { unknownOfAddress, unknownOfRoute } from './known.ts';
import { nameWords } from './named.ts';
import type { NamingRule } from './naming.ts';
import { isIpv6, placeOf, wordsToSay } from './routes.ts';
import type { SeenRoute } from './routes.ts';
import { addressWords, neighbourWords } from './words.ts';

/** `ofWire`: as that is now. */
export interface Left extends Bridge {
  readonly fact: LinkFact;
  readonly claimed: Claimed;
  /** Devices that are netctl's, or that the plan speaks of. */
  readonly isKnown: (device: string) => boolean;
  readonly naming: readonly NamingRule[];
  readonly bound: readonly Bound[];
  /** What depends on devices of this network namespace in others. */
  readonly elsewhere: readonly Elsewhere[];
  /** Of its forwarding table: what somebody has put there. */
  readonly forwarded: readonly string[];
  /** Ports that are nobody's of these, where nobody else says so. */
  readonly strangers: readonly string[];
}

/** What it is called one by one and together, and each with the command that has it elsewhere. */
interface Things {
  readonly code: string;
  readonly one: string;
  readonly many: string;
  readonly all: readonly (readonly [words: string, mend: string])[];
}

export function* whatIsLeft(left: Left): Iterable<Finding> {
  for (const things of [
    ofAddresses(left),
    ofRoutes(left),
    ofNexthops(left),
    ofNeighbours(left),
    ofDevices(left),
    ofQueues(left),
    ofJoins(left),
    ofNamed(left),
    ofForwarded(left),
  ])
    yield* found(left, things);
  yield* ofChanged(left);
  yield* ofUnknown(left);
  yield* leftSettings(left);
  yield* leftRules(left);
  yield* ofSources(left);
  yield* ofStrangers(left);
  yield* ofBound(left);
  for (const what of left.picture.unread)
    yield said(
      'bridge-unread',
      `not all that others have put on ${left.bridge} could be read: ${what}`,
      'what that would have shown is lost, and nobody would say so',
    );
}

/** `the route 10.77.0.0/16 on br-lab is not netctl's, and goes with the bridge`. */
function* found({ bridge, goes, wire = '' }: Left, { code, one, many, all }: Things): Iterable<Finding> {
  if (all.length === 0) return;
  const words = all.map(([each]) => each);
  const [what, verb] =
    words.length === 1
      ? [`the ${one} ${words.join('')} on ${bridge} is`, goes ? 'goes' : 'stays']
      : [`${words.length} ${many} on ${bridge} are`, goes ? 'go' : 'stay'];
  const end = goes ? `${verb} with the bridge` : `${verb} there when ${wire} leaves`;
  const mends = [...new Set(all.map(([, mend]) => mend))];
  yield {
    ...said(code, `${what} not netctl's, and ${end}${words.length === 1 ? '' : `: ${listed(words)}`}`, listed(mends)),
    details: [...words, ...mends],
  };
}

function placeFor({ to = 'INTERFACE' }: Leaving): string {
  return to;
}

function ofAddresses(left: Left): Things {
  const all = left.picture.addresses.filter(
    (address) =>
      isConfigured(address, left) &&
      !isLinkLocalOfMac(textOf(address, 'local') ?? '') &&
      !left.claimed.hasAddress(address),
  );
  return {
    code: 'bridge-address',
    one: 'address',
    many: 'addresses',
    all: all.map((address) => [
      cidrOf(address),
      `ip address add ${addressWords(unlabelled(address, left), placeFor(left))}`,
    ]),
  };
}

/** Not by a router, which makes others on the interface; but what a client of DHCPv6 has put there. */
function isConfigured(address: Fields, { fact }: Left): boolean {
  if (fact.addresses.some(({ cidr }) => cidr === cidrOf(address))) return true;
  const isRouters =
    address['temporary'] === true || address['mngtmpaddr'] === true || ROUTERS.has(textOf(address, 'protocol') ?? '');
  return address['family'] === 'inet6' && address['dynamic'] === true && !isRouters;
}

/** Who has made an address, by the kernel's words and numbers: itself for its link-local ones, or at a router's. */
const ROUTERS: ReadonlySet<string> = new Set(['kernel_ll', 'kernel_ra', '2', '3']);

/** A label begins with the name of its device. */
function unlabelled({ label, ...address }: Fields, { bridge }: Pick<Left, 'bridge'>): Fields {
  return label === bridge || label === undefined ? address : { ...address, label };
}

function* ofChanged({ picture, claimed, bridge, to = 'INTERFACE' }: Left): Iterable<Finding> {
  const changed = picture.addresses.filter((address) => claimed.hasChanged(address));
  if (changed.length === 0) return;
  const mends = changed.map((address) => `ip address replace ${addressWords(unlabelled(address, { bridge }), to)}`);
  yield {
    ...said(
      'bridge-address',
      `somebody has changed on ${bridge} what came along to it, and ${to} gets it back as it was: ${listed(changed.map((address) => addressWords(address, bridge)))}`,
      listed(mends),
    ),
    details: mends,
  };
}

/** Of what goes along: a newer `ip` says more than netctl can say again. */
function* ofUnknown(left: Left): Iterable<Finding> {
  const { picture, bridge, to = 'INTERFACE' } = left;
  const all = [
    ...picture.addresses
      .filter((address) => isConfigured(address, left) && !isOwnAddress(address))
      .map((address) => [`address ${addressWords(address, bridge)}`, unknownOfAddress(address)] as const),
    ...picture.routes
      .filter((route) => isBy(route, bridge) && ![PROTOCOL, KERNEL].includes(textOf(route.fields, 'protocol') ?? ''))
      .map(({ words, fields }) => [`route ${words}`, unknownOfRoute(fields)] as const),
  ];
  for (const [what, fields] of all)
    for (const field of fields)
      yield said(
        'bridge-unknown',
        `ip prints \`${field}\` of ${what}, which netctl does not know: ${to} does not get it`,
        'see what it is for, and say yes where the host can do without it',
      );
}

function cidrOf(address: Fields): string {
  return `${textOf(address, 'local') ?? ''}/${String(typeof address['prefixlen'] === 'number' ? address['prefixlen'] : '')}`;
}

function ofRoutes(left: Left): Things {
  const all = left.picture.routes.filter((route) => isBy(route, left.bridge) && isSomebodys(route, left));
  return {
    code: 'route-lost',
    one: 'route',
    many: 'routes',
    all: all.map((route) => {
      // One of a single way would have gone along, were its gateway to be reached there.
      const place = isSayable(route) ? 'INTERFACE' : placeFor(left);
      // The one that came along may be there again, in its place.
      return [
        shortly(route, left.bridge),
        `ip ${isIpv6(route) ? '-6 ' : ''}route replace ${withoutMark(wordsToSay(route)).replaceAll(` dev ${left.bridge}`, ` dev ${place}`)}`,
      ];
    }),
  };
}

function isBy({ fields }: SeenRoute, bridge: string): boolean {
  return fields['dev'] === bridge || recordsOf(fields, 'nexthops').some(({ dev }) => dev === bridge);
}

function isSayable({ fields }: SeenRoute): boolean {
  return ['nhid', 'encap', 'nexthops', 'from'].every((name) => fields[name] === undefined);
}

/** Of the kernel's own those that do not come by themselves, as NetworkManager makes them. */
function isSomebodys(route: SeenRoute, { claimed, fact }: Left): boolean {
  if (claimed.hasRoute(route)) return false;
  return (
    route.fields['protocol'] !== KERNEL ||
    fact.routes.some(
      ({ family, to, metric, table }) =>
        placeOf(route).startsWith(`${family} ${table ?? '254'} ${to} `) &&
        (metric === undefined || metric === route.fields['metric']),
    )
  );
}

/** One that came along is marked on the bridge; whoever has it next is not netctl. */
function withoutMark(words: string): string {
  return words.replace(` proto ${PROTOCOL}`, '');
}

/** Without what every route has. */
function shortly({ words }: SeenRoute, bridge: string): string {
  return withoutMark(words)
    .replaceAll(` dev ${bridge}`, '')
    .replaceAll(/ (table 254|proto 3|scope \d+|pref medium|linkdown|dead)(?= |$)/g, '');
}

function ofNexthops(left: Left): Things {
  return {
    code: 'bridge-nexthop',
    one: 'next-hop object',
    many: 'next-hop objects',
    all: left.picture.nexthops.map((hop) => {
      const [id, gateway, group] = [
        String(hop['id']),
        textOf(hop, 'gateway'),
        recordsOf(hop, 'group')
          .map((each) => String(each['id']))
          .join('/'),
      ];
      return [
        id,
        `ip nexthop add id ${id} ${group === '' ? `${gateway === undefined ? '' : `via ${gateway} `}dev ${placeFor(left)}` : `group ${group}`}`,
      ];
    }),
  };
}

function ofNeighbours(left: Left): Things {
  const all = left.picture.neighbours.filter((neighbour) => !left.claimed.hasNeighbour(neighbour));
  return {
    code: 'bridge-neighbour',
    one: 'neighbour',
    many: 'neighbours',
    // What netctl has moved and knows nothing of any more bears its mark.
    all: all
      .map(({ protocol, ...rest }) => (protocol === undefined || protocol === PROTOCOL ? rest : { ...rest, protocol }))
      .map((neighbour) => [
        neighbourWords(neighbour, left.bridge).replace(` dev ${left.bridge}`, ''),
        `ip neigh replace ${neighbourWords(neighbour, placeFor(left))}`,
      ]),
  };
}

/** VLANs, macvlans: the kernel removes these. Tunnels get nowhere. */
function ofDevices(left: Left): Things {
  const all = left.picture.dependents.filter((device) => !left.isKnown(textOf(device, 'ifname') ?? ''));
  const inside = left.elsewhere
    .filter(({ parent }) => parent === left.picture.link['ifindex'])
    .map(({ netns, device }): readonly [string, string] => {
      const [name, kind] = [textOf(device, 'ifname') ?? '', kindOf(device)];
      return [
        `${name} (${kind}) in the network namespace ${netns}`,
        `ip link add link ${placeFor(left)} netns ${netns} name ${name} type ${kind}, with all that is on it`,
      ];
    });
  return {
    code: 'bridge-device',
    one: 'device',
    many: 'devices',
    all: [
      ...inside,
      ...all.map((device): readonly [string, string] => {
        const [name, info] = [textOf(device, 'ifname') ?? '', partOf(device, 'linkinfo')];
        const [kind, id] = [textOf(info, 'info_kind') ?? 'device', partOf(info, 'info_data')['id']];
        return [
          `${name} (${kind})`,
          `ip link add link ${placeFor(left)} name ${name} type ${kind}${typeof id === 'number' ? ` id ${id}` : ''}, with all that is on it`,
        ];
      }),
    ],
  };
}

function ofQueues(left: Left): Things {
  const {
    picture: { qdiscs, filters, link },
    bridge,
  } = left;
  const made = qdiscs
    .filter(({ handle, kind }) => handle !== '0:' && kind !== 'clsact' && kind !== 'ingress')
    .map((qdisc) => `qdisc ${textOf(qdisc, 'kind') ?? ''} ${textOf(qdisc, 'handle') ?? ''}`);
  const all = [
    ...made,
    ...new Set(filters.map((filter) => `${textOf(filter, 'place') ?? ''} filters`)),
    ...(link['xdp'] === undefined ? [] : ['XDP program']),
  ];
  return {
    code: 'bridge-queue',
    one: 'queue',
    many: 'queues',
    all: all.map((what) => [
      what,
      `\`tc qdisc show dev ${bridge}\` and \`tc filter show dev ${bridge}\` say them: the same on ${placeFor(left)}`,
    ]),
  };
}

function ofJoins(left: Left): Things {
  return {
    code: 'bridge-join',
    one: 'multicast MAC',
    many: 'multicast MACs',
    all: left.picture.joins.map((mac) => [mac, `ip maddr add ${mac} dev ${placeFor(left)}`]),
  };
}

/** Not those that the interface has as well: on the bridge they are as netctl has advised. */
function ofNamed(left: Left): Things {
  const there = new Set((left.ofWire?.named ?? []).map(nameWords));
  const all = (left.picture.named ?? []).map(nameWords).filter((words) => !there.has(words));
  return {
    code: 'bridge-named',
    one: 'entry',
    many: 'entries',
    all: all.map((words) => [words.replace(/^ip (.*) dev LINK/, '$1'), words.replaceAll('LINK', placeFor(left))]),
  };
}

function ofForwarded(left: Left): Things {
  return {
    code: 'bridge-fdb',
    one: 'forwarding entry',
    many: 'forwarding entries',
    all: left.forwarded.map((entry) => [entry, 'no interface has such entries: they are of a bridge alone']),
  };
}

/** Routes by other devices. With an address that stays where it is, or goes along, nothing of them goes. */
function* ofSources(left: Left): Iterable<Finding> {
  const { bridge, picture, claimed, goes } = left;
  const gone = new Set(
    picture.addresses
      .filter((address) => (isOwnAddress(address) ? goes && !claimed.isLent(address) : !claimed.hasAddress(address)))
      .map((address) => textOf(address, 'local')),
  );
  const routes = picture.routes.filter(
    (route) => !isBy(route, bridge) && route.fields['protocol'] !== KERNEL && gone.has(textOf(route.fields, 'prefsrc')),
  );
  if (routes.length > 0)
    yield said(
      'route-lost',
      `${routes.length === 1 ? 'a route' : `${routes.length} routes`} by other devices ${routes.length === 1 ? 'has' : 'have'} an address of ${bridge} as source, and ${routes.length === 1 ? 'falls' : 'fall'} with that: ${listed(routes.map(({ words }) => words))}`,
      `when it is done, with an address that is there then: ${listed(routes.map((route) => `ip ${isIpv6(route) ? '-6 ' : ''}route replace ${wordsToSay(route)}`))}`,
    );
}

function* ofStrangers({ strangers, bridge, goes }: Left): Iterable<Finding> {
  if (goes && strangers.length > 0)
    yield said(
      'bridge-port',
      `not netctl's, and in no bridge any more when ${bridge} goes: ${listed(strangers)}`,
      listed(strangers.map((name) => `ip link set dev ${name} master BRIDGE`)),
    );
}

/** netctl's own DHCP servers are bound to their bridges. */
function* ofBound({ bound, bridge, goes, wire = '', to = 'INTERFACE' }: Left): Iterable<Finding> {
  const own = [
    ...new Set(
      bound
        .filter(({ link, what }) => link === bridge && !/^socket udp \S+:(67|547)$/.test(what))
        .map(({ what }) => what),
    ),
  ];
  if (own.length > 0)
    yield said(
      'bridge-bound',
      `bound to ${bridge}, ${goes ? 'which goes' : `which ${wire} leaves`}: ${listed(own)}`,
      `bind it to ${to} when it is done`,
    );
}

/** Of what `bridge -j fdb show` lists: neither learnt, nor a device's own MAC, nor what the kernel listens to. */
export function forwardedIn(records: readonly Fields[], bridge: string, macs: ReadonlySet<string>): readonly string[] {
  return records.flatMap((entry) => {
    const [mac = '', port = '', state = ''] = [textOf(entry, 'mac'), textOf(entry, 'ifname'), textOf(entry, 'state')];
    const isIn = textOf(entry, 'master') === bridge || (port === bridge && textsOf(entry, 'flags').includes('self'));
    const isPut = state === 'static' || state === 'permanent' || textsOf(entry, 'flags').includes('extern_learn');
    return isIn && isPut && !macs.has(mac) && !/^.[13579bdf]:/i.test(mac) ? [`${mac} on ${port}`] : [];
  });
}
