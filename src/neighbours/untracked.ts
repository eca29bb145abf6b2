// neighbours/untracked.ts — rules of others that exempt instances' packets from connection tracking, or decide about them in table nat before
// netctl's own: these are not translated, or otherwise.
import type { Table } from './model.ts';
import { hindrancesOf, targetIn } from './judge.ts';
import type { Hindrance } from './judge.ts';
import { floatingLinks } from './traffic.ts';
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

/**
 * By tables of iptables in which is sought what accepts or translates before netctl's jumps. Sources are translated behind routing, destinations
 * before it.
 */
export function passedBy(tables: readonly Table[], site: Site): readonly Hindrance[] {
  const at = (what: Need['what']): string => (what === 'outside' ? 'postrouting' : 'prerouting');
  const isAsked = (need: Need): boolean => isTranslated(need) && (need.what === 'outside' || need.what === 'floating' || need.what === 'metadata');
  return hindrancesOf(tables, site, () => false, isAsked).flatMap(({ stop, needs }): Hindrance[] => {
    // Who has no floating address gets out by another source as well.
    const isMeant = ({ what, network }: Need): boolean => what !== 'outside' || targetIn(stop.rule) === 'ACCEPT' || floatingLinks(network, site).size > 0;
    const met = needs.filter((need) => at(need.what) === stop.base.base?.hook && isMeant(need));
    return met.length === 0 ? [] : [{ stop, needs: met }];
  });
}

/** By tables of iptables in which other destinations are sought: what instances ask the host for names, netctl sends nowhere else. */
export function redirected(tables: readonly Table[], site: Site): readonly Hindrance[] {
  return hindrancesOf(tables, site, () => false, ({ what }) => what === 'dns').filter(({ stop }) => stop.base.base?.hook === 'prerouting');
}
