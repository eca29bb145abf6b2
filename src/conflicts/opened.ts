// conflicts/opened.ts — networks of the host's that its firewall shuts to whoever comes by another bridge, and that
// instances reach once netctl accepts what comes by theirs: containers' ports that are not published.
import type { Diagnostic } from '../core/resource.ts';
import { covers, rangeOf } from '../net/ip.ts';
import { uplinkIn } from '../parts/uplink-mapping.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { MOST_NAMED, shortened } from './diagnostics.ts';
import { defaultLink, wayOut } from './egress.ts';
import { floatingLinks } from './floating.ts';
import { tablesOf } from './iptables.ts';
import { endsThere } from './judge.ts';
import type { Packet, Table } from './model.ts';
import type { Site } from './required-traffic.ts';
import { behind } from './forwarding-opens.ts';
import type { Side } from './forwarding-opens.ts';
import type { Budget } from './walk.ts';

/** Each network is asked about with each side. */
const MOST_RULES = 500_000;
/** Sides that are named one by one. */
const MOST_SIDES = 6;

/**
 * `planned`: what drops, with netctl's rules as they are to be; `now`: as they are, and that is none on a host that
 * has none. What is open already is said no more.
 */
export function* opensShut(
  site: Site,
  sides: readonly Side[],
  planned: readonly Table[],
  now: () => readonly Table[],
): Iterable<Diagnostic> {
  const budget: Budget = { left: MOST_RULES };
  const pairs = site.spec.networks.flatMap((network) =>
    network.mode === 'flat' || network.forward !== 'all' || network.gateway === undefined
      ? []
      : sidesBeside(network, sides, site).map((side) => ({ network, side })),
  );
  if (pairs.length === 0) return;
  const before = now();
  const opened = pairs.filter(
    ({ network, side }) => isShut(before, network, side, budget) && !isShut(planned, network, side, budget),
  );
  if (opened.length === 0 || budget.left <= 0) return;
  const networks = [...new Set(opened.map(({ network }) => network))];
  const shut = [...new Set(opened.map(({ side }) => side))].map(({ name, cidrs }) => `${name} (${cidrs.join(', ')})`);
  const more = shut.length > MOST_SIDES ? `, and ${shut.length - MOST_SIDES} more` : '';
  const out = wayOut(site);
  const uplink = out === undefined ? undefined : (uplinkIn(out, site) ?? out);
  yield {
    severity: 'warning',
    asks: true,
    code: 'firewall-opens',
    at: networks.slice(0, MOST_NAMED).map(({ path }) => [...path, 'forward']),
    message: `instances of ${shortened(networks.map(({ name }) => name)).join(', ')} will reach what is behind ${shut.slice(0, MOST_SIDES).join(' and ')}${more}, which the firewall of this host shuts to other bridges: netctl accepts what comes by theirs before the host’s own rules of FORWARD`,
    hint: [
      ...(uplink === undefined ? [] : [`forward: [${uplink}] in the network lets it out by ${uplink} alone`]),
      `forward: none shuts it off`,
      'say yes if instances are to reach that',
    ].join('; '),
  };
}

/**
 * Not the way out, which `forward` is for, nor what the spec itself has instances reach as themselves. Where no way out
 * is known, any interface may be it that is no bridge.
 */
function sidesBeside(network: RoutedNetwork, sides: readonly Side[], site: Site): readonly Side[] {
  const ours = new Set(site.spec.networks.map(({ bridge }) => bridge));
  const out = wayOut(site);
  const ways = new Set([out, defaultLink(site.facts), ...floatingLinks(network, site)]);
  const meant = [...network.noSnat, ...network.snatTo].map(rangeOf);
  return sides.filter(
    ({ link, holder, cidrs, isBridge }) =>
      (isBridge || out !== undefined) &&
      !ours.has(link) &&
      !ways.has(link) &&
      !ways.has(holder) &&
      !cidrs.every((cidr) => meant.some((range) => covers(range, rangeOf(cidr)))),
  );
}

/** Surely, by each protocol. */
function isShut(tables: readonly Table[], network: RoutedNetwork, { link, cidrs }: Side, budget: Budget): boolean {
  return cidrs.every((cidr) =>
    (['tcp', 'udp'] as const).every((protocol) => {
      const packet: Packet = {
        in: network.bridge,
        out: link,
        source: rangeOf(network.cidr),
        sourceType: 'unicast',
        destination: behind(cidr),
        destinationType: 'unicast',
        protocol,
        states: ['new'],
      };
      return endsThere(tables, packet, budget);
    }),
  );
}

/** With netctl's own rules as they stand on the host: read as anybody's. */
export function tablesNow(saved: string, others: readonly Table[]): readonly Table[] {
  return [...tablesOf(saved, 'iptables', 'as found'), ...others.filter(({ tool }) => tool !== 'iptables')];
}
