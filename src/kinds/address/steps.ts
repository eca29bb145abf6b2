// kinds/address/steps.ts — what to tell `ip` to add, change or remove one address, and to keep those beside it.
import type { Change, Step } from '../../core/resource.ts';
import { ipBatch } from '../../iproute2/batch.ts';
import type { Address, Kept } from './model.ts';
import { isV6, metricOf, mustRemake } from './same.ts';

/** One step an address. Removals come last in the list first: secondaries before what they are secondary to. */
export function steps(changes: readonly Change<Address>[]): readonly Step[] {
  const removals = changes.filter((change) => change.verb === 'delete').reverse();
  const rest = changes.filter((change) => change.verb !== 'delete');
  return [...rest, ...removals].map((change) => ({ changes: [change], ops: [ipBatch(linesFor(change))] }));
}

function linesFor(change: Change<Address>): readonly string[] {
  if (change.verb === 'delete') return remove(change.before);
  // Not `add`: the removal of another address of its network may already have put it back (`takesAlong`).
  if (change.verb === 'create') return [put(change.after)];
  return update(change.before, change.after);
}

function update(before: Address, after: Address): readonly string[] {
  const others = before.behind ?? [];
  const remake = !before.missing && mustRemake(before, after);
  return [
    // The link is to have an address at any moment, as far as that can be: with its last one go its routes.
    ...(remake ? [] : [put(after)]),
    ...others.toReversed().map((kept) => del(after.link, kept.cidr)),
    ...(remake ? [del(after.link, after.cidr)] : []),
    // It fell if it was secondary to one of them.
    ...(remake || others.length > 0 ? [put(after)] : []),
    ...others.map((kept) => putKept(after.link, kept)),
    ...routesOf(before),
  ];
}

function remove(a: Address): readonly string[] {
  const behind = a.behind ?? [];
  return [
    del(a.link, a.cidr),
    ...(a.takesAlong ?? []).map((kept) => putKept(a.link, kept)),
    // Those that came before the first one when that was put back stand aside and come in again behind it.
    ...behind.map((kept) => putKept(a.link, kept)),
    ...behind.toReversed().map((kept) => del(a.link, kept.cidr)),
    ...behind.map((kept) => putKept(a.link, kept)),
    ...routesOf(a),
  ];
}

function del(link: string, cidr: string): string {
  return `address del ${cidr} dev ${link}`;
}

function put(a: Address): string {
  const metric = metricOf(a);
  return [putKept(a.link, { cidr: a.cidr, ...(a.broadcast === undefined ? {} : { broadcast: a.broadcast }), ...(metric === undefined ? {} : { metric }), ...(a.label === undefined || !a.borrowed ? {} : { label: a.label }) }), ...(a.noPrefixRoute ? ['noprefixroute'] : [])].join(' ');
}

function putKept(link: string, { cidr, broadcast, metric, label }: Kept): string {
  return [
    `address replace ${cidr}`,
    ...(broadcast === undefined ? [] : [`brd ${broadcast}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...(label === undefined ? [] : [`label ${label}`]),
    `dev ${link}`,
    // Duplicate detection would hold the address back for a second; it was in use here before, or is the network's own.
    ...(isV6(cidr) ? ['nodad'] : []),
  ].join(' ');
}

function routesOf(a: Address): readonly string[] {
  return (a.routes ?? []).map((words) => `route replace ${words}`);
}
