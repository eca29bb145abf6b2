// parts/nics-on.ts — the NICs of each network: with thousands of networks, none of them looks through all instances.
import { memo } from '../core/memo.ts';
import type { Instance, Network, Nic, Spec } from '../specfile/model.ts';

export interface Plug {
  readonly instance: Instance;
  readonly nic: Nic;
}

/** In the order of the spec. */
export function nicsOn({ name }: Pick<Network, 'name'>, spec: Pick<Spec, 'instances'>): readonly Plug[] {
  return byNetwork(spec.instances).get(name) ?? [];
}

const byNetwork = memo((instances: readonly Instance[]): ReadonlyMap<string, readonly Plug[]> => {
  const groups = new Map<string, Plug[]>();
  for (const instance of instances)
    for (const nic of instance.nics) {
      const group = groups.get(nic.network);
      if (group === undefined) groups.set(nic.network, [{ instance, nic }]);
      else group.push({ instance, nic });
    }
  return groups;
});
