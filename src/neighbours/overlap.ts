// neighbours/overlap.ts — a network whose range the host has already: an address of its own, or a way to somewhere else.
import type { Diagnostic, Ref, State } from '../core/resource.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { METRIC, UNANNOUNCED } from '../kinds/ours.ts';
import type { Link } from '../kinds/link/model.ts';
import { baseOf, covers, overlap, rangeOf } from '../net/ipv4.ts';
import type { Cidr, Range } from '../net/ipv4.ts';
import { ownAddress } from '../parts/gateway.ts';
import type { RoutedNetwork } from '../spec/model.ts';
import type { Way } from './ways.ts';
import type { Site } from './traffic.ts';

interface Had {
  readonly link: string;
  /** `203.0.113.11/24` */
  readonly cidr: string;
  readonly range: Range;
  /** The kernel looks for all of the range on this link. */
  readonly connected: boolean;
}

/**
 * What is about to be made is refused where the host would lose the neighbours of one of its links, and asked for where something else would be found
 * elsewhere than before. Of what is there already it is said.
 */
export function* overlaps({ spec }: Site, wanted: State, links: readonly LinkRecord[], ways: readonly Way[]): Iterable<Diagnostic> {
  const routed = spec.networks.filter((network): network is RoutedNetwork => network.mode !== 'flat' && wanted.has(refOf(network)));
  const had = links.filter(({ master }) => !links.some((link) => link.name === master && link.type === 'vrf')).flatMap(addressesOn);
  const others = ways.filter(({ isOurs }) => !isOurs);
  for (const network of routed) {
    const own = linksOf(network, wanted);
    const range = rangeOf(network.cidr);
    const there = links.some(({ name, addresses }) => name === network.bridge && addresses.some((a) => a.metric === METRIC && `${a.ip}/${a.bits}` === ownAddress(network)));
    const met = had.filter((one) => !own.has(one.link) && overlap(one.range, range) && !isToMove(one, own, wanted));
    for (const one of firstOn(met.filter(({ connected }) => connected))) yield inUse(network, one, there);
    for (const one of firstOn(met.filter(({ connected }) => !connected))) yield taken(network, one, there);
    const led = others.filter((way) => isElsewhere(way, own, range) && !met.some(({ cidr, connected, link }) => connected && way.links.includes(link) && baseOf(cidr) === way.to) && overlap(way.range, range));
    for (const way of led) yield routedElsewhere(network, way, there);
  }
}

function refOf(network: RoutedNetwork): Ref {
  return `address ${network.bridge} ${ownAddress(network)}`;
}

/** Its bridge, and what goes into that: what these carry is the network's own. */
function linksOf({ bridge }: RoutedNetwork, wanted: State): ReadonlySet<string> {
  return new Set([bridge, ...[...wanted.values()].flatMap((resource) => (isLink(resource) && resource.type !== 'bridge' && resource.master === bridge ? [resource.name] : []))]);
}

function isLink(resource: { readonly kind: string }): resource is Link {
  return resource.kind === 'link';
}

/** Of others. One that is down has no neighbours, and will have them again. */
function addressesOn({ name, addresses }: LinkRecord): readonly Had[] {
  return addresses.filter(({ family, scope, metric }) => family === 4 && scope !== 'host' && metric !== METRIC && metric !== UNANNOUNCED).map(({ ip, bits, noPrefixRoute }) => {
    const connected = bits < 31 && !noPrefixRoute && name !== 'lo';
    return { link: name, cidr: `${ip}/${bits}`, range: rangeOf((connected ? baseOf(`${ip}/${bits}`) : `${ip}/32`) as Cidr), connected };
  });
}

function firstOn(all: readonly Had[]): readonly Had[] {
  return [...new Map(all.toReversed().map((one) => [one.link, one])).values()].toReversed();
}

/** It comes along with its interface, from another bridge. */
function isToMove({ cidr }: Had, own: ReadonlySet<string>, wanted: State): boolean {
  return [...own].some((link) => wanted.has(`address ${link} ${cidr}`));
}

/** Not by a link of the network itself; and one that leads nowhere takes nothing from a network within it. */
function isElsewhere({ links, range, before }: Way, own: ReadonlySet<string>, network: Range): boolean {
  if (links.length === 0 && !before && covers(range, network) && !covers(network, range)) return false;
  return links.length === 0 || !links.every((link) => own.has(link));
}

function inUse(network: RoutedNetwork, { link, cidr, range }: Had, there: boolean): Diagnostic {
  const { name, cidr: own } = network;
  const other = rangeOf(own);
  const how = covers(range, other) && covers(other, range) ? 'is the network of' : covers(range, other) ? 'lies in the network of' : 'holds the network of';
  const isNarrower = covers(range, other) && !covers(other, range);
  return said(network, there ? (isNarrower ? 'stands' : 'stops') : 'refused', `${name} (${own}) ${how} ${cidr} on ${link}: this host would have the same addresses on ${network.bridge} and on ${link}, and lose one or the other`,
    `give ${name} another cidr${network.mode === 'vlan' ? '' : `, or name ${link} as its interface if that is the wire it is to be on`}`);
}

function taken(network: RoutedNetwork, { link, cidr }: Had, there: boolean): Diagnostic {
  return said(network, there ? 'stands' : 'asks', `${network.name} (${network.cidr}) holds ${cidr}, which this host has on ${link}: no instance can have it`, `give ${network.name} another cidr, or reserve that address`);
}

function routedElsewhere(network: RoutedNetwork, { range, words, before }: Way, there: boolean): Diagnostic {
  const { name, cidr, bridge } = network;
  const other = rangeOf(cidr);
  const wins = before || !covers(range, other) || covers(other, range);
  const what = wins ? `what this host sends to ${covers(range, other) ? 'its instances' : 'some of its instances'} goes by that way` : `what this host has by that way goes to ${bridge} instead`;
  return said(network, there ? (wins ? 'stops' : 'stands') : 'asks', `${name} (${cidr}) overlaps the route ${words}: ${what}`, `give ${name} another cidr, or remove that route if nobody needs it`);
}

/** Of what is there: the longer network is found, so that a network within another one is reached all the same (`stands`). */
function said(network: RoutedNetwork, as: 'refused' | 'asks' | 'stands' | 'stops', message: string, hint: string): Diagnostic {
  return {
    severity: as === 'refused' ? 'error' : 'warning', code: 'network-overlap', message, hint, at: [[...network.path, 'cidr']],
    ...(as === 'asks' ? { asks: true } : {}), ...(as === 'stops' ? { stops: [network.path] } : as === 'stands' ? {} : { against: [refOf(network)] }),
  };
}
