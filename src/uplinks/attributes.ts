// uplinks/attributes.ts — what of an interface's addresses, routes, rules and neighbours cannot go along to the bridge
// as it is.
import { partOf, textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { GROUP } from '../core/marks.ts';
import { listed, refused, said } from './finding.ts';
import type { Finding } from './finding.ts';
import { groupOf } from './interface-rules.ts';
import type { Snapshot } from './snapshot.ts';
import { addressWords, neighbourWords, ruleWords } from './format.ts';

export function* ofNeighbours({ name, neighbours }: Snapshot): Iterable<Finding> {
  for (const neighbour of neighbours) {
    const shown = neighbourWords(neighbour, name);
    const state = textsOf(neighbour, 'state');
    if (neighbour['extern_learn'] !== undefined || neighbour['managed'] !== undefined) {
      yield refused(
        'uplink-neighbour',
        `neighbour ${shown} is kept by a program of its own (EVPN, a load balancer), and netctl does not move it to the bridge`,
        `have that program use another interface, or take it away while ${name} is a port`,
      );
    } else if (neighbour['proxy'] === undefined && !state.includes('PERMANENT')) {
      yield refused(
        'uplink-neighbour',
        `neighbour ${shown} is of a state that netctl does not move to a bridge`,
        `make it permanent (\`ip neigh change … nud permanent\`), or take it away while ${name} is a port`,
      );
    }
  }
}

/** Policy rules that name the interface or its group: they stay, and match no packet any more. */
export function* ofPolicy({ name, link, rules }: Snapshot, bridge: string): Iterable<Finding> {
  const naming = rules.filter((rule) => Object.values(rule).includes(name));
  const byGroup = rules.filter((rule) => !naming.includes(rule) && rule['suppress_ifgroup'] !== undefined);
  if (naming.length > 0)
    yield said(
      'uplink-policy-rule',
      `packets will come and go by ${bridge}, so ${naming.length === 1 ? 'this policy rule matches' : `these ${naming.length} policy rules match`} none of them any more: ${listed(naming.map(ruleWords))}`,
      `the same once more with ${bridge}: ${listed(naming.map((rule) => `ip ${rule['family'] === 6 ? '-6 ' : ''}rule add ${ruleWords(onBridge(rule, name, bridge))}`))}`,
    );
  if (byGroup.length > 0)
    yield said(
      'uplink-policy-rule',
      `${name} is in group ${groupOf(link)} and ${bridge} will be in group ${GROUP}, which ${byGroup.length === 1 ? 'this policy rule tells' : 'these policy rules tell'} apart: ${listed(byGroup.map(ruleWords))}`,
      `say what is meant without groups, as \`suppress_prefixlength\` does; netctl knows its bridges by theirs`,
    );
}

function onBridge(rule: Fields, name: string, bridge: string): Fields {
  return {
    ...rule,
    ...(rule['iif'] === name ? { iif: bridge } : {}),
    ...(rule['oif'] === name ? { oif: bridge } : {}),
  };
}

/** Addresses from a DHCP client, and programs that manage the interface: neither follows to the bridge. */
export function* ofLeases({ name, addresses, managers }: Snapshot, bridge: string): Iterable<Finding> {
  const leased = addresses
    .filter((address) => address['family'] === 'inet' && address['dynamic'] === true)
    .map((address) => addressWords(address, name));
  if (leased.length > 0) {
    yield said(
      'uplink-lease',
      `${listed(leased)}: for a limited time, by a DHCP client${managers.length === 0 ? '' : ` (${managers.join(', ')})`}. On ${bridge} nobody renews it, and it stays after its time is over`,
      `have the client look after ${bridge}, or give the host an address of its own`,
    );
  }
  for (const manager of managers) {
    yield said(
      'uplink-managed',
      `${manager} configures ${name} by itself: it may take ${name} out of ${bridge}, or give it addresses and routes again`,
      (UNMANAGED[manager] ?? `stop ${manager} for NAME, or have it look after ${bridge}`).replaceAll('NAME', name),
    );
  }
}

const UNMANAGED: Readonly<Record<string, string>> = {
  NetworkManager: 'nmcli device set NAME managed no',
  'systemd-networkd': 'a .network file with `[Match] Name=NAME` and `[Link] Unmanaged=yes`, then `networkctl reload`',
};

/** Queues and filters stay on the interface, where other packets pass from then on: those of instances too. */
export function* ofQueues({ name, link, qdiscs, filters }: Snapshot, bridge: string): Iterable<Finding> {
  const made = qdiscs
    .filter((qdisc) => qdisc['handle'] !== '0:' && qdisc['kind'] !== 'clsact' && qdisc['kind'] !== 'ingress')
    .map((qdisc) => `qdisc ${textOf(qdisc, 'kind') ?? ''} ${textOf(qdisc, 'handle') ?? ''}`);
  const places = [...new Set(filters.map((filter) => `${textOf(filter, 'place') ?? ''} filters`))];
  const program = partOf(link, 'xdp')['prog'] === undefined && link['xdp'] === undefined ? [] : ['an XDP program'];
  const all = [...made, ...places, ...program];
  if (all.length > 0)
    yield said(
      'uplink-queue',
      `${name} has ${all.join(', ')}: that stays on ${name}, and from then on is about the frames that pass between the physical network and ${bridge}, those of instances among them`,
      'where it was for the host alone, it belongs on the bridge',
    );
}

export function* ofJoins({ name, joins }: Snapshot, bridge: string): Iterable<Finding> {
  if (joins.length > 0)
    yield said(
      'uplink-join',
      `somebody has ${name} listen to ${listed(joins)}: what comes for that is given to ${bridge}, which does not listen`,
      joins.map((mac) => `ip maddr add ${mac} dev ${bridge}`).join('; '),
    );
}

export function* ofUnread({ name, unread }: Snapshot): Iterable<Finding> {
  for (const what of unread)
    yield said(
      'uplink-unread',
      `not all that hangs on ${name} could be read: ${what}`,
      'what that would have shown is not moved, and nobody would say so',
    );
}
