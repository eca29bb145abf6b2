// parts/own-names.ts — names that a network's DNS answers by itself, known or not, and asks nobody about.
import type { RoutedNetwork } from '../specfile/model.ts';

/** RFC 6303 section 4: reverse zones of which nobody else can know anything, IPv4's and IPv6's. */
const RFC_6303: readonly string[] = [
  '10.in-addr.arpa',
  '168.192.in-addr.arpa',
  '0.in-addr.arpa',
  '127.in-addr.arpa',
  '254.169.in-addr.arpa',
  '2.0.192.in-addr.arpa',
  '100.51.198.in-addr.arpa',
  '113.0.203.in-addr.arpa',
  '255.255.255.255.in-addr.arpa',
  `${'0.'.repeat(32)}ip6.arpa`,
  `1.${'0.'.repeat(31)}ip6.arpa`,
  'd.f.ip6.arpa',
  ...['8', '9', 'a', 'b'].map((digit) => `${digit}.e.f.ip6.arpa`),
  '8.b.d.0.1.0.0.2.ip6.arpa',
];

/**
 * What is many zones and one range: 172.16.0.0/12 of the same, and the shared address space of providers (RFC 7793).
 */
const RANGES: readonly string[] = ['172.16.0.0/12', '100.64.0.0/10'];

/**
 * Lines for dnsmasq's servers file: a zone without a server is answered from what it knows. `//` are names without a
 * dot, of whatever type.
 * A zone that the operator's own configuration gives a server keeps that.
 */
export function ownZones({ domain }: Pick<RoutedNetwork, 'domain'>): readonly string[] {
  return [
    ...['', ...(domain === '' ? [] : [domain]), ...RFC_6303].map((zone) => `server=/${zone}/`),
    ...RANGES.map((range) => `rev-server=${range}`),
  ];
}

interface Named {
  readonly ip: string;
  readonly name: string;
  readonly hostname: string;
}

/**
 * Lines of an addn-hosts file. An instance has its host name and, where that is a DNS label and nobody's host name, its
 * own name; each with and without the domain. The first is what its address is called.
 */
export function nameLines(guests: readonly Named[], { domain }: Pick<RoutedNetwork, 'domain'>): readonly string[] {
  const hostnames = new Set(guests.map(({ hostname }) => hostname.toLowerCase()));
  return guests.map(({ ip, name, hostname }) => {
    const also = LABEL.test(name) && !hostnames.has(name.toLowerCase()) ? [name] : [];
    return [
      ip,
      ...[hostname, ...also].flatMap((label) => [...(domain === '' ? [] : [`${label}.${domain}`]), label]),
    ].join(' ');
  });
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
