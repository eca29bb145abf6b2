// conflicts/traffic.ts — which packets a network needs to get through, and by which way of the kernel they go.
import type { Facts, RouteFact } from '../core/facts.ts';
import { baseOf, bitsOf, covers, ipOf, parseCidr, parseIp, rangeOf, toIp, toNumber } from '../net/ipv4.ts';
import type { Cidr, Ip, Range } from '../net/ipv4.ts';
import { carrierOf, parentOf, uplinkOf } from '../parts/bridge.ts';
import { isLoopback, METADATA } from '../parts/metadata.ts';
import type { Host, Network, Nic, Pool, RoutedNetwork, Spec } from '../specfile/model.ts';
import { EVERYWHERE } from './model.ts';
import type { Packet } from './model.ts';

/** `over`: never leaves its bridge. */
export type Way = 'in' | 'out' | 'through' | 'over';

/** As an operator calls it. */
export const WORDS = {
  arp: 'ARP requests for the host',
  'arp-answer': 'ARP answers of the host',
  'arp-between': 'ARP between guests',
  'arp-outside': 'ARP of neighbours outside',
  'arp-outside-answer': 'ARP to neighbours outside',
  dhcp: 'DHCP requests',
  'dhcp-answer': 'DHCP answers',
  dns: 'DNS requests',
  'dns-answer': 'DNS answers',
  upstream: 'DNS requests to servers upstream',
  'upstream-answer': 'DNS answers of servers upstream',
  metadata: 'requests for metadata',
  outside: 'packets of guests to the outside',
  back: 'answers from the outside',
  floating: 'packets to floating addresses',
  'floating-answer': 'answers from floating addresses',
  between: 'packets between guests',
} as const;
export type What = keyof typeof WORDS;

export interface Need {
  readonly what: What;
  readonly way: Way;
  readonly packet: Packet;
  readonly network: Network;
  /** Of some of them: which, in words. */
  readonly part?: string;
}

export interface Site {
  readonly spec: Spec;
  readonly self: Host;
  /** What the operator calls the host, which need not be what the spec does. */
  readonly title?: string;
  readonly facts: Facts;
  /** Whom the host itself asks for names. */
  readonly resolvers?: readonly Ip[];
  readonly pairs?: readonly Pair[];
  /** By which device goes to everybody what no rule of the host's tells apart, where its rules were read. */
  readonly usual?: string;
}

/** A floating address and the instance's own that it stands for. */
export interface Pair {
  readonly floating: number;
  readonly fixed: number;
}

/** Guests' peers anywhere: public addresses, none of which is special. */
export const WORLD = rangeOf('64.0.0.0/4' as Cidr);

export function* needsOf(network: Network, site: Site): Iterable<Need> {
  const { bridge: link } = network;
  const guests = rangeOf(network.cidr);
  if (network.mode !== 'flat') {
    yield* atHost(network, site);
    if (network.gateway !== undefined && network.gateway === network.dhcp.server) yield* outside(network, site);
    if (network.gateway !== undefined) yield* floating(network, site);
  }
  if (!hasPeers(network, site)) return;
  const between = {
    in: link,
    out: link,
    source: guests,
    sourceType: 'unicast',
    destination: guests,
    destinationType: 'unicast',
    states: ['new'],
    bridged: true,
  } as const;
  yield* each({ what: 'between', way: 'over', network }, between);
  yield {
    what: 'arp-between',
    way: 'over',
    network,
    packet: { ...between, destinationType: 'broadcast', protocol: 'arp' },
  };
}

/** Two guests on this host, or others on the wire. */
function hasPeers(network: Network, site: Site): boolean {
  const isWired = (network.mode === 'vlan' ? parentOf(network, site.self) : uplinkOf(network, site.self)) !== undefined;
  return isWired || nicsOn(network, site).length > 1;
}

const grouped = new WeakMap<Site, ReadonlyMap<string, readonly Nic[]>>();

/** Of the guests on this host. */
function nicsOn(network: Network, site: Site): readonly Nic[] {
  const known = grouped.get(site) ?? byNetwork(site);
  grouped.set(site, known);
  return known.get(network.name) ?? [];
}

function byNetwork({ spec, self }: Site): ReadonlyMap<string, readonly Nic[]> {
  const found = new Map<string, Nic[]>();
  for (const { host, nics } of spec.instances)
    if (host === self.name)
      for (const nic of nics) {
        const own = found.get(nic.network);
        if (own === undefined) found.set(nic.network, [nic]);
        else own.push(nic);
      }
  return found;
}

type Kind = Omit<Need, 'packet'>;

/** By the protocols that a firewall may tell apart. */
function* each(need: Kind, packet: Omit<Packet, 'protocol'>): Iterable<Need> {
  for (const protocol of ['tcp', 'udp', 'icmp'] as const) yield { ...need, packet: { ...packet, protocol } };
}

/** What dnsmasq and the metadata service on this host are asked, and what they answer. */
function* atHost(network: RoutedNetwork, site: Site): Iterable<Need> {
  const {
    bridge: link,
    dhcp: { server },
  } = network;
  const [guests, host] = [rangeOf(network.cidr), just(server)];
  const asks = {
    in: link,
    out: '',
    source: guests,
    sourceType: 'unicast',
    destination: host,
    destinationType: 'local',
    states: ['new'],
  } as const;
  const answers = {
    in: '',
    out: link,
    source: host,
    sourceType: 'local',
    destination: guests,
    destinationType: 'unicast',
  } as const;
  // Nobody to ask: no dnsmasq.
  if (nicsOn(network, site).length === 0) return;
  yield { what: 'arp', way: 'in', network, packet: { ...asks, destinationType: 'broadcast', protocol: 'arp' } };
  yield { what: 'arp-answer', way: 'out', network, packet: { ...answers, states: ['established'], protocol: 'arp' } };
  const nobody = just('0.0.0.0' as Ip);
  yield {
    what: 'dhcp',
    way: 'in',
    network,
    packet: {
      ...asks,
      source: nobody,
      destination: just('255.255.255.255' as Ip),
      destinationType: 'broadcast',
      protocol: 'udp',
      sourcePort: 68,
      destinationPort: 67,
    },
  };
  // To connection tracking it answers nothing: it was not asked by that address.
  yield {
    what: 'dhcp-answer',
    way: 'out',
    network,
    packet: { ...answers, states: ['new'], protocol: 'udp', sourcePort: 67, destinationPort: 68 },
  };
  for (const protocol of ['udp', 'tcp'] as const) {
    yield { what: 'dns', way: 'in', network, packet: { ...asks, protocol, destinationPort: 53 } };
    yield {
      what: 'dns-answer',
      way: 'out',
      network,
      packet: { ...answers, states: ['established'], protocol, sourcePort: 53 },
    };
  }
  yield* upstream(network, site);
  const service = network.metadata ? site.self.metadata : undefined;
  if (service === undefined) return;
  const isHere = isLoopback(service.address);
  const packet = {
    ...asks,
    states: ['new', 'dnat'],
    sentTo: just(METADATA as Ip),
    sentToPort: 80,
    protocol: 'tcp',
    destinationPort: service.port,
  } as const;
  yield {
    what: 'metadata',
    way: isHere ? 'in' : 'through',
    network,
    packet: isHere
      ? packet
      : { ...packet, out: undefined, destination: just(service.address), destinationType: 'unicast' },
  };
}

/** What dnsmasq does not know itself it asks others, mostly by UDP. */
function* upstream(network: RoutedNetwork, site: Site): Iterable<Need> {
  for (const server of upstreamOf(network, site)) {
    const { link, source } = wayTo(server, site);
    const [host, far] = [source === undefined ? EVERYWHERE : just(source), just(server)];
    const farType = link === LOOPBACK ? 'local' : 'unicast';
    yield {
      what: 'upstream',
      way: 'out',
      network,
      packet: {
        in: '',
        out: link,
        source: host,
        sourceType: 'local',
        destination: far,
        destinationType: farType,
        states: ['new'],
        protocol: 'udp',
        destinationPort: 53,
      },
    };
    yield {
      what: 'upstream-answer',
      way: 'in',
      network,
      packet: {
        in: link,
        out: '',
        source: far,
        sourceType: farType,
        destination: host,
        destinationType: 'local',
        states: ['established'],
        protocol: 'udp',
        sourcePort: 53,
      },
    };
  }
}

export function isUpstream(what: What): boolean {
  return what === 'upstream' || what === 'upstream-answer';
}

/** Who is asked, and answers. */
export function serverOf({ way, packet }: Need): Ip {
  return toIp((way === 'in' ? packet.source : packet.destination).first);
}

/** An operator's own configuration may name others than the host's. */
export function upstreamOf({ dns, dhcp }: RoutedNetwork, { resolvers = [] }: Site): readonly Ip[] {
  return dns.length > 0 ? dns : dhcp.config === undefined ? resolvers : [];
}

/** By each way that the spec opens. */
function* outside(network: RoutedNetwork, site: Site): Iterable<Need> {
  const { bridge: link, forward } = network;
  const ways = forward === 'all' ? [wayOut(site)] : waysOf(forward, site);
  const guests = rangeOf(network.cidr);
  for (const way of ways) {
    yield* each(
      { what: 'outside', way: 'through', network },
      {
        in: link,
        out: way,
        source: guests,
        sourceType: 'unicast',
        destination: WORLD,
        destinationType: 'unicast',
        states: ['new'],
      },
    );
    if (way !== undefined) yield* arpOn(way, network);
    yield* each(
      { what: 'back', way: 'through', network },
      {
        in: way,
        out: link,
        source: WORLD,
        sourceType: 'unicast',
        destination: guests,
        destinationType: 'unicast',
        states: ['established', ...(network.snat === false ? [] : ['snat'])],
        sentTo: EVERYWHERE,
      },
    );
  }
}

/** Who is asked for a router there answers, and who asks for a floating address is answered. */
function* arpOn(link: string, network: Network): Iterable<Need> {
  const between = { source: EVERYWHERE, destination: EVERYWHERE, protocol: 'arp' } as const;
  for (const states of [['new'], ['established']]) {
    yield {
      what: 'arp-outside',
      way: 'in',
      network,
      packet: { ...between, in: link, out: '', destinationType: 'local', states },
    };
    yield {
      what: 'arp-outside-answer',
      way: 'out',
      network,
      packet: { ...between, in: '', out: link, sourceType: 'local', states },
    };
  }
}

const LOOPBACK = 'lo';

/** By the longest route of the main table or network of an address; and the address that the host has there. */
function wayTo(server: Ip, site: Site): { readonly link: string | undefined; readonly source?: Ip } {
  const {
    spec,
    facts: { links },
  } = site;
  const all = [...links.values()].flatMap(({ name, addresses, routes }) => {
    const own = addresses.flatMap(({ cidr, scope, ours }) =>
      scope === undefined && !ours ? (parseIp(ipOf(cidr)) ?? []) : [],
    );
    const near = addresses.flatMap(({ cidr }) =>
      parseIp(ipOf(cidr)) === undefined ? [] : [{ name, to: baseOf(cidr), metric: 0, source: parseIp(ipOf(cidr)) }],
    );
    const far = routes.filter(({ family, table, type }) => family === 4 && table === undefined && type === undefined);
    return [
      ...near,
      ...far.flatMap(({ to, metric = 0, source = own[0] }) => {
        const cidr = parseCidr(to === 'default' ? '0.0.0.0/0' : to.includes('/') ? to : `${to}/32`);
        return cidr === undefined
          ? []
          : [{ name, to: cidr, metric, source: source === undefined ? undefined : parseIp(source) }];
      }),
    ];
  });
  const own = all.find(({ source, metric }) => source === server && metric === 0);
  if (own !== undefined || server.startsWith('127.')) return { link: LOOPBACK, source: server };
  const network = spec.networks.find(({ mode, cidr }) => mode !== 'flat' && covers(rangeOf(cidr), just(server)));
  if (network !== undefined) return { link: network.bridge };
  const [best] = all
    .filter(({ to }) => covers(rangeOf(to), just(server)))
    .sort((a, b) => bitsOf(b.to) - bitsOf(a.to) || a.metric - b.metric);
  if (best === undefined) return { link: wayOut(site) };
  return { link: carrierOf(best.name, site), ...(best.source === undefined ? {} : { source: best.source }) };
}

/** Where the host sends what is for anybody. */
function wayOut(site: Site): string | undefined {
  const { publicInterface } = site.self;
  return publicInterface === undefined ? (site.usual ?? defaultLink(site.facts)) : carrierOf(publicInterface, site);
}

/** Other tables are asked by rules: that one has a default route says nothing of who goes by it. */
export function defaultLink({ links }: Facts): string | undefined {
  const isDefault = ({ to, family, table, type }: RouteFact): boolean =>
    to === 'default' && family === 4 && table === undefined && type === undefined;
  const ways = [...links.values()].flatMap(({ name, routes }) =>
    routes.filter(isDefault).map(({ metric = 0 }) => ({ name, metric })),
  );
  return ways.sort((a, b) => a.metric - b.metric)[0]?.name;
}

export function waysOf(forward: 'none' | readonly string[], site: Site): readonly string[] {
  return forward === 'none' ? [] : [...new Set(forward.map((name) => carrierOf(name, site)))];
}

function* floating(network: RoutedNetwork, site: Site): Iterable<Need> {
  const guests = rangeOf(network.cidr);
  for (const link of floatingLinks(network, site)) {
    // A neighbour on the network's own bridge is bridged; and what the spec shuts off is not to pass.
    if (link === network.bridge || (network.forward !== 'all' && !waysOf(network.forward, site).includes(link)))
      continue;
    yield* arpOn(link, network);
    yield* each(
      { what: 'floating', way: 'through', network },
      {
        in: link,
        out: network.bridge,
        source: WORLD,
        sourceType: 'unicast',
        destination: guests,
        destinationType: 'unicast',
        states: ['new', 'dnat'],
        sentTo: EVERYWHERE,
        bound: boundOn(link, site),
      },
    );
    yield* each(
      { what: 'floating-answer', way: 'through', network },
      {
        in: network.bridge,
        out: link,
        source: guests,
        sourceType: 'unicast',
        destination: WORLD,
        destinationType: 'unicast',
        states: ['established', 'dnat'],
      },
    );
  }
}

/** What instances send out, and what is sent to their floating addresses or the metadata service, with the answers. */
export function isTranslated({ what, network }: Need): boolean {
  if (what === 'outside' || what === 'back')
    return (
      network.mode !== 'flat' && network.snat !== false && !network.noSnat.some((cidr) => covers(rangeOf(cidr), WORLD))
    );
  return what === 'floating' || what === 'floating-answer' || what === 'metadata';
}

/** Where the floating addresses of a network's guests on this host are bound. */
export function floatingLinks(network: Network, site: Site): ReadonlySet<string> {
  const { spec, self } = site;
  const wishes = nicsOn(network, site).flatMap((nic) => nic.floating);
  if (wishes.length === 0) return new Set();
  const pools = new Map(spec.pools.map((pool) => [pool.name, pool.interface ?? self.publicInterface]));
  return new Set(wishes.flatMap(({ pool }) => pools.get(pool ?? '') ?? []).map((name) => carrierOf(name, site)));
}

export function hasGuests(network: Network, site: Site): boolean {
  return nicsOn(network, site).length > 0;
}

/** Those whose addresses are bound on a link. */
export function poolsOn(link: string, site: Site): readonly Pool[] {
  const {
    spec: { pools },
    self: { publicInterface },
  } = site;
  return pools.filter((pool) => {
    const name = pool.interface ?? publicInterface;
    return name !== undefined && carrierOf(name, site) === link;
  });
}

/** The floating addresses of a network's instances that are bound on the link where a packet comes in or leaves. */
export function floatsIn({ network, packet, what }: Need, site: Site): readonly Range[] {
  const link = what === 'floating' ? packet.in : packet.out;
  if (link === undefined) return [];
  const [guests, bound] = [rangeOf(network.cidr), boundOn(link, site)];
  return (site.pairs ?? [])
    .filter(
      ({ floating, fixed }) =>
        guests.first <= fixed && fixed <= guests.last && bound.first <= floating && floating <= bound.last,
    )
    .map(({ floating }) => ({ first: floating, last: floating }));
}

/**
 * As what leaves is seen when it is translated: by a floating address, or as the spec or the host has it. Undefined:
 * nobody knows.
 */
export function seenAs(need: Need, site: Site): readonly Range[] | undefined {
  const {
    what,
    network,
    packet: { out },
  } = need;
  const {
    self: { publicInterface, sourceAddress },
    facts,
  } = site;
  const floats = floatsIn(need, site);
  if (what === 'floating-answer' || (out !== undefined && floatingEverywhere(network, out, site)))
    return floats.length === 0 ? undefined : floats;
  if (network.mode !== 'flat' && typeof network.snat === 'object') return [network.snat];
  const own = [out ?? '', publicInterface ?? '']
    .flatMap((name) => facts.links.get(name)?.addresses ?? [])
    .filter(({ ours, scope }) => !ours && scope === undefined);
  const ip = sourceAddress ?? own.flatMap(({ cidr }) => parseIp(ipOf(cidr)) ?? [])[0];
  return ip === undefined ? undefined : [just(ip)];
}

/** Whether it is translated where it leaves. */
export function isTranslatedAt(need: Need, site: Site): boolean {
  const {
    self: { publicInterface },
  } = site;
  const leaves =
    need.what === 'outside' && (publicInterface === undefined || need.packet.out === carrierOf(publicInterface, site));
  return (leaves || need.what === 'floating-answer') && isTranslated(need);
}

/** From the first floating address that may be bound on a link to the last. */
function boundOn(link: string, site: Site): Range {
  const ranges = poolsOn(link, site).flatMap((pool) => pool.ranges.map(({ usable }) => usable));
  return { first: Math.min(...ranges.map(({ first }) => first)), last: Math.max(...ranges.map(({ last }) => last)) };
}

/** Each guest of a network on this host has a floating address there, which is what it is seen as. */
export function floatingEverywhere(network: Network, link: string, site: Site): boolean {
  const nics = nicsOn(network, site);
  const there = new Set<string | undefined>(poolsOn(link, site).map(({ name }) => name));
  return nics.length > 0 && nics.every(({ floating }) => floating.some(({ pool }) => there.has(pool)));
}

function just(ip: Ip): Range {
  const value = toNumber(ip);
  return { first: value, last: value };
}
