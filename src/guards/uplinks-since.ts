// guards/uplinks-since.ts — an interface is restored with what somebody has set of it while it was in a bridge: that
// is said before.
import type { Guard, Ref } from '../core/resource.ts';
import { listed } from '../uplinks/finding.ts';
import { saidSince } from '../uplinks/settled-since.ts';
import { NO_UPLINKS } from '../uplinks/uplinks.ts';
import type { Circumstances } from './circumstances.ts';

const FORWARDING: Ref = 'sysctl net.ipv4.ip_forward';

/** Nobody is asked: it stays as it is in any case. */
export function uplinksSince({
  uplinks = NO_UPLINKS,
  restored = [],
  borrowed,
}: Pick<Circumstances, 'uplinks' | 'restored' | 'borrowed'>): Guard {
  return function* () {
    for (const found of restored) {
      const now = uplinks.left.get(found.name);
      const details = now === undefined ? [] : saidSince(found, now, borrowed?.get(FORWARDING)?.borrowed === true);
      if (details.length > 0)
        yield {
          severity: 'warning',
          code: 'uplink-changed',
          at: [],
          message: `${found.name} keeps what somebody has set of it while it was borrowed: ${listed(details)}`,
          details,
        };
    }
  };
}
