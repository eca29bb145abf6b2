// kinds/link/describe.ts — a device in one line for a person, and what differs where the line itself does not say it.
import type { Link, Port, Veth } from './model.ts';
import { mtuFor } from './steps.ts';

type Own = Exclude<Link, Port>;

export function describe(l: Link, before?: Link): string {
  switch (l.type) {
    case 'bridge':
      return `${l.name} bridge${l.netfilter && before === undefined ? ', netfilter' : ''}${changed(l, before)}`;
    case 'vlan':
      return `${l.name} on ${l.parent}, id ${l.id}, in ${bridgeOf(l.master)}${changed(l, before)}`;
    case 'tap':
      return `${l.name} tap in ${bridgeOf(l.master)}${changed(l, before)}`;
    case 'veth':
      return `${l.name} veth in ${bridgeOf(l.master)}, ${farEndOf(l.peer)}${changed(l, before)}`;
    case 'port':
      return [
        `${l.name} ${placeOf(l)}`,
        ...(l.promiscuous && !l.parent ? ['promiscuous'] : []),
        ...(l.hairpin && !l.parent ? ['hairpin'] : []),
        ...changedPort(l, before),
      ].join(', ');
  }
}

function placeOf({ parent, master }: Port): string {
  if (parent) return 'as parent of VLAN devices';
  return master === undefined ? 'in no bridge' : `into ${master}`;
}

function changedPort(l: Port, before: Link | undefined): readonly string[] {
  if (before?.type !== 'port') return l.up ? [] : ['down'];
  const mtu = mtuFor(l, before);
  return [
    ...(before.master !== l.master && (l.parent || (l.master !== undefined && before.master !== undefined))
      ? [`out of ${before.master ?? 'no bridge'}`]
      : []),
    ...(mtu === undefined ? [] : [`mtu ${before.mtu ?? 'unknown'} → ${mtu}`]),
    ...(l.up ? [] : ['down']),
    ...(l.parent && !before.up ? ['up'] : []),
  ];
}

function changed(l: Own, before: Link | undefined): string {
  if (before === undefined || before.type === 'port') return '';
  const said = [
    ...(before.type === l.type ? [] : [`was a ${before.type}`]),
    ...(before.type !== 'bridge' && l.type !== 'bridge' && before.master !== l.master
      ? [`was in ${bridgeOf(before.master)}`]
      : []),
    ...(before.mtu === l.mtu ? [] : [`mtu ${before.mtu} → ${l.mtu}`]),
    ...(macOf(before) === macOf(l) || before.type !== l.type ? [] : [`mac ${macOf(before)} → ${macOf(l)}`]),
    ...(aliasOf(before) === aliasOf(l) ? [] : ['alias']),
    ...(before.type === 'veth' &&
    l.type === 'veth' &&
    (before.peer.netns !== l.peer.netns || before.peer.name !== l.peer.name)
      ? ['its other end is elsewhere']
      : []),
    ...(before.type === 'bridge' && l.type === 'bridge' && before.netfilter !== l.netfilter
      ? [`netfilter ${l.netfilter ? 'on' : 'off'}`]
      : []),
    ...(before.deviations ?? []),
  ];
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

function farEndOf({ name, netns }: Veth['peer']): string {
  return netns === '' ? 'its other end elsewhere' : `${name} in netns ${netns}`;
}

function bridgeOf(master: string): string {
  return master === '' ? 'no bridge' : master;
}

function macOf(l: Own): string {
  switch (l.type) {
    case 'bridge':
      return l.mac;
    case 'vlan':
    case 'tap':
      return '';
    case 'veth':
      return l.peer.mac;
  }
}

function aliasOf(l: Own): string | undefined {
  return l.type === 'tap' || l.type === 'veth' ? l.alias : undefined;
}
