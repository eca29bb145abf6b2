// features/flat-dhcp/index.ts — networks of mode flat-dhcp: an uplink of the host's in the bridge, and all that guests
// need of the host.
import { addressRequests } from '../../parts/fixed-ip.ts';
import { routed } from '../../parts/routed.ts';
import type { Feature } from '../feature.ts';
import { check } from './checks.ts';

export const flatDhcp: Feature = {
  name: 'flat-dhcp',
  check,
  *want(context) {
    for (const network of context.spec.networks) if (network.mode === 'flat-dhcp') yield* routed(network, context);
  },
  requests: (spec, facts) => addressRequests('flat-dhcp', spec, facts),
};
