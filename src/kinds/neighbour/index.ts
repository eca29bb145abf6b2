// kinds/neighbour/index.ts — permanent neighbours and proxies: they follow an interface's addresses to a bridge, and
// come back.
import type { Change, Disruption, HostReader, Kind, Memory, Resource } from '../../core/resource.ts';
import { ipBatch } from '../../iproute2/batch.ts';
import { addressText, readLinks } from '../../iproute2/links.ts';
import type { LinkRecord } from '../../iproute2/links.ts';
import { neighbourLine, neighbourPlace, readNeighbours } from '../../iproute2/neighbours.ts';
import type { NeighbourRecord } from '../../iproute2/neighbours.ts';
import { removedDevicesIn } from '../removed-devices.ts';
import { PROTOCOL } from '../../core/marks.ts';
import type { Neighbour } from './model.ts';

export const neighbour: Kind<Neighbour> = {
  kind: 'neighbour',
  key: (n) => keyOf(n),
  needs: (n) => [`link ${n.link}`, ...(n.dependsOn ?? [])],
  watches: ['links'],
  observe,
  signed: ({ link }) => link,
  steps: (changes) => changes.map((change) => ({ changes: [change], ops: [ipBatch(linesFor(change))] })),
  // The one on the interface goes before the one on the bridge is made, and the other way round.
  claims: (n) => [`neighbour ${n.ip}${n.state === 'proxy' ? ' proxy' : ''} of ${n.movedFrom ?? n.link}`],
  // It goes before the addresses do with which the kernel drops it, and comes after its bridge has the MAC with which
  // the kernel flushes all.
  mustReplace: (found, wanted) => !same(found, wanted),
  // The kernel flushes them with the MAC of their device, proxies excepted.
  fallsWith: ({ state }, before, after) => state === 'permanent' && macOf(before) !== macOf(after),
  same,
  remember: (found) => (found.some(({ borrowed }) => !borrowed) ? { [HERE]: 'yes' } : {}),
  recordBefore: (changes) => (changes.some(isMade) ? { [HERE]: 'yes' } : {}),
  disrupts,
  moves,
  asFound,
  goesWith,
  livesOn: (n) => (n.borrowed ? n.link : undefined),
  describe: (n) => `${n.ip} on ${n.link}${n.mac === undefined ? '' : ` at ${n.mac}`}, ${n.state}`,
};

function same(found: Neighbour, wanted: Neighbour): boolean {
  return (
    found.state === wanted.state &&
    found.mac === wanted.mac &&
    found.router === wanted.router &&
    protocolOf(found) === protocolOf(wanted)
  );
}

/** Of a bridge or another device, as far as it is known. */
function macOf(resource: Resource): unknown {
  return resource.kind === 'link' && 'mac' in resource ? resource.mac : undefined;
}

/** An entry more takes nothing from anybody. */
function disrupts(change: Change<Neighbour>): Disruption {
  return change.verb === 'create' ? { class: 'none' } : { class: 'flows', of: [change.before.ip] };
}

/** One that is restored: from there it is to be taken again, should the way there be undone. */
function asFound(resource: Neighbour, created: readonly Neighbour[]): Neighbour {
  const { link, ip, state } = resource;
  const back = created.find((one) => one.borrowed && one.ip === ip && one.state === state && one.link !== link);
  return back === undefined ? resource : { ...resource, movedFrom: back.link };
}

/** With the interface's addresses: what is taken from it, or restored, and what is put on its bridge. */
function moves(change: Change<Neighbour>): string | undefined {
  if (change.verb === 'update' || change.verb === 'replace') return undefined;
  const { borrowed, movedFrom, link } = change.verb === 'delete' ? change.before : change.after;
  return borrowed ? link : movedFrom;
}

function keyOf({ link, ip, state }: Pick<Neighbour, 'link' | 'ip' | 'state'>): string {
  return `${link} ${ip}${state === 'proxy' ? ' proxy' : ''}`;
}

function protocolOf({ borrowed, protocol }: Neighbour): string | undefined {
  return borrowed ? protocol : PROTOCOL;
}

/**
 * Where a bridge gets another MAC first, by its uplink, the kernel has flushed them all: what is made again can be
 * removed in either case.
 */
function linesFor(change: Change<Neighbour>): readonly string[] {
  if (change.verb === 'delete') {
    const { before } = change;
    return [
      ...(before.state === 'permanent' && before.borrowed !== true ? [neighbourLine(before)] : []),
      `neigh del ${neighbourPlace(before)} dev ${before.link}`,
    ];
  }
  const { protocol: _found, ...after } = change.after;
  const protocol = protocolOf(change.after);
  return [neighbourLine({ ...after, ...(protocol === undefined ? {} : { protocol }) })];
}

/** Remembered where one of ours is. */
const HERE = 'here';

function isMade(change: Change<Neighbour>): boolean {
  return change.verb !== 'delete' && change.after.borrowed !== true;
}

/** Only where there is one to be had, or one of ours to be found: else nothing is read. */
async function observe(host: HostReader, wanted: readonly Neighbour[], memory: Memory): Promise<readonly Neighbour[]> {
  if (wanted.length === 0 && memory[HERE] === undefined) return [];
  const [links, neighbours] = await Promise.all([readLinks(host), readNeighbours(host)]);
  return neighboursOf(neighbours, links, wanted);
}

/** What somebody has put on a bridge that goes. Ours are removed by themselves. */
async function goesWith(host: HostReader, removed: readonly Resource[]): Promise<readonly Neighbour[]> {
  const devices = removedDevicesIn(removed);
  const found = devices.length === 0 ? [] : await readNeighbours(host);
  return found.flatMap(({ router, ...record }): Neighbour[] =>
    devices.includes(record.link) && record.protocol !== PROTOCOL
      ? [{ kind: 'neighbour', borrowed: true, ...record, ...(router ? { router } : {}) }]
      : [],
  );
}

/** Pure half of `observe`. */
export function neighboursOf(
  records: readonly NeighbourRecord[],
  links: readonly LinkRecord[],
  wanted: readonly Neighbour[],
): readonly Neighbour[] {
  const movedFrom = new Set(wanted.flatMap((want) => want.movedFrom ?? []));
  const keys = new Map(wanted.map((want) => [keyOf(want), want]));
  const ips = new Set(wanted.map(({ ip }) => ip));
  const byName = new Map(links.map((link) => [link.name, link]));
  return records.flatMap((record): Neighbour[] => {
    const { link, ip, state, mac, router, protocol } = record;
    const ours = protocol === PROTOCOL;
    const concerns =
      ours ||
      movedFrom.has(link) ||
      keys.has(keyOf(record)) ||
      (ips.has(ip) &&
        wanted.some(
          (want) => want.movedFrom === undefined && want.ip === ip && byName.get(want.link)?.master === link,
        ));
    if (!concerns) return [];
    const found: Neighbour = {
      kind: 'neighbour',
      link,
      ip,
      state,
      ...(mac === undefined ? {} : { mac }),
      ...(router ? { router } : {}),
      ...(ours || protocol === undefined ? {} : { protocol }),
      ...dependsOn(record, byName.get(link)),
    };
    return [ours ? found : { ...found, borrowed: true }];
  });
}

/**
 * With its last IPv4 address a device loses all IPv4 neighbours; before its addresses, to be safe, in either family.
 */
function dependsOn({ ip }: NeighbourRecord, link: LinkRecord | undefined): Pick<Neighbour, 'dependsOn'> {
  const family = ip.includes(':') ? 6 : 4;
  const addresses = (link?.addresses ?? []).filter(
    (address) => address.family === family && !address.automatic && !address.dynamic,
  );
  return addresses.length === 0
    ? {}
    : {
        dependsOn: addresses.map(
          ({ ip: own, bits, peer }) =>
            `address ${link?.name ?? ''} ${addressText({ cidr: `${own}/${bits}`, peer })}` as const,
        ),
      };
}
