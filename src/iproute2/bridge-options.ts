// iproute2/bridge-options.ts — what somebody has set of a bridge: its options and the length of its queue, where they
// are not those of a new bridge.
import { partOf } from './fields.ts';
import type { Fields } from './fields.ts';

/**
 * As `ip link set dev BRIDGE` takes them, e.g. `type bridge ageing_time 60000`, from a record of `ip -d -j link`.
 * Without STP, its forward delay, and iptables for bridged IPv4: netctl says these itself.
 */
export function optionsOf(link: Fields): readonly string[] {
  const detail = partOf(partOf(link, 'linkinfo'), 'info_data');
  const options = Object.entries(OF_NEW_BRIDGES).flatMap(([option, usual]) => {
    const value = detail[option];
    return (typeof value === 'number' || typeof value === 'string') && !usual.includes(value)
      ? [`type bridge ${wordOf(option)} ${value}`]
      : [];
  });
  const queue = link['txqlen'];
  return [...options, ...(typeof queue === 'number' && queue !== 1000 ? [`txqueuelen ${queue}`] : [])];
}

/** `ip` shortens what it prints as JSON: `mcast_query_intvl` is set by `mcast_query_interval`. */
function wordOf(option: string): string {
  return option
    .replace(/_intvl$/, '_interval')
    .replace(/_cnt$/, '_count')
    .replace(/^group_addr$/, 'group_address');
}

/**
 * As `br_dev_setup` and `br_multicast_ctx_init` of the kernel leave them (5.10 to 6.12; times in hundredths of a
 * second, one of them rounded by the clock of the kernel).
 */
const OF_NEW_BRIDGES: Readonly<Record<string, readonly (number | string)[]>> = {
  ageing_time: [30_000],
  hello_time: [200],
  max_age: [2000],
  priority: [32_768],
  group_fwd_mask: ['0', '0x0', 0],
  group_addr: ['01:80:c2:00:00:00'],
  no_linklocal_learn: [0],
  fdb_max_learned: [0],
  vlan_filtering: [0],
  vlan_protocol: ['802.1Q'],
  vlan_default_pvid: [1],
  vlan_stats_enabled: [0],
  vlan_stats_per_port: [0],
  mcast_snooping: [1],
  mcast_vlan_snooping: [0],
  mcast_router: [1],
  mcast_query_use_ifaddr: [0],
  mcast_querier: [0],
  mcast_hash_max: [4096, 512],
  mcast_last_member_cnt: [2],
  mcast_startup_query_cnt: [2],
  mcast_last_member_intvl: [100],
  mcast_membership_intvl: [26_000],
  mcast_querier_intvl: [25_500],
  mcast_query_intvl: [12_500],
  mcast_query_response_intvl: [1000],
  mcast_startup_query_intvl: [3124, 3125],
  mcast_stats_enabled: [0],
  mcast_igmp_version: [2],
  mcast_mld_version: [1],
  nf_call_ip6tables: [0],
  nf_call_arptables: [0],
};
