// driver/facts.ts — reads what features may know of a host, in the same calls that the kinds make.
import type { AddressFact, Facts, LinkFact, RouteFact } from '../core/facts.ts';
import type { HostReader } from '../core/resource.ts';
import { readLinks } from '../iproute2/links.ts';
import type { AddressRecord, LinkRecord } from '../iproute2/links.ts';
import { parseNamespaces, READ_NAMESPACES } from '../iproute2/namespaces.ts';
import { ADVERTISED, defaultMetric, KERNEL, parseRoutes, READ_ROUTES } from '../iproute2/routes.ts';
import type { RouteRecord } from '../iproute2/routes.ts';
import { GROUP, METRIC, UNANNOUNCED } from '../kinds/ours.ts';

export async function readFacts(host: HostReader): Promise<Facts> {
  const [links, routes4, routes6, namespaces] = await Promise.all([readLinks(host), host.read(READ_ROUTES[4]), host.read(READ_ROUTES[6]), host.read(READ_NAMESPACES)]);
  const routesOn = new Map<string | undefined, RouteRecord[]>(links.map(({ name }) => [name, []]));
  for (const route of [...parseRoutes(routes4, 4), ...parseRoutes(routes6, 6)]) routesOn.get(route.link)?.push(route);
  return {
    links: new Map(links.map((link) => [link.name, factOf(link, routesOn.get(link.name) ?? [])])),
    namespaces: new Set(parseNamespaces(namespaces).map(({ name }) => name)),
  };
}

function factOf(link: LinkRecord, routes: readonly RouteRecord[]): LinkFact {
  const { name, mac, promiscuous, master, hairpin, alias, group } = link;
  return {
    name, promiscuous, ours: group === GROUP,
    ...(mac === undefined ? {} : { mac }),
    ...(master === undefined ? {} : { master }),
    ...(hairpin ? { hairpin } : {}),
    ...(alias === undefined ? {} : { alias }),
    addresses: link.addresses.filter(isConfigured).map(addressOf),
    routes: routes.filter((route) => route.protocol !== KERNEL && route.protocol !== ADVERTISED).map(routeOf),
  };
}

/** IPv4 also by a DHCP client; IPv6's link-local ones the kernel makes, and those by router advertisement comes back by itself wherever the interface's address goes. */
function isConfigured({ scope, family, dynamic }: AddressRecord): boolean {
  return family === 4 ? scope === 'global' || scope === 'link' : scope === 'global' && !dynamic;
}

function addressOf({ ip, bits, broadcast, metric, scope }: AddressRecord): AddressFact {
  return { cidr: `${ip}/${bits}`, ours: metric === METRIC || metric === UNANNOUNCED, ...(broadcast === undefined ? {} : { broadcast }), ...(scope === 'link' ? { scope } : {}) };
}

function routeOf({ to, family, via, metric, source, scope, protocol, onlink }: RouteRecord): RouteFact {
  return {
    to, family, protocol,
    ...(via === undefined ? {} : { via }),
    ...(metric === defaultMetric(family) ? {} : { metric }),
    ...(source === undefined ? {} : { source }),
    ...(scope === undefined ? {} : { scope }),
    ...(onlink ? { onlink: true as const } : {}),
  };
}
