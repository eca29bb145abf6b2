// kinds/address/moves.ts — which addresses go from one link to others, so that the host has them throughout.
import type { Change } from '../../core/resource.ts';
import { baseOf, ipOf } from '../../net/ip.ts';
import { groupBy } from './group-by.ts';
import { addressText } from './model.ts';
import type { Address } from './model.ts';
import { isV6 } from './same.ts';

type Gone = Extract<Change<Address>, { verb: 'delete' }>;
type Made = Extract<Change<Address>, { verb: 'create' }>;

/** What is to be first, and is not there: others are taken away and put back behind it. */
type Missing = Extract<Change<Address>, { verb: 'update' | 'replace' }>;

/** What goes from links, and is made elsewhere. */
export interface Move {
  /** Of each link from the end of its list; also what stands between two that move. */
  readonly gone: readonly Gone[];
  readonly made: readonly Made[];
}

/**
 * IPv4 addresses that get another prefix on their link, with all that is made there: what is to be first is made before
 * them.
 */
export interface Renewal {
  readonly link: string;
  /** From the beginning of the link's list. */
  readonly gone: readonly Gone[];
  readonly made: readonly (Made | Missing)[];
  /** Of `gone`: what goes as soon as the first is there. */
  readonly inTheWay: readonly Gone[];
}

export function renewalsOf(changes: readonly Change<Address>[]): readonly Renewal[] {
  const made = changes.flatMap((change) =>
    isMade(change) && !change.after.announce && !isV6(change.after.cidr) ? [change] : [],
  );
  const gone = changes.flatMap((change) => (change.verb === 'delete' && !change.before.borrowed ? [change] : []));
  return [...groupBy(made, ({ after }) => after.link)].flatMap(([link, here]): Renewal[] => {
    const first = here.find(({ after }) => after.first === true);
    const there = new Set(here.map(({ after }) => ipOf(after.cidr)));
    const leaving = inOrder(gone.filter(({ before }) => before.link === link));
    const ips = new Set(leaving.map(({ before }) => ipOf(before.cidr)).filter((ip) => there.has(ip)));
    if (ips.size === 0) return [];
    const old = leaving.filter(({ before }) => ips.has(ipOf(before.cidr)) || isInNetworkOf(first, before));
    const made = [
      ...(first === undefined ? [] : [first]),
      ...here.filter((change) => change !== first && ips.has(ipOf(change.after.cidr))),
    ];
    return [{ link, gone: old, made, inTheWay: old.filter(({ before }) => isInTheWay(before, first, made, old)) }];
  });
}

function isInNetworkOf(first: Made | Missing | undefined, one: Pick<Address, 'cidr'>): boolean {
  return first !== undefined && baseOf(first.after.cidr) === baseOf(one.cidr);
}

/**
 * The first is behind all others as long as one of its network is there: those that have a network to themselves would
 * be put before it. In the network of one that goes later, they come behind it by themselves.
 */
function isInTheWay(
  one: Address,
  first: Made | Missing | undefined,
  made: readonly (Made | Missing)[],
  gone: readonly Gone[],
): boolean {
  if (first === undefined || !isInNetworkOf(first, one)) return false;
  const later = new Set(
    gone.filter(({ before }) => !isInNetworkOf(first, before)).map(({ before }) => baseOf(before.cidr)),
  );
  const others = [
    ...made.flatMap((change) => (change === first ? [] : [change.after])),
    ...(first.verb === 'create' ? [] : (first.before.behind ?? [])),
  ];
  return others.some(({ cidr }) => !later.has(baseOf(cidr)));
}

function isMade(change: Change<Address>): change is Made | Missing {
  return change.verb === 'create' || (change.verb === 'update' && change.before.missing === true);
}

/**
 * By the links that they go from, unless one goes from several. What is announced comes by itself: nobody else may have
 * it meanwhile.
 */
export function movesOf(changes: readonly Change<Address>[]): readonly Move[] {
  const made = changes.flatMap((change) => (change.verb === 'create' && !change.after.announce ? [change] : []));
  const gone = changes.flatMap((change) => (change.verb === 'delete' ? [change] : []));
  if (made.length === 0 || gone.length === 0) return [];
  const madeAs = groupBy(made, ({ after }) => ipOf(after.cidr));
  const elsewhere = ({ before }: Gone): readonly Made[] =>
    (madeAs.get(ipOf(before.cidr)) ?? []).filter(({ after }) => after.link !== before.link);
  const found: { gone: readonly Gone[]; made: ReadonlySet<Made> }[] = [];
  for (const of of groupBy(gone, ({ before }) => before.link).values()) {
    const between = [4, 6].flatMap((family) => {
      const list = inOrder(of.filter(({ before }) => isV6(before.cidr) === (family === 6)));
      const moving = list.map((change) => elsewhere(change).length > 0);
      return moving.includes(true) ? list.slice(moving.indexOf(true), moving.lastIndexOf(true) + 1) : [];
    });
    if (between.length === 0) continue;
    const arriving = new Set(between.flatMap(elsewhere));
    const same = found.find((other) => [...arriving].some((change) => other.made.has(change)));
    if (same === undefined) found.push({ gone: between.toReversed(), made: arriving });
    else
      Object.assign(same, {
        gone: [...same.gone, ...between.toReversed()],
        made: new Set([...same.made, ...arriving]),
      });
  }
  return found.map((one, i): Move => {
    const isFirst = (change: Made): boolean =>
      comesBefore(change, one) && !found.slice(0, i).some((other) => comesBefore(change, other));
    return { gone: one.gone, made: made.filter((change) => one.made.has(change) || isFirst(change)) };
  });
}

/** As they stand on their link, whatever the order of the changes is. */
function inOrder(of: readonly Gone[]): readonly Gone[] {
  const there = new Set(of.map(({ before }) => addressText(before)));
  const behind = groupBy(of, ({ before }) =>
    before.comesAfter !== undefined && there.has(before.comesAfter) ? before.comesAfter : '',
  );
  const list = [...(behind.get('') ?? [])];
  // Whoever is in the list has those behind it put there; each is behind one.
  for (const { before } of list) list.push(...(behind.get(addressText(before)) ?? []));
  return list;
}

/**
 * What waits for a bridge to lose them has all of it done early: what is to be the first where they arrive is made
 * before them even then.
 */
function comesBefore(
  { after }: Made,
  { gone, made }: { readonly gone: readonly Gone[]; readonly made: ReadonlySet<Made> },
): boolean {
  return (
    after.first === true &&
    gone.some(({ before }) => !before.borrowed) &&
    [...made].some((other) => other.after.link === after.link)
  );
}
