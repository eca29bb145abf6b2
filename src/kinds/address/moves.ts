// kinds/address/moves.ts — which addresses go from one link to others, so that the host has them throughout.
import type { Change } from '../../core/resource.ts';
import { ipOf } from '../../net/ipv4.ts';
import { groupBy } from './group-by.ts';
import { addressText } from './model.ts';
import type { Address } from './model.ts';
import { isV6 } from './same.ts';

type Gone = Extract<Change<Address>, { verb: 'delete' }>;
type Made = Extract<Change<Address>, { verb: 'create' }>;

/** What goes from links, and is made elsewhere. */
export interface Move {
  /** Of each link from the end of its list; also what stands between two that move. */
  readonly gone: readonly Gone[];
  readonly made: readonly Made[];
}

/** By the links that they go from, unless one goes from several. What is announced comes by itself: nobody else may have it meanwhile. */
export function movesOf(changes: readonly Change<Address>[]): readonly Move[] {
  const made = changes.flatMap((change) => (change.verb === 'create' && !change.after.announce ? [change] : []));
  const gone = changes.flatMap((change) => (change.verb === 'delete' ? [change] : []));
  if (made.length === 0 || gone.length === 0) return [];
  const madeAs = groupBy(made, ({ after }) => ipOf(after.cidr));
  const elsewhere = ({ before }: Gone): readonly Made[] => (madeAs.get(ipOf(before.cidr)) ?? []).filter(({ after }) => after.link !== before.link);
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
    else Object.assign(same, { gone: [...same.gone, ...between.toReversed()], made: new Set([...same.made, ...arriving]) });
  }
  return found.map((one, i): Move => {
    const isFirst = (change: Made): boolean => comesBefore(change, one) && !found.slice(0, i).some((other) => comesBefore(change, other));
    return { gone: one.gone, made: made.filter((change) => one.made.has(change) || isFirst(change)) };
  });
}

/** As they stand on their link, whatever the order of the changes is. */
function inOrder(of: readonly Gone[]): readonly Gone[] {
  const there = new Set(of.map(({ before }) => addressText(before)));
  const behind = groupBy(of, ({ before }) => (before.comesAfter !== undefined && there.has(before.comesAfter) ? before.comesAfter : ''));
  const list = [...(behind.get('') ?? [])];
  // Whoever is in the list has those behind it put there; each is behind one.
  for (const { before } of list) list.push(...(behind.get(addressText(before)) ?? []));
  return list;
}

/** What waits for a bridge to lose them has all of it done early: what is to be the first where they arrive is made before them even then. */
function comesBefore({ after }: Made, { gone, made }: { readonly gone: readonly Gone[]; readonly made: ReadonlySet<Made> }): boolean {
  return after.first === true && gone.some(({ before }) => !before.borrowed) && [...made].some((other) => other.after.link === after.link);
}
