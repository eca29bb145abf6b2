// test/kernel/nova/rules.ts — the rules that nova-network sets on a host, written out from what its operator
// configures: what netctl's host is compared with.

/** The settings have nova's names; `''` is "not set". */
export interface Nova {
  readonly publicInterface: string;
  readonly routingSourceIp: string;
  readonly metadataHost: string;
  readonly dmzCidr: readonly string[];
  readonly forceSnatRange: readonly string[];
  readonly networks: readonly NovaNetwork[];
  readonly floating: readonly NovaFloating[];
}

export interface NovaNetwork {
  readonly bridge: string;
  readonly cidr: string;
  /** The host's own address on the bridge. */
  readonly dhcpServer: string;
  /** `''`: none. */
  readonly gateway: string;
  /** `forward_bridge_interface`. */
  readonly forward: readonly string[];
  /** `bridge_interface`. */
  readonly uplink?: string;
}

export interface NovaFloating {
  readonly address: string;
  readonly fixed: string;
  readonly interface: string;
}

const METADATA_PORT = 8775;

export function rulesOf(nova: Nova): string {
  const p = 'nova-network';
  return `*mangle
:${p}-POSTROUTING - [0:0]
-A POSTROUTING -j ${p}-POSTROUTING
${lines(nova.networks, ({ bridge }) => [`-A ${p}-POSTROUTING -o ${bridge} -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill`])}COMMIT
*filter
:nova-filter-top - [0:0]
:nova-api-INPUT - [0:0]
:${p}-local - [0:0]
:${p}-INPUT - [0:0]
:${p}-OUTPUT - [0:0]
:${p}-FORWARD - [0:0]
-I INPUT -j ${p}-INPUT
-I INPUT -j nova-api-INPUT
-I FORWARD -j ${p}-FORWARD
-I FORWARD -j nova-filter-top
-I OUTPUT -j ${p}-OUTPUT
-I OUTPUT -j nova-filter-top
-A nova-filter-top -j ${p}-local
-A nova-api-INPUT ${nova.metadataHost === '127.0.0.1' ? '-m addrtype --dst-type LOCAL' : `-d ${nova.metadataHost}/32`} -p tcp -m tcp --dport ${METADATA_PORT} -j ACCEPT
${lines(nova.networks, ({ bridge }) => ['udp --dport 67', 'tcp --dport 67', 'udp --dport 53', 'tcp --dport 53'].map((words) => `-A ${p}-INPUT -i ${bridge} -p ${words} -j ACCEPT`))}${lines(nova.networks, (network) => forwarding(network).map((rule) => `-A ${p}-FORWARD ${rule}`))}COMMIT
*nat
:${p}-PREROUTING - [0:0]
:${p}-OUTPUT - [0:0]
:${p}-POSTROUTING - [0:0]
:nova-postrouting-bottom - [0:0]
:${p}-snat - [0:0]
:${p}-float-snat - [0:0]
-A PREROUTING -j ${p}-PREROUTING
-A OUTPUT -j ${p}-OUTPUT
-A POSTROUTING -j ${p}-POSTROUTING
-A POSTROUTING -j nova-postrouting-bottom
-A nova-postrouting-bottom -j ${p}-snat
-A ${p}-snat -j ${p}-float-snat
-A ${p}-PREROUTING -d 169.254.169.254/32 -p tcp -m tcp --dport 80 ${nova.metadataHost === '127.0.0.1' ? `-j REDIRECT --to-ports ${METADATA_PORT}` : `-j DNAT --to-destination ${nova.metadataHost}:${METADATA_PORT}`}
${lines(nova.networks, (network) => [...sourceNat(network, nova).map((rule) => `-A ${p}-snat ${rule}`), ...exemptions(network, nova).map((rule) => `-A ${p}-POSTROUTING ${rule}`)])}${lines(
    nova.floating,
    ({ address, fixed, interface: link }) => [
      `-A ${p}-float-snat -s ${fixed} -d ${fixed} -j SNAT --to-source ${address}`,
      `-A ${p}-float-snat -s ${fixed} -o ${link} -j SNAT --to-source ${address}`,
      `-A ${p}-PREROUTING -d ${address} -j DNAT --to-destination ${fixed}`,
      `-A ${p}-OUTPUT -d ${address} -j DNAT --to-destination ${fixed}`,
      `-A ${p}-POSTROUTING -s ${fixed} -m conntrack --ctstate DNAT -j SNAT --to-source ${address}`,
    ],
  )}COMMIT
`;
}

/**
 * What makes the bridge route instead of bridge. nova also says `--logical-in`, which not every kernel has; with one
 * bridge it is the same.
 */
export function bridgeRulesOf(nova: Nova): readonly (readonly string[])[] {
  const outside = nova.networks.filter(isOutside);
  const routed = ['-j', 'redirect', '--redirect-target', 'ACCEPT'];
  return outside
    .flatMap(({ cidr, bridge }) => [
      ...nova.forceSnatRange.map((range) => ['-p', 'IPv4', '--ip-src', cidr, '--ip-dst', range, ...routed]),
      ...nova.floating
        .filter((floating) => floating.interface !== bridge)
        .map(({ fixed }) => ['-p', 'IPv4', '--ip-src', fixed, '!', '--ip-dst', cidr, ...routed]),
    ])
    .map((rule) => ['ebtables', '-t', 'nat', '-A', 'PREROUTING', ...rule]);
}

function forwarding({ bridge, gateway, forward }: NovaNetwork): readonly string[] {
  if (gateway === '') return [`-i ${bridge} -j DROP`, `-o ${bridge} -j DROP`];
  if (forward.includes('all')) return [`-i ${bridge} -j ACCEPT`, `-o ${bridge} -j ACCEPT`];
  return [
    ...forward.flatMap((link) => [`-i ${bridge} -o ${link} -j ACCEPT`, `-i ${link} -o ${bridge} -j ACCEPT`]),
    `-i ${bridge} -o ${bridge} -j ACCEPT`,
    `-i ${bridge} -j DROP`,
    `-o ${bridge} -j DROP`,
  ];
}

function sourceNat(
  network: NovaNetwork,
  { routingSourceIp, publicInterface, forceSnatRange }: Nova,
): readonly string[] {
  if (routingSourceIp === '') return [];
  if (isOutside(network))
    return forceSnatRange.map((range) => `-s ${network.cidr} -d ${range} -j SNAT --to-source ${routingSourceIp}`);
  return [
    `-s ${network.cidr} ${publicInterface === '' ? '' : `-o ${publicInterface} `}-j SNAT --to-source ${routingSourceIp}`,
  ];
}

function exemptions({ cidr }: NovaNetwork, { metadataHost, dmzCidr }: Nova): readonly string[] {
  return [
    `-s ${cidr} -d ${metadataHost}/32 -j ACCEPT`,
    ...dmzCidr.map((dmz) => `-s ${cidr} -d ${dmz} -j ACCEPT`),
    `-s ${cidr} -d ${cidr} -m conntrack ! --ctstate DNAT -j ACCEPT`,
  ];
}

/** An "external gateway": guests are sent to another router than the host. */
function isOutside({ dhcpServer, gateway }: NovaNetwork): boolean {
  return gateway !== '' && dhcpServer !== gateway;
}

function lines<T>(of: readonly T[], rules: (one: T) => readonly string[]): string {
  return of
    .flatMap(rules)
    .map((rule) => `${rule}\n`)
    .join('');
}
