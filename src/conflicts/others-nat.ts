// conflicts/others-nat.ts — what other firewalls than netctl's do to what instances send out: give it a mark, by which
// rules of the host may lead it elsewhere, or a source of their own.
import { rangeOf } from '../net/ip.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import type { Hook, Packet, Table } from './model.ts';
import { WORLD } from './required-traffic.ts';
import { stopOf } from './walk.ts';

/** Rules that may be asked for it. */
const MOST_RULES = 100_000;

/** By tables in which marks are sought. */
export function marksGuests(tables: readonly Table[], networks: readonly RoutedNetwork[]): boolean {
  return networks.some((network) => meets(tables, 'prerouting', { ...sentBy(network), in: network.bridge, out: '' }));
}

/** By tables in which sources are sought. */
export function translatesGuests(tables: readonly Table[], network: RoutedNetwork, link: string): boolean {
  return meets(tables, 'postrouting', { ...sentBy(network), in: undefined, out: link });
}

function sentBy({ cidr }: RoutedNetwork): Omit<Packet, 'in' | 'out'> {
  return {
    source: rangeOf(cidr),
    sourceType: 'unicast',
    destination: WORLD,
    destinationType: 'unicast',
    protocol: 'tcp',
    states: ['new'],
  };
}

function meets(tables: readonly Table[], hook: Hook, packet: Packet): boolean {
  const budget = { left: MOST_RULES };
  return tables.some((table) =>
    [...table.chains.values()].some(
      (base) => base.base?.hook === hook && stopOf(table, base, packet, budget) !== undefined,
    ),
  );
}
