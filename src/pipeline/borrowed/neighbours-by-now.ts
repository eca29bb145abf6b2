// pipeline/borrowed/neighbours-by-now.ts — permanent neighbours that came with an interface, and that somebody has
// changed or removed on its bridge since: they are the host's own all the same, so what he has made of them goes to the
// interface.
import type { Facts } from '../../core/facts.ts';
import type { Diagnostic, HostReader, Resource } from '../../core/resource.ts';
import { together } from '../../core/stored.ts';
import type { HostState } from '../../core/stored.ts';
import type { Record } from '../../generations/model.ts';
import { readRecords, textOf } from '../../iproute2/fields.ts';
import type { Fields } from '../../iproute2/fields.ts';
import { READ_ALL_NEIGHBOURS, readNeighbours } from '../../iproute2/neighbours.ts';
import type { NeighbourRecord } from '../../iproute2/neighbours.ts';
import { isNeighbour } from '../../kinds/neighbour/model.ts';
import type { Neighbour } from '../../kinds/neighbour/model.ts';
import type { Snapshot } from '../../uplinks/snapshot.ts';
import { UPLINK_CHANGED } from './routes-by-now.ts';
import { snapshotsIn } from './snapshots.ts';

interface Change {
  readonly borrowed: Neighbour;
  readonly bridge: string;
  /** Absent: it was removed. */
  readonly by?: NeighbourRecord;
}

/**
 * What was borrowed of neighbours, and is otherwise by now. Nothing is read where none was borrowed, or where they are
 * on their way.
 */
export async function changedNeighbours(kept: HostState, facts: Facts, host: HostReader): Promise<readonly Change[]> {
  const borrowed = kept.moving === true ? [] : kept.originals.filter(isNeighbour);
  if (borrowed.length === 0) return [];
  const records = await readNeighbours(host);
  const isMissing = borrowed.some((one) => !records.some(({ ip, state }) => ip === one.ip && state === one.state));
  return changesIn(borrowed, facts, records, isMissing ? readRecords(await host.read(READ_ALL_NEIGHBOURS)) : []);
}

/**
 * Pure half of `changedNeighbours`. One that is replaced keeps netctl's mark. Of those that are all gone the bridge may
 * have been down, or made again: unless the kernel has learnt since that one is elsewhere. `learnt`: in the words of
 * `ip neigh`.
 */
export function changesIn(
  borrowed: readonly Neighbour[],
  { links }: Facts,
  records: readonly NeighbourRecord[],
  learnt: readonly Fields[],
): readonly Change[] {
  return borrowed.flatMap((one): readonly Change[] => {
    const bridge = links.get(links.get(one.link)?.master ?? '');
    if (bridge?.ours !== true) return [];
    const there = (other: Neighbour): NeighbourRecord | undefined =>
      records.find(({ link, ip, state }) => link === bridge.name && ip === other.ip && state === other.state);
    const by = there(one);
    if (by !== undefined) return isSame(by, one) ? [] : [{ borrowed: one, bridge: bridge.name, by }];
    const isAlone = !borrowed.some(
      (other) => other !== one && other.link === one.link && isKin(other, one) && there(other) !== undefined,
    );
    const isElsewhere = learnt.some(
      (fields) =>
        fields['dev'] === bridge.name &&
        fields['dst'] === one.ip &&
        ![undefined, one.mac].includes(textOf(fields, 'lladdr')),
    );
    return isAlone && !isElsewhere ? [] : [{ borrowed: one, bridge: bridge.name }];
  });
}

function isSame(by: NeighbourRecord, { mac, router }: Neighbour): boolean {
  return by.mac === mac && by.router === (router ?? false);
}

/** In the same table of the kernel's, which is flushed as a whole. */
function isKin(a: Neighbour, b: Neighbour): boolean {
  return a.state === b.state && a.ip.includes(':') === b.ip.includes(':');
}

export function withNeighboursByNow(kept: HostState, changes: readonly Change[]): HostState {
  if (changes.length === 0) return kept;
  const snapshots = [...snapshotsIn(kept)].map(([name, snapshot]) => [name, inSnapshot(snapshot, changes)] as const);
  return {
    ...kept,
    originals: kept.originals.flatMap((one) => byNow(one, changes)),
    ...(kept.found === undefined ? {} : { found: { ...kept.found, ...Object.fromEntries(snapshots) } }),
  };
}

/** The same of what a generation restores when it is rolled back. */
export function recordWithNeighbours(record: Record, changes: readonly Change[]): Record {
  if (changes.length === 0) return record;
  const { found, originals: borrowed, undo, before } = record;
  return {
    ...record,
    undo: { ...undo, found: undo.found.flatMap((one) => byNow(one, changes)) },
    before: before === null ? null : together(before, withNeighboursByNow(before, changes)),
    ...(borrowed === undefined ? {} : { originals: borrowed.flatMap((one) => byNow(one, changes)) }),
    ...(found === undefined
      ? {}
      : {
          found: Object.fromEntries(
            Object.entries(found).map(([name, kept]) => [
              name,
              snapshotsIn({ found: { [name]: kept } }).has(name) ? inSnapshot(kept as Snapshot, changes) : kept,
            ]),
          ),
        }),
  };
}

function byNow(one: Resource, changes: readonly Change[]): readonly Resource[] {
  const change =
    isNeighbour(one) && one.borrowed === true
      ? changes.find(
          ({ borrowed }) => borrowed.link === one.link && borrowed.ip === one.ip && borrowed.state === one.state,
        )
      : undefined;
  if (change === undefined) return [one];
  if (change.by === undefined) return [];
  const { mac: _mac, router: _router, ...rest } = change.borrowed;
  const { mac, router } = change.by;
  // Whose it is the kernel keeps as it was, and that was netctl's on the bridge.
  return [{ ...rest, ...(mac === undefined ? {} : { mac }), ...(router ? { router } : {}) }];
}

function inSnapshot(snapshot: Snapshot, changes: readonly Change[]): Snapshot {
  const neighbours = snapshot.neighbours.flatMap((fields): readonly Fields[] => {
    const change = changes.find(
      ({ borrowed: { link, ip, state } }) =>
        link === snapshot.name && ip === textOf(fields, 'dst') && (state === 'proxy') === 'proxy' in fields,
    );
    if (change === undefined) return [fields];
    if (change.by === undefined) return [];
    const { router: _router, ...rest } = fields;
    const { mac, router } = change.by;
    return [{ ...rest, ...(mac === undefined ? {} : { lladdr: mac }), ...(router ? { router: null } : {}) }];
  });
  return { ...snapshot, neighbours };
}

export function toldOf({ borrowed: { ip, link, mac, state }, bridge, by }: Change): Diagnostic {
  const proxy = state === 'proxy' ? 'proxy ' : '';
  return {
    severity: 'warning',
    code: UPLINK_CHANGED,
    at: [],
    message:
      by === undefined
        ? `the neighbour ${proxy}${ip}, which came with ${link}, is on ${bridge} no more: it is not put there again, and ${link} does not get it back`
        : `the neighbour ${ip}, which came with ${link} at ${mac ?? 'no MAC'}, is at ${by.mac ?? 'no MAC'} on ${bridge} by now: so it stays, and so ${link} gets it back`,
    hint: `\`ip neigh replace ${proxy}${ip}${mac === undefined ? '' : ` lladdr ${mac} nud permanent`} dev ${bridge}\`, if it is to be as it came`,
  };
}
