// specfile/check.ts — what no schema can say: every check of hosts, networks and instances, and those of features.
import type { Diagnostic } from '../core/resource.ts';
import { addresses, addressTwice, macTwice, networkFull } from './checks/addresses.ts';
import { interfaceTwice } from './checks/interfaces.ts';
import { hostnames, projects, reservedNames, unknownHosts, unknownNetworks } from './checks/names.ts';
import { bridgeFull, cidrs, gateways, networksOverlap, ranges, resolvers } from './checks/networks.ts';
import { notYet } from './checks/not-yet.ts';
import type { Draft } from './draft.ts';
import { noEffect } from './no-effect.ts';
import type { Language } from './extension.ts';

type Check = (draft: Draft) => Iterable<Diagnostic>;

const CHECKS: readonly Check[] = [
  (draft) => noEffect(draft, ['flat'], ['forward']),
  unknownNetworks,
  unknownHosts,
  projects,
  hostnames,
  reservedNames,
  networksOverlap,
  cidrs,
  gateways,
  resolvers,
  ranges,
  bridgeFull,
  addresses,
  addressTwice,
  macTwice,
  networkFull,
  interfaceTwice,
];

/** Everything that is wrong with what could be read, by itself and in the eyes of who extends it. */
export function check(draft: Draft, { grammar: { owned }, extensions }: Language): readonly Diagnostic[] {
  return [
    ...notYet(draft, owned, new Set(extensions.map(({ name }) => name))),
    ...CHECKS.flatMap((one) => [...one(draft)]),
    ...extensions.flatMap((its) => [...(its.check?.(draft) ?? [])]),
  ];
}
