// guards/route-source.ts — routes of others with an address of netctl's as their source, which goes: the kernel takes
// them with it. On a bridge that goes itself, uplinks/left-routes.ts says it.
import type { RouteFact } from '../core/facts.ts';
import { PROTOCOL } from '../core/marks.ts';
import type { Guard } from '../core/resource.ts';
import { isAddress } from '../kinds/address/model.ts';
import { ipOf } from '../net/ip.ts';
import { listed, said } from '../uplinks/finding.ts';
import type { Circumstances } from './circumstances.ts';

/** What is in another table than main the kernel leaves. */
export function routeSource({ links }: Pick<Circumstances, 'links'>): Guard {
  return function* (plan) {
    const removed = new Set(plan.changes.flatMap(({ verb, ref }) => (verb === 'delete' ? [ref] : [])));
    const going = plan.changes.flatMap((change) =>
      change.verb === 'delete' && isAddress(change.before) && !removed.has(`link ${change.before.link}`)
        ? [change.before]
        : [],
    );
    if (going.length === 0) return;
    const made = new Set(
      plan.changes.flatMap((change) =>
        change.verb !== 'delete' && isAddress(change.after) ? [ipOf(change.after.cidr)] : [],
      ),
    );
    const routes = [...links.values()].flatMap(({ name, routes: all }) =>
      removed.has(`link ${name}`)
        ? []
        : all
            .filter(({ table, protocol }) => table === undefined && protocol !== PROTOCOL)
            .map((one) => [name, one] as const),
    );
    for (const { cidr, link } of going) {
      const ip = ipOf(cidr);
      const isElsewhere = [...links.values()].some(
        ({ name, addresses }) => name !== link && addresses.some((one) => ipOf(one.cidr) === ip),
      );
      const falling = routes.flatMap(([name, one]) => (one.source === ip ? [wordsOf(one, name)] : []));
      if (falling.length === 0 || made.has(ip) || isElsewhere) continue;
      const [what, verb] = falling.length === 1 ? ['a route has', 'falls'] : [`${falling.length} routes have`, 'fall'];
      yield {
        ...said(
          'route-lost',
          `${what} ${ip} of ${link} as source, and ${verb} with that: ${listed(falling)}`,
          `when it is done, with an address that is there then: ${listed(falling.map((words) => `ip route replace ${words}`))}`,
        ),
        against: [`address ${link} ${cidr}`],
        at: [],
      };
    }
  };
}

function wordsOf({ to, via, metric, source, onlink, attributes }: RouteFact, link: string): string {
  return [
    to,
    ...(via === undefined ? [] : [`via ${via}`]),
    `dev ${link}`,
    ...(onlink ? ['onlink'] : []),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...(source === undefined ? [] : [`src ${source}`]),
    ...(attributes === undefined ? [] : [attributes]),
  ].join(' ');
}
