// kinds/link/disrupts.ts — what a change of a device does to packets.
import type { Change, Disruption } from '../../core/resource.ts';
import type { Link, Port, Tap, Veth } from './model.ts';
import { mtuFor } from './steps.ts';

const NONE: Disruption = { class: 'none' };

/** A new device carries nothing yet, and its bridge, whose MAC and MTU are pinned, notices nothing. */
export function disrupts(change: Change<Link>): Disruption {
  if (change.verb === 'create')
    return change.after.borrowed ? whole(change.after) : { class: 'none', makes: change.after.name };
  if (change.verb === 'delete' || change.verb === 'replace') return whole(change.before);
  const { before, after } = change;
  if (before.type === 'port' && after.type === 'port') return ofPort(before, after);
  return touches(before, after) ? whole(before) : isLower(before, after) ? flowsOf(before) : NONE;
}

/**
 * Neighbours go on sending to a MAC that is gone; out of its bridge, or with its far end elsewhere, a device leads
 * nowhere.
 */
function touches(before: Link, after: Link): boolean {
  if (before.type === 'bridge' && after.type === 'bridge') return before.mac !== after.mac;
  if (before.type === 'veth' && after.type === 'veth' && before.peer.mac !== after.peer.mac) return true;
  return before.type !== 'bridge' && after.type !== 'bridge' && before.master !== after.master && before.master !== '';
}

/** What is larger is dropped until its sender has learnt. More than before takes nothing from anybody. */
function isLower(before: Link, after: Link): boolean {
  return before.mtu !== undefined && after.mtu !== undefined && after.mtu < before.mtu;
}

/**
 * Many network cards start anew for another MTU. To be promiscuous, or to send back where it came from, is nothing to
 * what passes.
 */
function ofPort(before: Port, after: Port): Disruption {
  if (mtuFor(after, before) !== undefined || (before.up && !after.up)) return whole(before);
  if (before.master === after.master) return NONE;
  // A guest's device outside any bridge led nowhere; an uplink may carry the host itself.
  return isGuests(after) && before.master === undefined ? NONE : isGuests(before) ? flowsOf(before) : whole(before);
}

function isGuests({ promiscuous, hairpin, parent }: Port): boolean {
  return hairpin && !promiscuous && !parent;
}

/** All that a device carries: of a guest's, that is the guest. */
function whole(l: Link): Disruption {
  return l.type === 'tap' || l.type === 'veth' || (l.type === 'port' && isGuests(l))
    ? flowsOf(l)
    : { class: 'link', link: l.name };
}

function flowsOf(l: Link): Disruption {
  return { class: 'flows', of: [l.type === 'tap' || l.type === 'veth' ? instanceOf(l) : l.name] };
}

/** Its alias begins with the NIC: `vm-1/lab`. */
function instanceOf({ alias, name }: Tap | Veth): string {
  const [instance = ''] = alias.split('/', 1);
  return instance === '' ? name : instance;
}
