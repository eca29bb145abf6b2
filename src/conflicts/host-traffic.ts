// conflicts/host-traffic.ts — what instances ask this host for (ARP, DHCP, DNS, metadata), its answers, and what its
// dnsmasq asks DNS servers upstream.
import { rangeOf } from '../net/ip.ts';
import type { Ip } from '../net/ip.ts';
import { isLoopback, METADATA } from '../parts/metadata.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { LOOPBACK, wayTo } from './egress.ts';
import { nicsOn } from './local-nics.ts';
import { EVERYWHERE } from './model.ts';
import { just } from './required-traffic.ts';
import type { RequiredTraffic, Site } from './required-traffic.ts';

/** What instances ask of dnsmasq and of the metadata service on this host, and the answers. */
export function* atHost(network: RoutedNetwork, site: Site): Iterable<RequiredTraffic> {
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
  // Without instances there is no dnsmasq.
  if (nicsOn(network, site).length === 0) return;
  yield { what: 'arp', way: 'in', network, packet: { ...asks, destinationType: 'broadcast', protocol: 'arp' } };
  yield { what: 'arp-answer', way: 'out', network, packet: { ...answers, states: ['established'], protocol: 'arp' } };
  const nobody = just('0.0.0.0' as Ip<4>);
  yield {
    what: 'dhcp',
    way: 'in',
    network,
    packet: {
      ...asks,
      source: nobody,
      destination: just('255.255.255.255' as Ip<4>),
      destinationType: 'broadcast',
      protocol: 'udp',
      sourcePort: 68,
      destinationPort: 67,
    },
  };
  // To connection tracking this is a new connection: the request came from 0.0.0.0, the answer goes to an address.
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
    sentTo: just(METADATA as Ip<4>),
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

/** What dnsmasq asks DNS servers upstream, mostly by UDP, and their answers. */
function* upstream(network: RoutedNetwork, site: Site): Iterable<RequiredTraffic> {
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

/** The servers that dnsmasq asks: those of the spec, else the host's; unknown where an operator configures dnsmasq. */
export function upstreamOf({ dns, dhcp }: RoutedNetwork, { resolvers = [] }: Site): readonly Ip<4>[] {
  return dns.length > 0 ? dns : dhcp.config === undefined ? resolvers : [];
}
