// specfile/check.ts — what no schema can say: every check of a whole spec, in one list.
import type { Diagnostic } from '../core/resource.ts';
import { addresses, addressTwice, macTwice, networkFull } from './checks/addresses.ts';
import { libvirtsNames } from './checks/device-names.ts';
import { dhcpOptionsLarge, dhcpOptionTwice, renewalTimes } from './checks/dhcp-options.ts';
import { farEndTwice, interfaceTwice } from './checks/interfaces.ts';
import {
  floatingAddresses,
  floatingPoolUnused,
  floatingUnreachable,
  poolInterfaces,
  unknownPools,
} from './checks/floating.ts';
import { hostnames, projects, reservedNames, unknownHosts, unknownNetworks } from './checks/names.ts';
import { hostAddresses, snatRanges, snatWithoutEffect } from './checks/nat.ts';
import { bridgeFull, cidrs, gateways, networksOverlap, ranges, resolvers } from './checks/networks.ts';
import { notYet } from './checks/not-yet.ts';
import { poolFull, poolsOverlap, poolsUsable } from './checks/pools.ts';
import type { Draft } from './draft.ts';
import { noEffect } from './no-effect.ts';
import type { Language } from './words.ts';

type Check = (draft: Draft) => Iterable<Diagnostic>;

const CHECKS: readonly Check[] = [
  (draft) => noEffect(draft, ['flat'], ['dhcp', 'forward', 'snat', 'snatTo', 'noSnat']),
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
  dhcpOptionTwice,
  dhcpOptionsLarge,
  renewalTimes,
  interfaceTwice,
  farEndTwice,
  libvirtsNames,
  unknownPools,
  poolsOverlap,
  poolsUsable,
  poolFull,
  floatingAddresses,
  floatingUnreachable,
  poolInterfaces,
  floatingPoolUnused,
  snatRanges,
  snatWithoutEffect,
  hostAddresses,
];

/** Everything that is wrong with what could be read, by itself and in the eyes of those whose words it has. */
export function check(draft: Draft, { grammar: { owned }, words }: Language): readonly Diagnostic[] {
  return [
    ...notYet(draft, owned, new Set(words.map(({ name }) => name))),
    ...CHECKS.flatMap((one) => [...one(draft)]),
    ...words.flatMap((its) => [...(its.check?.(draft) ?? [])]),
  ];
}
