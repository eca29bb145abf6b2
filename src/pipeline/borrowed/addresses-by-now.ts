// pipeline/borrowed/addresses-by-now.ts — which borrowed addresses others have removed since.
import type { AddressFact, Facts } from '../../core/facts.ts';
import type { Diagnostic } from '../../core/resource.ts';
import type { HostState } from '../../core/stored.ts';
import { isAddress } from '../../kinds/address/model.ts';
import type { Address } from '../../kinds/address/model.ts';
import { ipOf } from '../../net/ip.ts';
import { UPLINK_CHANGED } from './routes-by-now.ts';

/**
 * Borrowed addresses that another device has by now, or that are missing while the bridge has others. Where all are
 * missing, the bridge was down, or recreated.
 */
export function removedFrom(kept: HostState, { links }: Facts, takesAlong: boolean): readonly Address[] {
  const all = [...links.values()].flatMap(({ addresses }) => addresses);
  return kept.originals.filter(isAddress).filter((former) => {
    const own = links.get(former.link);
    const bridge = links.get(own?.master ?? '');
    if (bridge?.ours !== true) return false;
    // The network's own address may be the same one.
    const here = [...(own?.addresses ?? []), ...bridge.addresses];
    if (here.some((one) => isSame(former, one))) return false;
    return (
      all.some((one) => isSame(former, one)) ||
      here.some(
        (one) =>
          !one.ours &&
          one.scope === undefined &&
          one.cidr.includes(':') === former.cidr.includes(':') &&
          (takesAlong || kept.originals.some((each) => isAddress(each) && isSame(each, one))),
      )
    );
  });
}

export function isSame(former: Address, one: AddressFact): boolean {
  return ipOf(former.cidr) === ipOf(one.cidr) && former.peer === one.peer;
}

export function removedAddress({ link, cidr }: Address, { links }: Facts): Diagnostic {
  const bridge = links.get(link)?.master ?? '';
  return {
    severity: 'warning',
    code: UPLINK_CHANGED,
    at: [],
    message: `${cidr}, which came with ${link}, is on ${bridge} no more: it is not put there again, and ${link} does not get it back`,
    hint: `ip address add ${cidr} dev ${bridge}, if the host is to have it`,
  };
}
