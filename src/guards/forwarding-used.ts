// guards/forwarding-used.ts — a host that is to forward no more, since it did not before netctl, while somebody else
// has come to rely on it.
import type { Guard, State } from '../core/resource.ts';
import { isSysctl } from '../kinds/sysctl/model.ts';
import type { Circumstances } from './circumstances.ts';
import { several } from './several.ts';

const FORWARDING = 'sysctl net.ipv4.ip_forward';

/** Whoever came later found `net.ipv4.ip_forward` on already, and so did not set it. */
export function forwardingUsed({ translating = [] }: Pick<Circumstances, 'translating'>): Guard {
  return function* ({ changes }, observed, { state, because }) {
    if (translating.length === 0 || !forwardsNoMore(state, observed) || !changes.some(({ ref }) => ref === FORWARDING))
      return;
    yield {
      severity: 'warning',
      asks: true,
      code: 'forwarding-used',
      against: [FORWARDING],
      at: (because.get(FORWARDING) ?? []).slice(0, 1),
      message: `net.ipv4.ip_forward is 0 again, as before netctl, and rules of others translate what this host forwards: ${several(translating)}`,
      hint: 'if they are in use, `sysctl -w net.ipv4.ip_forward=1` afterwards, and in /etc/sysctl.d for the next start',
    };
  };
}

export function forwardsNoMore(wanted: State, observed: State): boolean {
  const [to, from] = [wanted.get(FORWARDING), observed.get(FORWARDING)];
  return (
    to !== undefined && from !== undefined && isSysctl(to) && isSysctl(from) && to.value === '0' && from.value === '1'
  );
}
