// pipeline/management-path.ts — the way by which the operator came in, as the host's devices and routes tell it.
import type { Way } from '../guards/circumstances.ts';
import { readLinks } from '../iproute2/links.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { parseRoutes } from '../iproute2/routes.ts';
import type { RouteRecord } from '../iproute2/routes.ts';
import type { Operator } from '../probes/model.ts';
import type { World } from './world.ts';

/** Undefined where nobody came by SSH, or not by an interface of this host: another one, or another namespace. */
export async function managementPath(world: Pick<World, 'driver' | 'operator'>): Promise<Way | undefined> {
  const operator = world.operator();
  if (operator === undefined) return undefined;
  const [links, route] = await Promise.all([readLinks(world.driver), routeTo(operator.peer, world)]);
  return managementPathOf(operator, links, route);
}

/** The route that is taken now; none where the peer cannot be reached. */
async function routeTo(peer: string, { driver }: Pick<World, 'driver'>): Promise<RouteRecord | undefined> {
  const [ip = '', zone] = peer.split('%');
  if (zone !== undefined) return undefined;
  const said = await driver.read(['ip', '-N', '-j', 'route', 'get', 'fibmatch', ip]).catch(() => '');
  return parseRoutes(said, ip.includes(':') ? 6 : 4)[0];
}

/** Pure half of `managementPath`. */
export function managementPathOf(
  { peer, local }: Operator,
  links: readonly LinkRecord[],
  route: RouteRecord | undefined,
): Way | undefined {
  const here = links
    .filter(({ addresses }) => addresses.some(({ ip }) => ip === local?.split('%', 1)[0]))
    .map(({ name }) => name);
  const [, zone] = (local ?? '').split('%');
  if (local !== undefined && (zone === undefined ? here.length === 0 : !here.includes(zone))) return undefined;
  const first = [
    ...(zone === undefined ? here : [zone]),
    ...(route?.link === undefined ? [] : [route.link]),
    ...(route?.hops ?? []).map(({ link }) => link),
  ];
  if (first.length === 0) return undefined;
  return {
    peer,
    links: throughAll(first, links),
    ...(local === undefined ? {} : { local }),
    ...(route === undefined ? {} : { route: route.to }),
  };
}

/** With the bridges they are in, the uplinks in those bridges, and what VLAN devices stand on. */
function throughAll(first: readonly string[], links: readonly LinkRecord[]): readonly string[] {
  const way = new Set(first);
  // What is added while it is gone through is gone through, too.
  for (const name of way)
    for (const link of links) {
      if (link.name === name)
        for (const next of [link.master, link.vlan?.parent]) if (next !== undefined && next !== '') way.add(next);
      if (link.master === name && link.type !== 'tun' && !link.hairpin) way.add(link.name);
    }
  return [...way];
}
