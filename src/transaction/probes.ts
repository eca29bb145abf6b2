// transaction/probes.ts — what is asked around an apply on this host: the spec's probes, its gateways, and whoever sits
// at the other end.
import { readLinks } from '../iproute2/links.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../iproute2/route-lines.ts';
import { ADVERTISED } from '../iproute2/routes.ts';
import type { RouteRecord } from '../iproute2/routes.ts';
import { ipOf } from '../net/ip.ts';
import { uplinkOf } from '../parts/uplink-mapping.ts';
import { farIn, gatewaysIn, probesFor } from '../probes/choose.ts';
import { probes as asked } from '../probes/keys.ts';
import type { Probe } from '../probes/model.ts';
import { isAddress } from '../kinds/address/model.ts';
import { GROUP, METRIC } from '../core/marks.ts';
import { isRoute } from '../kinds/route/model.ts';
import type { Prepared } from '../pipeline/plan-from.ts';
import type { World } from '../pipeline/world.ts';
import type { Family } from '../net/ip.ts';

/** Costs nothing where the host was just looked at: its routes were read. */
export async function probesOf(
  world: Pick<World, 'driver' | 'operator'>,
  { spec, self, wanted, plan }: Pick<Prepared, 'spec' | 'self' | 'wanted' | 'plan'>,
): Promise<readonly Probe[]> {
  const all = parseRouteLines(await world.driver.read(READ_ALL_ROUTES));
  const routes = all.filter(({ table, type }) => table === undefined && type === undefined);
  const here = new Set(all.flatMap(({ type, to }) => (type === 'local' ? [ipOf(to)] : [])));
  const host = spec.hosts.find(({ name }) => name === self);
  const inner = new Set(
    host === undefined
      ? []
      : spec.networks.filter((network) => uplinkOf(network, host) === undefined).map(({ bridge }) => bridge),
  );
  // What an instance says of itself is no way of the host's.
  const own = routes.filter(({ link, protocol }) => protocol !== ADVERTISED || !inner.has(link ?? ''));
  const far = farIn(own, {
    coming: [...comingIn(wanted)],
    going: [...goingIn(plan)],
    back: [...backIn(plan, here, new Set(own.flatMap(({ to, link }) => (to === 'default' ? (link ?? []) : []))))],
    restored: [...restoredIn(plan, own)],
  });
  const uplinks = gatewaysIn(own).some((gateway) => gateway.includes('%'))
    ? uplinksIn(await readLinks(world.driver))
    : new Map<string, string>();
  return probesFor(asked.of(spec).asked, self, {
    gateways: gatewaysIn(own, (link) => uplinks.get(link) ?? link),
    far,
    operator: world.operator(),
  });
}

/**
 * By bridge of netctl's, the interface of the host's in it: its routes go where that goes, and the bridge may have
 * another name afterwards, or be gone.
 */
function uplinksIn(links: readonly LinkRecord[]): ReadonlyMap<string, string> {
  const bridges = new Set(links.flatMap(({ name, group }) => (group === GROUP ? [name] : [])));
  return new Map(
    links.flatMap(({ name, group, master, promiscuous }) =>
      group !== GROUP && promiscuous && master !== undefined && bridges.has(master) ? [[master, name] as const] : [],
    ),
  );
}

/** Addresses of netctl's own. */
function* goingIn({ changes }: Prepared['plan']): Iterable<string> {
  for (const change of changes)
    if (change.verb === 'delete' && isAddress(change.before) && change.before.metric === METRIC)
      yield ipOf(change.before.cidr);
}

/** Families of default routes that came along and that somebody has lost: none is taken from the interface for it. */
function* restoredIn({ changes }: Prepared['plan'], routes: readonly RouteRecord[]): Iterable<Family> {
  for (const change of changes) {
    if (
      change.verb !== 'create' ||
      !isRoute(change.after) ||
      change.after.to !== 'default' ||
      change.after.table !== undefined ||
      change.after.movedFrom === undefined
    )
      continue;
    const { family, movedFrom } = change.after;
    if (!routes.some((route) => route.family === family && route.to === 'default' && route.link === movedFrom))
      yield family;
  }
}

/**
 * Addresses of the host's own that somebody has taken from it, or changed, or from the link by which a default route
 * goes: none of netctl's, and none that only goes from an interface to its bridge.
 */
function* backIn(
  { changes }: Prepared['plan'],
  here: ReadonlySet<string>,
  ways: ReadonlySet<string>,
): Iterable<string> {
  for (const change of changes) {
    if (
      change.verb !== 'delete' &&
      isAddress(change.after) &&
      change.after.metric !== METRIC &&
      (change.verb === 'update' || ways.has(change.after.link) || !here.has(ipOf(change.after.cidr)))
    )
      yield ipOf(change.after.cidr);
  }
}

/** What is near as soon as the plan is done: an address may have been lost before. */
function* comingIn({ state }: Prepared['wanted']): Iterable<string> {
  for (const resource of state.values()) {
    if (isAddress(resource)) yield resource.cidr;
    if (isRoute(resource) && resource.table === undefined) yield resource.to;
  }
}
