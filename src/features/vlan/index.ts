// features/vlan/index.ts — networks of mode vlan: a VLAN device of their own in the bridge, and all that guests need of
// the host.
import { addressRequests } from '../../parts/fixed-ip.ts';
import { routed } from '../../parts/routed.ts';
import type { Feature } from '../feature.ts';
import { check } from './checks.ts';

export const vlan: Feature = {
  name: 'vlan',
  check,
  *want(context) {
    for (const network of context.spec.networks) if (network.mode === 'vlan') yield* routed(network, context);
  },
  requests: (spec, facts) => addressRequests('vlan', spec, facts),
};
