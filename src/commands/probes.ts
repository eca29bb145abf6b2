// commands/probes.ts — what is asked around an apply on this host: the spec's probes, its gateways, and whoever sits at the other end.
import { parseRouteLines, READ_ALL_ROUTES } from '../iproute2/route-lines.ts';
import { ADVERTISED } from '../iproute2/routes.ts';
import type { RouteRecord } from '../iproute2/routes.ts';
import { ipOf } from '../net/ipv4.ts';
import { uplinkOf } from '../parts/bridge.ts';
import { farIn, gatewaysIn, probesFor } from '../probes/choose.ts';
import type { Probe } from '../probes/model.ts';
import { isAddress } from '../kinds/address/model.ts';
import { METRIC } from '../kinds/ours.ts';
import { isRoute } from '../kinds/route/model.ts';
import type { Prepared } from './prepare.ts';
import type { World } from './world.ts';

/** Costs nothing where the host was just looked at: its routes were read. */
export async function probesOf(world: Pick<World, 'driver' | 'operator'>, { spec, self, wanted, plan }: Pick<Prepared, 'spec' | 'self' | 'wanted' | 'plan'>): Promise<readonly Probe[]> {
  const all = parseRouteLines(await world.driver.read(READ_ALL_ROUTES));
  const routes = all.filter(({ table, type }) => table === undefined && type === undefined);
  const here = new Set(all.flatMap(({ type, to }) => (type === 'local' ? [ipOf(to)] : [])));
  const host = spec.hosts.find(({ name }) => name === self);
  const inner = new Set(host === undefined ? [] : spec.networks.filter((network) => uplinkOf(network, host) === undefined).map(({ bridge }) => bridge));
  // What an instance says of itself is no way of the host's.
  const own = routes.filter(({ link, protocol }) => protocol !== ADVERTISED || !inner.has(link ?? ''));
  const far = farIn(own, { coming: [...comingIn(wanted)], going: [...goingIn(plan)], back: [...backIn(plan, here)], restored: [...restoredIn(plan, own)] });
  return probesFor(spec, self, { gateways: gatewaysIn(own), far, operator: world.operator() });
}

/** Addresses of netctl's own. */
function* goingIn({ changes }: Prepared['plan']): Iterable<string> {
  for (const change of changes) if (change.verb === 'delete' && isAddress(change.before) && change.before.metric === METRIC) yield ipOf(change.before.cidr);
}

/** Families of default routes that came along and that somebody has lost: none is taken from the interface for it. */
function* restoredIn({ changes }: Prepared['plan'], routes: readonly RouteRecord[]): Iterable<4 | 6> {
  for (const change of changes) {
    if (change.verb !== 'create' || !isRoute(change.after) || change.after.to !== 'default' || change.after.movedFrom === undefined) continue;
    const { family, movedFrom } = change.after;
    if (!routes.some((route) => route.family === family && route.to === 'default' && route.link === movedFrom)) yield family;
  }
}

/** Addresses of the host's own that somebody has taken from it, or changed: none of netctl's, and none that only goes from an interface to its bridge. */
function* backIn({ changes }: Prepared['plan'], here: ReadonlySet<string>): Iterable<string> {
  for (const change of changes) {
    if (change.verb !== 'delete' && isAddress(change.after) && change.after.metric !== METRIC && (change.verb === 'update' || !here.has(ipOf(change.after.cidr)))) yield ipOf(change.after.cidr);
  }
}

/** What is near as soon as the plan is done: an address may have been lost before. */
function* comingIn({ state }: Prepared['wanted']): Iterable<string> {
  for (const resource of state.values()) {
    if (isAddress(resource)) yield resource.cidr;
    if (isRoute(resource)) yield resource.to;
  }
}
