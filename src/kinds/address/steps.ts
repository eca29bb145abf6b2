// kinds/address/steps.ts — what to tell `ip` to add, change or remove one address, and to keep those beside it.
import type { Change, Op, Step } from '../../core/resource.ts';
import { ipBatch } from '../../iproute2/batch.ts';
import type { Address, Kept } from './model.ts';
import { UNANNOUNCED } from '../ours.ts';
import { announce } from './announce.ts';
import { isV6, metricOf, mustRemake } from './same.ts';

/**
 * One step an address, but what is bound and announced on a link is one step of few processes. Removals from the end of the list: secondaries
 * before what they are secondary to.
 */
export function steps(changes: readonly Change<Address>[]): readonly Step[] {
  const removals = changes.filter((change) => change.verb === 'delete').reverse();
  const announced = changes.flatMap((change) => (change.verb === 'create' && change.after.announce ? [change] : []));
  const rest = changes.filter((change) => change.verb !== 'delete' && !(change.verb === 'create' && change.after.announce));
  const links = [...new Set(announced.map(({ after }) => after.link))];
  return [
    ...links.map((link) => bindAndAnnounce(link, announced.filter(({ after }) => after.link === link))),
    ...[...rest, ...removals].map((change): Step => ({ changes: [change], ops: opsFor(change) })),
  ];
}

/** They bear another mark until they are announced. */
function bindAndAnnounce(link: string, changes: readonly Extract<Change<Address>, { verb: 'create' }>[]): Step {
  const all = changes.map(({ after }) => after);
  return { changes, ops: [ipBatch(all.map((a) => putKept(link, { cidr: a.cidr, metric: UNANNOUNCED }))), announce(link, all.map(({ cidr }) => cidr)), ipBatch(all.map(put))] };
}

function opsFor(change: Change<Address>): readonly Op[] {
  switch (change.verb) {
    case 'create': return [ipBatch(added(change.after))];
    case 'update':
    case 'replace': return update(change.before, change.after);
    case 'delete': return [...(change.before.promotes ? [promote(change.before.link)] : []), ipBatch([del(change.before.link, change.before.cidr)])];
  }
}

function update(before: Address, after: Address): readonly Op[] {
  const others = before.behind ?? [];
  const remake = !before.missing && mustRemake(before, after);
  const lines = [
    // Before the others go: with the last address of a link go its routes.
    ...(remake ? [] : [put(after)]),
    ...others.toReversed().flatMap((kept) => (kept.missing ? [] : [del(after.link, kept.cidr)])),
    ...(remake ? [del(after.link, after.cidr), put(after)] : []),
    ...others.map((kept) => putKept(after.link, kept)),
    ...(before.routes ?? []).map((words) => `route replace ${words}`),
  ];
  const unannounced = after.announce === true && before.metric === UNANNOUNCED;
  return [...(before.behind === undefined || isV6(after.cidr) ? [] : [promote(after.link)]), ...(unannounced ? [announce(after.link, [after.cidr])] : []), ipBatch(lines)];
}

/** Lets the secondaries of a primary outlive it, on this link from here on. By slashes: a link's name may have dots. */
function promote(link: string): Op {
  return { op: 'run', argv: ['sysctl', '-q', '-w', `net/ipv4/conf/${link}/promote_secondaries=1`] };
}

function del(link: string, cidr: string): string {
  return `address del ${cidr} dev ${link}`;
}

/** One that is given back is in use at once, and yet as it was: said again without `nodad`, it bears no trace of it. */
function added(a: Address): readonly string[] {
  return a.borrowed && isV6(a.cidr) && !a.noDad ? [put(a), put(a).replace(' nodad', '')] : [put(a)];
}

/** Not `add`: one that is ours and has lost its mark gets it back. */
function put(a: Address): string {
  const metric = metricOf(a);
  return [
    putKept(a.link, { cidr: a.cidr, ...(a.broadcast === undefined ? {} : { broadcast: a.broadcast }), ...(metric === undefined ? {} : { metric }), ...(a.scope === undefined ? {} : { scope: a.scope }), ...(a.borrowed && a.label !== undefined ? { label: a.label } : {}), ...(a.borrowed && a.noPrefixRoute ? { noPrefixRoute: true } : {}) }),
  ].join(' ');
}

function putKept(link: string, { cidr, broadcast, metric, scope, label, noPrefixRoute }: Kept): string {
  return [
    `address replace ${cidr}`,
    ...(broadcast === undefined ? [] : [`brd ${broadcast}`]),
    ...(scope === undefined ? [] : [`scope ${scope}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    `dev ${link}`,
    ...(label === undefined ? [] : [`label ${label}`]),
    ...(noPrefixRoute ? ['noprefixroute'] : []),
    // Duplicate detection would hold it back for a second; it was in use here before, or is the network's own.
    ...(isV6(cidr) ? ['nodad'] : []),
  ].join(' ');
}
