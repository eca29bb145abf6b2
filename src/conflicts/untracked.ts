// conflicts/untracked.ts — rules of others that exempt instances' packets from connection tracking: these are not
// translated.
import type { Table } from './model.ts';
import { conflictsOf } from './judge.ts';
import type { Conflict } from './judge.ts';
import { isTranslated } from './translated.ts';
import type { Site } from './required-traffic.ts';

/** The kernel tracks at this priority; to exempt a packet after it does nothing. */
export const CONNTRACK = -200;

/** By tables in which exemptions are sought. */
export function untracked(tables: readonly Table[], site: Site): readonly Conflict[] {
  return conflictsOf(
    tables,
    site,
    () => false,
    (need) => (isTranslated(need) ? [need] : []),
  ).filter(({ stop: { base } }) => (base.base?.priority ?? 0) < CONNTRACK);
}
