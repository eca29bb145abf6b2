// kinds/link/steps.ts — what to tell `ip` to make, change, remove or restore one device.
import type { Change, Op, Step } from '../../core/resource.ts';
import { encodeAlias, ipBatch, quote } from '../../iproute2/batch.ts';
import type { AddrGenMode } from '../../iproute2/modes.ts';
import { GOING, GROUP } from '../../core/marks.ts';
import type { Bridge, Link, Port, Tap, Veth, Vlan } from './model.ts';

/** From so many on, guests' devices that go for good go together. */
const MANY = 8;

/** Of an Ethernet interface that nobody has told otherwise. */
const USUAL = 1500;

/** One step a device; the core joins what is neighbours into one process. Many that go are one step: see GOING. */
export function steps(changes: readonly Change<Link>[]): readonly Step[] {
  const kept = new Set(changes.flatMap(({ verb, ref }) => (verb === 'delete' ? [] : [ref])));
  const going = changes.filter(
    (change) =>
      change.verb === 'delete' &&
      (change.before.type === 'tap' || change.before.type === 'veth') &&
      !kept.has(change.ref),
  );
  if (going.length < MANY) return changes.map((change) => ({ changes: [change], ops: opsFor(change) }));
  const gone = new Set(going);
  const others = changes.filter((change) => !gone.has(change));
  return [
    ...others.map((change) => ({ changes: [change], ops: opsFor(change) })),
    { changes: going, ops: [ipBatch(goTogether(going))] },
  ];
}

function goTogether(going: readonly Change<Link>[]): readonly string[] {
  const names = going.flatMap((change) => (change.verb === 'delete' ? [change.before.name] : []));
  return [...names.map((name) => `link set dev ${name} group ${GOING}`), `link del group ${GOING}`];
}

function opsFor(change: Change<Link>): readonly Op[] {
  if (change.verb === 'delete') return remove(change.before);
  if (change.verb === 'create') return create(change.after);
  return update(change.before, change.after);
}

function remove(l: Link): readonly Op[] {
  if (l.type === 'port') return [ipBatch([`link set dev ${l.name} nomaster promisc off`])];
  // The namespace of its far end has lost its name: with the last process in there it goes, and this end with it.
  if (l.type === 'veth' && l.peer.netns === '')
    return [{ op: 'run', argv: ['sh', '-c', DELETE_IF_THERE, 'sh', l.name], calls: ['ip'] }];
  return [ipBatch([`link del dev ${l.name}`])];
}

export const DELETE_IF_THERE = 'ip link del dev "$1" 2>/dev/null || ! ip link show dev "$1" >/dev/null 2>&1';

function create(l: Link): readonly Op[] {
  switch (l.type) {
    case 'bridge':
      // Only an MTU that is changed is pinned; at creation it is one that no network can have, so that the next line
      // changes it.
      return [
        ipBatch([
          `link add name ${l.name}${numbered(l)} group ${GROUP} address ${l.mac} mtu 68 type bridge forward_delay 0 stp_state 0${l.netfilter ? ' nf_call_iptables 1' : ''}`,
          `link set dev ${l.name} mtu ${l.mtu} up`,
          ...setAgain(l),
        ]),
      ];
    case 'vlan':
      return [
        ipBatch([
          `link add link ${l.parent} name ${l.name}${numbered(l)} group ${GROUP} mtu ${l.mtu} type vlan id ${l.id}`,
          ...bare(l),
          `link set dev ${l.name} master ${l.master} up`,
        ]),
      ];
    case 'tap':
      return [
        ipBatch([
          `tuntap add dev ${l.name} mode tap`,
          ...bare(l),
          // At once: a tap of ours without a master has no group either, and is known by its remembered name.
          `link set dev ${l.name} group ${GROUP}${withMac(l)} alias ${aliasWord(l)} mtu ${l.mtu} master ${l.master} up`,
          hairpin(l.name, true),
        ]),
      ];
    case 'veth': {
      const { name, netns, mac } = l.peer;
      return [
        ipBatch([
          `link add name ${l.name}${numbered(l)} group ${GROUP}${withMac(l)} mtu ${l.mtu} type veth peer name ${name}${l.kernelAssigned?.peerIndex === undefined ? '' : ` index ${l.kernelAssigned.peerIndex}`} netns ${netns} address ${mac} mtu ${l.mtu}`,
          ...bare(l),
          `link set dev ${l.name} alias ${aliasWord(l)} master ${l.master} up`,
          hairpin(l.name, true),
        ]),
        ipBatch([`link set dev ${name} up`], netns),
      ];
    }
    case 'port':
      return borrow(l, undefined);
  }
}

/** Before it is up, or the kernel has given it one; the kernel takes it in no creating call, nor in one with `up`. */
function bare(l: Vlan | Tap | Veth): readonly string[] {
  return l.bare ? [`link set dev ${l.name} addrgenmode none`] : [];
}

/** One that is down may be so because it was only just made: nobody has told it yet. */
function bareBefore(before: Vlan | Tap | Veth, after: Vlan | Tap | Veth): readonly string[] {
  return before.deviations?.includes('down') ? bare(after) : [];
}

function bareAgain(before: Vlan | Tap | Veth, after: Vlan | Tap | Veth): readonly string[] {
  return after.bare && before.deviations?.includes('addresses')
    ? [...bare(after), `address flush dev ${after.name} scope link`]
    : [];
}

/** Others may know a device by its number. */
function numbered({ kernelAssigned }: Bridge | Vlan | Veth): string {
  return kernelAssigned === undefined ? '' : ` index ${kernelAssigned.index}`;
}

function withMac({ kernelAssigned }: Tap | Veth): string {
  return kernelAssigned?.mac === undefined ? '' : ` address ${kernelAssigned.mac}`;
}

/** Nothing, when all is as it is wanted. */
export function update(before: Link, after: Link): readonly Op[] {
  switch (after.type) {
    case 'bridge':
      return before.type === 'bridge' ? changeBridge(before, after) : unlike(before, after);
    case 'vlan':
      return before.type === 'vlan' ? lines(changeVlan(before, after)) : unlike(before, after);
    case 'tap':
      return before.type === 'tap' ? lines(changeNear(before, after)) : unlike(before, after);
    case 'veth':
      return before.type === 'veth'
        ? [...lines(changeNear(before, after)), ...changeFar(before, after)]
        : unlike(before, after);
    case 'port':
      return before.type === 'port' ? borrow(after, before) : unlike(before, after);
  }
}

function changeBridge(before: Bridge, after: Bridge): readonly Op[] {
  return [
    ...(before.mac === after.mac ? [] : [tellNeighbours(after.name)]),
    ...lines([
      ...set(after.name, [
        ...(before.mac === after.mac ? [] : [`address ${after.mac}`]),
        ...(before.mtu === after.mtu ? [] : [`mtu ${after.mtu}`]),
        ...(before.deviations?.includes('down') ? ['up'] : []),
      ]),
      // Two lines, STP first: while it is on, the kernel refuses so short a delay.
      ...(before.deviations?.includes('stp') ? [`link set dev ${after.name} type bridge stp_state 0`] : []),
      ...(before.deviations?.includes('forward-delay')
        ? [`link set dev ${after.name} type bridge forward_delay 0`]
        : []),
      ...(before.netfilter === after.netfilter
        ? []
        : [`link set dev ${after.name} type bridge nf_call_iptables ${after.netfilter ? 1 : 0}`]),
      ...setAgain(after, before),
    ]),
  ];
}

/** What somebody had set of a bridge, where it is made again as it was. */
function setAgain({ name, kernelAssigned }: Bridge, before?: Bridge): readonly string[] {
  return (kernelAssigned?.options ?? [])
    .filter((words) => before?.kernelAssigned?.options?.includes(words) !== true)
    .map((words) => `link set dev ${name} ${words}`);
}

/**
 * Has the kernel announce a bridge's addresses whenever its MAC changes: guests would else send to the old one until
 * they hear from the host or ask again (measured: after 48 s). By slashes: a bridge's name may have dots.
 */
function tellNeighbours(bridge: string): Op {
  return { op: 'run', argv: ['sysctl', '-q', '-w', `net/ipv4/conf/${bridge}/arp_notify=1`] };
}

function changeVlan(before: Vlan, after: Vlan): readonly string[] {
  return [
    ...bareBefore(before, after),
    ...set(after.name, [
      ...(before.mtu === after.mtu ? [] : [`mtu ${after.mtu}`]),
      ...(before.master === after.master ? [] : [`master ${after.master}`]),
      ...(before.deviations?.includes('down') ? ['up'] : []),
    ]),
    ...(before.deviations?.includes('hairpin') && before.master === after.master ? [hairpin(after.name, false)] : []),
    ...bareAgain(before, after),
  ];
}

/** What is in our namespace of a tap or veth. */
function changeNear(before: Tap | Veth, after: Tap | Veth): readonly string[] {
  const moved = before.master !== after.master;
  return [
    ...bareBefore(before, after),
    ...set(after.name, [
      ...(before.deviations?.includes('unmarked') ? [`group ${GROUP}`] : []),
      ...(before.alias === after.alias ? [] : [`alias ${aliasWord(after)}`]),
      ...(after.kernelAssigned?.mac === undefined || before.kernelAssigned?.mac === after.kernelAssigned.mac
        ? []
        : [`address ${after.kernelAssigned.mac}`]),
      ...(before.mtu === after.mtu ? [] : [`mtu ${after.mtu}`]),
      ...(moved ? [`master ${after.master}`] : []),
      ...(before.deviations?.includes('down') ? ['up'] : []),
    ]),
    ...(moved || before.deviations?.includes('no-hairpin') ? [hairpin(after.name, true)] : []),
    ...bareAgain(before, after),
  ];
}

function changeFar(before: Veth, after: Veth): readonly Op[] {
  const { name, netns, mac } = after.peer;
  return lines(
    set(name, [
      ...(before.peer.mac === mac ? [] : [`address ${mac}`]),
      ...(before.mtu === after.mtu && !before.deviations?.includes('peer-mtu') ? [] : [`mtu ${after.mtu}`]),
      ...(before.deviations?.includes('peer-down') ? ['up'] : []),
    ]),
    netns,
  );
}

/** Sets of somebody else's device just what the spec names, or what it was before. */
function borrow(after: Port, before: Port | undefined): readonly Op[] {
  const moved = before?.master !== after.master;
  // A port that has just been put in a bridge has it off.
  const hairpinNow = !moved && before?.hairpin === true;
  const mtu = mtuFor(after, before);
  const mode = after.addrGenMode === before?.addrGenMode ? undefined : after.addrGenMode;
  return [
    ...lines([
      ...(mode === 'none'
        ? [
            `link set dev ${after.name} addrgenmode none`,
            ...(before?.generated ?? []).map((cidr) => `address del ${cidr} dev ${after.name}`),
          ]
        : []),
      ...set(after.name, [
        ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
        ...(moved ? [after.master === undefined ? 'nomaster' : `master ${after.master}`] : []),
        ...((before?.promiscuous ?? (after.parent ? after.promiscuous : undefined)) === after.promiscuous
          ? []
          : [`promisc ${onOff(after.promiscuous)}`]),
        ...(before?.up === after.up ? [] : [after.up ? 'up' : 'down']),
      ]),
      ...(after.master === undefined || hairpinNow === after.hairpin ? [] : [hairpin(after.name, after.hairpin)]),
    ]),
    ...(mode === undefined || mode === 'none' ? [] : [generateAgain(after.name, mode)]),
  ];
}

/** By the kernel's setting: it gives the device its address at once, and by `ip` only when it next comes up. */
function generateAgain(name: string, mode: AddrGenMode): Op {
  return { op: 'run', argv: ['sysctl', '-q', '-w', `net/ipv6/conf/${name}/addr_gen_mode=${MODES.indexOf(mode)}`] };
}

const MODES: readonly AddrGenMode[] = ['eui64', 'none', 'stable_secret', 'random'];

/** What it was, or what it has to carry at least; of one that is not looked at, what no interface has by itself. */
export function mtuFor(after: Port, before: Port | undefined): number | undefined {
  const wanted = after.mtu ?? Math.max(after.carries ?? 0, before?.mtu ?? USUAL);
  return wanted === (before?.mtu ?? USUAL) ? undefined : wanted;
}

function set(name: string, words: readonly string[]): readonly string[] {
  return words.length === 0 ? [] : [`link set dev ${name} ${words.join(' ')}`];
}

function lines(all: readonly string[], netns?: string): readonly Op[] {
  return all.length === 0 ? [] : [ipBatch(all, netns)];
}

function hairpin(name: string, on: boolean): string {
  return `link set dev ${name} type bridge_slave hairpin ${onOff(on)}`;
}

function onOff(on: boolean): string {
  return on ? 'on' : 'off';
}

function aliasWord(l: Tap | Veth): string {
  return quote(encodeAlias(l.alias));
}

function unlike(before: Link, after: Link): never {
  throw new Error(`a ${before.type} cannot become a ${after.type} in place: ${after.name}`);
}
