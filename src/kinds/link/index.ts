// kinds/link/index.ts — network devices: bridges, VLAN devices, taps and veths of ours, and others' that we borrow.
import type { Change, Kind } from '../../core/resource.ts';
import { READ_LINKS } from '../../iproute2/links.ts';
import { READ_NAMESPACES } from '../../iproute2/namespaces.ts';
import { GROUP } from '../../core/marks.ts';
import { refInNetns } from '../../core/in-netns.ts';
import { describe } from './describe.ts';
import { disrupts } from './disrupts.ts';
import type { Link } from './model.ts';
import { again, observe, TAP } from './observe.ts';
import { steps, update } from './steps.ts';

export const link: Kind<Link> = {
  kind: 'link',
  key: (l) => l.name,
  needs: (l) => [
    ...(l.type === 'vlan' && l.parent !== '' ? [`link ${l.parent}` as const] : []),
    ...(l.type === 'bridge' || l.master === undefined || l.master === '' ? [] : [`link ${l.master}` as const]),
    ...(l.type === 'veth' && l.peer.netns !== '' ? [`netns ${l.peer.netns}` as const] : []),
  ],
  provides: (l) => (l.type === 'veth' && l.peer.netns !== '' ? [refInNetns(l.peer.netns, `link ${l.peer.name}`)] : []),
  reads: [READ_LINKS, READ_NAMESPACES],
  watches: ['links', 'namespaces'],
  again,
  observe,
  steps,
  merge,
  // Where nothing has to be said, nothing differs.
  same: (observed, wanted) => observed.type === wanted.type && update(observed, wanted).length === 0,
  claims: (l) => [
    `link name ${l.name}`,
    ...(l.type === 'bridge' && l.announces ? [`neighbours of ${l.name}`] : []),
    ...(l.type === 'vlan' ? [`vlan ${l.id} on ${l.parent}`] : []),
    ...uplinkClaims(l),
    ...(l.type === 'veth' && l.peer.netns !== '' ? [`netns ${l.peer.netns} name ${l.peer.name}`] : []),
  ],
  mustReplace(observed, wanted) {
    if (observed.type === 'vlan' && wanted.type === 'vlan')
      return (
        observed.parent !== wanted.parent || observed.id !== wanted.id || !['', wanted.master].includes(observed.master)
      );
    if (observed.type === 'veth' && wanted.type === 'veth')
      return observed.peer.netns !== wanted.peer.netns || observed.peer.name !== wanted.peer.name;
    return observed.type !== wanted.type;
  },
  // A tap takes no group while it is made: until it has one, its name is what makes it ours.
  remember: (observed) =>
    Object.fromEntries(
      observed.filter((l) => l.type === 'tap' && l.deviations?.includes('unmarked')).map((l) => [TAP + l.name, GROUP]),
    ),
  recordBefore: (changes) =>
    Object.fromEntries(
      changes.flatMap((c) =>
        (c.verb === 'create' || c.verb === 'replace') && c.after.type === 'tap' ? [[TAP + c.after.name, GROUP]] : [],
      ),
    ),
  disrupts,
  livesOn: (l) => (l.type === 'port' ? l.name : undefined),
  asFound,
  moves,
  irrevocable: ({ type }) => type === 'tap' || type === 'veth',
  describe,
};

/**
 * Two uplinks in one bridge would join two networks for a moment, so the old one leaves first. VLAN devices that swap
 * their bridges are recreated; uplinks, which cannot be, do not wait for each other.
 */
function uplinkClaims(l: Link): readonly string[] {
  if (l.type === 'vlan') return l.master === '' ? [] : [`VLAN in ${l.master}`, `uplink in ${l.master}`];
  if (l.type !== 'port' || l.master === undefined || l.parent || l.hairpin || !l.promiscuous) return [];
  return [l.carries === undefined ? `uplink in ${l.master}` : `VLAN in ${l.master}`];
}

/**
 * An interface may be the parent of several VLAN devices, and at once an uplink: then it is that, and carries what
 * either asks for.
 */
function merge(a: Link, b: Link): Link | undefined {
  if (a.type !== 'port' || b.type !== 'port' || !(a.parent || b.parent)) return undefined;
  return { ...(a.parent ? b : a), carries: Math.max(a.carries ?? 0, b.carries ?? 0) };
}

/** Of an uplink. A guest's device that goes into its bridge has nothing of the host's. */
function moves(change: Change<Link>): string | undefined {
  const [before, after] = [
    change.verb === 'create' ? undefined : change.before,
    change.verb === 'delete' ? undefined : change.after,
  ];
  const ports = [before, after].flatMap((l) => (l?.type === 'port' ? [l] : []));
  const isUplink = ports.length > 0 && masterOf(before) !== masterOf(after) && !ports.some(({ hairpin }) => hairpin);
  return isUplink ? ports[0]?.name : undefined;
}

function masterOf(l: Link | undefined): string | undefined {
  return l?.type === 'port' ? l.master : undefined;
}

/**
 * A far end that nobody knows the place of cannot be made again. An interface that came with its MTU is one that
 * carries that: uplinks that change places do not wait for each other.
 */
function asFound({ deviations: _, ...found }: Link): Link | undefined {
  if (found.type === 'port') return { ...found, carries: found.mtu ?? 0 };
  if (found.type === 'bridge') return { ...found, announces: true };
  return found.type === 'veth' && found.peer.netns === '' ? undefined : found;
}
