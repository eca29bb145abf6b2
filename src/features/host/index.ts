// features/host/index.ts — what every host with networks has: forwarding, and the hooks of our chains in the kernel's
// own.
import type { Path } from '../../core/resource.ts';
import { chain } from '../../kinds/chain/model.ts';
import type { Table } from '../../kinds/chain/model.ts';
import { hooked, jumpTo } from '../../parts/hook.ts';
import type { Feature } from '../feature.ts';
import { check } from './checks.ts';

/** The kernel's chains that lead into ours of the same name. */
const HOOKS: readonly (readonly [Table, string])[] = [
  ['filter', 'INPUT'],
  ['filter', 'FORWARD'],
  ['mangle', 'POSTROUTING'],
  ['nat', 'PREROUTING'],
  ['nat', 'OUTPUT'],
  ['nat', 'POSTROUTING'],
];
/** What is exempt has been accepted before, so this comes last: behind the rules of others too. */
const BOTTOM = 'netctl-postrouting-bottom';

export const host: Feature = {
  name: 'host',
  check,
  *want({ spec }) {
    // Guests of flat networks only have a bridge.
    const routed = spec.networks.filter((network) => network.mode !== 'flat');
    if (routed.length === 0) return;
    const because: readonly Path[] = [['networks']];
    for (const [table, name] of HOOKS) yield* hooked(table, name, because);
    yield { resource: chain('nat', 'netctl-snat', []), because };
    yield { resource: chain('nat', BOTTOM, [jumpTo('netctl-snat')]), because };
    yield { resource: chain('nat', 'POSTROUTING', [{ ...jumpTo(BOTTOM), place: 'bottom' }]), because };
    if (routed.some(({ gateway }) => gateway !== undefined))
      yield { resource: { kind: 'sysctl', borrowed: true, name: 'net.ipv4.ip_forward', value: '1' }, because };
  },
};
