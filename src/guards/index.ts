// guards/index.ts — the list: one line per danger.
import type { Guard } from '../core/resource.ts';
import { bridges } from './bridges.ts';
import { chainInUse } from './chain-in-use.ts';
import type { Circumstances } from './circumstances.ts';
import { deviceMissing } from './device-missing.ts';
import { floatingOfHost } from './floating-of-host.ts';
import { foreign } from './foreign.ts';
import { forwardingUsed } from './forwarding-used.ts';
import { massDelete } from './mass-delete.ts';
import { networkInUse } from './network-in-use.ts';
import { notRecorded } from './not-recorded.ts';
import { managementPath } from './management-path.ts';
import { routeSource } from './route-source.ts';
import { uplinkElsewhere } from './uplink-elsewhere.ts';
import { uplinkMarked } from './uplink-marked.ts';
import { uplinkPrefix } from './uplink-prefix.ts';
import { uplinkSource } from './uplink-source.ts';
import { uplinkSourceAddress } from './uplink-source-address.ts';
import { uplinks } from './uplinks.ts';
import { uplinksSince } from './uplinks-since.ts';

export function guardsFor(circumstances: Circumstances): readonly Guard[] {
  return [
    foreign,
    floatingOfHost,
    deviceMissing(circumstances),
    uplinkMarked,
    notRecorded(circumstances),
    uplinkElsewhere(circumstances),
    massDelete,
    managementPath(circumstances),
    networkInUse(circumstances),
    uplinks(circumstances),
    bridges(circumstances),
    uplinksSince(circumstances),
    uplinkSource(circumstances),
    routeSource(circumstances),
    uplinkPrefix(circumstances),
    uplinkSourceAddress,
    chainInUse(circumstances),
    forwardingUsed(circumstances),
  ];
}
