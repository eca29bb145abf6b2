// conflicts/way-out.ts — where the host's routes and rules send what instances send outside, and whether that is where
// netctl translates it.
import type { Diagnostic } from '../core/resource.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { bitsOf } from '../net/ip.ts';
import { l3DeviceOf } from '../parts/uplink-mapping.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { MOST_NAMED, shortened } from './diagnostics.ts';
import { LEAST, sharesOf, specialShares } from './route-shares.ts';
import type { Share } from './route-shares.ts';
import { floatingEverywhere } from './floating.ts';
import { waysOf } from './egress.ts';
import type { Site } from './required-traffic.ts';
import { NARROW, wordsFor } from '../iproute2/ways.ts';
import type { Found, Routing } from '../iproute2/ways.ts';

/** What else bears on it. */
export interface Outlook {
  readonly routing: Routing;
  readonly links: readonly LinkRecord[];
  /** Somebody may mark the packets, and rules of the host ask for marks. */
  readonly marked: boolean;
  /** Somebody else gives what a network sends by a link a source. */
  readonly translated: (network: RoutedNetwork, link: string) => boolean;
}

export function* waysOut(site: Site, outlook: Outlook): Iterable<Diagnostic> {
  // Nobody said which there are.
  if (outlook.routing.tables.size === 0) return;
  const found = new Map<string, { share: Share; networks: RoutedNetwork[] }>();
  for (const network of site.spec.networks) {
    if (network.mode === 'flat' || !leadsOut(network, site)) continue;
    for (const share of [
      ...sharesOf(network, outlook.routing),
      ...specialShares(network, outlook.routing, outlook.marked),
    ]) {
      if (share.count < LEAST || isRight(share, network, site, outlook)) continue;
      const key = `${share.found === undefined ? '' : wordsFor(share.found)} ${share.link ?? ''}`;
      const known = found.get(key) ?? { share, networks: [] };
      found.set(key, { ...known, networks: [...known.networks.filter((one) => one !== network), network] });
    }
  }
  for (const { share, networks } of found.values()) yield diagnosticOf(share, networks, site, outlook);
}

/** The host is its gateway, and lets it out where it is translated. What goes by other ways alone goes as it is. */
function leadsOut({ gateway, dhcp: { server }, forward }: RoutedNetwork, site: Site): boolean {
  if (gateway === undefined || gateway !== server || forward === 'none') return false;
  return forward === 'all' || waysOf(forward, site).includes(publicOf(site) ?? '');
}

function publicOf(site: Site): string | undefined {
  const { publicInterface } = site.self;
  return publicInterface === undefined ? undefined : l3DeviceOf(publicInterface, site);
}

function isRight(
  { found, link }: Share,
  network: RoutedNetwork,
  site: Site,
  { routing, links, translated }: Outlook,
): boolean {
  const way = publicOf(site);
  if (found !== undefined && link === undefined) return false;
  // Of one that is missing or down that is said; and of a host that names none nobody knows whether it has a way out.
  if (way === undefined || !isUp(site.self.publicInterface ?? '', links)) return true;
  // A host that has none for itself is meant to be without, or still waits for it.
  if (link === undefined) return wayOfOthers(routing) === undefined;
  const out = l3DeviceOf(link, site);
  const isOpen = network.forward === 'all' || waysOf(network.forward, site).includes(out);
  return (
    out === way ||
    out === network.bridge ||
    (isOpen && (network.snat === false || floatingEverywhere(network, out, site) || translated(network, link)))
  );
}

/** A route to everybody that some rule leads to. */
function wayOfOthers({ tables, policies }: Routing): Found | undefined {
  for (const by of policies) {
    const { then } = by;
    if (typeof then === 'string' || 'goto' in then) continue;
    const route = tables
      .get(then.table)
      ?.find(({ to, links, record }) => bitsOf(to) < NARROW && links.length > 0 && record.type === undefined);
    if (route !== undefined) return { by, route, ranges: [] };
  }
  return undefined;
}

function isUp(name: string, links: readonly LinkRecord[]): boolean {
  return links.some((link) => link.name === name && link.up);
}

function diagnosticOf(
  { found, link, count, isSpecial = false }: Share,
  networks: readonly RoutedNetwork[],
  site: Site,
  { routing, ...outlook }: Outlook,
): Diagnostic {
  const marked = outlook.marked || isSpecial;
  const names = shortened(networks.map(({ name }) => name)).join(', ');
  const way = site.self.publicInterface ?? '';
  const part = isSpecial
    ? 'some of what'
    : count > LEAST * 3.9
      ? 'what'
      : count > LEAST * 2
        ? 'most of what'
        : 'some of what';
  const sent = `${names}: ${part} instances send to the outside`;
  const at = networks.slice(0, MOST_NAMED).map(({ path }) => path);
  const stops = marked || part === 'some of what' ? {} : { stops: networks.map(({ path }) => path) };
  const shut = 'forward: none, if they are not to get out';
  if (found === undefined) {
    const other = wayOfOthers(routing);
    return {
      severity: 'warning',
      code: 'no-way-out',
      at,
      ...stops,
      message: `${sent} has no route${other === undefined ? '' : `: the ${wordsFor(other)} is not for them`}`,
      hint: `ip route add default via ROUTER dev ${way}; or ${shut}`,
    };
  }
  const words = wordsFor(found);
  if (link === undefined) {
    const remove = `remove that ${found.route === undefined ? 'rule' : 'route'} if nobody needs it`;
    return {
      severity: 'warning',
      code: 'no-way-out',
      at,
      ...stops,
      message: `${sent} ${marked ? 'may end' : 'ends'} at the ${words}`,
      hint: `${remove}; or ${shut}`,
    };
  }
  const closed = networks.every(
    ({ forward }) => forward !== 'all' && !waysOf(forward, site).includes(l3DeviceOf(link, site)),
  );
  const what = closed
    ? `where ${names} ${networks.length === 1 ? 'forwards' : 'forward'} nothing`
    : `where it is not source-NATed: replies come back only if somebody routes ${networks
        .map(({ cidr }) => cidr)
        .slice(0, MOST_NAMED)
        .join(', ')} to this host`;
  const nat = networks
    .map(({ cidr }) => `iptables -t nat -A POSTROUTING -s ${cidr} -o ${link} -j MASQUERADE`)
    .join(' && ');
  return {
    severity: 'warning',
    code: 'other-way-out',
    at,
    ...stops,
    message: `${sent} ${marked ? 'may leave' : 'leaves'} by ${link} (${words}) and not by ${way} (publicInterface), ${what}`,
    hint: closed
      ? `name ${link} among its forward, or send it by ${way}`
      : `name ${link} as publicInterface, or have it translated there: ${nat}`,
  };
}
