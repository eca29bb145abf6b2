// kinds/address/route-order.ts — the kernel's routes for an address among those of others to the same: it takes the
// first, and puts what comes anew behind.
import type { Change } from '../../core/resource.ts';
import { addressText } from '../../iproute2/links.ts';
import { KERNEL, routeWords } from '../../iproute2/routes.ts';
import { ipOf } from '../../net/ip.ts';
import type { Address, Kept } from './model.ts';

const [MAIN, LOCAL, LINK] = ['254', '255', '253'];

/** Changes with what is made elsewhere in the place in which it stood where it goes from. */
export function inItsPlace(all: readonly Change<Address>[]): readonly Change<Address>[] {
  const led = new Map(
    all.flatMap((change) =>
      change.verb === 'delete' && change.before.leads !== undefined
        ? [[addressText(change.before), change.before.leads] as const]
        : [],
    ),
  );
  if (led.size === 0) return all;
  return all.map((change) => {
    const leads = change.verb === 'create' ? led.get(addressText(change.after)) : undefined;
    return change.verb !== 'create' || leads === undefined
      ? change
      : { ...change, after: { ...change.after, leads: [...new Set([...(change.after.leads ?? []), ...leads])] } };
  });
}

/**
 * Lines of `ip -batch` that put them first again: there is no moving one. `flush` takes nobody else's, and refuses
 * nothing where the kernel has made none (behind an address that somebody has put there); `prepend` of what is there
 * would be refused.
 */
export function leadLines(link: string, { cidr, metric, leads = [] }: Kept): readonly string[] {
  return leads.flatMap((words) => {
    const to = words.replace('broadcast ', '');
    const route = {
      family: 4 as const,
      to,
      link,
      protocol: KERNEL,
      scope: LINK,
      source: ipOf(cidr),
      ...(to === words ? (metric === undefined ? {} : { metric }) : { type: 'broadcast', table: LOCAL }),
    };
    return [
      `route flush ${to === words ? '' : 'type broadcast '}exact ${to} dev ${link} table ${to === words ? MAIN : LOCAL} proto ${KERNEL} src ${ipOf(cidr)}`,
      `route prepend ${routeWords(route)}`,
    ];
  });
}
