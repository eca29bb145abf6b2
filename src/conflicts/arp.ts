// conflicts/arp.ts — a host that answers no ARP: instances do not find their gateway, nor the world a floating address.
import type { Diagnostic } from '../core/resource.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { baseOf, covers, parseCidr, rangeOf } from '../net/ip.ts';
import { l3DeviceOf, uplinkIn } from '../parts/uplink-mapping.ts';
import type { Network } from '../specfile/model.ts';
import { MOST_NAMED, shortened } from './diagnostics.ts';
import { holderOf, settingIn } from './settings.ts';
import type { Settings } from './settings.ts';
import { floatingLinks, poolsOn } from './floating.ts';
import { hasGuests } from './local-nics.ts';
import type { Site } from './required-traffic.ts';

/** Of `arp_ignore`: for nobody at all; and for those only who are in a network of the interface, as the address is. */
const [NONE, NEAR] = [8, 2];

export function* unanswered(site: Site, settings: Settings, links: readonly LinkRecord[]): Iterable<Diagnostic> {
  const routed = site.spec.networks.filter((network) => network.mode !== 'flat' && hasGuests(network, site));
  for (const network of routed) {
    const ignores = strictest(settings, 'arp_ignore', network.bridge, site);
    const isOff = links.some(({ name, noArp }) => name === network.bridge && noArp === true);
    const what = `this host replies to no ARP request on ${network.bridge}, and instances do not find it`;
    if (ignores.value === NONE)
      yield said([network], `${ignores.name} is ${NONE}: ${what}`, `sysctl -w ${ignores.name}=0`, true);
    if (isOff)
      yield said(
        [network],
        `${network.bridge} is without ARP: ${what}`,
        `ip link set dev ${network.bridge} arp on`,
        true,
      );
  }
  const bound = new Map<string, Network[]>();
  for (const network of routed)
    for (const link of floatingLinks(network, site)) bound.set(link, [...(bound.get(link) ?? []), network]);
  for (const [link, networks] of bound) yield* unfound(link, networks, site, settings, links);
}

function* unfound(
  link: string,
  networks: readonly Network[],
  site: Site,
  settings: Settings,
  links: readonly LinkRecord[],
): Iterable<Diagnostic> {
  const what = (how: string): string => `this host ${how} ARP requests for floating addresses on ${link}`;
  const ignores = strictest(settings, 'arp_ignore', link, site);
  // What the host has said of itself, when it bound them, the world may remember for a while.
  if (ignores.value === NONE && !networks.some(({ bridge }) => bridge === link))
    yield said(networks, `${ignores.name} is ${NONE}: ${what('replies to no')}`, `sysctl -w ${ignores.name}=0`, false);
  const isOff = links.some(({ name, noArp }) => name === link && noArp === true);
  if (isOff && !networks.some(({ bridge }) => bridge === link))
    yield said(networks, `${link} is without ARP: ${what('replies to no')}`, `ip link set dev ${link} arp on`, false);
  // Also of the interface that is about to go into it, or that leaves another bridge for it.
  const had = links
    .filter(({ name }) => name === link || l3DeviceOf(name, site) === link)
    .flatMap(({ addresses }) => addresses.filter(({ family }) => family === 4).map(({ ip, bits }) => `${ip}/${bits}`));
  const moved = (site.facts.links.get(link)?.addresses ?? []).flatMap(({ cidr }) => parseCidr(cidr, 4) ?? []);
  const near = [...had, ...moved].filter((cidr) => !cidr.endsWith('/32')).map((cidr) => rangeOf(baseOf(cidr)));
  if (
    poolsOn(link, site).every(({ ranges }) => ranges.every(({ usable }) => near.some((range) => covers(range, usable))))
  )
    return;
  const filters = strictest(settings, 'arp_filter', link, site);
  for (const { name, value } of [
    ...(ignores.value === NEAR ? [ignores] : []),
    ...(filters.value === 0 ? [] : [filters]),
  ]) {
    yield said(
      networks,
      `${name} is ${value}, and ${link} has no address in the network of its floating addresses: ${what('may not reply to')}`,
      `sysctl -w ${name}=0`,
      false,
    );
  }
}

/** The kernel takes the greater of the two. */
function strictest(
  settings: Settings,
  setting: string,
  link: string,
  site: Site,
): { readonly name: string; readonly value: number } {
  const own = holderOf(settings, link, uplinkIn(link, site), setting);
  const [ofAll, value] = [settingIn(settings, 'all', setting) ?? 0, settingIn(settings, own, setting) ?? 0];
  const named = (name: string): string => `net.ipv4.conf.${name.replaceAll('.', '/')}.${setting}`;
  return value >= ofAll ? { name: named(own), value } : { name: named('all'), value: ofAll };
}

function said(networks: readonly Network[], what: string, hint: string, sure: boolean): Diagnostic {
  const paths = networks.map(({ path }) => path);
  return {
    severity: 'warning',
    code: 'arp-unanswered',
    message: `${shortened(networks.map(({ name }) => name)).join(', ')}: ${what}`,
    at: paths.slice(0, MOST_NAMED),
    hint,
    ...(sure ? { stops: paths } : {}),
  };
}
