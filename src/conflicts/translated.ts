// conflicts/translated.ts — which packets are translated, where, and by which address they are seen then.
import { covers, ipOf, parseIp, rangeOf } from '../net/ip.ts';
import type { Range } from '../net/ip.ts';
import { l3DeviceOf } from '../parts/uplink-mapping.ts';
import { floatingEverywhere, floatsIn } from './floating.ts';
import { just, WORLD } from './required-traffic.ts';
import type { RequiredTraffic, Site } from './required-traffic.ts';

/** Whether netctl translates such packets: source NAT, floating addresses, the metadata address, and their answers. */
export function isTranslated({ what, network }: RequiredTraffic): boolean {
  if (what === 'outside' || what === 'back')
    return (
      network.mode !== 'flat' && network.snat !== false && !network.noSnat.some((cidr) => covers(rangeOf(cidr), WORLD))
    );
  return what === 'floating' || what === 'floating-answer' || what === 'metadata';
}

/**
 * The source addresses that packets have once they are translated: floating addresses, the range that `snat` names, or
 * the host's own. Undefined where it cannot be known.
 */
export function seenAs(need: RequiredTraffic, site: Site): readonly Range<4>[] | undefined {
  const {
    what,
    network,
    packet: { out },
  } = need;
  const {
    self: { publicInterface, sourceAddress },
    facts,
  } = site;
  const floats = floatsIn(need, site);
  if (what === 'floating-answer' || (out !== undefined && floatingEverywhere(network, out, site)))
    return floats.length === 0 ? undefined : floats;
  if (network.mode !== 'flat' && typeof network.snat === 'object') return [network.snat];
  const own = [out ?? '', publicInterface ?? '']
    .flatMap((name) => facts.links.get(name)?.addresses ?? [])
    .filter(({ ours, scope }) => !ours && scope === undefined);
  const ip = sourceAddress ?? own.flatMap(({ cidr }) => parseIp(ipOf(cidr), 4) ?? [])[0];
  return ip === undefined ? undefined : [just(ip)];
}

/** Whether the source is translated where the packet leaves the host. */
export function isTranslatedAt(need: RequiredTraffic, site: Site): boolean {
  const {
    self: { publicInterface },
  } = site;
  const leaves =
    need.what === 'outside' && (publicInterface === undefined || need.packet.out === l3DeviceOf(publicInterface, site));
  return (leaves || need.what === 'floating-answer') && isTranslated(need);
}
