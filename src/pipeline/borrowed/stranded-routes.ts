// pipeline/borrowed/stranded-routes.ts — borrowed routes whose gateway is reached no more, since somebody has removed
// the address by which it was: the kernel takes none of them, on the bridge or on the interface.
import type { Facts } from '../../core/facts.ts';
import type { Diagnostic, Resource } from '../../core/resource.ts';
import type { HostState } from '../../core/stored.ts';
import { isAddress } from '../../kinds/address/model.ts';
import type { Address } from '../../kinds/address/model.ts';
import { isRoute } from '../../kinds/route/model.ts';
import type { Route } from '../../kinds/route/model.ts';
import { contains } from '../../net/ip.ts';
import { isPlace, UPLINK_CHANGED } from './routes-by-now.ts';
import type { Held } from './routes-by-now.ts';

/** What the host has yet, in whatever way, is none. */
export function strandedBy(
  removed: readonly Address[],
  kept: HostState,
  { links }: Facts,
  routes: readonly Held[],
): readonly Route[] {
  const gone: ReadonlySet<Resource> = new Set(removed);
  const stays = kept.originals.filter(isAddress).filter((one) => !gone.has(one));
  const borrowed = kept.originals.filter(isRoute);
  return borrowed.filter((route) => {
    const { link, via, onlink } = route;
    if (via === undefined || onlink === true || route.family === 6 || via.startsWith('inet6 ')) return false;
    const bridge = links.get(links.get(link)?.master ?? '');
    const near = [
      ...[...(bridge?.addresses ?? []), ...stays.filter((one) => one.link === link)].map(networkOf),
      ...[...(bridge?.routes ?? []), ...borrowed.filter((one) => one.link === link)].flatMap((one) =>
        one.via === undefined && one.type === undefined ? [one.to] : [],
      ),
    ];
    return (
      bridge?.ours === true &&
      // Where all are gone, they are put there again.
      bridge.addresses.some((one) => !one.ours && one.scope === undefined && !one.cidr.includes(':')) &&
      !near.some((network) => contains(network, via)) &&
      !routes.some((one) => isPlace(one, route))
    );
  });
}

function networkOf({ cidr, peer }: { readonly cidr: string; readonly peer?: string }): string {
  return peer === undefined ? cidr : `${peer}/${cidr.split('/')[1] ?? ''}`;
}

export function strandedRoute({ to, via = '', table, link }: Route): Diagnostic {
  const words = [to, 'via', via, ...(table === undefined ? [] : ['table', table])].join(' ');
  return {
    severity: 'warning',
    code: UPLINK_CHANGED,
    at: [],
    message: `the route ${words}, which came with ${link}, is there no more, and no address there reaches ${via}: it is not made again, and ${link} does not get it back`,
    hint: `ip route add ${words}, if the host is to have it, once it has an address in the network of ${via}`,
  };
}
