// parts/former.ts — addresses and routes of an interface as they were before it went into a bridge, and those that it
// has got since.

import type { AddressFact, RouteFact } from '../core/facts.ts';
import type { Ref } from '../core/resource.ts';
import { addressText } from '../iproute2/links.ts';
import type { Address } from '../kinds/address/model.ts';
import { routeKey } from '../kinds/route/model.ts';
import type { Route } from '../kinds/route/model.ts';
import { ipOf } from '../net/ip.ts';
import type { Context } from './context.ts';

/** The addresses of an interface as they were, and those it has got since; not those that we have put there. */
export function formerAddresses(interfaceName: string, context: Context): readonly AddressFact[] {
  const borrowed = [...context.former.values()]
    .filter((resource): resource is Address => resource.kind === 'address')
    .filter(({ link }) => link === interfaceName);
  const had = borrowed.map(asFact);
  const has = (context.facts.links.get(interfaceName)?.addresses ?? []).filter(({ ours }) => !ours);
  return uniqueBy([...had, ...has], ({ cidr, peer }) => `${ipOf(cidr)} ${peer ?? ''}`);
}

/**
 * The first of an interface that gets its addresses back: before any of ours, since what a route has no source for goes
 * out from the first.
 */
export function firstFormer(interfaceName: string, { former }: Pick<Context, 'former'>): readonly Ref[] {
  const borrowed = [...former.values()].filter((resource): resource is Address => resource.kind === 'address');
  return borrowed
    .filter(({ link, comesAfter }) => link === interfaceName && comesAfter === undefined)
    .map((one): Ref => `address ${interfaceName} ${addressText(one)}`);
}

function asFact({
  cidr,
  broadcast,
  scope,
  peer,
  metric,
  noPrefixRoute,
  deprecated,
  flags,
  leads,
}: Address): AddressFact {
  return {
    cidr,
    ours: false,
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(scope === undefined ? {} : { scope }),
    ...(peer === undefined ? {} : { peer }),
    ...(metric === undefined ? {} : { metric }),
    ...(noPrefixRoute ? { noPrefixRoute } : {}),
    ...(deprecated ? { deprecated } : {}),
    ...(flags === undefined ? {} : { flags }),
    ...(leads === undefined ? {} : { leads }),
  };
}

export function formerRoutes(interfaceName: string, context: Context): readonly RouteFact[] {
  const borrowed = [...context.former.values()]
    .filter((resource): resource is Route => resource.kind === 'route')
    .filter(({ link }) => link === interfaceName);
  const had = borrowed.map(
    ({
      kind: _kind,
      link: _link,
      borrowed: _borrowed,
      movedFrom: _movedFrom,
      dependsOn: _standsOn,
      hops: _hops,
      expires: _expires,
      ...route
    }): RouteFact => route,
  );
  const has = (context.facts.links.get(interfaceName)?.routes ?? []).map(
    ({ limited: _limited, ...route }): RouteFact => route,
  );
  return uniqueBy([...had, ...has], (route) => routeKey({ ...route, link: interfaceName }));
}

function uniqueBy<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  const first = new Map<string, T>();
  for (const item of items) if (!first.has(key(item))) first.set(key(item), item);
  return [...first.values()];
}
