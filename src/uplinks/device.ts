// uplinks/device.ts — whether the kernel puts a device in a bridge at all, and whether somebody else has it already.
import { partOf, textOf, textsOf } from '../iproute2/fields.ts';
import { kindOf, TAKING } from './elsewhere.ts';
import type { Elsewhere } from './elsewhere.ts';
import { refused, said } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Snapshot } from './snapshot.ts';

/** In the order in which the kernel asks; the first of these is enough. */
export function* ofDevice({ name, link, wireless }: Snapshot): Iterable<Finding> {
  const kind = kindOf(link);
  const layer = textOf(link, 'link_type') ?? 'none';
  const mac = textOf(link, 'address') ?? '';
  const why = textsOf(link, 'flags').includes('LOOPBACK')
    ? 'is the loopback'
    : layer !== 'ether'
      ? `has no Ethernet link layer (${kind === '' ? layer : `${kind}, ${layer}`})`
      : kind === 'bridge'
        ? 'is a bridge itself'
        : NOT_BRIDGED.has(kind)
          ? `is of the kind ${kind}`
          : wireless
            ? 'is wireless: an access point takes no frames of other senders'
            : /^.[13579bdf]:|^(00:){5}00$/i.test(mac)
              ? `has ${mac} as its MAC, which is no sender's`
              : undefined;
  if (why !== undefined) {
    yield refused(
      'uplink-not-bridged',
      `the kernel puts ${name} in no bridge: it ${why}`,
      kind === 'bridge'
        ? `name as interface what ${name} has as its uplink, or null and route between them`
        : 'name another interface, or `interface: null` for a bridge without one',
    );
  }
}

/** What comes in for other MACs than its own a macvlan is not given, unless it has its parent for itself. */
export function* ofMacvlan({ name, link }: Snapshot): Iterable<Finding> {
  const info = partOf(link, 'linkinfo');
  const mode = textOf(partOf(info, 'info_data'), 'mode') ?? '';
  if (kindOf(link) === 'macvlan' && mode !== 'passthru')
    yield refused(
      'uplink-not-bridged',
      `${name} is a macvlan (mode ${mode}), which is given only what is for its own MAC: instances would get no replies by it`,
      'name its parent device as the interface, or make it with `mode passthru`',
    );
}

/** Devices that bear Ethernet and refuse to be a port. */
const NOT_BRIDGED: ReadonlySet<string> = new Set(['vrf', 'ipvlan', 'ipvtap', 'macvtap']);

/** A port of a bridge of ours is borrowed already, and not judged. */
export function* ofMaster({ name, master, link }: Snapshot): Iterable<Finding> {
  const called = textOf(link, 'master');
  if (called === undefined) return;
  const kind = kindOf(master ?? {});
  const [what, hint] = MASTERS[kind] ?? [
    `belongs to ${called}${kind === '' ? '' : ` (${kind})`}`,
    `\`ip link set dev ${name} nomaster\`, if ${called} can do without it`,
  ];
  yield refused(
    'uplink-in-use',
    `${name} ${what.replaceAll('MASTER', called)}: as a port of another bridge it would be lost to that`,
    hint.replaceAll('MASTER', called).replaceAll('NAME', name),
  );
}

const MASTERS: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  bond: ['is in the bond MASTER', 'name MASTER as the interface'],
  team: ['is in the team MASTER', 'name MASTER as the interface'],
  bridge: [
    "is a port of the bridge MASTER, which is not netctl's",
    '`ip link set dev NAME nomaster`, if that bridge can do without it; or name another interface',
  ],
  vrf: [
    'is in the VRF MASTER, and its routes with it',
    '`ip link set dev NAME nomaster` puts it in the main tables; or name another interface',
  ],
  openvswitch: [
    'is a port of Open vSwitch (MASTER)',
    '`ovs-vsctl del-port NAME`, if that can do without it; or name another interface',
  ],
};

/** VLAN devices get their packets before the bridge does. */
export function* ofDependents({ name, dependents }: Snapshot, bridge: string): Iterable<Finding> {
  for (const dependent of dependents) {
    const [kind, called] = [kindOf(dependent), textOf(dependent, 'ifname') ?? ''];
    if (kind === 'vlan') continue;
    if (BOUND.has(kind)) {
      yield said(
        'uplink-tunnel',
        `${called} (${kind}) sends by ${name}, which has no addresses of its own any more once it is a port of ${bridge}: it gets nowhere`,
        `make ${called} anew with \`dev ${bridge}\` when it is done, and again with \`dev ${name}\` when ${name} is restored`,
      );
      continue;
    }
    const why = TAKING.has(kind)
      ? 'gets the packets that come in by it, and the kernel lets only one have them'
      : `depends on it, and netctl does not know what becomes of ${kind === '' ? 'such a device' : `a ${kind}`}`;
    yield refused(
      'uplink-shared',
      `${called}${kind === '' ? '' : ` (${kind})`} depends on ${name}: it ${why}`,
      `\`ip link del dev ${called}\`, and connect what used it to ${bridge} instead; or name another interface`,
    );
  }
}

/** Of what depends on it in other network namespaces: here that is not seen, and the kernel refuses it all the same. */
export function* ofElsewhere(
  { name, link }: Snapshot,
  bridge: string,
  elsewhere: readonly Elsewhere[],
): Iterable<Finding> {
  for (const { netns, device } of elsewhere.filter(({ parent }) => parent === link['ifindex'])) {
    const called = textOf(device, 'ifname') ?? '';
    yield refused(
      'uplink-shared',
      `${called} (${kindOf(device)}) in the network namespace ${netns} depends on ${name}: it gets the packets that come in by it, and the kernel lets only one have them`,
      `\`nsenter --net=${netns} ip link del dev ${called}\`, and connect what used it to ${bridge} instead; or name another interface`,
    );
  }
}

const BOUND: ReadonlySet<string> = new Set([
  'vxlan',
  'geneve',
  'gre',
  'gretap',
  'erspan',
  'ip6gre',
  'ip6gretap',
  'ip6erspan',
  'ipip',
  'sit',
  'ip6tnl',
  'vti',
  'vti6',
  'xfrm',
  'amt',
  'gtp',
  'l2tp',
  'pppoe',
]);
