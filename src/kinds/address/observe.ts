// kinds/address/observe.ts — which addresses are ours, which we borrow, and which are in the way.
import type { HostReader } from '../../core/resource.ts';
import { addressText, readLinks } from '../../iproute2/links.ts';
import type { AddressRecord, LinkRecord } from '../../iproute2/links.ts';
import { neighbourLine, readNeighbours } from '../../iproute2/neighbours.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../../iproute2/route-lines.ts';
import { KERNEL } from '../../iproute2/routes.ts';
import type { RouteRecord } from '../../iproute2/routes.ts';
import { ipOf } from '../../net/ip.ts';
import { GROUP, METRIC, PROTOCOL, UNANNOUNCED } from '../../core/marks.ts';
import { arrange } from './primary-secondary.ts';
import { lineOf } from './found.ts';
import type { Found } from './found.ts';
import { groupBy } from './group-by.ts';
import { Tables } from './missing-routes.ts';
import type { Address } from './model.ts';
import { metricOf } from './same.ts';

export async function observe(host: HostReader, wanted: readonly Address[]): Promise<readonly Address[]> {
  const [links, routes] = await Promise.all([readLinks(host), readRoutes(host)]);
  return withNeighbours(host, addressesOf(links, routes, wanted));
}

/** Of all tables: those that go with an address are put back with it. */
async function readRoutes(host: HostReader): Promise<readonly RouteRecord[]> {
  return parseRouteLines(await host.read(READ_ALL_ROUTES));
}

/** What is on one device says nothing of what is on another. */
export async function again(
  host: HostReader,
  wanted: readonly Address[],
  names: readonly string[],
  before: readonly Address[],
): Promise<readonly Address[]> {
  const [links, routes] = await Promise.all([readLinks(host), readRoutes(host)]);
  const named = new Set(names);
  return [
    ...before.filter(({ link }) => !named.has(link)),
    ...(await withNeighbours(host, addressesOf(links, routes, wanted, named))),
  ];
}

/** What somebody has put into the neighbour table of a link goes with its last IPv4 address; else nothing is read. */
async function withNeighbours(host: HostReader, addresses: readonly Address[]): Promise<readonly Address[]> {
  if (!addresses.some(({ empties }) => empties)) return addresses;
  const records = await readNeighbours(host);
  return addresses.map((address) => {
    if (!address.empties) return address;
    const lines = records
      .filter(({ ip, link, protocol }) => {
        // Where the address goes for good, ours go before it.
        return link === address.link && !ip.includes(':') && !(address.goes && protocol === PROTOCOL);
      })
      .map(neighbourLine);
    return lines.length === 0 ? address : { ...address, restores: [...(address.restores ?? []), ...lines] };
  });
}

/** Pure half of `observe`. `named`: of these links alone. */
export function addressesOf(
  links: readonly LinkRecord[],
  routes: readonly RouteRecord[],
  wanted: readonly Address[],
  named?: ReadonlySet<string>,
): readonly Address[] {
  const wishes = wishesOf(wanted);
  const tables = new Tables(routes, links);
  const routesFrom = groupBy(
    routes.filter(({ source, protocol }) => source !== undefined && protocol !== KERNEL),
    ({ source = '' }) => source,
  );
  const linesFrom = (ip: string): readonly string[] => (routesFrom.get(ip) ?? []).flatMap(lineOf);
  const routesOn = groupBy(
    routes.filter(({ family }) => family === 4),
    (route) => route.link ?? '',
  );
  const wantedOn = groupBy(wanted, (want) => want.link);
  return links
    .filter(({ name }) => named === undefined || named.has(name))
    .flatMap((link) => {
      const found = link.addresses.filter(lasts).map((record) => find(link, record, wishes, tables));
      return arrange(
        link.name,
        found,
        wantedOn.get(link.name) ?? [],
        routesOn.get(link.name) ?? [],
        link.group !== GROUP && !wishes.movedFrom.has(link.name),
        linesFrom,
      );
    });
}

/** The kernel and its router advertisements make and remove IPv6 addresses by themselves. */
function lasts(record: AddressRecord): boolean {
  return record.family === 4 || !(record.automatic || record.dynamic);
}

interface Wishes {
  readonly byKey: ReadonlyMap<string, Address>;
  readonly byIp: ReadonlyMap<string, readonly Address[]>;
  readonly movedFrom: ReadonlySet<string>;
}

function wishesOf(wanted: readonly Address[]): Wishes {
  return {
    byKey: new Map(wanted.map((want) => [`${want.link} ${addressText(want)}`, want])),
    byIp: groupBy(wanted, (want) => ipOf(want.cidr)),
    movedFrom: new Set(wanted.flatMap((want) => want.movedFrom ?? [])),
  };
}

function find(link: LinkRecord, record: AddressRecord, wishes: Wishes, tables: Tables): Found {
  const cidr = `${record.ip}/${record.bits}`;
  const want = wishes.byKey.get(`${link.name} ${addressText({ cidr, peer: record.peer })}`);
  const as = standing(link, record, want, wishes);
  // What the kernel has made for another's is that one's business.
  const lacks =
    as !== 'ours' || want === undefined || want.borrowed ? undefined : tables.lackOf(link, record, metricOf(want));
  return {
    record,
    cidr,
    as,
    want,
    ...(lacks === undefined ? {} : { lacks }),
    leads: as === 'ours' || as === 'borrowed' ? tables.leadsOf(link, record) : [],
  };
}

function standing(link: LinkRecord, record: AddressRecord, want: Address | undefined, wishes: Wishes): Found['as'] {
  if (record.metric === METRIC || record.metric === UNANNOUNCED) return 'ours';
  // On a bridge of ours somebody put just what we would have put: it gets our mark, and nothing else happens to it.
  if (want !== undefined) return want.borrowed ? 'borrowed' : link.group === GROUP ? 'ours' : 'foreign';
  if (wishes.movedFrom.has(link.name)) return 'borrowed';
  const rivals = wishes.byIp.get(record.ip) ?? [];
  if (rivals.length === 0) return undefined;
  // What we moved bears no mark. It is ours to roll back from a link of ours when it is wanted elsewhere.
  const moved = link.group === GROUP && rivals.every((rival) => rival.borrowed ?? rival.movedFrom !== undefined);
  return moved ? 'ours' : 'foreign';
}
