// uplinks/known.ts — the fields of `ip -j` that netctl knows the meaning of, by sort: what is not among them cannot be carried.
import type { Fields } from '../iproute2/fields.ts';
import { partOf, recordsOf, textOf, textsOf } from '../iproute2/fields.ts';

/** As iproute2 prints them, 6.1 to 6.15. Of statistics nothing goes to the bridge. */
export const KNOWN = {
  link: [
    'ifindex', 'link_index', 'link', 'link_netnsid', 'ifname', 'flags', 'mtu', 'qdisc', 'master', 'operstate', 'linkmode', 'group', 'txqlen', 'link_type', 'address', 'broadcast', 'permaddr', 'link_pointtopoint',
    'promiscuity', 'allmulti', 'min_mtu', 'max_mtu', 'linkinfo', 'inet6_addr_gen_mode', 'num_tx_queues', 'num_rx_queues', 'gso_max_size', 'gso_max_segs', 'tso_max_size', 'tso_max_segs', 'gro_max_size',
    'gso_ipv4_max_size', 'gro_ipv4_max_size', 'max_pacing_offload_horizon', 'phys_port_name', 'phys_port_id', 'phys_switch_id', 'portid', 'switchid', 'parentbus', 'parentdev', 'ifalias', 'altnames', 'proto_down',
    'proto_down_reasons', 'xdp', 'num_vf', 'vfinfo_list', 'stats', 'stats64', 'carrier', 'carrier_changes', 'carrier_up_count', 'carrier_down_count', 'event', 'netns-immutable', 'af_spec', 'inet6',
  ],
  'link flag': [
    'LOOPBACK', 'BROADCAST', 'POINTOPOINT', 'MULTICAST', 'NOARP', 'ALLMULTI', 'PROMISC', 'MASTER', 'SLAVE', 'DEBUG', 'DYNAMIC', 'AUTOMEDIA', 'PORTSEL', 'NOTRAILERS', 'UP', 'LOWER_UP', 'DORMANT', 'ECHO', 'NO-CARRIER',
    'M-DOWN', 'RUNNING',
  ],
  address: [
    'family', 'local', 'address', 'prefixlen', 'metric', 'broadcast', 'scope', 'protocol', 'label', 'valid_life_time', 'preferred_life_time', 'secondary', 'temporary', 'nodad', 'optimistic', 'dadfailed', 'home',
    'deprecated', 'tentative', 'mngtmpaddr', 'noprefixroute', 'autojoin', 'stable-privacy', 'dynamic',
  ],
  route: ['type', 'dst', 'tos', 'gateway', 'via', 'dev', 'table', 'protocol', 'scope', 'prefsrc', 'metric', 'flags', 'metrics', 'pref', 'expires', 'error', 'flow', 'nhid', 'nh_info', 'nexthops', 'encap', 'from', 'cache'],
  metric: ['mtu', 'window', 'rtt', 'rttvar', 'ssthresh', 'cwnd', 'advmss', 'reordering', 'hoplimit', 'initcwnd', 'features', 'ecn', 'tcp_usec_ts', 'rto_min', 'initrwnd', 'quickack', 'congestion', 'congctl', 'fastopen_no_cookie'],
  'route flag': ['onlink', 'linkdown', 'dead', 'pervasive', 'offload', 'trap', 'notify', 'unresolved', 'rt_offload', 'rt_trap', 'rt_notify', 'rt_offload_failed'],
  rule: [
    'family', 'priority', 'not', 'src', 'srclen', 'dst', 'dstlen', 'tos', 'dscp', 'fwmark', 'fwmask', 'iif', 'iif_detached', 'oif', 'oif_detached', 'l3mdev', 'uid_start', 'uid_end', 'ipproto', 'sport', 'sport_start', 'sport_end',
    'sport_mask', 'dport', 'dport_start', 'dport_end', 'dport_mask', 'tun_id', 'table', 'suppress_prefixlen', 'suppress_ifgroup', 'flow', 'flow_from', 'flow_to', 'goto', 'action', 'nop', 'unresolved', 'protocol', 'flowlabel', 'flowlabel_mask',
  ],
  linkinfo: ['info_kind', 'info_data', 'info_xstats', 'info_slave_kind', 'info_slave_data', 'info_slave_xstats'],
  groups: ['ifindex', 'ifname', 'maddr'],
  group: ['link', 'address', 'family', 'users', 'features'],
  token: ['token', 'ifname'],
  label: ['address', 'prefixlen', 'ifname', 'label'],
  endpoint: ['address', 'id', 'port', 'dev', 'signal', 'subflow', 'backup', 'fullmesh', 'implicit', 'laminar', 'rawflags'],
  neighbour: ['dst', 'dev', 'lladdr', 'state', 'proxy', 'router', 'extern_learn', 'offload', 'managed', 'extern_valid', 'protocol', 'refcnt', 'used', 'confirmed', 'updated', 'probes'],
} as const;

/** What devices of a kind that may go into a bridge say of themselves. */
const OF_KIND: Readonly<Record<string, ReadonlySet<string>>> = {
  veth: new Set(), dummy: new Set(), ifb: new Set(), vlan: new Set(['protocol', 'id', 'flags', 'ingress_qos', 'egress_qos']),
  macvlan: new Set(['mode', 'flags', 'macaddr_count', 'macaddr_data', 'bcqueuelen', 'usedbcqueuelen', 'bclim', 'bccutoff']),
  bond: new Set([
    'mode', 'active_slave', 'miimon', 'updelay', 'downdelay', 'peer_notify_delay', 'use_carrier', 'arp_interval', 'arp_missed_max', 'arp_ip_target', 'ns_ip6_target', 'arp_validate', 'arp_all_targets', 'primary',
    'primary_reselect', 'fail_over_mac', 'xmit_hash_policy', 'resend_igmp', 'num_peer_notif', 'all_slaves_active', 'min_links', 'lp_interval', 'packets_per_slave', 'ad_lacp_active', 'ad_lacp_rate', 'coupled_control',
    'broadcast_neighbor', 'ad_select', 'ad_info', 'ad_actor_sys_prio', 'ad_user_port_key', 'ad_actor_system', 'tlb_dynamic_lb',
  ]),
};

const SETS: Readonly<Record<keyof typeof KNOWN, ReadonlySet<string>>> = {
  link: new Set(KNOWN.link), 'link flag': new Set(KNOWN['link flag']), address: new Set(KNOWN.address), route: new Set(KNOWN.route), metric: new Set(KNOWN.metric), 'route flag': new Set(KNOWN['route flag']), rule: new Set(KNOWN.rule), neighbour: new Set(KNOWN.neighbour),
  linkinfo: new Set(KNOWN.linkinfo), groups: new Set(KNOWN.groups), group: new Set(KNOWN.group), token: new Set(KNOWN.token), label: new Set(KNOWN.label), endpoint: new Set(KNOWN.endpoint),
};

/** The names of what netctl does not know of a record. */
export function unknownOf(fields: Fields, sort: keyof typeof KNOWN): readonly string[] {
  return Object.keys(fields).filter((name) => !SETS[sort].has(name));
}

/** With values that are words of a list. */
export function unknownOfAddress(address: Fields): readonly string[] {
  const [family, scope] = [textOf(address, 'family') ?? '', textOf(address, 'scope') ?? 'global'];
  return [
    ...unknownOf(address, 'address'),
    ...(['inet', 'inet6'].includes(family) ? [] : [`family ${family}`]),
    ...(/^(global|link|host|site|\d+)$/.test(scope) ? [] : [`scope ${scope}`]),
  ];
}

export function unknownOfLink(link: Fields): readonly string[] {
  return [...unknownOf(link, 'link'), ...textsOf(link, 'flags').filter((flag) => !SETS['link flag'].has(flag)), ...unknownOfKind(partOf(link, 'linkinfo'))];
}

/** Of a kind that is not known, what it says of itself is not either: netctl judges by the kind. */
function unknownOfKind(info: Fields): readonly string[] {
  const known = OF_KIND[textOf(info, 'info_kind') ?? ''];
  const own = known === undefined ? [] : Object.keys(partOf(info, 'info_data')).filter((name) => !known.has(name));
  return [...unknownOf(info, 'linkinfo'), ...own].map((name) => `linkinfo.${name}`);
}

/** With what stands in its parts. What an encapsulation says of itself is told by that. */
export function unknownOfRoute(route: Fields): readonly string[] {
  if (route['encap'] !== undefined) return [];
  return [
    ...unknownOf(route, 'route'),
    ...recordsOf(route, 'metrics').flatMap((metrics) => unknownOf(metrics, 'metric').map((name) => `metrics.${name}`)),
    ...textsOf(route, 'flags').filter((flag) => !SETS['route flag'].has(flag)),
  ];
}
