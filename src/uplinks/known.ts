// uplinks/known.ts — the fields of `ip -j` that netctl knows the meaning of, by sort: what is not among them cannot be
// carried.
import type { Fields } from '../iproute2/fields.ts';
import { partOf, recordsOf, textOf, textsOf } from '../iproute2/fields.ts';
import { KNOWN } from './known-fields.ts';

/** The fields of `info_data` that netctl knows, by the kind of device. */
const OF_KIND: Readonly<Record<string, ReadonlySet<string>>> = {
  veth: new Set(),
  dummy: new Set(),
  ifb: new Set(),
  vlan: new Set(['protocol', 'id', 'flags', 'ingress_qos', 'egress_qos']),
  macvlan: new Set([
    'mode',
    'flags',
    'macaddr_count',
    'macaddr_data',
    'bcqueuelen',
    'usedbcqueuelen',
    'bclim',
    'bccutoff',
  ]),
  bond: new Set([
    'mode',
    'active_slave',
    'miimon',
    'updelay',
    'downdelay',
    'peer_notify_delay',
    'use_carrier',
    'arp_interval',
    'arp_missed_max',
    'arp_ip_target',
    'ns_ip6_target',
    'arp_validate',
    'arp_all_targets',
    'primary',
    'primary_reselect',
    'fail_over_mac',
    'xmit_hash_policy',
    'resend_igmp',
    'num_peer_notif',
    'all_slaves_active',
    'min_links',
    'lp_interval',
    'packets_per_slave',
    'ad_lacp_active',
    'ad_lacp_rate',
    'coupled_control',
    'broadcast_neighbor',
    'ad_select',
    'ad_info',
    'ad_actor_sys_prio',
    'ad_user_port_key',
    'ad_actor_system',
    'tlb_dynamic_lb',
  ]),
};

const SETS: Readonly<Record<keyof typeof KNOWN, ReadonlySet<string>>> = {
  link: new Set(KNOWN.link),
  'link flag': new Set(KNOWN['link flag']),
  address: new Set(KNOWN.address),
  route: new Set(KNOWN.route),
  metric: new Set(KNOWN.metric),
  'route flag': new Set(KNOWN['route flag']),
  rule: new Set(KNOWN.rule),
  neighbour: new Set(KNOWN.neighbour),
  linkinfo: new Set(KNOWN.linkinfo),
  groups: new Set(KNOWN.groups),
  group: new Set(KNOWN.group),
  token: new Set(KNOWN.token),
  label: new Set(KNOWN.label),
  endpoint: new Set(KNOWN.endpoint),
};

/** The fields of a record that netctl does not know. */
export function unknownOf(fields: Fields, sort: keyof typeof KNOWN): readonly string[] {
  return Object.keys(fields).filter((name) => !SETS[sort].has(name));
}

/** Of an address: fields, and values of `family` and `scope`. */
export function unknownOfAddress(address: Fields): readonly string[] {
  const [family, scope] = [textOf(address, 'family') ?? '', textOf(address, 'scope') ?? 'global'];
  return [
    ...unknownOf(address, 'address'),
    ...(['inet', 'inet6'].includes(family) ? [] : [`family ${family}`]),
    ...(/^(global|link|host|site|\d+)$/.test(scope) ? [] : [`scope ${scope}`]),
  ];
}

export function unknownOfLink(link: Fields): readonly string[] {
  return [
    ...unknownOf(link, 'link'),
    ...textsOf(link, 'flags').filter((flag) => !SETS['link flag'].has(flag)),
    ...unknownOfKind(partOf(link, 'linkinfo')),
  ];
}

/** Fields of `linkinfo`, and of its `info_data` where the kind is known: other kinds are judged as a whole. */
function unknownOfKind(info: Fields): readonly string[] {
  const known = OF_KIND[textOf(info, 'info_kind') ?? ''];
  const own = known === undefined ? [] : Object.keys(partOf(info, 'info_data')).filter((name) => !known.has(name));
  return [...unknownOf(info, 'linkinfo'), ...own].map((name) => `linkinfo.${name}`);
}

/** Of a route: fields, metrics and flags. A route with encapsulation is refused as such. */
export function unknownOfRoute(route: Fields): readonly string[] {
  if (route['encap'] !== undefined) return [];
  return [
    ...unknownOf(route, 'route'),
    ...recordsOf(route, 'metrics').flatMap((metrics) => unknownOf(metrics, 'metric').map((name) => `metrics.${name}`)),
    ...textsOf(route, 'flags').filter((flag) => !SETS['route flag'].has(flag)),
  ];
}
