// conflicts/translated.ts — which packets are translated, where, and by which address they are seen then.
import { covers, ipOf, parseIp, rangeOf } from '../net/ipv4.ts';
import type { Range } from '../net/ipv4.ts';
import { carrierOf } from '../parts/bridge.ts';
import { floatingEverywhere, floatsIn } from './floating.ts';
import { just, WORLD } from './need.ts';
import type { Need, Site } from './need.ts';

/** What instances send out, and what is sent to their floating addresses or the metadata service, with the answers. */
export function isTranslated({ what, network }: Need): boolean {
  if (what === 'outside' || what === 'back')
    return (
      network.mode !== 'flat' && network.snat !== false && !network.noSnat.some((cidr) => covers(rangeOf(cidr), WORLD))
    );
  return what === 'floating' || what === 'floating-answer' || what === 'metadata';
}

/**
 * As what leaves is seen when it is translated: by a floating address, or as the spec or the host has it. Undefined:
 * nobody knows.
 */
export function seenAs(need: Need, site: Site): readonly Range[] | undefined {
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
  const ip = sourceAddress ?? own.flatMap(({ cidr }) => parseIp(ipOf(cidr)) ?? [])[0];
  return ip === undefined ? undefined : [just(ip)];
}

/** Whether it is translated where it leaves. */
export function isTranslatedAt(need: Need, site: Site): boolean {
  const {
    self: { publicInterface },
  } = site;
  const leaves =
    need.what === 'outside' && (publicInterface === undefined || need.packet.out === carrierOf(publicInterface, site));
  return (leaves || need.what === 'floating-answer') && isTranslated(need);
}
