// commands/replaced.ts — routes of a borrowed interface in whose place somebody has put others since: those are the host's now, and go to the interface with it.
import type { Facts, RouteFact } from '../core/facts.ts';
import type { Stored } from '../core/stored.ts';
import { PROTOCOL } from '../kinds/ours.ts';
import { isRoute, metricOf, routeKey } from '../kinds/route/model.ts';
import type { Route } from '../kinds/route/model.ts';
import { placeOf } from '../uplinks/routes.ts';
import { picturesIn } from './pictures.ts';

/** What is kept, without them: neither made again on the bridge, nor given back, nor missed. The kernel has one route in each place. */
export function withoutReplaced(kept: Stored, { links }: Facts): Stored {
  const lent = kept.former.filter(isRoute);
  if (lent.length === 0) return kept;
  const holders = holdersIn([...links.values()].flatMap(({ name, routes }) => routes.map((route) => [name, route] as const)));
  const replaced = lent.filter((route) => {
    const now = holders.get(keyOf(route)) ?? [];
    const isInOurs = links.get(links.get(route.link)?.master ?? '')?.ours === true;
    return isInOurs && now.length > 0 && now.every(({ link, ours }) => !ours && link !== route.link);
  });
  if (replaced.length === 0) return kept;
  const found = withoutRoutes(kept, replaced);
  const gone: ReadonlySet<unknown> = new Set(replaced);
  return { ...kept, former: kept.former.filter((one) => !gone.has(one)), ...found };
}

interface Holder {
  readonly link: string;
  readonly ours: boolean;
}

function holdersIn(routes: readonly (readonly [string, RouteFact])[]): ReadonlyMap<string, readonly Holder[]> {
  const holders = new Map<string, Holder[]>();
  for (const [link, route] of routes) {
    const key = keyOf(route);
    holders.set(key, [...(holders.get(key) ?? []), { link, ours: route.protocol === PROTOCOL }]);
  }
  return holders;
}

function keyOf(route: RouteFact): string {
  return routeKey({ ...route, link: '' });
}

function withoutRoutes(kept: Stored, replaced: readonly Route[]): Pick<Stored, 'found'> {
  if (kept.found === undefined) return {};
  const places = new Map<string, ReadonlySet<string>>();
  for (const route of replaced) places.set(route.link, new Set([...(places.get(route.link) ?? []), seenPlaceOf(route)]));
  const without = [...picturesIn(kept)].map(([name, picture]) => {
    const gone = places.get(name);
    return [name, gone === undefined ? picture : { ...picture, routes: picture.routes.filter((route) => !gone.has(placeOf(route))) }] as const;
  });
  return { found: { ...kept.found, ...Object.fromEntries(without) } };
}

/** As uplinks/routes.ts says it of what `ip` prints. */
function seenPlaceOf({ family, table = '254', to, tos = '0', ...route }: Route): string {
  return [family, table, to, tos, metricOf({ ...route, family })].join(' ');
}
