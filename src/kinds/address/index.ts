// kinds/address/index.ts — the IP addresses of a host: how netctl knows its own, and what it moves of others'.
import type { Change, Disruption, Kind } from '../../core/resource.ts';
import { addressText } from '../../iproute2/links.ts';
import { ipOf } from '../../net/ip.ts';
import { METRIC } from '../../core/marks.ts';
import type { Address } from './model.ts';
import { again, observe } from './observe.ts';
import { metricOf, mustRemake, same } from './same.ts';
import { steps } from './steps.ts';

export const address: Kind<Address> = {
  kind: 'address',
  key: (a) => `${a.link} ${addressText(a)}`,
  needs: (a) => [
    `link ${a.link}`,
    ...(a.comesAfter === undefined ? [] : [`address ${a.link} ${a.comesAfter}` as const]),
  ],
  watches: ['links', 'routes'],
  observe,
  again: (host, wanted, _memory, names, before) => again(host, wanted, names, before),
  signed: ({ link }) => link,
  steps,
  merge,
  conflict,
  claims: (a) => [
    ...(a.missing ? [] : [`ip ${ipOf(a.cidr)}${a.peer === undefined ? '' : ` peer ${a.peer}`}`]),
    ...(a.first || a.makesRoom ? [`first on ${a.link}`] : []),
    ...(a.goes ? [`neighbours of ${a.link}`] : []),
  ],
  same,
  disrupts,
  asFound,
  moves,
  livesOn: (a) => (a.borrowed ? a.link : undefined),
  describe(a, before) {
    // What is only put back has its place already.
    const isPlaced = before?.lacks === undefined || before.behind !== undefined;
    const said = [
      ...(before?.missing ? ['missing'] : []),
      ...(before?.lacks?.what ?? []),
      ...(a.first && isPlaced ? ['first'] : []),
      ...(a.movedFrom === undefined || !isPlaced ? [] : [`moved from ${a.movedFrom}`]),
      ...(before === undefined || before.broadcast === a.broadcast ? [] : [`broadcast ${a.broadcast ?? 'none'}`]),
      ...(before === undefined || before.missing || before.metric === metricOf(a)
        ? []
        : [`metric ${metricOf(a) ?? 'none'}`]),
    ];
    return `${addressText(a)} on ${a.link}${said.length === 0 || before === undefined ? '' : ` (${said.join(', ')})`}`;
  },
};

/**
 * What is added, or is given another metric, takes nothing from anybody. One that goes takes its connections along
 * where it is alone, and the route to its network where it is of one; one that is made again, or must come before
 * others, takes that away for a moment.
 */
function disrupts(change: Change<Address>): Disruption {
  if (change.verb === 'create') return { class: 'none' };
  const { before } = change;
  if (change.verb === 'delete')
    return isAlone(before) && before.restores === undefined
      ? { class: 'flows', of: [ipOf(before.cidr)] }
      : { class: 'link', link: before.link };
  return before.behind !== undefined || mustRemake(before, change.after)
    ? { class: 'link', link: before.link }
    : { class: 'none' };
}

function moves(change: Change<Address>): string | undefined {
  if (change.verb === 'update' || change.verb === 'replace') return undefined;
  const { borrowed, movedFrom, link } = change.verb === 'delete' ? change.before : change.after;
  return borrowed ? link : movedFrom;
}

function isAlone({ cidr }: Address): boolean {
  return cidr.endsWith('/32') || cidr.endsWith('/128');
}

/** One that is moved can also be the one that must come first; the host's own is not for an instance. */
function merge(a: Address, b: Address): Address | undefined {
  if (conflict(a, b) !== undefined) return undefined;
  if (a.movedFrom !== undefined && b.movedFrom !== undefined && a.movedFrom !== b.movedFrom) return undefined;
  if (a.broadcast !== undefined && b.broadcast !== undefined && a.broadcast !== b.broadcast) return undefined;
  return a.borrowed || b.borrowed ? undefined : { ...a, ...b };
}

function conflict(a: Address, b: Address): string | undefined {
  const movedFrom = a.announce ? b.movedFrom : b.announce ? a.movedFrom : undefined;
  return movedFrom === undefined
    ? undefined
    : `is the host's own, which it has from ${movedFrom}, and is wanted for an instance as well`;
}

/**
 * Borrowed ones are wanted with just the metric and label that are said. What is about to be moved comes back from
 * there.
 */
function asFound(
  {
    stands,
    goes: _goes,
    comesAfter: _after,
    makesRoom: _room,
    promotes: _promotes,
    missing,
    behind: _behind,
    restores: _restores,
    putAs: _put,
    lacks: _lacks,
    empties: _empties,
    ...found
  }: Address,
  made: readonly Address[],
): Address | undefined {
  if (missing) return undefined;
  const elsewhere =
    found.metric !== METRIC && !found.borrowed
      ? made.find(({ link, cidr }) => link !== found.link && ipOf(cidr) === ipOf(found.cidr))
      : undefined;
  const place = stands === undefined ? {} : { place: stands };
  return elsewhere === undefined
    ? { ...found, ...place, borrowed: true }
    : { ...found, ...place, movedFrom: elsewhere.link };
}
