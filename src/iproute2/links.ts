// iproute2/links.ts — the devices of a host with all that is on them, from one call.
import { DriverError } from '../core/resource.ts';
import type { HostReader } from '../core/resource.ts';
import type { Hint } from '../core/hint.ts';
import { linkLocalOf } from '../net/mac.ts';
import { decodeAlias } from './batch.ts';
import { optionsOf } from './bridge-options.ts';
import { flagOf, numberOf, partOf, readRecords, recordsOf, required, textOf, textsOf } from './fields.ts';
import type { Fields } from './fields.ts';
import { familyWord } from '../net/ip.ts';
import type { Family } from '../net/ip.ts';

/** Everybody says just these words, so that one pass over a host makes the call once. */
export const READ_LINKS: readonly string[] = ['ip', '-j', '-d', 'addr', 'show'];
/** The group of a device that nobody put in one. */
export const UNGROUPED = 'default';

export interface LinkRecord {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  /** It is up, and nothing is at the other end of its cable. */
  readonly noCarrier?: true;
  /** It neither asks nor replies by ARP. */
  readonly noArp?: true;
  /** Its link layer, where that is not Ethernet: `ipip`, `none` (tun, WireGuard), `loopback`. */
  readonly layer?: string;
  /** Other names that it has. */
  readonly altnames?: readonly string[];
  /** The largest that its driver takes. */
  readonly maxMtu?: number;
  /** Made promiscuous by somebody; that a bridge listens on its ports does not count. */
  readonly promiscuous: boolean;
  readonly mtu: number;
  readonly group: string;
  readonly mac?: string;
  /** The bridge it is a port of. */
  readonly master?: string;
  readonly alias?: string;
  /** `bridge`, `vlan`, `veth`, `tun`; absent: a physical interface. */
  readonly type?: string;
  /** Of a VRF: its table, as a number. */
  readonly vrf?: string;
  /** Of a `tun`. */
  readonly mode?: string;
  /** Of a bridge: delay in hundredths of a second; what else somebody has set, as `ip link set dev BRIDGE` takes it. */
  readonly bridge?: {
    readonly forwardDelay: number;
    readonly stp: number;
    readonly netfilter: boolean;
    readonly options?: readonly string[];
  };
  /** Of an 802.1Q device: its id, and what it depends on; '' when that is in another namespace. */
  readonly vlan?: { readonly id: number; readonly parent: string };
  /** Of a bridge's port. */
  readonly hairpin: boolean;
  /**
   * Of a bridge's port, where it lets through less than others do: words of `bridge link set`, `isolated`, `locked`
   * that are on, `learning`, `flood`, `bcast_flood` that are off, `state` of one that has a carrier and does not
   * forward.
   */
  readonly barred?: readonly string[];
  /** The other end of a veth that is in another namespace: its index there, and our number for that namespace. */
  readonly peer?: { readonly index: number; readonly namespace: number };
  /** IPv4's as the kernel lists them, then IPv6's as they came: added in this order, they stand as they did. */
  readonly addresses: readonly AddressRecord[];
}

export interface AddressRecord {
  readonly family: Family;
  readonly ip: string;
  readonly bits: number;
  readonly scope: string;
  readonly broadcast?: string;
  readonly label?: string;
  readonly metric?: number;
  /** Of a network that another address of the link was in before. */
  readonly secondary: boolean;
  /** IPv6's link-local one, which the kernel makes by itself. */
  readonly automatic: boolean;
  /** With a lifetime: a DHCP client's, or by router advertisement. */
  readonly dynamic: boolean;
  readonly noPrefixRoute: boolean;
  /** Made without asking whether another has it. */
  readonly noDad: boolean;
  /** Duplicate detection is not over, or has found another who has it: nothing is made for it. */
  readonly tentative?: true;
  /** Of a point-to-point one: the other end's address, to which `bits` belong. */
  readonly peer?: string;
  /** `preferred_lft 0`: it answers, and nothing new begins from it. */
  readonly deprecated: boolean;
  /** Of a dynamic one: seconds left. */
  readonly lifetime?: Lifetime;
  /** Whatever else `ip address add` was told: `home`, `mngtmpaddr`, `autojoin`. */
  readonly flags: readonly string[];
}

/** Seconds; `preferred` absent: as long as it is valid. */
export interface Lifetime {
  readonly valid: number;
  readonly preferred?: number;
}

/**
 * An address among those of its device, by both its ends where it is a point-to-point one: `203.0.113.11/24`,
 * `10.0.0.1/32 peer 10.0.0.2`.
 */
export function addressText({ cidr, peer }: { readonly cidr: string; readonly peer?: string | undefined }): string {
  return peer === undefined ? cidr : `${cidr} peer ${peer}`;
}

const FLAGS = ['home', 'mngtmpaddr', 'autojoin'] as const;
export const FOREVER = 4_294_967_295;

/**
 * The host's devices. One pass asks for them from several rooms, and what it has read is parsed once: with thousands of
 * ports that is most of its time.
 */
export async function readLinks(host: HostReader): Promise<readonly LinkRecord[]> {
  const known = lastRead.get(host);
  if (known !== undefined && known.text === undefined) return known.records;
  const text = await host.read(READ_LINKS);
  if (known?.text === text) return known.records;
  const records = parseLinks(text);
  lastRead.set(host, { text, records });
  return records;
}

/** Without a text: they were told, and are not to be asked for. */
const lastRead = new WeakMap<HostReader, { readonly text?: string; readonly records: readonly LinkRecord[] }>();

/** So many devices are asked for one by one; of more, all are asked for at once. */
const FEW = 8;

/** A reader to which devices are known, and of which it asks again only those that hints name. */
export async function readerWith(
  host: HostReader,
  known: readonly LinkRecord[],
  hints: readonly Hint[],
): Promise<HostReader> {
  const concern = hints.filter(({ subsystem }) => subsystem === 'links' || subsystem === 'everything');
  const names = new Set(concern.flatMap(({ name }) => name ?? []));
  if (concern.some(({ name }) => name === undefined) || names.size > FEW) return host;
  const reader: HostReader = {
    read: (argv, netns) => host.read(argv, netns),
    files: (path) => host.files(path),
    processes: (having, within) => host.processes(having, within),
  };
  const asked = await Promise.all([...names].map((name) => readLink(host, name)));
  // One that was given another name has its index still.
  const found = asked.flat();
  const others = known.filter(({ name, index }) => !names.has(name) && !found.some((record) => record.index === index));
  lastRead.set(reader, { records: names.size === 0 ? known : [...others, ...found].sort((a, b) => a.index - b.index) });
  return reader;
}

/** None when it is not there. */
async function readLink(host: HostReader, name: string): Promise<readonly LinkRecord[]> {
  try {
    return parseLinks(await host.read([...READ_LINKS, 'dev', name])).filter((record) => record.name === name);
  } catch (error) {
    if (error instanceof DriverError && error.exitCode === 1) return [];
    throw error;
  }
}

/** Reads what `READ_LINKS` prints. */
export function parseLinks(text: string): readonly LinkRecord[] {
  return readRecords(text)
    .filter((fields) => fields['ifname'] !== undefined)
    .map(linkOf);
}

function linkOf(fields: Fields): LinkRecord {
  const flags = textsOf(fields, 'flags');
  const info = partOf(fields, 'linkinfo');
  const detail = partOf(info, 'info_data');
  const type = textOf(info, 'info_kind');
  const mode = type === 'tun' ? textOf(detail, 'type') : undefined;
  const [mac, master, alias] = [textOf(fields, 'address'), textOf(fields, 'master'), textOf(fields, 'ifalias')];
  const [altnames, maxMtu] = [textsOf(fields, 'altnames'), numberOf(fields, 'max_mtu')];
  const table = numberOf(detail, 'table');
  const layer = textOf(fields, 'link_type');
  const [index, namespace] = [numberOf(fields, 'link_index'), numberOf(fields, 'link_netnsid')];
  return {
    index: required(numberOf(fields, 'ifindex'), 'ifindex'),
    name: required(textOf(fields, 'ifname'), 'ifname'),
    up: flags.includes('UP'),
    // `ip` prints NO-CARRIER for a link that is not IFF_RUNNING, and that follows the carrier (LOWER_UP) a moment
    // later.
    ...(flags.includes('NO-CARRIER') && !flags.includes('LOWER_UP') ? { noCarrier: true as const } : {}),
    ...(flags.includes('NOARP') ? { noArp: true as const } : {}),
    ...(layer === undefined || layer === 'ether' ? {} : { layer }),
    ...(altnames.length === 0 ? {} : { altnames }),
    ...(maxMtu === undefined || maxMtu === 0 ? {} : { maxMtu }),
    promiscuous: flags.includes('PROMISC'),
    mtu: required(numberOf(fields, 'mtu'), 'mtu'),
    group: textOf(fields, 'group') ?? UNGROUPED,
    ...(mac === undefined ? {} : { mac }),
    ...(master === undefined ? {} : { master }),
    ...(alias === undefined ? {} : { alias: decodeAlias(alias) }),
    ...(type === undefined ? {} : { type }),
    ...(type === 'vrf' && table !== undefined ? { vrf: String(table) } : {}),
    ...(mode === undefined ? {} : { mode }),
    ...(type === 'bridge' ? { bridge: bridgeOf(fields, detail) } : {}),
    ...(type === 'vlan' && textOf(detail, 'protocol') === '802.1Q'
      ? { vlan: { id: required(numberOf(detail, 'id'), 'id'), parent: textOf(fields, 'link') ?? '' } }
      : {}),
    ...portOf(info, flags.includes('LOWER_UP') && !flags.includes('NO-CARRIER')),
    ...(index === undefined || namespace === undefined ? {} : { peer: { index, namespace } }),
    addresses: inOrder(
      recordsOf(fields, 'addr_info')
        .filter((address) => address['local'] !== undefined)
        .map((address) => addressOf(address, mac)),
    ),
  };
}

function bridgeOf(link: Fields, detail: Fields): NonNullable<LinkRecord['bridge']> {
  const options = optionsOf(link);
  return {
    forwardDelay: numberOf(detail, 'forward_delay') ?? 0,
    stp: numberOf(detail, 'stp_state') ?? 0,
    netfilter: numberOf(detail, 'nf_call_iptables') === 1,
    ...(options.length === 0 ? {} : { options }),
  };
}

function portOf(info: Fields, isRunning: boolean): Pick<LinkRecord, 'hairpin' | 'barred'> {
  if (textOf(info, 'info_slave_kind') !== 'bridge') return { hairpin: false };
  const port = partOf(info, 'info_slave_data');
  // Without a carrier the kernel has disabled it, and enables it when it has set its operational state.
  const isForwarding = !isRunning || (textOf(port, 'state') ?? 'forwarding') === 'forwarding';
  const barred = [
    ...['isolated', 'locked'].filter((flag) => flagOf(port, flag)),
    ...['learning', 'flood', 'bcast_flood'].filter((flag) => port[flag] === false),
    ...(isForwarding ? [] : ['state']),
  ];
  return { hairpin: flagOf(port, 'hairpin'), ...(barred.length === 0 ? {} : { barred }) };
}

/** The kernel lists IPv6's last one first. */
function inOrder(addresses: readonly AddressRecord[]): readonly AddressRecord[] {
  return [
    ...addresses.filter(({ family }) => family === 4),
    ...addresses.filter(({ family }) => family === 6).reverse(),
  ];
}

function addressOf(fields: Fields, mac: string | undefined): AddressRecord {
  const [broadcast, label, metric, peer] = [
    textOf(fields, 'broadcast'),
    textOf(fields, 'label'),
    numberOf(fields, 'metric'),
    textOf(fields, 'address'),
  ];
  const ip = required(textOf(fields, 'local'), 'local');
  const family: Family = textOf(fields, 'family') === familyWord(6, 'socket') ? 6 : 4;
  const scope = textOf(fields, 'scope') ?? 'global';
  const [valid, preferred] = [numberOf(fields, 'valid_life_time'), numberOf(fields, 'preferred_life_time')];
  return {
    family,
    ip,
    bits: required(numberOf(fields, 'prefixlen'), 'prefixlen'),
    scope,
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(label === undefined ? {} : { label }),
    ...(metric === undefined ? {} : { metric }),
    secondary: flagOf(fields, 'secondary'),
    automatic:
      scope === 'link' &&
      family === 6 &&
      (flagOf(fields, 'stable-privacy') || (mac !== undefined && ip === linkLocalOf(mac))),
    dynamic: flagOf(fields, 'dynamic'),
    noPrefixRoute: flagOf(fields, 'noprefixroute'),
    noDad: flagOf(fields, 'nodad'),
    ...(flagOf(fields, 'tentative') || flagOf(fields, 'dadfailed') ? { tentative: true as const } : {}),
    ...(peer === undefined ? {} : { peer }),
    deprecated: flagOf(fields, 'deprecated'),
    ...(valid === undefined || valid === FOREVER
      ? {}
      : { lifetime: { valid, ...(preferred === undefined ? {} : { preferred }) } }),
    flags: FLAGS.filter((flag) => flagOf(fields, flag)),
  };
}
