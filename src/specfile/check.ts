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
import { noEffect } from './checks/no-effect.ts';
import { notYet } from './checks/not-yet.ts';
import { poolFull, poolsOverlap, poolsUsable } from './checks/pools.ts';
import { probeClear, probeHosts, probesMany, probeTwice } from './checks/probes.ts';
import { parentMissing, vlanMissing, vlanTwice } from './checks/vlans.ts';
import type { Draft } from './draft.ts';

type Check = (draft: Draft) => Iterable<Diagnostic>;

const CHECKS: readonly Check[] = [
  notYet,
  noEffect,
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
  vlanMissing,
  vlanTwice,
  parentMissing,
  probeClear,
  probeHosts,
  probeTwice,
  probesMany,
];

/** Everything that is wrong with what could be read. */
export function check(draft: Draft): readonly Diagnostic[] {
  return CHECKS.flatMap((one) => [...one(draft)]);
}
