// kinds/address/missing-routes.ts — what the kernel has made for an address, and somebody has taken away: the way to
// its network, its entry in table local.
import type { AddressRecord, LinkRecord } from '../../iproute2/links.ts';
import { KERNEL, routeWords } from '../../iproute2/routes.ts';
import type { RouteRecord } from '../../iproute2/routes.ts';
import { baseOf } from '../../net/ip.ts';
import { broadcastOf } from '../../net/ipv4.ts';
import type { Lack } from './model.ts';

const [MAIN, LOCAL, LINK, HOST] = ['254', '255', '253', '254'];
/** Of IPv6 routes that the kernel makes. */
const PREFIX_METRIC = 256;
const ENTRIES: ReadonlySet<string> = new Set(['local', 'broadcast', 'anycast', 'multicast']);

type Made = Pick<RouteRecord, 'family' | 'to' | 'metric' | 'type' | 'table' | 'source' | 'scope'>;

/** The routes of a host, by what they lead to. */
export class Tables {
  private readonly routes: ReadonlyMap<string, readonly RouteRecord[]>;
  private readonly links: ReadonlyMap<string, LinkRecord>;

  constructor(routes: readonly RouteRecord[], links: readonly LinkRecord[]) {
    const byKey = new Map<string, RouteRecord[]>();
    for (const route of routes)
      if (route.tos === undefined) {
        const [key, there] = [routeKeyOf(route), byKey.get(routeKeyOf(route))];
        if (there === undefined) byKey.set(key, [route]);
        else there.push(route);
      }
    this.routes = byKey;
    this.links = new Map(links.map((link) => [link.name, link]));
  }

  /** Nothing while its link is down, or before the kernel has made any. `metric`: what it is to have. */
  lackOf(link: LinkRecord, record: AddressRecord, metric: number | undefined): Lack | undefined {
    if (!link.up || record.tentative) return undefined;
    // In a VRF all is in its table.
    const table = this.links.get(link.master ?? '')?.vrf;
    const isGone = (made: Made): boolean => !this.isThere({ ...made, ...(table === undefined ? {} : { table }) }, link);
    const [entry, networks] = [entryOf(link, record), link.name === 'lo' ? [] : networksOf(record, metric)];
    const [noEntry, lost] = [isGone(entry), networks.filter(isGone)];
    if (!noEntry && lost.length === 0) return undefined;
    const what = [
      ...(lost.length === 0 ? [] : ['its route is missing']),
      ...(noEntry ? ['its entry in table local is missing'] : []),
    ];
    // The kernel itself brings IPv6's route back when the address is said again. An entry that is not the kernel's
    // would outlive the address.
    if (record.family === 6)
      return { what, lines: [], ...(noEntry || record.peer !== undefined ? { anew: true } : {}) };
    const primary = record.secondary ? entryOf(link, primaryOf(link, record)) : entry;
    const all = [
      ...(noEntry ? [...(primary === entry || !isGone(primary) ? [] : [primary]), entry] : []),
      ...lost,
      ...broadcastsOf(link, record).filter(isGone),
    ];
    return {
      what,
      lines: all.map((made) => lineOf({ ...made, ...(table === undefined ? {} : { table }) }, link.name)),
    };
  }

  /**
   * Which of the kernel's IPv4 routes for an address come before others to the same, in the words of `leads.ts`. Of
   * IPv6 nothing can be put there.
   */
  leadsOf(link: LinkRecord, record: AddressRecord): readonly string[] {
    if (record.family === 6 || record.secondary) return [];
    const last =
      record.bits > 30
        ? []
        : [baseOf(networkOf(record)).replace(/\/.*$/, ''), broadcastOf(baseOf(networkOf(record), 4))];
    const broadcasts = [...new Set([...(record.broadcast === undefined ? [] : [record.broadcast]), ...last])];
    return [
      ...networksOf(record, record.metric)
        .filter(({ to, metric }) => this.isAhead({ family: 4, to }, metric, link, record))
        .map(({ to }) => to),
      ...broadcasts
        .filter((to) => this.isAhead({ family: 4, to, table: LOCAL }, 0, link, record))
        .map((to) => `broadcast ${to}`),
    ];
  }

  private isAhead(
    key: Parameters<typeof routeKeyOf>[0],
    metric: number,
    link: LinkRecord,
    record: AddressRecord,
  ): boolean {
    const [first, ...others] = (this.routes.get(routeKeyOf(key)) ?? []).filter((route) => route.metric === metric);
    return (
      first?.link === link.name &&
      first.protocol === KERNEL &&
      first.source === record.ip &&
      others.some((other) => other.link !== link.name)
    );
  }

  /**
   * Of a way to a network also another one by the same device, or one that is taken before it: somebody wants it so.
   */
  private isThere(made: Made, link: LinkRecord): boolean {
    const found = this.routes.get(routeKeyOf(made)) ?? [];
    if (made.type !== undefined) return found.some(({ type }) => type === made.type);
    return found.some(
      (route) => !ENTRIES.has(route.type ?? '') && (route.link === link.name || route.metric <= made.metric),
    );
  }
}

function routeKeyOf({ family, table = MAIN, to }: Pick<RouteRecord, 'family' | 'table' | 'to'>): string {
  return `${family} ${table} ${to}`;
}

/** A secondary's entry bears the address that it is secondary to. */
function entryOf(link: LinkRecord, record: AddressRecord): Made {
  const { family, ip } = record;
  return {
    family,
    to: ip,
    metric: 0,
    type: 'local',
    table: LOCAL,
    ...(family === 4 ? { scope: HOST, source: primaryOf(link, record).ip } : {}),
  };
}

function primaryOf(link: LinkRecord, record: AddressRecord): AddressRecord {
  return (
    link.addresses.find(
      (other) => other.family === record.family && other.bits === record.bits && networkOf(other) === networkOf(record),
    ) ?? record
  );
}

function networksOf(record: AddressRecord, metric: number | undefined): readonly Made[] {
  const { family, ip, bits, peer } = record;
  if (record.noPrefixRoute || record.secondary || (peer === undefined && bits === (family === 4 ? 32 : 128))) return [];
  if (family === 6)
    return [networkOf(record), ...(peer === undefined ? [] : [peer])].map((to) => ({
      family,
      to,
      metric: metric ?? PREFIX_METRIC,
    }));
  const network = networkOf(record);
  // Kernels before 5.3 make none within 0.0.0.0/8, later ones none for that alone.
  if (network.startsWith('0.')) return [];
  return [{ family, to: network.replace(/\/32$/, ''), metric: metric ?? 0, scope: LINK, source: ip }];
}

function broadcastsOf(link: LinkRecord, record: AddressRecord): readonly Made[] {
  const last = record.secondary || record.bits > 30 ? [] : [broadcastOf(baseOf(networkOf(record), 4))];
  const all = new Set([
    ...(record.broadcast === undefined || record.broadcast === '255.255.255.255' ? [] : [record.broadcast]),
    ...last,
  ]);
  return [...all].map((to) => ({
    family: 4,
    to,
    metric: 0,
    type: 'broadcast',
    table: LOCAL,
    scope: LINK,
    source: primaryOf(link, record).ip,
  }));
}

/** Of a point-to-point address it is the other end's in IPv4, and its own in IPv6. */
function networkOf({ family, ip, bits, peer }: AddressRecord): string {
  if (family === 4) return baseOf(`${peer ?? ip}/${bits}`);
  return bits === 128 ? ip : baseOf(`${ip}/${bits}`);
}

function lineOf({ metric, ...made }: Made, link: string): string {
  return `route replace ${routeWords({ ...made, link, protocol: KERNEL, ...(metric === 0 ? {} : { metric }) })}`;
}
