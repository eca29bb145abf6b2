// parts/injection.ts — what a guest with a NIC on a flat network is configured from: files for whoever puts them into
// its image.
import type { Want } from '../core/resource.ts';
import type { File } from '../kinds/file/model.ts';
import { broadcastOf, maskOf } from '../net/ipv4.ts';
import { eui64 } from '../net/ipv6.ts';
import { parseMac } from '../net/mac.ts';
import type { FlatNetwork, Instance, Network } from '../specfile/model.ts';
import type { Context } from './context.ts';
import { fixedOf } from './fixed-ip.ts';
import type { Fixed } from './fixed-ip.ts';

/**
 * Of an instance: Debian's `interfaces`, and OpenStack's `network_data.json` as cloud-init reads it from a config
 * drive.
 */
export function* injection(context: Context): Iterable<Want<File>> {
  const networks = new Map(context.spec.networks.map((network) => [network.name, network]));
  for (const instance of context.spec.instances) {
    if (instance.host !== context.self.name) continue;
    const plugs = instance.nics.flatMap((nic) => {
      const network = networks.get(nic.network);
      return network === undefined ? [] : [{ ...fixedOf(instance, nic, context.allocations), network }];
    });
    const flat = plugs.filter(isFlat);
    if (flat.length === 0) continue;
    const because = flat.map(({ nic }) => nic.path);
    for (const [name, text] of [
      ['interfaces', interfacesOf(flat)],
      ['network_data.json', networkDataOf(plugs)],
    ] as const) {
      yield { resource: { kind: 'file', path: `${directoryOf(instance, context)}/${name}`, text }, because };
    }
  }
}

/** Of a /64, as `cidr6` is. */
const BITS6 = 64;
const MASK6 = 'ffff:ffff:ffff:ffff::';

const USUAL_MTU = 1500;

function directoryOf({ name }: Instance, { paths }: Context): string {
  return `${paths.state}/guests/${name}`;
}

interface Plug extends Fixed {
  readonly network: Network;
}
interface FlatPlug extends Plug {
  readonly network: FlatNetwork;
}

function isFlat(plug: Plug): plug is FlatPlug {
  return plug.network.mode === 'flat';
}

/** Only the first NIC of an instance carries its default route. */
function gatewayFor({ nic, network }: Plug): string | undefined {
  return nic.index === 0 ? network.gateway : undefined;
}

function ipv6Of({ mac, network: { cidr6 } }: FlatPlug): string | undefined {
  const octets = parseMac(mac);
  return cidr6 === undefined || octets === undefined ? undefined : eui64(cidr6, octets);
}

/** NICs that ask by DHCP are for the image to bring up: they are counted, and not written. */
function interfacesOf(plugs: readonly FlatPlug[]): string {
  return [
    '# Injected by netctl on instance boot',
    '#',
    '# This file describes the network interfaces available on your system',
    '# and how to activate them. For more information, see interfaces(5).',
    '',
    '# The loopback network interface',
    'auto lo',
    'iface lo inet loopback',
    ...plugs.flatMap((plug) => ['', ...stanzasOf(plug)]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function stanzasOf(plug: FlatPlug): readonly string[] {
  const {
    nic,
    ip,
    mac,
    network: { cidr, dns, mtu },
  } = plug;
  const name = nic.device.type === 'veth' ? nic.device.peer : `eth${nic.index}`;
  const gateway = gatewayFor(plug);
  const ipv6 = ipv6Of(plug);
  const hwaddress = `    hwaddress ether ${mac}`;
  return [
    `auto ${name}`,
    `iface ${name} inet static`,
    hwaddress,
    `    address ${ip}`,
    `    netmask ${maskOf(cidr)}`,
    `    broadcast ${broadcastOf(cidr)}`,
    ...(gateway === undefined ? [] : [`    gateway ${gateway}`]),
    ...(dns.length === 0 ? [] : [`    dns-nameservers ${dns.join(' ')}`]),
    // nova's template has no such line: its guests on a network of less sent what never arrived.
    ...(mtu === USUAL_MTU ? [] : [`    mtu ${mtu}`]),
    ...(ipv6 === undefined
      ? []
      : [`iface ${name} inet6 static`, hwaddress, `    address ${ipv6}`, `    netmask ${BITS6}`]),
  ];
}

/** The form is nova's: https://docs.openstack.org/nova/latest/user/metadata.html */
function networkDataOf(plugs: readonly Plug[]): string {
  const links = plugs.map(({ nic, mac, network }) => ({
    id: nic.device.name,
    vif_id: nic.holder,
    type: 'bridge',
    mtu: network.mtu,
    ethernet_mac_address: mac,
  }));
  const networks = plugs
    .flatMap((plug) => (isFlat(plug) ? staticOf(plug) : [{ type: 'ipv4_dhcp', ...whereOf(plug) }]))
    .map((network, i) => ({ id: `network${i}`, ...network }));
  // Those of a network with DHCP come with the lease.
  const resolvers = new Set(plugs.filter(isFlat).flatMap(({ network }) => network.dns));
  return `${JSON.stringify({ links, networks, services: [...resolvers].map((address) => ({ type: 'dns', address })) }, undefined, 2)}\n`;
}

function staticOf(plug: FlatPlug): readonly object[] {
  const {
    ip,
    network: { cidr },
  } = plug;
  const gateway = gatewayFor(plug);
  const ipv6 = ipv6Of(plug);
  const routes = gateway === undefined ? [] : [{ network: '0.0.0.0', netmask: '0.0.0.0', gateway }];
  return [
    { type: 'ipv4', ...whereOf(plug), ip_address: ip, netmask: maskOf(cidr), routes },
    ...(ipv6 === undefined ? [] : [{ type: 'ipv6', ...whereOf(plug), ip_address: ipv6, netmask: MASK6, routes: [] }]),
  ];
}

function whereOf({ nic }: Plug): { readonly link: string; readonly network_id: string } {
  return { link: nic.device.name, network_id: nic.network };
}

/** What the file of a guest tells of its NICs on flat networks. One that somebody has damaged tells nothing. */
export function injectedIn(
  networkData: string,
): readonly { readonly holder: string; readonly network: string; readonly ip: string; readonly mac: string }[] {
  const data = parsed(networkData);
  const links = new Map(recordsOf(data['links']).map((link) => [link['id'], link]));
  return recordsOf(data['networks']).flatMap(({ type, link: id, network_id: network, ip_address: ip }) => {
    const { vif_id: holder, ethernet_mac_address: mac } = links.get(id) ?? {};
    return type === 'ipv4' &&
      typeof holder === 'string' &&
      typeof network === 'string' &&
      typeof ip === 'string' &&
      typeof mac === 'string'
      ? [{ holder, network, ip, mac }]
      : [];
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
