// rehearsal/devices.ts — the devices and addresses of a host as lines of `ip` that make them again; what has hardware
// is played by a stand-in.
import { quote } from '../iproute2/batch.ts';
import { flagOf, numberOf, partOf, recordsOf, textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { addressesOf } from './addresses.ts';
import { isSayable } from './device.ts';
import type { Device, Inside } from './device.ts';

export interface DeviceLines {
  /** Lines that make all devices of the host, each veth with its far end. */
  readonly host: readonly string[];
  readonly inside: readonly (readonly [netns: string, lines: readonly string[]])[];
  readonly elsewhere: readonly string[];
  readonly addresses: readonly string[];
  /** Devices that a veth stands in for: hardware, and kinds that `ip` cannot make. */
  readonly standIns: readonly string[];
  /** What no line of `ip` can make, as messages say it. */
  readonly lost: readonly string[];
}

export function deviceLines(all: readonly Device[], insides: readonly Inside[], elsewhere: string): DeviceLines {
  const [devices, lost] = [
    all.filter(isSayable),
    all.filter((device) => !isSayable(device)).map(({ name }) => `device ${name}: its name is beyond ip -batch`),
  ];
  const far = new FarEnds(elsewhere);
  const bridges = new Set(devices.filter(({ kind }) => kind === 'bridge').map(({ name }) => name));
  const bare = all.some(hasIpv6) ? new Set(devices.filter(isBare)) : new Set<Device>();
  const withMode = (device: Device): readonly string[] => [
    ...(bare.has(device) ? [`link set dev ${device.name} addrgenmode none`] : []),
    ...set(device, bridges),
  ];
  const within = new Set(
    insides.flatMap(({ number, devices: own }) =>
      own
        .filter(({ fields }) => number !== undefined && devices.some((near) => isEnd(near, number, fields['ifindex'])))
        .map(({ fields }) => fields),
    ),
  );
  const [standing, stacked] = [
    devices.filter(({ kind }) => !isStacked(kind)),
    devices.filter(({ kind }) => isStacked(kind)),
  ];
  return {
    host: [
      ...standing.flatMap((device) => made(device, devices, insides, far)),
      ...standing.flatMap(withMode),
      // After their parents are up: a VLAN that is made while its parent is down would come up with it.
      ...stacked.flatMap((device) => [...made(device, devices, insides, far), ...withMode(device)]),
    ],
    inside: insides.map(({ netns, devices: all, own }) => {
      const there = all.filter(isSayable);
      const bridgesIn = own
        ? new Set(there.filter(({ kind }) => kind === 'bridge').map(({ name }) => name))
        : new Set<string>();
      const madeIn = (device: Device): readonly string[] =>
        own ? made(device, there, [], far) : device.name === 'lo' ? [] : [far.standIn(device)];
      return [
        netns,
        there.flatMap((device) => [...(within.has(device.fields) ? [] : madeIn(device)), ...set(device, bridgesIn)]),
      ] as const;
    }),
    elsewhere: far.lines(),
    addresses: devices.flatMap(addressesOf),
    standIns: devices.filter((device) => device.name !== 'lo' && isStandIn(device)).map(({ name }) => name),
    lost,
  };
}

/** Whether the kernel was told to give it no link-local address: it is up, in a bridge, and has none. */
function isBare({ flags, fields }: Device): boolean {
  return (
    flags.includes('UP') &&
    textOf(fields, 'master') !== undefined &&
    !recordsOf(fields, 'addr_info').some(
      (address) => textOf(address, 'family') === 'inet6' && textOf(address, 'scope') === 'link',
    )
  );
}

function hasIpv6({ fields }: Device): boolean {
  return recordsOf(fields, 'addr_info').some((address) => textOf(address, 'family') === 'inet6');
}

/** Numbers the far ends of veths that stand in for devices, and says which have to be up for their device's carrier. */
class FarEnds {
  private readonly up: string[] = [];
  private count = 0;
  private readonly netns: string;
  constructor(netns: string) {
    this.netns = netns;
  }

  /**
   * The line that makes a stand-in: a veth to a namespace elsewhere. What is no Ethernet takes no VLAN and goes into no
   * bridge, so its stand-in is a tun, which does neither.
   */
  standIn({ name, flags, fields }: Device): string {
    if (textOf(fields, 'link_type') !== 'ether') return `tuntap add dev ${name} mode tun`;
    const end = `e${++this.count}`;
    if (flags.includes('LOWER_UP')) this.up.push(end);
    return `link add name ${name} type veth peer name ${end} netns ${this.netns}`;
  }

  lines(): readonly string[] {
    return this.up.map((end) => `link set dev ${end} up`);
  }
}

const STACKED: readonly (string | undefined)[] = ['vlan', 'macvlan', 'macvtap', 'ipvlan', 'vxlan'];

function isStacked(kind: string | undefined): boolean {
  return STACKED.includes(kind);
}

function isStandIn({ kind }: Device): boolean {
  return !['bridge', 'veth', 'tun', 'dummy', 'ifb', ...STACKED].includes(kind ?? '');
}

function made(device: Device, devices: readonly Device[], insides: readonly Inside[], far: FarEnds): readonly string[] {
  const { name, fields, kind, index } = device;
  const detail = partOf(partOf(fields, 'linkinfo'), 'info_data');
  const parent = textOf(fields, 'link');
  if (name === 'lo') return [];
  switch (kind ?? '') {
    case 'bridge':
      return madeBridge(name, detail);
    case 'tun':
      return [`tuntap add dev ${name} mode ${textOf(detail, 'type') === 'tun' ? 'tun' : 'tap'}`];
    case 'vlan':
    case 'macvlan':
    case 'macvtap':
    case 'ipvlan':
      return [
        ...(parent === undefined ? [] : [`link add link ${parent} name ${name} type ${stackedWords(kind, detail)}`]),
        far.standIn(device),
      ];
    case 'vxlan':
      return [madeVxlan(name, detail), far.standIn(device)];
    case 'dummy':
    case 'ifb':
      return [`link add name ${name} type ${kind}`, far.standIn(device)];
    case 'veth': {
      const twin = devices.find((other) => other.name === parent && other.kind === 'veth');
      if (twin !== undefined)
        return twin.index < index ? [] : [`link add name ${name} type veth peer name ${twin.name}`];
      for (const { netns, number, devices: own } of insides) {
        const end = own.find(({ index: theirs }) => number !== undefined && isEnd(device, number, theirs));
        if (end !== undefined) return [`link add name ${name} type veth peer name ${end.name} netns ${netns}`];
      }
      return [far.standIn(device)];
    }
    default:
      return [far.standIn(device)];
  }
}

/** A macvtap would have a device file that all can see; without it, it is a macvlan. */
function stackedWords(kind: string | undefined, detail: Fields): string {
  if (kind === 'ipvlan') return `ipvlan mode ${textOf(detail, 'mode') ?? 'l2'}`;
  if (kind !== 'vlan') return `macvlan mode ${textOf(detail, 'mode') ?? 'bridge'}`;
  const binding = textsOf(detail, 'flags').includes('LOOSE_BINDING') ? ' loose_binding on' : '';
  return `vlan protocol ${textOf(detail, 'protocol') ?? '802.1Q'} id ${numberOf(detail, 'id') ?? 1}${binding}`;
}

/** Settings that a kernel may lack are named only where they are on. Why `mtu 68`: see kinds/link. */
function madeBridge(name: string, detail: Fields): readonly string[] {
  const on = ['nf_call_iptables', 'vlan_filtering'].flatMap((setting) =>
    numberOf(detail, setting) === 1 ? [`${setting} 1`] : [],
  );
  return [
    [
      'link add name',
      name,
      'mtu 68 type bridge',
      `forward_delay ${numberOf(detail, 'forward_delay') ?? 1500}`,
      ...on,
    ].join(' '),
    ...(numberOf(detail, 'stp_state') === 1 ? [`link set dev ${name} type bridge stp_state 1`] : []),
  ];
}

function madeVxlan(name: string, detail: Fields): string {
  const [id, port] = [numberOf(detail, 'id') ?? 0, numberOf(detail, 'port')];
  const words = ['group', 'remote', 'local'].flatMap((word) =>
    textOf(detail, word) === undefined ? [] : [`${word} ${textOf(detail, word) ?? ''}`],
  );
  const link = textOf(detail, 'link');
  return [
    `link add name ${name} type vxlan id ${id}`,
    ...words,
    ...(link === undefined ? [] : [`dev ${link}`]),
    ...(port === undefined ? [] : [`dstport ${port}`]),
  ].join(' ');
}

/** Whether the far end of the host's device is the one with this index in this namespace. */
function isEnd({ fields }: Device, namespace: number, index: unknown): boolean {
  return numberOf(fields, 'link_netnsid') === namespace && numberOf(fields, 'link_index') === index;
}

const NO_MAC = '00:00:00:00:00:00';

/** Lines that give a device its MTU, MAC, group, alias, flags, bridge and further names. */
function set(device: Device, bridges: ReadonlySet<string>): readonly string[] {
  const { name, fields, flags, kind } = device;
  if (name === 'lo') return flags.includes('UP') ? ['link set dev lo up'] : [];
  const [mac, alias, master, mtu] = [
    textOf(fields, 'address'),
    textOf(fields, 'ifalias'),
    textOf(fields, 'master'),
    numberOf(fields, 'mtu'),
  ];
  const slave = partOf(partOf(fields, 'linkinfo'), 'info_slave_data');
  const port = master !== undefined && bridges.has(master);
  const words = [
    // An ipvlan has its parent's MAC, and the fallback device of a tunnel has none.
    ...(textOf(fields, 'link_type') === 'ether' && mac !== undefined && mac !== NO_MAC && kind !== 'ipvlan'
      ? [`address ${mac}`]
      : []),
    `group ${textOf(fields, 'group') ?? 'default'}`,
    ...(alias === undefined || /[#\n"]/.test(alias) ? [] : [`alias ${quote(alias)}`]),
    ...(flags.includes('PROMISC') ? ['promisc on'] : []),
    ...(flags.includes('NOARP') ? ['arp off'] : []),
    ...(port ? [`master ${master}`] : []),
    ...(flags.includes('UP') ? ['up'] : []),
  ];
  return [
    ...(mtu === undefined ? [] : [`link set dev ${name} mtu ${mtu}`]),
    `link set dev ${name} ${words.join(' ')}`,
    ...(port && flagOf(slave, 'hairpin') ? [`link set dev ${name} type bridge_slave hairpin on`] : []),
    ...textsOf(fields, 'altnames')
      .filter((other) => /^[^\s#"']+$/.test(other))
      .map((other) => `link property add dev ${name} altname ${other}`),
  ];
}
