// kinds/link/index.ts — network devices: bridges, taps and veths of ours, and ports that we borrow.
import type { Kind } from '../../core/resource.ts';
import { GROUP } from '../ours.ts';
import type { Link } from './model.ts';
import { observe, TAP } from './observe.ts';
import { steps } from './steps.ts';

export const link: Kind<Link> = {
  kind: 'link',
  key: (l) => l.name,
  needs: (l) => (l.type === 'bridge' || l.master === undefined || l.master === '' ? [] : [`link ${l.master}`]),
  observe,
  steps,
  claims: (l) => [`link name ${l.name}`, ...(l.type === 'veth' && l.peer.netns !== '' ? [`netns ${l.peer.netns} name ${l.peer.name}`] : [])],
  mustReplace(observed, wanted) {
    if (observed.type !== 'veth' || wanted.type !== 'veth') return observed.type !== wanted.type;
    return observed.peer.netns !== wanted.peer.netns || observed.peer.name !== wanted.peer.name;
  },
  // A tap takes no group while it is made: until it has one, its name is what makes it ours.
  remember: (observed) => Object.fromEntries(observed.filter((l) => l.type === 'tap' && l.amiss?.includes('unmarked')).map((l) => [TAP + l.name, GROUP])),
  putDown: (changes) => Object.fromEntries(changes.flatMap((c) => (c.verb !== 'delete' && c.after.type === 'tap' ? [[TAP + c.after.name, GROUP]] : []))),
  livesOn: (l) => (l.type === 'port' ? l.name : undefined),
  describe,
};

function describe(l: Link, before?: Link): string {
  switch (l.type) {
    case 'bridge':
      return `${l.name} bridge${l.netfilter && before === undefined ? ', netfilter' : ''}${changed(l, before)}`;
    case 'tap':
      return `${l.name} tap in ${l.master}${changed(l, before)}`;
    case 'veth':
      return `${l.name} veth in ${l.master}, ${l.peer.name} in netns ${l.peer.netns}${changed(l, before)}`;
    case 'port':
      return `${l.name} ${l.master === undefined ? 'in no bridge' : `into ${l.master}`}${l.promiscuous ? ', promiscuous' : ''}${l.hairpin ? ', hairpin' : ''}${l.up ? '' : ', down'}`;
  }
}

/** What differs, where the line itself does not say it. */
function changed(l: Exclude<Link, { type: 'port' }>, before: Link | undefined): string {
  if (before === undefined || before.type === 'port') return '';
  const said = [
    ...(before.type === l.type ? [] : [`was a ${before.type}`]),
    ...(before.type !== 'bridge' && l.type !== 'bridge' && before.master !== l.master ? [`was in ${before.master === '' ? 'no bridge' : before.master}`] : []),
    ...(before.mtu === l.mtu ? [] : [`mtu ${before.mtu} → ${l.mtu}`]),
    ...macOf(before) === macOf(l) || before.type !== l.type ? [] : [`mac ${macOf(before)} → ${macOf(l)}`],
    ...(before.type !== 'bridge' && l.type !== 'bridge' && before.alias !== l.alias ? ['alias'] : []),
    ...(before.type === 'veth' && l.type === 'veth' && (before.peer.netns !== l.peer.netns || before.peer.name !== l.peer.name) ? ['its other end is elsewhere'] : []),
    ...(before.type === 'bridge' && l.type === 'bridge' && before.netfilter !== l.netfilter ? [`netfilter ${l.netfilter ? 'on' : 'off'}`] : []),
    ...(before.amiss ?? []),
  ];
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

function macOf(l: Exclude<Link, { type: 'port' }>): string {
  switch (l.type) {
    case 'bridge': return l.mac;
    case 'tap': return '';
    case 'veth': return l.peer.mac;
  }
}
