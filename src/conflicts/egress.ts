// conflicts/egress.ts — by which device the host sends what is for an address, and what is for anybody.
import type { Facts, RouteFact } from '../core/facts.ts';
import { baseOf, bitsOf, covers, ipOf, parseCidr, parseIp, rangeOf } from '../net/ip.ts';
import type { Ip } from '../net/ip.ts';
import { l3DeviceOf } from '../parts/uplink-mapping.ts';
import { just } from './required-traffic.ts';
import type { Site } from './required-traffic.ts';

export const LOOPBACK = 'lo';

/** By which device the main table sends what is for an address (longest prefix first), and with which source. */
export function wayTo(server: Ip<4>, site: Site): { readonly link: string | undefined; readonly source?: Ip<4> } {
  const {
    spec,
    facts: { links },
  } = site;
  const all = [...links.values()].flatMap(({ name, addresses, routes }) => {
    const own = addresses.flatMap(({ cidr, scope, ours }) =>
      scope === undefined && !ours ? (parseIp(ipOf(cidr), 4) ?? []) : [],
    );
    const near = addresses.flatMap(({ cidr }) =>
      parseIp(ipOf(cidr), 4) === undefined
        ? []
        : [{ name, to: baseOf(cidr), metric: 0, source: parseIp(ipOf(cidr), 4) }],
    );
    const far = routes.filter(({ family, table, type }) => family === 4 && table === undefined && type === undefined);
    return [
      ...near,
      ...far.flatMap(({ to, metric = 0, source = own[0] }) => {
        const cidr = parseCidr(to === 'default' ? '0.0.0.0/0' : to.includes('/') ? to : `${to}/32`, 4);
        return cidr === undefined
          ? []
          : [{ name, to: cidr, metric, source: source === undefined ? undefined : parseIp(source, 4) }];
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
  return { link: l3DeviceOf(best.name, site), ...(best.source === undefined ? {} : { source: best.source }) };
}

/** The device by which the host reaches the Internet. */
export function wayOut(site: Site): string | undefined {
  const { publicInterface } = site.self;
  return publicInterface === undefined ? (site.usual ?? defaultLink(site.facts)) : l3DeviceOf(publicInterface, site);
}

/**
 * The device of the default route with the least metric, of the main table alone: which packets use another table, its
 * policy rules say.
 */
export function defaultLink({ links }: Facts): string | undefined {
  const isDefault = ({ to, family, table, type }: RouteFact): boolean =>
    to === 'default' && family === 4 && table === undefined && type === undefined;
  const ways = [...links.values()].flatMap(({ name, routes }) =>
    routes.filter(isDefault).map(({ metric = 0 }) => ({ name, metric })),
  );
  return ways.sort((a, b) => a.metric - b.metric)[0]?.name;
}

/** The devices that a network's `forward` opens. */
export function waysOf(forward: 'none' | readonly string[], site: Site): readonly string[] {
  return forward === 'none' ? [] : [...new Set(forward.map((name) => l3DeviceOf(name, site)))];
}
