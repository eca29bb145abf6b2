// commands/probes.ts — what is asked around an apply on this host: the spec's probes, its gateways, and whoever sits at the other end.
import { parseRoutes, READ_ROUTES } from '../iproute2/routes.ts';
import { farIn, gatewaysIn, probesFor } from '../probes/choose.ts';
import type { Probe } from '../probes/model.ts';
import type { Prepared } from './prepare.ts';
import type { World } from './world.ts';

/** Costs nothing where the host was just looked at: its routes were read. */
export async function probesOf(world: Pick<World, 'driver' | 'operator'>, { spec, self }: Pick<Prepared, 'spec' | 'self'>): Promise<readonly Probe[]> {
  const routes = await Promise.all(([4, 6] as const).map(async (family) => parseRoutes(await world.driver.read(READ_ROUTES[family]), family)));
  return probesFor(spec, self, { gateways: gatewaysIn(routes.flat()), far: farIn(routes.flat()), operator: world.operator() });
}
