// neighbours/rp-filter.ts — a kernel that drops what comes by another way than its answer would go.
import type { Diagnostic } from '../core/resource.ts';
import { carrierOf } from '../parts/bridge.ts';
import { rpFilterOf } from './settings.ts';
import type { Settings } from './settings.ts';
import { defaultLink, floatingLinks } from './traffic.ts';
import type { Site } from './traffic.ts';

/** `byRules`: somebody's routing rules may send the answers by the same way all the same. */
export function* rpFilter(site: Site, settings: Settings, byRules: boolean): Iterable<Diagnostic> {
  const way = defaultLink(site.facts);
  const goes = way === undefined ? undefined : carrierOf(way, site);
  for (const [link, networks] of linksOf(site)) {
    const { name, value, own } = strictest(settings, link);
    // Loose is content with a way by any interface.
    if (link === goes || value === 0 || (value === 2 && goes !== undefined)) continue;
    yield {
      severity: 'warning', code: 'rp-filter',
      message: `${name} is ${value}, and ${goes === undefined ? 'there is no default route' : `the default route goes by ${goes}`}: what comes by ${link} for floating addresses of ${networks.map((network) => network.name).join(', ')} ${byRules ? 'may be' : 'is'} dropped, but for what the host has a route to by ${goes === undefined ? 'some interface' : link}`,
      at: networks.map(({ path }) => path),
      ...(byRules ? {} : { stops: networks.map(({ path }) => path) }),
      hint: goes === undefined ? `sysctl -w ${own}=0 ${settingOf('all')}=0` : `sysctl -w ${own}=2`,
    };
  }
}

function linksOf(site: Site): ReadonlyMap<string, Site['spec']['networks']> {
  const links = new Map<string, Site['spec']['networks']>();
  for (const network of site.spec.networks) if (network.mode !== 'flat') for (const link of floatingLinks(network, site)) links.set(link, [...(links.get(link) ?? []), network]);
  return links;
}

/** The kernel takes the greater of the two; an interface that is still to come begins with the default. */
function strictest(settings: Settings, link: string): { readonly name: string; readonly value: number; readonly own: string } {
  const own = settingOf(rpFilterOf(settings, link) === undefined ? 'default' : link);
  const [ofAll, value] = [rpFilterOf(settings, 'all') ?? 0, rpFilterOf(settings, link) ?? rpFilterOf(settings, 'default') ?? 0];
  return value >= ofAll ? { name: own, value, own } : { name: settingOf('all'), value: ofAll, own };
}

/** A dot in a name is written as a slash. */
function settingOf(link: string): string {
  return `net.ipv4.conf.${link.replaceAll('.', '/')}.rp_filter`;
}
