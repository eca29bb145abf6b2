// conflicts/rp-filter.ts — a kernel that drops what comes by another way than its answer would go.
import type { Diagnostic } from '../core/resource.ts';
import { bitsOf } from '../net/ip.ts';
import { l3DeviceOf, uplinkIn } from '../parts/uplink-mapping.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { MAIN } from '../iproute2/policy.ts';
import { holderOf, rpFilterOf } from './settings.ts';
import type { Settings } from './settings.ts';
import { LEAST, sharesOf } from './route-shares.ts';
import { floatingLinks } from './floating.ts';
import { defaultLink } from './egress.ts';
import type { Site } from './required-traffic.ts';
import { wordsFor } from '../iproute2/ways.ts';
import type { Found, Routing } from '../iproute2/ways.ts';

/** Where answers would go. */
interface Goes {
  /** Several, of one route with several next hops; none: nowhere. */
  readonly links: readonly string[];
  readonly words: string;
}

export function* rpFilter(site: Site, settings: Settings, routing: Routing): Iterable<Diagnostic> {
  const isSure = !mayKnowBetter(routing);
  for (const [link, networks] of linksOf(site)) {
    const { name, value, own } = strictest(settings, link, uplinkIn(link, site));
    const found = new Map<string, { goes: Goes; of: RoutedNetwork[] }>();
    for (const network of networks) {
      // Loose is content with a way by any interface.
      const goes = waysOf(network, site, routing).find(
        ({ links }) => value !== 0 && !links.includes(link) && !(value === 2 && links.length > 0),
      );
      if (goes !== undefined) found.set(goes.words, { goes, of: [...(found.get(goes.words)?.of ?? []), network] });
    }
    for (const {
      goes: { links, words },
      of,
    } of found.values())
      yield {
        severity: 'warning',
        code: 'rp-filter',
        message: `${name} is ${value}, and ${words}: what comes by ${link} for floating addresses of ${of.map((network) => network.name).join(', ')} ${isSure ? 'is' : 'may be'} dropped, but for what the host has a route to by ${links.length === 0 ? 'some interface' : link}`,
        at: of.map(({ path }) => path),
        ...(isSure ? { stops: of.map(({ path }) => path) } : {}),
        hint: links.length === 0 ? `sysctl -w ${own}=0 ${settingOf('all')}=0` : `sysctl -w ${own}=2`,
      };
  }
}

/**
 * The kernel asks which way an instance's answer would go. Of a host that does not say its routes, or that knows a way
 * to each network of the world, the default route counts.
 */
function waysOf(network: RoutedNetwork, site: Site, routing: Routing): readonly Goes[] {
  const shares = sharesOf(network, routing).filter(({ count }) => count >= LEAST);
  if (routing.tables.size === 0 || shares.length === 0) {
    const way = defaultLink(site.facts);
    return [goesBy(undefined, way === undefined ? [] : [l3DeviceOf(way, site)])];
  }
  return shares.map(({ found, link }) =>
    goesBy(found, link === undefined ? [] : (found?.route?.links ?? [link]).map((one) => l3DeviceOf(one, site))),
  );
}

function goesBy(found: Found | undefined, links: readonly string[]): Goes {
  const names = links.join(' and ');
  if (found === undefined || (links.length > 0 && isDefault(found)))
    return { links, words: names === '' ? 'there is no default route' : `the default route goes by ${names}` };
  return {
    links,
    words: names === '' ? `replies end at the ${wordsFor(found)}` : `replies go by ${names} (${wordsFor(found)})`,
  };
}

function isDefault({ by: { then }, route }: Found): boolean {
  return (
    route !== undefined && bitsOf(route.to) === 0 && typeof then === 'object' && 'table' in then && then.table === MAIN
  );
}

/**
 * Somebody's rules for a mark, a port or the like may send answers by the same way all the same; and of tables that
 * were not read nobody knows.
 */
function mayKnowBetter({ policies, tables }: Routing): boolean {
  return policies.some(({ asks }) => asks.length > 0) || (tables.size === 0 && policies.length > USUAL_RULES);
}

/** Every host has these. */
const USUAL_RULES = 3;

function linksOf(site: Site): ReadonlyMap<string, readonly RoutedNetwork[]> {
  const links = new Map<string, readonly RoutedNetwork[]>();
  for (const network of site.spec.networks)
    if (network.mode !== 'flat')
      for (const link of floatingLinks(network, site)) links.set(link, [...(links.get(link) ?? []), network]);
  return links;
}

/** The kernel takes the greater of the two. */
function strictest(
  settings: Settings,
  link: string,
  uplink: string | undefined,
): { readonly name: string; readonly value: number; readonly own: string } {
  const holder = holderOf(settings, link, uplink, 'rp_filter');
  const own = settingOf(holder);
  const [ofAll, value] = [rpFilterOf(settings, 'all') ?? 0, rpFilterOf(settings, holder) ?? 0];
  return value >= ofAll ? { name: own, value, own } : { name: settingOf('all'), value: ofAll, own };
}

/** A dot in a name is written as a slash. */
function settingOf(link: string): string {
  return `net.ipv4.conf.${link.replaceAll('.', '/')}.rp_filter`;
}
