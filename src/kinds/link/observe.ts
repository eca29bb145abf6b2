// kinds/link/observe.ts — which devices are ours, and those the spec names.
import type { HostReader, Memory } from '../../core/resource.ts';
import { parseLinks, READ_LINKS, readLinks, UNGROUPED } from '../../iproute2/links.ts';
import type { LinkRecord } from '../../iproute2/links.ts';
import { parseNamespaces, READ_NAMESPACES } from '../../iproute2/namespaces.ts';
import { GOING, GROUP } from '../../core/marks.ts';
import type { Cidr } from '../../net/ip.ts';
import { eui64 } from '../../net/ipv6.ts';
import type { Mac } from '../../net/mac.ts';
import { modesOf, READ_MODES } from '../../iproute2/modes.ts';
import type { AddrGenMode } from '../../iproute2/modes.ts';
import type { Deviation, Link, Port, Tap, Veth, Vlan } from './model.ts';

/** Before the name of a tap in what is remembered. */
export const TAP = 'tap ';
/** So many namespaces are read at a time. */
const AT_ONCE = 8;

type Peers = ReadonlyMap<string, Peer>;
/** The far end of a veth, and the namespace it is in. */
interface Peer {
  readonly netns: string;
  readonly record: LinkRecord;
}

/**
 * Ours by their group (a tap also by its remembered name), borrowed ones by theirs; another's device with a name we
 * want is foreign.
 */
export async function observe(host: HostReader, wanted: readonly Link[], memory: Memory): Promise<readonly Link[]> {
  const records = await readLinks(host);
  const peers = await peersOf(
    records.filter((record) => isOurs(record, memory)),
    host,
  );
  return linksOf(records, wanted, memory, peers, await readModes(records, wanted, host));
}

/**
 * How others' devices get their addresses. That is another call, and made only where one may have to be borrowed or has
 * got an address: one that is in a bridge and has none was told so.
 */
async function readModes(
  records: readonly LinkRecord[],
  wanted: readonly Link[],
  host: HostReader,
): Promise<ReadonlyMap<string, AddrGenMode>> {
  const asked = new Set(wanted.flatMap((l) => (l.type === 'port' && l.addrGenMode !== undefined ? [l.name] : [])));
  const isOpen = (record: LinkRecord): boolean =>
    asked.has(record.name) && (record.master === undefined || generatedOn(record).length > 0);
  return records.some(isOpen)
    ? modesOf(await host.read(READ_MODES))
    : new Map([...asked].map((name) => [name, 'none']));
}

/** Link-local addresses: IPv4's are somebody's own. */
function generatedOn({ addresses }: LinkRecord): readonly string[] {
  return addresses
    .filter(({ family, scope }) => family === 6 && scope === 'link')
    .map(({ ip, bits }) => `${ip}/${bits}`);
}

/** Of these alone are the far ends looked for: that is a call for each namespace. */
export async function again(
  host: HostReader,
  wanted: readonly Link[],
  memory: Memory,
  names: readonly string[],
  before: readonly Link[],
): Promise<readonly Link[]> {
  const records = (await readLinks(host)).filter(({ name }) => names.includes(name));
  const peers = await peersOf(
    records.filter((record) => isOurs(record, memory)),
    host,
  );
  const modes = await readModes(records, wanted, host);
  return [...before.filter(({ name }) => !names.includes(name)), ...linksOf(records, wanted, memory, peers, modes)];
}

/** Pure half of `observe`. */
export function linksOf(
  records: readonly LinkRecord[],
  wanted: readonly Link[],
  memory: Memory,
  peers: Peers,
  modes: ReadonlyMap<string, AddrGenMode> = new Map(),
): readonly Link[] {
  const byName = new Map(wanted.map((l) => [l.name, l]));
  const hasIpv6 = records.some(({ addresses }) => addresses.some(({ family }) => family === 6));
  const ids = new Set(wanted.flatMap((l) => (l.type === 'vlan' ? [`${l.id} on ${l.parent}`] : [])));
  return records.flatMap((record): Link[] => {
    if (isOurs(record, memory)) return [hasIpv6 ? barely(ownOf(record, peers), record) : ownOf(record, peers)];
    const want = byName.get(record.name);
    // An id can be had once on a parent, whatever the device is called.
    if (want === undefined)
      return record.vlan !== undefined && ids.has(`${record.vlan.id} on ${record.vlan.parent}`)
        ? [{ ...vlanOf(record, record.vlan), foreign: true }]
        : [];
    return want.type === 'port'
      ? [
          {
            ...portOf(record),
            ...generationOf(record, want.addrGenMode === undefined ? undefined : modes.get(record.name)),
          },
        ]
      : [{ ...(isMade(record) ? ownOf(record, peers) : portOf(record)), foreign: true }];
  });
}

/** What we make. Whatever else bears our group was put there by somebody who uses the same number. */
function isMade(record: LinkRecord): boolean {
  return record.type === 'bridge' || record.vlan !== undefined || record.type === 'veth' || record.mode === 'tap';
}

function isOurs(record: LinkRecord, memory: Memory): boolean {
  return isMade(record) && (record.group === GROUP || record.group === GOING || isUnmarked(record, memory));
}

/** A tap whose making was cut short before it got its group. */
function isUnmarked(record: LinkRecord, memory: Memory): boolean {
  return record.mode === 'tap' && record.group === UNGROUPED && memory[TAP + record.name] !== undefined;
}

function ownOf(record: LinkRecord, peers: Peers): Link {
  if (record.type === 'bridge') return bridgeOf(record);
  if (record.vlan !== undefined) return vlanOf(record, record.vlan);
  return record.type === 'veth' ? vethOf(record, peers.get(record.name)) : tapOf(record);
}

function bridgeOf(record: LinkRecord): Link {
  const deviations: readonly Deviation[] = [
    ...down(record),
    ...(record.bridge?.stp === 0 ? [] : ['stp' as const]),
    ...(record.bridge?.forwardDelay === 0 ? [] : ['forward-delay' as const]),
  ];
  const options = record.bridge?.options;
  return {
    kind: 'link',
    name: record.name,
    type: 'bridge',
    kernelAssigned: { index: record.index, ...(options === undefined ? {} : { options }) },
    mac: record.mac ?? '',
    mtu: record.mtu,
    netfilter: record.bridge?.netfilter === true,
    ...some(deviations),
  };
}

function vlanOf(record: LinkRecord, { id, parent }: NonNullable<LinkRecord['vlan']>): Vlan {
  const deviations: readonly Deviation[] = [
    ...down(record),
    ...(record.hairpin ? ['hairpin' as const] : []),
    ...addressed(record),
  ];
  return {
    kind: 'link',
    name: record.name,
    type: 'vlan',
    kernelAssigned: { index: record.index },
    parent,
    id,
    master: record.master ?? '',
    mtu: record.mtu,
    ...some(deviations),
  };
}

function tapOf(record: LinkRecord): Tap {
  const deviations = [...unmarked(record), ...down(record), ...noHairpin(record), ...addressed(record)];
  return {
    kind: 'link',
    name: record.name,
    type: 'tap',
    kernelAssigned: kernelAssignedOf(record),
    master: record.master ?? '',
    mtu: record.mtu,
    alias: record.alias ?? '',
    ...some(deviations),
  };
}

function vethOf(record: LinkRecord, peer: Peer | undefined): Veth {
  const far: readonly Deviation[] =
    peer === undefined
      ? []
      : [
          ...(peer.record.up ? [] : ['peer-down' as const]),
          ...(peer.record.mtu === record.mtu ? [] : ['peer-mtu' as const]),
        ];
  return {
    kind: 'link',
    name: record.name,
    type: 'veth',
    kernelAssigned: kernelAssignedOf(record),
    master: record.master ?? '',
    mtu: record.mtu,
    alias: record.alias ?? '',
    peer: { name: peer?.record.name ?? '', netns: peer?.netns ?? '', mac: peer?.record.mac ?? '' },
    ...some([...unmarked(record), ...down(record), ...noHairpin(record), ...addressed(record), ...far]),
  };
}

function portOf(record: LinkRecord): Link {
  const { name, master, promiscuous, hairpin, up, mtu } = record;
  return {
    kind: 'link',
    name,
    type: 'port',
    borrowed: true,
    promiscuous,
    hairpin,
    up,
    mtu,
    ...(master === undefined ? {} : { master }),
  };
}

/** Of what is on it, the address that is made of its MAC is the kernel's. */
function generationOf(record: LinkRecord, mode: AddrGenMode | undefined): Pick<Port, 'addrGenMode' | 'generated'> {
  if (mode === undefined) return {};
  const own = record.mac === undefined ? undefined : `${eui64('fe80::/64' as Cidr<6>, record.mac as Mac)}/64`;
  const generated = generatedOn(record).filter((cidr) => cidr === own);
  return { addrGenMode: mode, ...(generated.length === 0 ? {} : { generated }) };
}

/** One that is up and has no address was told to have none: made again, it is to be told so. */
function barely(own: Link, record: LinkRecord): Link {
  const isPort = own.type === 'vlan' || own.type === 'tap' || own.type === 'veth';
  return isPort && record.up && record.master !== undefined && generatedOn(record).length === 0
    ? { ...own, bare: true }
    : own;
}

function addressed(record: LinkRecord): readonly Deviation[] {
  return generatedOn(record).length === 0 ? [] : ['addresses'];
}

function kernelAssignedOf({ index, mac, peer }: LinkRecord): NonNullable<Link['kernelAssigned']> {
  return { index, ...(mac === undefined ? {} : { mac }), ...(peer === undefined ? {} : { peerIndex: peer.index }) };
}

function unmarked(record: LinkRecord): readonly Deviation[] {
  return record.group === GROUP ? [] : ['unmarked'];
}

function down(record: LinkRecord): readonly Deviation[] {
  return record.up ? [] : ['down'];
}

/** Outside a bridge there is none to be had. */
function noHairpin(record: LinkRecord): readonly Deviation[] {
  return record.hairpin || record.master === undefined ? [] : ['no-hairpin'];
}

function some(deviations: readonly Deviation[]): { readonly deviations?: readonly Deviation[] } {
  return deviations.length === 0 ? {} : { deviations };
}

/** Looks for the far ends of our veths: one call for each namespace that has any. */
async function peersOf(records: readonly LinkRecord[], host: HostReader): Promise<Peers> {
  const veths = records.filter((record) => record.type === 'veth' && record.peer !== undefined);
  if (veths.length === 0) return new Map();
  const named = new Map(
    parseNamespaces(await host.read(READ_NAMESPACES)).flatMap(({ name, number }) =>
      number === undefined ? [] : [[number, name] as const],
    ),
  );
  const wanted = [...new Set(veths.flatMap((record) => named.get(record.peer?.namespace ?? -1) ?? []))];
  const inside = new Map<string, ReadonlyMap<number, LinkRecord>>();
  for (let i = 0; i < wanted.length; i += AT_ONCE) {
    await Promise.all(
      wanted.slice(i, i + AT_ONCE).map(async (netns) => {
        inside.set(
          netns,
          new Map(parseLinks(await host.read(READ_LINKS, netns)).map((record) => [record.index, record])),
        );
      }),
    );
  }
  return new Map(
    veths.flatMap((near): [string, Peer][] => {
      const netns = named.get(near.peer?.namespace ?? -1);
      const record = netns === undefined ? undefined : inside.get(netns)?.get(near.peer?.index ?? -1);
      return netns === undefined || record === undefined ? [] : [[near.name, { netns, record }]];
    }),
  );
}
