// features/flat/index.ts — networks of mode flat: a bridge with its uplink, and what guests configure themselves from.
import { bridge } from '../../parts/bridge.ts';
import { uplink } from '../../parts/uplink.ts';
import { addressRequests } from '../../parts/fixed-ip.ts';
import { injection } from '../../parts/injection.ts';
import type { Feature } from '../feature.ts';
import { check } from './checks.ts';

export const flat: Feature = {
  name: 'flat',
  check,
  *want(context) {
    for (const network of context.spec.networks) {
      if (network.mode !== 'flat') continue;
      yield* bridge(network, context);
      yield* uplink(network, context);
    }
    yield* injection(context);
  },
  requests: (spec, facts) => addressRequests('flat', spec, facts),
};
