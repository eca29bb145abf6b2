// neighbours/untracked.ts — rules of others that exempt instances' packets from connection tracking: what is not tracked is not translated.
import type { Table } from './model.ts';
import { hindrancesOf } from './judge.ts';
import type { Hindrance } from './judge.ts';
import type { Need, Site } from './traffic.ts';

/** The kernel tracks at this priority; to exempt a packet after it does nothing. */
const CONNTRACK = -200;

/** By tables in which exemptions are sought. */
export function untracked(tables: readonly Table[], site: Site): readonly Hindrance[] {
  return hindrancesOf(tables, site, () => false, isTranslated).filter(({ stop: { base } }) => (base.base?.priority ?? 0) < CONNTRACK);
}

/** What instances send out, and what is sent to their floating addresses or the metadata service, with the answers. */
function isTranslated({ what, network }: Need): boolean {
  if (what === 'outside' || what === 'back') return network.mode !== 'flat' && network.snat !== false;
  return what === 'floating' || what === 'floating-answer' || what === 'metadata';
}
