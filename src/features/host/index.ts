// features/host/index.ts — what every host with networks has: forwarding, and the hooks of our chains in the kernel's own.
import type { Path, Want } from '../../core/resource.ts';
import type { Table } from '../../kinds/chain/model.ts';
import { chain } from '../../kinds/chain/render.ts';
import type { Sysctl } from '../../kinds/sysctl/model.ts';
import type { Feature } from '../feature.ts';
import { rank } from '../../parts/rank.ts';

/** The kernel's chains that lead into ours of the same name. */
const HOOKS: readonly (readonly [Table, string])[] = [['filter', 'INPUT'], ['filter', 'FORWARD'], ['mangle', 'POSTROUTING']];

export const host: Feature = {
  name: 'host',
  *want({ spec }) {
    if (spec.networks.length === 0) return;
    const because: readonly Path[] = [['networks']];
    for (const [table, name] of HOOKS) {
      yield { resource: chain(table, `netctl-${name}`, []), because };
      yield { resource: chain(table, name, [{ rank: rank.hook, match: [], then: { target: 'jump', chain: `netctl-${name}` }, why: 'networks', place: 'top' }]), because };
    }
    if (spec.networks.some((network) => network.gateway !== undefined)) yield forwardingOn(because);
  },
};

function forwardingOn(because: readonly Path[]): Want<Sysctl> {
  return { resource: { kind: 'sysctl', borrowed: true, name: 'net.ipv4.ip_forward', value: '1' }, because };
}
