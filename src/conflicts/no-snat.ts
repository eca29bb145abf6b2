// conflicts/no-snat.ts — networks that a host would source-NATe if it named the interface by which they get out: what
// instances send leaves it as it is.
import type { Diagnostic } from '../core/resource.ts';
import type { Route } from '../iproute2/ways.ts';
import { covers, parseIp, rangeOf, toNumber } from '../net/ip.ts';
import { l3DeviceOf, uplinkIn } from '../parts/uplink-mapping.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { MOST_NAMED, shortened } from './diagnostics.ts';
import { LEAST, sharesOf } from './route-shares.ts';
import { floatingEverywhere } from './floating.ts';
import { waysOf } from './egress.ts';
import { WORLD } from './required-traffic.ts';
import type { Site } from './required-traffic.ts';
import type { Outlook } from './way-out.ts';

/**
 * A host without a way out has none to name; and a router may know the way back to each of these networks: `stops` is
 * not said.
 */
export function* notSourceNated(site: Site, outlook: Outlook): Iterable<Diagnostic> {
  const { publicInterface, sourceAddress } = site.self;
  if (publicInterface !== undefined || sourceAddress !== undefined) return;
  const found = new Map<string, RoutedNetwork[]>();
  for (const network of site.spec.networks) {
    if (network.mode === 'flat' || !isToBeTranslated(network)) continue;
    const link = leavesBy(network, site, outlook);
    if (link !== undefined) found.set(link, [...(found.get(link) ?? []), network]);
  }
  for (const [link, networks] of found) yield diagnosticOf(link, networks, site);
}

/** By what the host has: a network with source addresses of its own is translated wherever it leaves. */
function isToBeTranslated({ gateway, dhcp: { server }, forward, snat, noSnat }: RoutedNetwork): boolean {
  return (
    gateway !== undefined &&
    gateway === server &&
    forward !== 'none' &&
    snat === true &&
    !noSnat.some((cidr) => covers(rangeOf(cidr), WORLD))
  );
}

/** Where most of what instances send outside leaves, as nobody has translated it. */
function leavesBy(network: RoutedNetwork, site: Site, { routing, translated }: Outlook): string | undefined {
  const shares = sharesOf(network, routing)
    .filter(({ count }) => count >= LEAST)
    .toSorted((a, b) => b.count - a.count);
  return shares.flatMap(({ link, found }) => {
    if (link === undefined) return [];
    const out = l3DeviceOf(link, site);
    const isShut =
      network.forward !== 'all' && network.forward !== 'none' && !waysOf(network.forward, site).includes(out);
    return isShut || isNear(found?.route, network) || floatingEverywhere(network, out, site) || translated(network, out)
      ? []
      : [uplinkIn(link, site) ?? link];
  })[0];
}

/** A router in the network itself answers its neighbours. */
function isNear(route: Route | undefined, { cidr }: RoutedNetwork): boolean {
  const via = parseIp(route?.record.via ?? '', 4);
  return via !== undefined && covers(rangeOf(cidr), { first: toNumber(via), last: toNumber(via) });
}

function diagnosticOf(link: string, networks: readonly RoutedNetwork[], { self, title }: Site): Diagnostic {
  const host = title ?? (self.implied ? 'NAME' : self.name);
  const cidrs = shortened(networks.map(({ cidr }) => cidr)).join(', ');
  return {
    severity: 'warning',
    code: 'no-snat',
    at: networks.slice(0, MOST_NAMED).map(({ path }) => path),
    message: `nothing of ${shortened(networks.map(({ name }) => name)).join(', ')} is source-NATed, because no publicInterface is named for this host: what instances send to the outside leaves by ${link} as it is, and replies come back only if a router knows the way to ${cidrs}`,
    hint: `hosts: { ${host}: { publicInterface: ${link} } }; or snat: false on ${networks.length === 1 ? 'the network' : 'the networks'}, if a router knows the way back`,
  };
}
