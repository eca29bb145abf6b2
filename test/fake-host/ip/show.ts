// test/fake-host/ip/show.ts — what `ip -j` prints: the keys that netctl reads, by the kernel's names and in its units.
import { hasCarrier } from './device.ts';
import type { Device, Namespace } from './device.ts';
import type { Kernel } from './kernel.ts';
import type { HeldAddress } from './addresses.ts';
import type { HeldRoute } from './routes.ts';

export function showLinks(netns: Namespace): string {
  return JSON.stringify([...netns.devices.values()].map(linkOf));
}

/** Of `ip link`, what `ip addr` does not say. */
export function showModes(netns: Namespace): string {
  return JSON.stringify(
    [...netns.devices.values()].map(({ name, settings }) => ({
      ifname: name,
      inet6_addr_gen_mode: settings.get('ipv6.addr_gen_mode') === '1' ? 'none' : 'eui64',
    })),
  );
}

const TYPES: Readonly<Record<string, number>> = { local: 2, broadcast: 3, multicast: 5 };

/** With what the kernel puts into table local for each address. */
function allOf({ routes, devices }: Namespace): readonly HeldRoute[] {
  return [...routes.all(), ...[...devices.values()].filter(({ up }) => up).flatMap(localsOf)];
}

function localsOf({ name, addresses }: Device): readonly HeldRoute[] {
  return addresses.all().flatMap(({ family, cidr, broadcast }): HeldRoute[] => {
    const [to = ''] = cidr.split('/');
    const held = { family, link: name, metric: 0, protocol: '2', onlink: false, table: '255' } as const;
    const local: HeldRoute = { ...held, to, type: 'local', ...(family === 4 ? { scope: '254', source: to } : {}) };
    return [
      local,
      ...(broadcast === undefined ? [] : [{ ...held, to: broadcast, type: 'broadcast', scope: '253', source: to }]),
    ];
  });
}

/**
 * All tables, a line each, as `ip -d -N -o route show table all` says it: the type first, the table and the scope
 * always.
 */
export function showRouteLines(netns: Namespace): string {
  return allOf(netns)
    .map(({ family, to, via, link, metric, source, scope, protocol, onlink, table, type, tos, attributes }) =>
      [
        type === undefined ? 1 : TYPES[type],
        to,
        ...(tos === undefined ? [] : ['tos', tos]),
        ...(via === undefined ? [] : ['via', via]),
        'dev',
        link,
        'table',
        table ?? '254',
        'proto',
        protocol,
        'scope',
        scope ?? '0',
        ...(source === undefined ? [] : ['src', source]),
        ...(metric === 0 && family === 4 ? [] : ['metric', metric]),
        ...(onlink ? ['onlink'] : []),
        ...(attributes === undefined ? [] : [attributes]),
        ...(family === 6 && attributes?.includes('pref ') !== true ? ['pref medium'] : []),
        '\n',
      ].join(' '),
    )
    .join('');
}

/** The same as JSON, with as many details. */
export function showAllRoutes(netns: Namespace): string {
  return JSON.stringify(
    allOf(netns).map(({ family, to, via, link, metric, source, scope, protocol, onlink, table, type, tos }) => ({
      type: String(type === undefined ? 1 : TYPES[type]),
      dst: to,
      ...(tos === undefined ? {} : { tos }),
      ...(via === undefined ? {} : { gateway: via }),
      dev: link,
      table: table ?? '254',
      protocol,
      scope: scope ?? '0',
      ...(source === undefined ? {} : { prefsrc: source }),
      ...(metric === 0 && family === 4 ? {} : { metric }),
      flags: onlink ? ['onlink'] : [],
      ...(family === 6 ? { pref: 'medium' } : {}),
    })),
  );
}

export function showNamespaces(kernel: Kernel, netns: Namespace): string {
  return JSON.stringify(
    kernel.names().map((name) => {
      const id = netns.numbers.findIndex((other) => other.name === name);
      return { name, ...(id < 0 ? {} : { id }) };
    }),
  );
}

function linkOf(device: Device): object {
  const { index, name, mtu, master, mac, group, alias, peer, vlan } = device;
  const away = peer !== undefined && peer.netns !== device.netns;
  return {
    ifindex: index,
    ...(away ? { link_index: peer.index } : peer === undefined ? {} : { link: peer.name }),
    ...(vlan === undefined ? {} : { link: vlan.parent.name }),
    ifname: name,
    flags: flagsOf(device),
    mtu,
    link_type: device.type === 'loopback' ? 'loopback' : 'ether',
    ...(master === undefined ? {} : { master: master.name }),
    group,
    address: mac,
    ...(away ? { link_netnsid: device.netns.numbers.indexOf(peer.netns) } : {}),
    ...infoOf(device),
    ...(alias === '' ? {} : { ifalias: alias }),
    addr_info: device.addresses.all().map(addressOf),
  };
}

function flagsOf(device: Device): readonly string[] {
  const carrier = hasCarrier(device);
  return [
    ...(device.up && !carrier ? ['NO-CARRIER'] : []),
    ...(device.type === 'loopback' ? ['LOOPBACK'] : ['BROADCAST', 'MULTICAST']),
    ...(device.promiscuous ? ['PROMISC'] : []),
    ...(device.up ? ['UP'] : []),
    ...(carrier ? ['LOWER_UP'] : []),
  ];
}

function infoOf(device: Device): object {
  const kind = { loopback: undefined, physical: undefined, bridge: 'bridge', vlan: 'vlan', tap: 'tun', veth: 'veth' }[
    device.type
  ];
  const info = {
    ...(kind === undefined ? {} : { info_kind: kind }),
    ...(device.type === 'bridge'
      ? {
          info_data: {
            forward_delay: device.forwardDelay,
            stp_state: device.stp,
            nf_call_iptables: device.netfilter ? 1 : 0,
          },
        }
      : {}),
    ...(device.vlan === undefined ? {} : { info_data: { protocol: '802.1Q', id: device.vlan.id } }),
    ...(device.type === 'tap' ? { info_data: { type: 'tap', persist: true } } : {}),
    ...(device.master === undefined ? {} : { info_slave_kind: 'bridge', info_slave_data: { hairpin: device.hairpin } }),
  };
  return Object.keys(info).length === 0 ? {} : { linkinfo: info };
}

function addressOf({
  family,
  cidr,
  scope,
  broadcast,
  label,
  metric,
  noPrefixRoute,
  secondary,
  peer,
  deprecated,
}: HeldAddress): object {
  const [local, bits] = cidr.split('/');
  return {
    family: family === 4 ? 'inet' : 'inet6',
    local,
    prefixlen: Number(bits),
    ...(metric === 0 ? {} : { metric }),
    ...(broadcast === undefined ? {} : { broadcast }),
    scope,
    ...(peer === undefined ? {} : { address: peer }),
    ...(deprecated ? { deprecated } : {}),
    ...(secondary ? { secondary } : {}),
    ...(noPrefixRoute ? { noprefixroute: true } : {}),
    ...(family === 4 ? { label } : {}),
  };
}
