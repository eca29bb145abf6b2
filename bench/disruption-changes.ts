// bench/disruption-changes.ts — every kind of change of a host, from a spec to another and back, and who talks
// meanwhile.
import type { ChangeUnderTraffic } from './disruption-edits.ts';
import { ofInstances } from './disruption-instances.ts';
import { ofNat } from './disruption-nat.ts';
import { ofNetworks } from './disruption-networks.ts';
import { repairs } from './disruption-repairs.ts';

export const changes: readonly ChangeUnderTraffic[] = [...ofNat, ...ofInstances, ...ofNetworks, ...repairs];
