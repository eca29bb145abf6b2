// test/contracts/ip/there.ts — what is on a bench: devices, addresses, routes, each as one line.
import { parseLinks, READ_LINKS } from '../../../src/iproute2/links.ts';
import type { AddressRecord, LinkRecord } from '../../../src/iproute2/links.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../../../src/iproute2/route-lines.ts';
import { KERNEL } from '../../../src/iproute2/routes.ts';
import type { RouteRecord } from '../../../src/iproute2/routes.ts';
import { parseNamespaces, READ_NAMESPACES } from '../../../src/iproute2/namespaces.ts';
import type { Bench } from './script.ts';

export async function look(bench: Bench): Promise<readonly string[]> {
  const links = parseLinks(await bench.read(READ_LINKS)).filter((link) => link.name !== 'lo');
  const number = parseNamespaces(await bench.read(READ_NAMESPACES)).find((netns) => netns.name === bench.guest)?.number;
  const inside = parseLinks(await bench.read(READ_LINKS, bench.guest)).filter((link) => link.name !== 'lo');
  const far = inside.map((link) => {
    const near = links.find((other) => other.peer?.index === link.index && other.peer.namespace === number);
    return `guest ${link.name} ${link.up ? 'up' : 'down'} ${link.mtu} mac ${link.mac ?? ''} of ${near?.name ?? 'nobody'}`;
  });
  const devices = links.flatMap((link) => [
    ...(link.name === 'up0' ? uplinkLine(link) : [deviceLine(link)]),
    ...link.addresses
      .filter((address) => address.family === 4 || address.scope !== 'link')
      .map((address) => addressLine(link, address)),
  ]);
  return [
    ...[...devices, ...far].sort((a, b) => compare(a.split(' ')[0] ?? '', b.split(' ')[0] ?? '')),
    ...(await routes(bench)).filter((route) => route.protocol !== KERNEL).map(routeLine),
  ];
}

export async function routes(bench: Bench): Promise<readonly RouteRecord[]> {
  return parseRouteLines(await bench.read(READ_ALL_ROUTES))
    .filter(({ table }) => table === undefined)
    .toSorted((a, b) => compare(a.to, b.to));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of the uplink only what changes: on a kernel it is a veth. */
function uplinkLine({ promiscuous, master, hairpin }: LinkRecord): readonly string[] {
  const said = [
    ...(promiscuous ? ['promisc'] : []),
    ...(master === undefined ? [] : [`in ${master}`]),
    ...(hairpin ? ['hairpin'] : []),
  ];
  return said.length === 0 ? [] : [`up0 ${said.join(' ')}`];
}

function deviceLine({
  name,
  type,
  mode,
  up,
  mtu,
  group,
  master,
  hairpin,
  mac,
  alias,
  bridge,
  vlan,
}: LinkRecord): string {
  return [
    `${name} ${mode ?? type ?? ''} ${up ? 'up' : 'down'} ${mtu} group ${group}`,
    ...(bridge === undefined
      ? []
      : [`mac ${mac ?? ''} delay ${bridge.forwardDelay} stp ${bridge.stp}${bridge.netfilter ? ' netfilter' : ''}`]),
    ...(vlan === undefined ? [] : [`id ${vlan.id} on ${vlan.parent}`]),
    ...(master === undefined ? [] : [`in ${master}`]),
    ...(hairpin ? ['hairpin'] : []),
    ...(alias === undefined ? [] : [`alias ${alias}`]),
  ].join(' ');
}

function addressLine(
  link: LinkRecord,
  { ip, bits, broadcast, metric, scope, secondary, label }: AddressRecord,
): string {
  return [
    `${link.name} ${ip}/${bits}`,
    ...(broadcast === undefined ? [] : [`brd ${broadcast}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...(scope === 'global' ? [] : [`scope ${scope}`]),
    ...(secondary ? ['secondary'] : []),
    ...(label === undefined || label === link.name ? [] : [`label ${label}`]),
  ].join(' ');
}

function routeLine({ family, to, via, link, protocol, metric, scope, onlink }: RouteRecord): string {
  return [
    ...(family === 6 ? ['6'] : []),
    to,
    ...(via === undefined ? [] : [`via ${via}`]),
    link ?? '',
    protocol,
    ...(metric === 0 || metric === 1024 ? [] : [`metric ${metric}`]),
    ...(scope === undefined ? [] : [`scope ${scope}`]),
    ...(onlink ? ['onlink'] : []),
  ].join(' ');
}
