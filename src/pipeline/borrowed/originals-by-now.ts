// pipeline/borrowed/originals-by-now.ts — what of borrowed interfaces netctl has still to put on a bridge, and to give
// back.
// The rest is the host's own by now: what an interface has since the host was rebooted, what somebody has removed from
// a bridge, and routes that have others in their place.
import type { Facts } from '../../core/facts.ts';
import type { Diagnostic } from '../../core/resource.ts';
import type { HostState } from '../../core/stored.ts';
import { isAddress } from '../../kinds/address/model.ts';
import type { Address } from '../../kinds/address/model.ts';
import { isLink } from '../../kinds/link/model.ts';
import { PROTOCOL } from '../../core/marks.ts';
import { isRoute, routeKey } from '../../kinds/route/model.ts';
import { deviceOf } from '../../parts/rebuild.ts';
import { withoutAddresses, withoutInterfaces, withoutRoutes } from './originals-without.ts';
import { routesOf, isPlace, withItsSource, renewed, replacedIn, replacedRoute } from './routes-by-now.ts';
import { strandedBy, strandedRoute } from './stranded-routes.ts';
import { removedFrom, removedAddress, isSame } from './addresses-by-now.ts';

export interface Borrowed {
  readonly kept: HostState;
  /** What is not borrowed any more since somebody has removed it. */
  readonly told: readonly Diagnostic[];
}

/**
 * `start`: the boot id of the host. `takesAlong`: what somebody has put on a bridge goes to the interface with the
 * rest, so it may replace what the interface had.
 */
export function originalsByNow(kept: HostState, facts: Facts, start?: string, takesAlong = true): Borrowed {
  const isRestarted = kept.start !== undefined && start !== undefined && kept.start !== start;
  const since = isRestarted ? { ...kept, originals: kept.originals.filter(({ kind }) => kind !== 'sysctl') } : kept;
  // Where netctl was killed while it moved things, what is missing was not removed by anybody.
  const isMoving = kept.moving === true && !isRestarted;
  const elsewhere = isMoving ? [] : putElsewhere(since, facts);
  const present = isMoving
    ? since
    : withoutInterfaces(
        since,
        new Set([...configuredAnew(since, facts, isRestarted), ...elsewhere.map(({ name }) => name)]),
      );
  const removed = isMoving ? [] : removedFrom(present, facts, takesAlong);
  const routes = routesOf(facts);
  const stranded = isMoving ? [] : strandedBy(removed, present, facts, routes);
  const there = withoutAddresses(
    present,
    removed,
    (route) => (routes.some((one) => isPlace(one, route)) ? withItsSource(route, facts) : undefined),
    new Set(stranded),
  );
  const left = takesAlong ? renewed(there, facts, routes) : there;
  const replaced = replacedIn(
    left,
    facts,
    takesAlong
      ? routes
      : routes.filter(({ link, protocol }) => protocol === PROTOCOL || facts.links.get(link)?.ours !== true),
    isMoving,
  );
  return {
    kept: withoutRoutes(
      left,
      replaced.map(({ route }) => route),
    ),
    told: [
      ...elsewhere.map(deviceElsewhere),
      ...removed.map((address) => removedAddress(address, facts)),
      ...stranded.map(strandedRoute),
      ...replaced.flatMap(replacedRoute),
    ],
  };
}

/**
 * Interfaces that are in no bridge of netctl's, as after a reboot, and have been configured since: what they had before
 * is void. One whose addresses or routes are still on its bridge is not among them: it is to have them back.
 */
function configuredAnew(kept: HostState, { links }: Facts, isRestarted: boolean): ReadonlySet<string> {
  const ours = [...links.values()].filter((link) => link.ours).flatMap(({ addresses }) => addresses);
  const onOurs = new Set(
    [...links.values()]
      .filter((link) => link.ours)
      .flatMap(({ routes }) =>
        routes.filter(({ protocol }) => protocol === PROTOCOL).map((one) => routeKey({ ...one, link: '' })),
      ),
  );
  const names = kept.originals.flatMap((one) => (one.kind === 'link' ? (deviceOf(one) ?? []) : []));
  return new Set(
    names.filter((name) => {
      const link = links.get(name);
      if (link === undefined || link.ours || links.get(link.master ?? '')?.ours === true) return false;
      const borrowed = kept.originals.filter((one): one is Address => isAddress(one) && one.link === name);
      if (
        borrowed.some((former) => ours.some((one) => isSame(former, one))) ||
        kept.originals.some((one) => isRoute(one) && one.link === name && onOurs.has(routeKey({ ...one, link: '' })))
      )
        return false;
      if (isRestarted && link.master !== undefined) return true;
      // The parent of a VLAN keeps its addresses when it is borrowed.
      return borrowed.length === 0 ? isRestarted : link.addresses.some((one) => !one.ours);
    }),
  );
}

interface Elsewhere {
  readonly name: string;
  readonly master: string;
}

/** Devices of instances that somebody has put into another bridge than netctl's since they were borrowed. */
function putElsewhere(kept: HostState, { links }: Facts): readonly Elsewhere[] {
  return kept.originals.flatMap((one) => {
    const { name, master, ours, promiscuous } = links.get(isLink(one) && one.type === 'port' ? one.name : '') ?? {};
    if (name === undefined || master === undefined || ours || promiscuous || links.get(master)?.ours !== false)
      return [];
    return 'master' in one && one.master === master ? [] : [{ name, master }];
  });
}

function deviceElsewhere({ name, master }: Elsewhere): Diagnostic {
  return {
    severity: 'warning',
    code: 'device-changed',
    at: [],
    message: `${name} is in ${master} by now, which is not netctl's, and not where it was before: it stays there, also when it is restored`,
    hint: `ip link set dev ${name} nomaster, if ${master} is not to have it`,
  };
}
