// conflicts/overlap.ts — a network whose range the host has already: an address of its own, or a way to somewhere else.
import { comesBy } from './forwarding.ts';
import type { Diagnostic, Ref, State } from '../core/resource.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { METRIC, UNANNOUNCED } from '../core/marks.ts';
import { isAddress } from '../kinds/address/model.ts';
import { isFile } from '../kinds/file/model.ts';
import { isLink } from '../kinds/link/model.ts';
import { baseOf, bitsOf, covers, ipOf, overlap, rangeOf } from '../net/ip.ts';
import type { Cidr, Ip, Range } from '../net/ip.ts';
import { ownAddress } from '../parts/gateway.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import type { Site } from './required-traffic.ts';
import { waysTo } from '../iproute2/ways.ts';
import type { Routing, Way } from '../iproute2/ways.ts';

interface Had {
  readonly link: string;
  /** `203.0.113.11/24` */
  readonly cidr: string;
  readonly range: Range<4>;
  /** The kernel looks for all of the range on this link. */
  readonly connected: boolean;
}

/**
 * What is about to be made is refused where the host would lose the neighbours of one of its links, and asked for where
 * something else would be found elsewhere than before. Of what is there already it is said.
 */
export function* overlaps(
  site: Site,
  wanted: State,
  links: readonly LinkRecord[],
  routing: Routing,
): Iterable<Diagnostic> {
  const outside = [...comesBy(site)];
  const routed = site.spec.networks.filter(
    (network): network is RoutedNetwork => network.mode !== 'flat' && wanted.has(refOf(network)),
  );
  const had = links
    .filter(({ master }) => !links.some((link) => link.name === master && link.type === 'vrf'))
    .flatMap(addressesOn);
  const ports = portsIn(wanted);
  for (const network of routed) {
    const own = new Set([network.bridge, ...(ports.get(network.bridge) ?? [])]);
    const range = rangeOf(network.cidr);
    const there = links.some(
      ({ name, addresses }) =>
        name === network.bridge &&
        addresses.some((a) => a.metric === METRIC && `${a.ip}/${a.bits}` === ownAddress(network)),
    );
    const met = had.filter((one) => !own.has(one.link) && overlap(one.range, range) && !isToMove(one, own, wanted));
    for (const one of firstOn(met.filter(({ connected }) => connected))) yield inUse(network, one, there);
    for (const one of firstOn(met.filter(({ connected }) => !connected)))
      yield taken(network, one, there, isHeld(network, one, wanted));
    const gateway = ipOf(ownAddress(network)) as Ip<4>;
    const ways = waysTo(
      {
        range,
        bits: bitsOf(network.cidr),
        gateway,
        links: own,
        comesBy: outside.flatMap(([link, { networks }]) => (networks.has(network) ? [link] : [])),
      },
      routing,
    );
    const led = ways.filter(
      (way) =>
        !met.some(({ cidr, connected, link }) => connected && way.links.includes(link) && baseOf(cidr) === way.to),
    );
    for (const way of led) yield routedElsewhere(network, way, there);
  }
}

function refOf(network: RoutedNetwork): Ref {
  return `address ${network.bridge} ${ownAddress(network)}`;
}

/** By its bridge, what goes into that: what these carry is the network's own. */
function portsIn(wanted: State): ReadonlyMap<string, readonly string[]> {
  const ports = new Map<string, string[]>();
  for (const resource of wanted.values()) {
    if (!isLink(resource) || resource.type === 'bridge' || resource.master === undefined) continue;
    const own = ports.get(resource.master);
    if (own === undefined) ports.set(resource.master, [resource.name]);
    else own.push(resource.name);
  }
  return ports;
}

/** Of others. One that is down has no neighbours, and will have them again. */
function addressesOn({ name, addresses }: LinkRecord): readonly Had[] {
  return addresses
    .filter(
      ({ family, scope, metric }) => family === 4 && scope !== 'host' && metric !== METRIC && metric !== UNANNOUNCED,
    )
    .map(({ ip, bits, noPrefixRoute }) => {
      const connected = bits < 31 && !noPrefixRoute && name !== 'lo';
      return {
        link: name,
        cidr: `${ip}/${bits}`,
        range: rangeOf((connected ? baseOf(`${ip}/${bits}`) : `${ip}/32`) as Cidr<4>),
        connected,
      };
    });
}

function firstOn(all: readonly Had[]): readonly Had[] {
  return [...new Map(all.toReversed().map((one) => [one.link, one])).values()].toReversed();
}

/** It comes along with its interface, from another bridge, if with another prefix. */
function isToMove({ cidr }: Had, own: ReadonlySet<string>, wanted: State): boolean {
  return (
    [...wanted.values()].some(
      (one) => isAddress(one) && own.has(one.link) && one.movedFrom !== undefined && ipOf(one.cidr) === ipOf(cidr),
    ) || [...own].some((link) => wanted.has(`address ${link} ${cidr}`))
  );
}

function inUse(network: RoutedNetwork, { link, cidr, range }: Had, there: boolean): Diagnostic {
  const { name, cidr: own } = network;
  const other = rangeOf(own);
  const how =
    covers(range, other) && covers(other, range)
      ? 'is the network of'
      : covers(range, other)
        ? 'lies in the network of'
        : 'holds the network of';
  const isNarrower = covers(range, other) && !covers(other, range);
  return said(
    network,
    there ? (isNarrower ? 'stands' : 'stops') : 'refused',
    `${name} (${own}) ${how} ${cidr} on ${link}: this host would have the same addresses on ${network.bridge} and on ${link}, and lose one or the other`,
    `give ${name} another cidr${network.mode === 'vlan' ? '' : `, or name ${link} as its interface if that is to be its uplink`}`,
  );
}

/** By what the network's DHCP server is to be told. */
function isHeld({ name }: RoutedNetwork, { cidr }: Had, wanted: State): boolean {
  return [...wanted.values()].some(
    (one) =>
      isFile(one) &&
      one.path.endsWith(`/networks/${name}/hosts`) &&
      one.text?.split('\n').some((line) => line.split(/[ ,]/)[1] === ipOf(cidr)) === true,
  );
}

function taken(network: RoutedNetwork, { link, cidr }: Had, there: boolean, held: boolean): Diagnostic {
  const what = held ? 'the instance that has it is not reached' : 'no instance can have it';
  return said(
    network,
    there ? (held ? 'stops' : 'stands') : 'asks',
    `${network.name} (${network.cidr}) holds ${cidr}, which this host has on ${link}: ${what}`,
    `give ${network.name} another cidr, or reserve that address`,
  );
}

function routedElsewhere(network: RoutedNetwork, { to, words, takes }: Way, there: boolean): Diagnostic {
  const { name, cidr, bridge } = network;
  const sent = `what this host sends to ${takes === 'all' ? 'its instances' : 'some of its instances'}`;
  const lost = `${sent} ${to === undefined ? 'does not reach them' : 'goes by that way'}`;
  const what = takes === 'none' ? `what this host has by that way goes to ${bridge} instead` : lost;
  const hint = `give ${name} another cidr, or remove that ${to === undefined ? 'rule' : 'route'} if nobody needs it`;
  return said(
    network,
    there ? (takes === 'none' ? 'stands' : 'stops') : 'asks',
    `${name} (${cidr}) overlaps the ${words}: ${what}`,
    hint,
  );
}

/**
 * Of what is there: the longer network is found, so that a network within another one is reached all the same
 * (`stands`).
 */
function said(
  network: RoutedNetwork,
  as: 'refused' | 'asks' | 'stands' | 'stops',
  message: string,
  hint: string,
): Diagnostic {
  return {
    severity: as === 'refused' ? 'error' : 'warning',
    code: 'network-overlap',
    message,
    hint,
    at: [[...network.path, 'cidr']],
    ...(as === 'asks' ? { asks: true } : {}),
    ...(as === 'stops' ? { stops: [network.path] } : as === 'stands' ? {} : { against: [refOf(network)] }),
  };
}
