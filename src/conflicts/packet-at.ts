// conflicts/packet-at.ts — a packet as it is when it comes to a hook: translated already or not yet, by a bridge or by
// its port.
import { uplinkOf } from '../parts/uplink-mapping.ts';
import { EVERYWHERE } from './model.ts';
import type { Hook, Packet, Table } from './model.ts';
import { isUpstream } from './required-traffic.ts';
import type { RequiredTraffic, Site } from './required-traffic.ts';
import { isTranslatedAt, seenAs } from './translated.ts';

/** The hooks that a packet passes, by its way. */
export const ROUTED: Readonly<Record<RequiredTraffic['way'], readonly Hook[]>> = {
  in: ['prerouting', 'input'],
  out: ['output', 'postrouting'],
  through: ['prerouting', 'forward', 'postrouting'],
  over: ['prerouting', 'forward', 'postrouting'],
};

/** The priority at which a packet's destination is translated. */
const DSTNAT = -100;

/** The priority at which its source is. */
const SRCNAT = 100;

/** The packet as a base chain at this hook and priority sees it; undefined where it never comes there. */
export function packetAt(
  { family }: Table,
  hook: Hook,
  priority: number,
  need: RequiredTraffic,
  site: Site,
  seen: boolean,
): Packet | undefined {
  const { way, packet } = need;
  if (family === 'arp')
    return packet.protocol === 'arp' && way !== 'over' && hook === (way === 'in' ? 'input' : 'output')
      ? packet
      : undefined;
  if (packet.protocol === 'arp' && (family === 'ip' || family === 'inet')) return undefined;
  if (family === 'bridge') return onBridge(hook, need, site);
  if (!ROUTED[way].includes(hook) || (way === 'over' && !seen)) return undefined;
  if (hook === 'prerouting')
    return {
      ...(priority < DSTNAT ? atFirst(packet) : packet),
      out: '',
      ...(way === 'through' ? { isToRoute: true } : {}),
    };
  return hook === 'postrouting'
    ? { ...(priority > SRCNAT ? atLast(need, packet, site) : packet), in: undefined }
    : packet;
}

/**
 * The packet as a chain at devices sees it: at ingress not yet translated, at egress already. Undefined where it comes
 * by none of them; what stays on a bridge passes only the instances' devices, whose chains are not asked.
 */
export function atDevice(
  hook: 'ingress' | 'egress',
  devices: readonly string[],
  need: RequiredTraffic,
  site: Site,
): Packet | undefined {
  const { way, what, packet } = need;
  const [link, far] =
    hook === 'ingress'
      ? [packet.in, ['back', 'floating', 'arp-outside', 'upstream-answer']]
      : [packet.out, ['outside', 'floating-answer', 'arp-outside-answer', 'upstream']];
  const bridged = far.includes(what)
    ? site.spec.networks.flatMap((one) => (one.bridge === link ? (uplinkOf(one, site.self) ?? []) : []))
    : [];
  if (way === 'over' || link === undefined || ![link, ...bridged].some((name) => devices.includes(name)))
    return undefined;
  // A chain at the bridge's uplink sees the uplink's name, not the bridge's.
  const here = devices.includes(link) ? packet : { ...packet, [hook === 'ingress' ? 'in' : 'out']: bridged[0] };
  if (hook === 'ingress') return { ...atFirst(here), out: '' };
  return { ...atLast(need, here, site), in: '' };
}

/** As it leaves the host: with the source that it is translated to. */
function atLast(need: RequiredTraffic, packet: Packet, site: Site): Packet {
  if (!isTranslatedAt(need, site)) return packet;
  const sources = seenAs(need, site);
  return { ...packet, source: EVERYWHERE, ...(sources === undefined ? {} : { sources, sourceType: 'local' }) };
}

/** As it comes to the host: with the destination that its sender gave it. */
function atFirst(packet: Packet): Packet {
  const { sentTo, sentToPort, bound } = packet;
  if (sentTo === undefined) return packet;
  const states = packet.states.filter((state) => state !== 'dnat' && state !== 'snat');
  return {
    ...packet,
    states,
    destination: bound ?? sentTo,
    ...(sentToPort === undefined ? {} : { destinationPort: sentToPort }),
    ...(bound === undefined && sentTo !== EVERYWHERE ? {} : { destinationType: 'local' }),
  };
}

/** As a chain of the family bridge sees it. Rules there may name ports, and an instance's port may have any name. */
function onBridge(hook: Hook, { way, what, packet, network }: RequiredTraffic, site: Site): Packet | undefined {
  const link = way === 'in' ? packet.in : packet.out;
  if (isUpstream(what) && !site.spec.networks.some(({ bridge }) => bridge === link)) return undefined;
  const hooks: readonly Hook[] =
    way === 'over'
      ? ['prerouting', 'forward', 'postrouting']
      : packet.in === network.bridge || what === 'upstream-answer'
        ? ['prerouting', 'input']
        : ['output', 'postrouting'];
  return hooks.includes(hook) ? packet : undefined;
}
