// conflicts/traffic.ts — which packets a network needs to get through, and by which way of the kernel they go.
import { rangeOf } from '../net/ip.ts';
import type { Network, RoutedNetwork } from '../specfile/model.ts';
import { wayOut, waysOf } from './egress.ts';
import { floatingLinks, boundOn } from './floating.ts';
import { atHost } from './host-traffic.ts';
import { hasPeers } from './local-nics.ts';
import { EVERYWHERE } from './model.ts';
import type { Packet } from './model.ts';
import { WORLD } from './required-traffic.ts';
import type { Site, RequiredTraffic } from './required-traffic.ts';

/** All kinds of packets that a network needs: of its instances with the host, with the outside and with each other. */
export function* needsOf(network: Network, site: Site): Iterable<RequiredTraffic> {
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

type Unpacked = Omit<RequiredTraffic, 'packet'>;

/** One need for each protocol that a firewall may treat differently. */
function* each(need: Unpacked, packet: Omit<Packet, 'protocol'>): Iterable<RequiredTraffic> {
  for (const protocol of ['tcp', 'udp', 'icmp'] as const) yield { ...need, packet: { ...packet, protocol } };
}

/** What instances send outside and the answers, by each interface that the spec's `forward` opens. */
function* outside(network: RoutedNetwork, site: Site): Iterable<RequiredTraffic> {
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

/** ARP with neighbours on a link: the host asks for its router there, and answers for floating addresses. */
function* arpOn(link: string, network: Network): Iterable<RequiredTraffic> {
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

/** What is sent to floating addresses, and the answers, by each link where such addresses are bound. */
function* floating(network: RoutedNetwork, site: Site): Iterable<RequiredTraffic> {
  const guests = rangeOf(network.cidr);
  for (const link of floatingLinks(network, site)) {
    // What comes from the network's own bridge is bridged, and what `forward` does not open is not to pass.
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
