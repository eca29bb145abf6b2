// uplinks/sorts.ts — what becomes of each sort of thing that the kernel ties to an interface when that is borrowed: the
// README's table, and what tests hold the code to.

export type Fate = 'carried' | 'refused' | 'said' | 'stays';

export interface Sort {
  readonly what: string;
  readonly fate: Fate;
  /** Of the findings that say so. */
  readonly code?: string;
  readonly more: string;
}

/**
 * `carried`: to the bridge, and restored exactly. `said`: a warning that needs confirmation. `stays`: on the
 * interface, and works there as before.
 */
export const SORTS: readonly Sort[] = [
  {
    what: 'addresses: peer, broadcast, scope, label, metric, `noprefixroute`, `nodad` and the other flags',
    fate: 'carried',
    more: '',
  },
  {
    what: 'routes of all tables, both families, with one next hop: metrics and locks, TOS, source, realms, `via inet6`, `onlink`, preference',
    fate: 'carried',
    more: '',
  },
  { what: 'permanent neighbours, proxies', fate: 'carried', more: '' },
  {
    what: 'MTU, settings of its own under `net.ipv4` and `net.ipv6`, those of its neighbour tables too',
    fate: 'carried',
    more: 'as far as they make traffic flow; the interface keeps its own',
  },
  { what: 'VLAN devices on it', fate: 'stays', more: 'they get their packets before the bridge does' },
  {
    what: 'what the kernel puts in no bridge: no Ethernet (tun, WireGuard, GRE, PPP), loopback, a bridge, a VRF, ipvlan, macvtap, wireless, no MAC of a sender; a macvlan that is not `passthru`',
    fate: 'refused',
    code: 'uplink-not-bridged',
    more: 'name another interface',
  },
  {
    what: 'a slave of a bond or team, a port of a bridge of others or of Open vSwitch, in a VRF',
    fate: 'refused',
    code: 'uplink-in-use',
    more: 'name the bond; or take it out',
  },
  {
    what: 'macvlan, macvtap, ipvlan, MACsec on it, in other network namespaces (containers) as well; a kind of device that netctl does not know',
    fate: 'refused',
    code: 'uplink-shared',
    more: 'the kernel lets one have what comes in',
  },
  {
    what: 'an attribute of an address, a route or a neighbour that netctl does not know',
    fate: 'refused',
    code: 'uplink-unknown',
    more: 'of the interface itself, its kind, its multicast groups or a policy rule: said',
  },
  {
    what: "routes with several next hops, with next-hop objects, encapsulated, for single sources; whose gateway is in no network of it, shut off by a policy rule, or an IPv6 neighbour where it has no IPv6; several to the same with one metric; the kernel's for its addresses, changed or removed",
    fate: 'refused',
    code: 'uplink-route',
    more: '',
  },
  {
    what: 'one IPv4 address with two prefix lengths',
    fate: 'refused',
    code: 'uplink-address',
    more: 'the longer network can be a route',
  },
  {
    what: 'IPv6 addresses that another host has (`dadfailed`), or of which that is being asked (`tentative`)',
    fate: 'refused',
    code: 'uplink-duplicate',
    more: 'they would be in use at once',
  },
  { what: 'next-hop objects by it, and groups with them', fate: 'refused', code: 'uplink-nexthop', more: '' },
  {
    what: 'neighbours of other states (`noarp`); those that programs keep (`extern_learn`, `managed`)',
    fate: 'refused',
    code: 'uplink-neighbour',
    more: '',
  },
  {
    what: 'rules of others that name it: iptables, ip6tables and nft, by `-i`, `-o`, `iifname`, patterns and sets; by its group; of bridges and devices',
    fate: 'said',
    code: 'uplink-rules',
    more: 'they match nothing any more, each with the command that has the bridge meant, too; those of bridges and devices match what instances send by it',
  },
  {
    what: 'rules of others that mean its bridge, and not it: by a pattern (`-i br-+`, `iifname "br-*"`), or by name, written while that had no uplink',
    fate: 'said',
    code: 'uplink-bridge-rules',
    more: 'from then on they judge what comes and goes by it',
  },
  {
    what: 'rules of others that match by the port of a bridge or by what is a bridge (`-m physdev --physdev-in eth1`, `iifkind "bridge"`)',
    fate: 'said',
    code: 'uplink-port-rules',
    more: 'it becomes a port, and the bridge takes its place',
  },
  {
    what: 'policy rules with its name as `iif` or `oif`',
    fate: 'said',
    code: 'uplink-policy-rule',
    more: 'they stay, and match nothing any more',
  },
  { what: 'tunnels bound to it (`dev eth1`)', fate: 'said', code: 'uplink-tunnel', more: 'to be bound to the bridge' },
  {
    what: 'routes by other interfaces with an address of it as source',
    fate: 'stays',
    more: 'the bridge has the address before the interface loses it, and the other way round: no such route falls, unless uplinks change places in one apply, which is said (`uplink-source`)',
  },
  {
    what: 'routes that end by themselves; those of router advertisements come anew, unless the kernel heeds none on the interface (`accept_ra`)',
    fate: 'said',
    code: 'uplink-expires',
    more: '',
  },
  {
    what: 'IPv4 addresses for a limited time',
    fate: 'said',
    code: 'uplink-lease',
    more: 'nobody renews them on the bridge',
  },
  {
    what: 'NetworkManager, systemd-networkd, a DHCP client that looks after it',
    fate: 'said',
    code: 'uplink-managed',
    more: 'with the way to keep them off',
  },
  {
    what: 'queues, filters and XDP programs that somebody has put there',
    fate: 'said',
    code: 'uplink-queue',
    more: 'they stay, and see what instances send, too',
  },
  { what: 'multicast MACs that somebody has it listen to', fate: 'said', code: 'uplink-join', more: '' },
  {
    what: 'IPv6 token',
    fate: 'said',
    code: 'uplink-token',
    more: 'it stays, as the next three do, each with the command for the bridge',
  },
  { what: 'address labels with its name (`ip addrlabel`)', fate: 'said', code: 'uplink-label', more: '' },
  { what: 'MPTCP endpoints with its name', fate: 'said', code: 'uplink-endpoint', more: '' },
  {
    what: 'an MTU for IPv6 alone',
    fate: 'said',
    code: 'uplink-ipv6-mtu',
    more: "the kernel sets a bridge's to the device's when a carrier comes",
  },
  {
    what: 'that the kernel sends by it, and not by another device in the same network',
    fate: 'carried',
    more: "its routes come before the other's",
  },
  {
    what: 'the same of IPv6, and of one that comes between two others',
    fate: 'said',
    code: 'uplink-order',
    more: 'nothing can be put there: the kernel may send by the other device',
  },
  {
    what: "from which address the host speaks to its own network, where that or a part of it is the spec's and netctl has another address there",
    fate: 'said',
    more: "from that one (`uplink-source-address`): the kernel has dnsmasq answer from the first, and instances take a renewal from their server alone. With `dhcp: { server: … }` the host's own, and the host's prefix, nothing changes; its metric and `noprefixroute` come along, and its broadcast address is the network's",
  },
  {
    what: "the prefix of the host's own address, where that is `dhcp.server` and the network's is another",
    fate: 'said',
    more: "on the bridge it is the network's (`uplink-prefix`): the host has no route of its own to the rest of its LAN, or looks there for what was behind its router",
  },
  { what: "a smaller MTU than the network's", fate: 'said', code: 'uplink-mtu', more: 'it is raised' },
  { what: 'that it is down', fate: 'said', code: 'uplink-down', more: 'it is set up' },
  { what: 'that it does no ARP', fate: 'said', code: 'uplink-arp', more: 'the bridge does' },
  {
    what: 'sockets, multicast groups and IPsec policies that are bound to it',
    fate: 'said',
    code: 'uplink-bound',
    more: 'to be bound to the bridge',
  },
  {
    what: 'routes of a routing daemon (`proto bgp`, `bird`, `zebra`, …)',
    fate: 'said',
    code: 'uplink-daemon',
    more: 'they are carried; the daemon does not find them there',
  },
  { what: 'what could not be read', fate: 'said', code: 'uplink-unread', more: '' },
];

/** What others have put on a bridge of netctl's, when that goes or loses its uplink. `carried`: to the interface. */
export const LEFT_SORTS: readonly Sort[] = [
  {
    what: 'addresses; routes of all tables with one next hop that the interface reaches',
    fate: 'carried',
    more: 'to the other bridge where the uplink goes into one; a rollback says them, and they are deleted with the bridge; without an uplink: said (`bridge-address`, `route-lost`)',
  },
  {
    what: 'a route that somebody has put in the place of one that came along (`ip route replace`)',
    fate: 'carried',
    more: 'an apply leaves it as it is',
  },
  {
    what: 'all other routes, those that end by themselves; those by other devices with an address of the bridge as source that does not go along',
    fate: 'said',
    code: 'route-lost',
    more: '',
  },
  {
    what: 'addresses of a bridge without an uplink, or for a limited time; what somebody has changed of an address that came along',
    fate: 'said',
    code: 'bridge-address',
    more: 'those of router advertisements come anew',
  },
  { what: 'next-hop objects', fate: 'said', code: 'bridge-nexthop', more: '' },
  { what: 'permanent neighbours, proxies', fate: 'said', code: 'bridge-neighbour', more: '' },
  {
    what: 'settings under `net.ipv4` and `net.ipv6`, of neighbour tables too, its MTU, the options of the bridge (`ageing_time`) and its `txqueuelen`',
    fate: 'said',
    code: 'bridge-setting',
    more: '',
  },
  {
    what: 'policy rules with its name as `iif` or `oif`',
    fate: 'said',
    code: 'bridge-policy-rule',
    more: 'unless the interface has the same',
  },
  {
    what: 'rules of iptables, ip6tables and nft that name it',
    fate: 'said',
    code: 'bridge-rules',
    more: 'unless the interface has the same',
  },
  {
    what: 'VLANs, macvlans, tunnels on it, in other network namespaces as well',
    fate: 'said',
    code: 'bridge-device',
    more: 'the kernel removes them with it',
  },
  {
    what: 'devices of others in it',
    fate: 'said',
    code: 'bridge-port',
    more: 'by `destroy`; else with those of instances (`network-in-use`)',
  },
  { what: 'queues, filters, XDP programs', fate: 'said', code: 'bridge-queue', more: '' },
  { what: 'static entries of its forwarding table', fate: 'said', code: 'bridge-fdb', more: '' },
  { what: 'multicast MACs that somebody has it listen to', fate: 'said', code: 'bridge-join', more: '' },
  {
    what: 'its IPv6 token, address labels and MPTCP endpoints with its name',
    fate: 'said',
    code: 'bridge-named',
    more: 'unless the interface has the same',
  },
  {
    what: 'sockets, multicast groups and IPsec policies that are bound to it',
    fate: 'said',
    code: 'bridge-bound',
    more: 'to be bound to the interface',
  },
  {
    what: 'what `ip` prints of addresses and routes put there that netctl does not know',
    fate: 'said',
    code: 'bridge-unknown',
    more: '',
  },
  { what: 'what could not be read', fate: 'said', code: 'bridge-unread', more: '' },
];

const WORDS: Readonly<Record<Fate, string>> = {
  carried: 'carried',
  refused: 'refused',
  said: 'said, and asks',
  stays: 'stays',
};

/** As the README has it. */
export function renderSorts(sorts: readonly Sort[] = SORTS, on = 'the interface'): string {
  const rows = sorts.map(
    ({ what, fate, code, more }) =>
      `| ${what} | ${WORDS[fate]}${code === undefined ? '' : ` (\`${code}\`)`} | ${more} |`,
  );
  return [`| hangs on ${on} | is | |`, '|---|---|---|', ...rows].join('\n');
}
