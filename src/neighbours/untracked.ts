// neighbours/untracked.ts — rules of others that exempt instances' packets from connection tracking, or accept them in table nat before netctl's
// own: these are not translated.
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

/** By tables of iptables in which accepts before netctl's jumps are sought. Sources are translated behind routing, destinations before it. */
export function passedBy(tables: readonly Table[], site: Site): readonly Hindrance[] {
  const at = (what: Need['what']): string => (what === 'outside' ? 'postrouting' : 'prerouting');
  const isAsked = (need: Need): boolean => need.what === 'outside' || need.what === 'floating' || need.what === 'metadata';
  return hindrancesOf(tables, site, () => false, (need) => isTranslated(need) && isAsked(need)).flatMap(({ stop, needs }): Hindrance[] => {
    const met = needs.filter(({ what }) => at(what) === stop.base.base?.hook);
    return met.length === 0 ? [] : [{ stop, needs: met }];
  });
}
