// conflicts/judge.ts — what of a spec's traffic the firewalls of others would stop: each rule or policy that does,
// once.
import type { Chain, Hook, Packet, Table } from './model.ts';
import type { Network } from '../specfile/model.ts';
import { needsOf } from './traffic.ts';
import { guestsOf, withGuests } from './guests.ts';
import { upstreamOf } from './host-traffic.ts';
import { isUpstream, serverOf } from './required-traffic.ts';
import type { RequiredTraffic, Site } from './required-traffic.ts';
import { canDrop, isEnd, stopOf } from './walk.ts';
import type { Budget, Stop } from './walk.ts';
import { atDevice, packetAt, ROUTED } from './packet-at.ts';

/** A rule or policy of somebody's, and all traffic that it stops. */
export interface Conflict {
  readonly stop: Stop;
  readonly needs: readonly RequiredTraffic[];
}

/** How many rules are looked at in all before the search ends: they take some 100 ms. */
const MOST_RULES = 500_000;

/**
 * `bridgesSeen` says of a bridge whether what stays on it passes iptables all the same (br_netfilter). `asked` gives
 * the packets of a need that are looked at, where not all of them are.
 */
export function conflictsOf(
  tables: readonly Table[],
  site: Site,
  bridgesSeen: (bridge: string) => boolean,
  asked: (need: RequiredTraffic) => readonly RequiredTraffic[] = (need) => [need],
): readonly Conflict[] {
  const budget: Budget = { left: MOST_RULES };
  const found = new Map<string, { stop: Stop; needs: RequiredTraffic[] }>();
  const doors = tables.flatMap(doorsOf);
  for (const network of site.spec.networks) {
    const guests = guestsOf(network, site);
    for (const given of [...needsOf(network, site)].flatMap(asked)) {
      const need = withGuests(given, guests, site);
      const stops = doors.flatMap((door) => stopAt(door, need, site, bridgesSeen(network.bridge), budget) ?? []);
      // Where something surely drops it, what only may drop it is not told.
      for (const stop of stops.some(({ sure }) => sure) ? stops.filter(({ sure }) => sure) : stops) {
        const key = keyOf(stop, need);
        const known = found.get(key);
        if (known === undefined) found.set(key, { stop, needs: [need] });
        else known.needs.push(need);
      }
    }
  }
  return withoutSpared([...found.values()], site);
}

/** Leaves out DNS servers upstream as long as one of several can be reached: it is enough. */
function withoutSpared(found: readonly Conflict[], site: Site): readonly Conflict[] {
  const silent = new Map<Network, Set<string>>();
  for (const { needs } of found)
    for (const need of needs)
      if (isUpstream(need.what)) silent.set(need.network, (silent.get(need.network) ?? new Set()).add(serverOf(need)));
  const isSpared = ({ what, network }: RequiredTraffic): boolean =>
    isUpstream(what) &&
    network.mode !== 'flat' &&
    (silent.get(network)?.size ?? 0) < new Set(upstreamOf(network, site)).size;
  return found.flatMap(({ stop, needs }) => {
    const told = needs.filter((need) => !isSpared(need));
    return told.length === 0 ? [] : [{ stop, needs: told }];
  });
}

function keyOf({ table, base, chain, rule, sure }: Stop, { way }: RequiredTraffic): string {
  // A rule of nftables with a map puts packets into several zones: each is a conflict of its own.
  const at =
    rule === undefined
      ? 'policy'
      : typeof rule.words === 'number'
        ? `${rule.words} ${rule.meaning().zone ?? ''}`
        : `${chain.rules.indexOf(rule)}`;
  return [table.tool, table.family, table.name, base.name, chain.name, at, sure, way === 'over'].join('\0');
}

/** A base chain that may drop something. In nftables an accept ends one base chain only: each of them has its say. */
interface Door {
  readonly table: Table;
  readonly base: Chain;
  readonly hook: Hook;
  readonly priority: number;
  readonly devices?: readonly string[];
  readonly onlyFirst?: true;
}

/** The base chains of a table. Of nftables only those with a rule that may drop; to follow iptables' is as quick. */
function doorsOf(table: Table): readonly Door[] {
  const bases = [...table.chains.values()].flatMap((base) =>
    base.base === undefined ? [] : [{ table, base, ...base.base }],
  );
  return bases.filter(({ base }) => table.tool !== 'nft' || canDrop(base, table));
}

function stopAt(
  { table, base, hook, priority, devices, onlyFirst }: Door,
  need: RequiredTraffic,
  site: Site,
  seen: boolean,
  budget: Budget,
): Stop | undefined {
  if (onlyFirst === true && !need.packet.states.includes('new')) return undefined;
  const packet =
    hook === 'ingress' || hook === 'egress'
      ? atDevice(hook, devices ?? [], need, site)
      : packetAt(table, hook, priority, need, site, seen);
  return packet === undefined ? undefined : stopOf(table, base, packet, budget);
}

/**
 * Whether somebody surely drops packets that the host forwards for others than its instances. What bridges and devices
 * drop of their own is not asked.
 */
export function endsThere(tables: readonly Table[], packet: Packet, budget: Budget): boolean {
  return tables.flatMap(doorsOf).some(({ table, base, hook }) => {
    if (table.family === 'bridge' || table.family === 'arp' || !ROUTED.through.includes(hook)) return false;
    return isEnd(
      table,
      base,
      hook === 'prerouting' ? { ...packet, out: '' } : hook === 'postrouting' ? { ...packet, in: undefined } : packet,
      budget,
    );
  });
}
