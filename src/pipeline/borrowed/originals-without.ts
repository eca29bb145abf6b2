// pipeline/borrowed/originals-without.ts — what is kept of borrowed interfaces, without things that are borrowed no
// more.
import type { Resource } from '../../core/resource.ts';
import type { HostState } from '../../core/stored.ts';
import type { Fields } from '../../iproute2/fields.ts';
import { textOf } from '../../iproute2/fields.ts';
import { KERNEL } from '../../iproute2/routes.ts';
import { addressText, isAddress } from '../../kinds/address/model.ts';
import type { Address } from '../../kinds/address/model.ts';
import { isRoute } from '../../kinds/route/model.ts';
import type { Route } from '../../kinds/route/model.ts';
import { contains, ipOf } from '../../net/ip.ts';
import { deviceOf } from '../../parts/rebuild.ts';
import type { Snapshot } from '../../uplinks/snapshot.ts';
import { routeKeyFor, routeKeyOf } from '../../uplinks/routes.ts';
import { snapshotsIn } from './snapshots.ts';

export function withoutInterfaces(kept: HostState, names: ReadonlySet<string>): HostState {
  if (names.size === 0) return kept;
  const { found = {}, ...rest } = kept;
  const left = Object.entries(found).filter(([name]) => !names.has(name));
  return {
    ...rest,
    originals: kept.originals.filter((one) => !names.has(deviceOf(one) ?? '')),
    ...(left.length === 0 ? {} : { found: Object.fromEntries(left) }),
  };
}

/** `left`: what there is still of a route that has one of them as its source, or is `stranded` without them. */
export function withoutAddresses(
  kept: HostState,
  removed: readonly Address[],
  left: (route: Route) => Route | undefined,
  stranded: ReadonlySet<Resource> = new Set(),
): HostState {
  if (removed.length === 0 && stranded.size === 0) return kept;
  const gone = new Map(removed.map((one) => [`${one.link} ${addressText(one)}`, one]));
  const sources = new Set(removed.map(({ cidr }) => ipOf(cidr)));
  const originals = kept.originals.flatMap((one): readonly Resource[] => {
    if (isAddress(one)) return gone.has(`${one.link} ${addressText(one)}`) ? [] : [behindWhatIsLeft(one, gone)];
    return isRoute(one) && (sources.has(one.source ?? '') || stranded.has(one))
      ? [left(one)].filter((route) => route !== undefined)
      : [one];
  });
  return {
    ...kept,
    originals,
    ...foundWith(kept, (snapshot) =>
      withoutIps(snapshot, new Set(removed.filter(({ link }) => link === snapshot.name).map(({ cidr }) => ipOf(cidr)))),
    ),
  };
}

export function withoutRoutes(kept: HostState, replaced: readonly Route[]): HostState {
  if (replaced.length === 0) return kept;
  const gone: ReadonlySet<unknown> = new Set(replaced);
  const keys = new Set(replaced.map((route) => `${route.link} ${routeKeyFor(route)}`));
  const originals = kept.originals.filter((one) => !gone.has(one));
  return { ...kept, originals, ...foundWith(kept, (snapshot) => withoutKeys(snapshot, keys)) };
}

function withoutKeys(snapshot: Snapshot, keys: ReadonlySet<string>): Snapshot {
  return { ...snapshot, routes: snapshot.routes.filter((route) => !keys.has(`${snapshot.name} ${routeKeyOf(route)}`)) };
}

/**
 * With each route as it was made `again`, or as it is. How one was found that is another by now, nobody is to compare
 * it with.
 */
export function withRoutesAgain(kept: HostState, again: (route: Route) => Route): HostState {
  const originals = kept.originals.map((one) => (isRoute(one) ? again(one) : one));
  const keys = new Set(
    kept.originals
      .filter(isRoute)
      .flatMap((route) => (originals.includes(route) ? [] : [`${route.link} ${routeKeyFor(route)}`])),
  );
  if (keys.size === 0) return kept;
  return { ...kept, originals, ...foundWith(kept, (snapshot) => withoutKeys(snapshot, keys)) };
}

/** It comes after that one after which the removed one came. */
function behindWhatIsLeft(address: Address, gone: ReadonlyMap<string, Address>): Address {
  const { comesAfter, ...rest } = address;
  const before = comesAfter === undefined ? undefined : gone.get(`${address.link} ${comesAfter}`);
  if (before === undefined) return address;
  return behindWhatIsLeft(
    { ...rest, ...(before.comesAfter === undefined ? {} : { comesAfter: before.comesAfter }) },
    gone,
  );
}

function foundWith(kept: HostState, change: (snapshot: Snapshot) => Snapshot): Pick<HostState, 'found'> {
  if (kept.found === undefined) return {};
  return {
    found: {
      ...kept.found,
      ...Object.fromEntries([...snapshotsIn(kept)].map(([name, snapshot]) => [name, change(snapshot)])),
    },
  };
}

function withoutIps(snapshot: Snapshot, ips: ReadonlySet<string>): Snapshot {
  if (ips.size === 0) return snapshot;
  const addresses = snapshot.addresses.filter(({ local }) => typeof local !== 'string' || !ips.has(local));
  return {
    ...snapshot,
    addresses,
    routes: snapshot.routes.filter(({ fields }) => !isMadeWith(fields, ips, addresses)),
  };
}

/**
 * What the kernel makes with an address: its own place (of a secondary one with the first as its source), and the way
 * to its network where it is the only one there.
 */
function isMadeWith(fields: Fields, ips: ReadonlySet<string>, left: readonly Fields[]): boolean {
  if (ips.has(textOf(fields, 'prefsrc') ?? '')) return true;
  const to = textOf(fields, 'dst') ?? '';
  if (fields['protocol'] !== KERNEL) return false;
  return (
    ips.has(to) ||
    (to.includes(':') &&
      to.includes('/') &&
      [...ips].some((ip) => contains(to, ip)) &&
      !left.some((address) => contains(to, textOf(address, 'local') ?? '')))
  );
}
