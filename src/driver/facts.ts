// driver/facts.ts — reads what features may know of a host, in the same calls that the kinds make.
import type { AddressFact, Facts, LinkFact, RouteFact } from '../core/facts.ts';
import type { HostReader } from '../core/resource.ts';
import { readLinks } from '../iproute2/links.ts';
import type { AddressRecord, LinkRecord } from '../iproute2/links.ts';
import { parseNamespaces, READ_NAMESPACES } from '../iproute2/namespaces.ts';
import { comesByItself } from '../iproute2/connected.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../iproute2/route-lines.ts';
import { defaultMetric } from '../iproute2/routes.ts';
import type { RouteRecord } from '../iproute2/routes.ts';
import { GROUP, METRIC, UNANNOUNCED } from '../core/marks.ts';

export async function readFacts(host: HostReader): Promise<Facts> {
  const [links, printed, namespaces, ipv6] = await Promise.all([
    readLinks(host),
    host.read(READ_ALL_ROUTES),
    host.read(READ_NAMESPACES),
    host.files(IPV6),
  ]);
  const routes = parseRouteLines(printed);
  const routesOn = new Map<string | undefined, RouteRecord[]>(links.map(({ name }) => [name, []]));
  for (const route of routes) routesOn.get(route.link)?.push(route);
  return {
    links: new Map(links.map((link) => [link.name, factOf(link, routesOn.get(link.name) ?? [])])),
    namespaces: new Set(parseNamespaces(namespaces).map(({ name }) => name)),
    ...(ipv6.size === 0 ? { withoutIpv6: true } : {}),
  };
}

/** Is there where the kernel has IPv6, also for a namespace or devices in which it is shut off. */
const IPV6 = '/proc/net/if_inet6';

function factOf(link: LinkRecord, routes: readonly RouteRecord[]): LinkFact {
  const { name, mac, promiscuous, master, hairpin, alias, altnames, group } = link;
  return {
    name,
    promiscuous,
    ours: group === GROUP,
    ...(mac === undefined ? {} : { mac }),
    ...(master === undefined ? {} : { master }),
    ...(hairpin ? { hairpin } : {}),
    ...(alias === undefined ? {} : { alias }),
    ...(altnames === undefined ? {} : { altnames }),
    addresses: link.addresses.filter(isConfigured).map(addressOf),
    routes: routes
      .filter((route) => route.unsayable === undefined && !comesByItself(route, link.addresses))
      .map(routeOf),
  };
}

/**
 * IPv4 also by a DHCP client; IPv6's link-local ones the kernel makes, and those by router advertisement come back by
 * themselves wherever the interface's address goes.
 */
function isConfigured({ automatic, family, dynamic }: AddressRecord): boolean {
  return family === 4 || !(automatic || dynamic);
}

function addressOf({
  ip,
  bits,
  broadcast,
  metric,
  scope,
  family,
  peer,
  noPrefixRoute,
  deprecated,
  flags,
  lifetime,
}: AddressRecord): AddressFact {
  const ours = metric === METRIC || metric === UNANNOUNCED;
  return {
    cidr: `${ip}/${bits}`,
    ours,
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(scope === 'global' || family === 6 ? {} : { scope }),
    ...(peer === undefined ? {} : { peer }),
    ...(metric === undefined || ours ? {} : { metric }),
    ...(noPrefixRoute ? { noPrefixRoute } : {}),
    ...(deprecated ? { deprecated } : {}),
    ...(flags.length === 0 ? {} : { flags }),
    ...(lifetime === undefined ? {} : { limited: true as const }),
  };
}

function routeOf({
  to,
  family,
  via,
  metric,
  source,
  scope,
  protocol,
  onlink,
  table,
  type,
  tos,
  attributes,
  expires,
}: RouteRecord): RouteFact {
  return {
    to,
    family,
    protocol,
    ...(via === undefined ? {} : { via }),
    ...(metric === defaultMetric(family) ? {} : { metric }),
    ...(source === undefined ? {} : { source }),
    ...(scope === undefined ? {} : { scope }),
    ...(onlink ? { onlink: true as const } : {}),
    ...(table === undefined ? {} : { table }),
    ...(type === undefined ? {} : { type }),
    ...(tos === undefined ? {} : { tos }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(expires === undefined ? {} : { limited: true as const }),
  };
}
