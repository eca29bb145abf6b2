// kinds/address/steps.ts — what to tell `ip` to add, change or remove one address, and to keep those beside it.
import type { Change, Op, Step } from '../../core/resource.ts';
import { ipBatch } from '../../iproute2/batch.ts';
import type { Address, Kept } from './model.ts';
import { UNANNOUNCED } from '../../core/marks.ts';
import { announce } from './announce.ts';
import { inItsPlace, leadLines } from './route-order.ts';
import { movesOf, renewalsOf } from './moves.ts';
import type { Move, Renewal } from './moves.ts';
import { isV6, metricOf, mustRemake } from './same.ts';

/**
 * One step an address, but what is bound and announced on a link is one step of few processes, and so is what moves
 * from a link. Removals from the end of the list: secondaries before what they are secondary to. `apart`: what moves
 * would wait for itself, and goes before it is made elsewhere.
 */
export function steps(found: readonly Change<Address>[], apart = false): readonly Step[] {
  const all = inItsPlace(found);
  const renewals = apart ? [] : renewalsOf(all);
  const renewed = new Set<Change>(renewals.flatMap(({ gone, made }) => [...gone, ...made]));
  const moves = apart ? [] : movesOf(all.filter((change) => !renewed.has(change)));
  const moving = new Set<Change>([...renewed, ...moves.flatMap(({ gone, made }) => [...gone, ...made])]);
  const changes = all.filter((change) => !moving.has(change));
  const removals = changes.filter((change) => change.verb === 'delete').reverse();
  const announced = changes.flatMap((change) => (change.verb === 'create' && change.after.announce ? [change] : []));
  const rest = changes.filter(
    (change) => change.verb !== 'delete' && !(change.verb === 'create' && change.after.announce),
  );
  const links = [...new Set(announced.map(({ after }) => after.link))];
  return [
    ...links.map((link) =>
      bindAndAnnounce(
        link,
        announced.filter(({ after }) => after.link === link),
      ),
    ),
    ...renewals.map(renew),
    ...moves.map(move),
    ...[...rest, ...removals].map((change): Step => ({ changes: [change], ops: opsFor(change) })),
  ];
}

/**
 * On the other link before they go from this one: routes by whatever device that have such an address as their source
 * fall with it, or lose it, when the host has it nowhere.
 */
function move({ gone, made }: Move): Step {
  const lines = [...made.flatMap(({ after }) => added(after)), ...gone.flatMap(({ before }) => removed(before))];
  return {
    changes: [...gone, ...made],
    ops: [...gone.flatMap(({ before }) => (before.promotes ? [promote(before.link)] : [])), ipBatch(lines)],
  };
}

/**
 * The new form is there before the old one goes, and the host has the address throughout. From the beginning of the
 * list: those that a primary leaves behind are put behind all others, so that they stand as they were made.
 */
function renew({ link, gone, made, inTheWay }: Renewal): Step {
  const [first] = made;
  const early =
    inTheWay.length > 0 && first !== undefined
      ? [put(first.after), ...inTheWay.map(({ before }) => del(link, before))]
      : [];
  const later = gone.filter((change) => !inTheWay.includes(change)).map(({ before }) => del(link, before));
  const lines = [
    ...early,
    ...made.flatMap((change) =>
      change.verb === 'create' ? added(change.after) : linesOf(change.before, change.after),
    ),
    ...later,
    ...gone.flatMap(({ before }) => before.restores ?? []),
  ];
  return { changes: [...gone, ...made], ops: [promote(link), ipBatch(lines)] };
}

/** They bear another mark until they are announced. */
function bindAndAnnounce(link: string, changes: readonly Extract<Change<Address>, { verb: 'create' }>[]): Step {
  const all = changes.map(({ after }) => after);
  return {
    changes,
    ops: [
      ipBatch(all.map((a) => words(link, { cidr: a.cidr, metric: UNANNOUNCED }))),
      announce(
        link,
        all.map(({ cidr }) => cidr),
      ),
      ipBatch(all.map(put)),
    ],
  };
}

function opsFor(change: Change<Address>): readonly Op[] {
  switch (change.verb) {
    case 'create':
      return [ipBatch(added(change.after))];
    case 'update':
    case 'replace':
      return update(change.before, change.after);
    case 'delete':
      return [...(change.before.promotes ? [promote(change.before.link)] : []), ipBatch(removed(change.before))];
  }
}

function removed(before: Address): readonly string[] {
  return [del(before.link, before), ...(before.restores ?? [])];
}

function update(before: Address, after: Address): readonly Op[] {
  const unannounced = after.announce === true && before.metric === UNANNOUNCED;
  return [
    ...(before.behind === undefined || isV6(after.cidr) ? [] : [promote(after.link)]),
    ...(unannounced ? [announce(after.link, [after.cidr])] : []),
    ipBatch(linesOf(before, after)),
  ];
}

function linesOf(before: Address, after: Address): readonly string[] {
  const others = before.behind ?? [];
  const remake = !before.missing && mustRemake(before, after);
  return [
    // Before the others go: with the last address of a link go its routes and neighbours.
    ...(remake ? [] : [put(after), ...(before.lacks?.lines ?? [])]),
    ...others.toReversed().flatMap((kept) => (kept.missing ? [] : [del(after.link, kept)])),
    ...(remake ? [del(after.link, after), put(after)] : []),
    ...others.map((kept) => words(after.link, kept)),
    ...(remake || others.length > 0 ? [keptOf(after), ...others].flatMap((one) => leadLines(after.link, one)) : []),
    ...(before.restores ?? []),
  ];
}

/** Lets the secondaries of a primary outlive it, on this link from here on. By slashes: a link's name may have dots. */
function promote(link: string): Op {
  return { op: 'run', argv: ['sysctl', '-q', '-w', `net/ipv4/conf/${link}/promote_secondaries=1`] };
}

function del(link: string, a: Pick<Address, 'cidr' | 'peer'>): string {
  return `address del ${ends(a)} dev ${link}`;
}

/** One that is restored is in use at once, and yet as it was: said again without `nodad`, it bears no trace of it. */
function added(a: Address): readonly string[] {
  return a.borrowed && isV6(a.cidr) && !a.noDad
    ? [put(a), put(a).replace(' nodad', '')]
    : [put(a), ...leadLines(a.link, keptOf(a))];
}

/** Not `add`: one that is ours and has lost its mark gets it back. */
function put(a: Address): string {
  return words(a.link, keptOf(a));
}

function keptOf(a: Address): Kept {
  const metric = metricOf(a);
  const { metric: _metric, label, lifetime: found, ...rest } = a;
  // What is borrowed has a label and a lifetime of its own.
  const own = a.borrowed
    ? { ...(label === undefined ? {} : { label }), ...(found === undefined ? {} : { lifetime: found }) }
    : {};
  return { ...rest, ...own, ...(metric === undefined ? {} : { metric }) };
}

function words(link: string, a: Kept): string {
  const { cidr, broadcast, metric, scope, label, noPrefixRoute, flags = [] } = a;
  return [
    `address replace ${ends(a)}`,
    ...(broadcast === undefined ? [] : [`brd ${broadcast}`]),
    ...(scope === undefined ? [] : [`scope ${scope}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    `dev ${link}`,
    ...(label === undefined ? [] : [`label ${label}`]),
    ...(noPrefixRoute ? ['noprefixroute'] : []),
    ...flags,
    // Duplicate detection would hold it back for a second; it was in use here before, or is the network's own.
    ...(isV6(cidr) ? ['nodad'] : []),
    ...lifetime(a),
  ].join(' ');
}

/** `203.0.113.11/24`, or both ends: `10.0.0.1 peer 10.0.0.2/32`. */
function ends({ cidr, peer }: Pick<Address, 'cidr' | 'peer'>): string {
  const [ip = '', bits = ''] = cidr.split('/');
  return peer === undefined ? cidr : `${ip} peer ${peer}/${bits}`;
}

/** What a client renews on the interface gets what it had; elsewhere an address lasts. */
function lifetime({ lifetime: found, deprecated }: Kept): readonly string[] {
  if (found !== undefined)
    return [`valid_lft ${found.valid}`, `preferred_lft ${deprecated ? 0 : (found.preferred ?? found.valid)}`];
  return deprecated ? ['preferred_lft 0'] : [];
}
