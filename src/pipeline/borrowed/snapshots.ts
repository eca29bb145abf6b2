// pipeline/borrowed/snapshots.ts — all that hangs on interfaces of the host which are borrowed: read before they are,
// kept while they are.
import { stillBorrowed } from '../../core/borrow.ts';
import type { Originals } from '../../core/borrow.ts';
import type { Facts } from '../../core/facts.ts';
import type { Diagnostic, HostReader, Kinds, Wanted } from '../../core/resource.ts';
import { StoreError } from '../../core/stored.ts';
import type { HostState } from '../../core/stored.ts';
import { attempt } from '../../iptables/nft-reads.ts';
import type { Port } from '../../kinds/link/model.ts';
import { forwardingOf } from '../../kinds/sysctl/model.ts';
import type { Sysctl } from '../../kinds/sysctl/model.ts';
import { uplinkOf } from '../../parts/uplink-mapping.ts';
import { deviceOf } from '../../parts/rebuild.ts';
import type { Host, Spec } from '../../specfile/model.ts';
import { snapshotIn } from '../../uplinks/snapshot.ts';
import type { Snapshot } from '../../uplinks/snapshot.ts';
import { readSnapshots } from '../../uplinks/read.ts';
import type { World } from '../world.ts';

export type Snapshots = ReadonlyMap<string, Snapshot>;

/** Of interfaces that are in our bridges what was kept of them; of those that are on their way there how they are. */
export async function snapshotsOf(
  { driver }: World,
  spec: Spec,
  self: Host,
  { links }: Facts,
  kept: HostState | undefined,
): Promise<Snapshots> {
  const known = snapshotsIn(kept);
  const isInOurs = (name: string): boolean => links.get(links.get(name)?.master ?? '')?.ours === true;
  const asked = spec.networks
    .flatMap((network) => uplinkOf(network, self) ?? [])
    .filter((name) => links.has(name) && !known.has(name) && !isInOurs(name));
  const found = await readSnapshots(driver, asked);
  return new Map([
    ...known,
    ...[...found].map(
      ([name, snapshot]) =>
        [name, asBorrowed(forwardingOwn(snapshot, kept?.originals ?? []), kept?.originals ?? [])] as const,
    ),
  ]);
}

/** While netctl has the host forward, every device says that it does; it is to get back what it said before. */
function forwardingOwn(snapshot: Snapshot, former: HostState['originals']): Snapshot {
  const kin = former.find(
    (one): one is Sysctl => one.kind === 'sysctl' && 'name' in one && one.name === IP_FORWARD,
  )?.kin;
  if (kin === undefined || snapshot.settings[FORWARDING] === undefined) return snapshot;
  const own = (device: string): Readonly<Record<string, string>> => ({
    [FORWARDING]: kin[forwardingOf(device)] ?? '0',
  });
  return {
    ...snapshot,
    settings: { ...snapshot.settings, ...own(snapshot.name) },
    defaults: { ...snapshot.defaults, ...own('default') },
  };
}

const IP_FORWARD = 'net.ipv4.ip_forward';
const FORWARDING = 'ipv4/conf/forwarding';
const IPV6_MTU = 'ipv6/conf/mtu';

/** One that has carried VLANs of ours has our MTU; it is to get its own back. */
function asBorrowed(snapshot: Snapshot, former: HostState['originals']): Snapshot {
  const borrowed = former.find(
    (one): one is Port => one.kind === 'link' && 'name' in one && one.name === snapshot.name,
  );
  if (borrowed?.mtu === undefined) return snapshot;
  // IPv6 has the device's where nobody gave it one of its own.
  const isOfDevice = snapshot.settings[IPV6_MTU] === String(snapshot.link['mtu']);
  return {
    ...snapshot,
    link: { ...snapshot.link, mtu: borrowed.mtu },
    ...(isOfDevice ? { settings: { ...snapshot.settings, [IPV6_MTU]: String(borrowed.mtu) } } : {}),
  };
}

export function snapshotsIn({ found = {} }: Pick<HostState, 'found'> = {}): Snapshots {
  return new Map(
    Object.entries(found).flatMap(([name, kept]) => {
      const snapshot = snapshotIn(kept);
      return snapshot === undefined ? [] : [[name, snapshot] as const];
    }),
  );
}

/** How those were found that are restored, since nothing of them is in use any more. */
export function restoredBy(
  {
    before,
    originals,
    inUse,
  }: { readonly before: HostState | undefined; readonly originals: Originals; readonly inUse: Wanted },
  kinds: Kinds,
): readonly Snapshot[] {
  const snapshots = [...snapshotsIn(before).values()];
  const borrowed = snapshots.length === 0 ? originals : stillBorrowed(originals, inUse, kinds);
  return snapshots.filter(({ name }) => !borrowed.has(`link ${name}`));
}

/** What is to be kept of them: of those that the originals still have. */
export function foundOf(snapshots: Snapshots, originals: Originals): Pick<HostState, 'found'> {
  const found = [...snapshots].filter(([name]) => originals.has(`link ${name}`));
  return found.length === 0 ? {} : { found: Object.fromEntries(found) };
}

/**
 * What the generations tell of what is borrowed, where the store is lost: of interfaces that are still in our bridges,
 * of what is on them, and of the host's settings while there is a link of ours. Undefined: no generation can be read.
 */
export function borrowedBy(
  { generations }: Pick<World, 'generations'>,
  { links }: Facts,
): Partial<Pick<HostState, 'originals' | 'found'>> | undefined {
  const isInOurs = (name: string): boolean => links.get(links.get(name)?.master ?? '')?.ours === true;
  const hasOurs = [...links.values()].some(({ ours }) => ours);
  for (const { number } of generations.list().toReversed()) {
    const borrowed = borrowedIn(generations, number);
    if (borrowed === undefined) continue;
    const former = borrowed.originals.filter((one) =>
      one.kind === 'sysctl' ? hasOurs : isInOurs(deviceOf(one) ?? ''),
    );
    const found = Object.entries(borrowed.found ?? {}).filter(([name]) => isInOurs(name));
    return {
      ...(former.length === 0 ? {} : { originals: former }),
      ...(found.length === 0 ? {} : { found: Object.fromEntries(found) }),
    };
  }
  return undefined;
}

/**
 * Of a host with links of ours whose store is lost, and its generations with it: what cannot be restored as it was.
 * `former`: what the host tells of it.
 */
export async function originalsLost(
  { originals: former }: Pick<HostState, 'originals'>,
  { links }: Facts,
  host: HostReader,
): Promise<readonly Diagnostic[]> {
  if (![...links.values()].some(({ ours }) => ours)) return [];
  // The kernel writes 1 into it when the host forwards no more.
  const isShut = (await attempt(host, ['sysctl', '-n', REDIRECTS])).trim() === '0';
  const ports = former.flatMap((one) => (one.kind === 'link' ? (deviceOf(one) ?? []) : []));
  return [
    {
      severity: 'warning',
      code: 'originals-lost',
      at: [],
      message: `what the host had before netctl is not known any more, since the state directory and its copy are lost:${ports.length === 0 ? '' : ` ${ports.join(', ')} will be restored as the bridge has it now, and`} net.ipv4.ip_forward will stay as it is`,
      hint: `\`sysctl -w net.ipv4.ip_forward=0${isShut ? ` && sysctl -w ${REDIRECTS}=0` : ''}\` after \`netctl destroy\`, if the host is to forward for nobody else`,
    },
  ];
}

const REDIRECTS = 'net.ipv4.conf.all.accept_redirects';

/** One that cannot be read tells nothing. */
function borrowedIn(
  generations: World['generations'],
  number: number,
): Pick<HostState, 'originals' | 'found'> | undefined {
  try {
    const { originals: borrowed, before, found } = generations.record(number);
    return borrowed === undefined ? undefined : { originals: borrowed, found: { ...before?.found, ...found } };
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}
