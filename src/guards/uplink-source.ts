// guards/uplink-source.ts — routes of others by other devices, with an address as their source that the host is without
// for a moment: they fall with it.
import type { Guard } from '../core/resource.ts';
import { isAddress } from '../kinds/address/model.ts';
import { isRoute } from '../kinds/route/model.ts';
import { ipOf } from '../net/ip.ts';
import { listed } from '../uplinks/finding.ts';
import type { Circumstances } from './circumstances.ts';

/**
 * Mostly an address is on its new link before it leaves the old one. Where interfaces change places in one apply, it
 * cannot be.
 */
export function uplinkSource({ links }: Pick<Circumstances, 'links'>): Guard {
  return function* (plan) {
    const there = new Set<string>();
    const gone = new Map<string, Set<string>>();
    for (const { changes } of plan.steps) {
      for (const change of changes)
        if (change.verb === 'create' && isAddress(change.after)) there.add(ipOf(change.after.cidr));
      for (const change of changes)
        if (change.verb === 'delete' && isAddress(change.before) && !there.has(ipOf(change.before.cidr)))
          gone.set(ipOf(change.before.cidr), (gone.get(ipOf(change.before.cidr)) ?? new Set()).add(change.before.link));
    }
    const moved = [...gone].filter(([ip]) =>
      plan.changes.some(
        (change) => change.verb === 'create' && isAddress(change.after) && ipOf(change.after.cidr) === ip,
      ),
    );
    // Those that move are made again themselves.
    const made = new Set(
      plan.changes.flatMap((change) =>
        change.verb === 'delete' && isRoute(change.before) ? [routeKeyOf(change.before.link, change.before)] : [],
      ),
    );
    for (const [ip, from] of moved) {
      const routes = [...links.values()]
        .filter(({ name }) => !from.has(name))
        .flatMap(({ name, routes: all }) =>
          all
            .filter((route) => route.source === ip && !made.has(routeKeyOf(name, route)))
            .map(({ to, via, table }) =>
              [
                to,
                ...(via === undefined ? [] : ['via', via]),
                'dev',
                name,
                ...(table === undefined ? [] : ['table', table]),
              ].join(' '),
            ),
        );
      if (routes.length === 0) continue;
      yield {
        severity: 'warning',
        asks: true,
        code: 'uplink-source',
        at: [],
        message: `${ip} is on no interface for a moment, and what has it as source falls with it: ${listed(routes)}`,
        hint: 'see that they are there when it is done; or have the interfaces change places in two applies, one of them without its uplink',
      };
    }
  };
}

function routeKeyOf(
  link: string | undefined,
  { to, table = 'main', metric = 0 }: { readonly to: string; readonly table?: string; readonly metric?: number },
): string {
  return [link, to, table, metric].join(' ');
}
