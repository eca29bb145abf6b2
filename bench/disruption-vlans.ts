// bench/disruption-vlans.ts — changes of VLANs, on a host whose networks lab and side are VLANs of the interface by
// which office is untagged.
import { all, host, network, noOffice, noSide, out, same, wire, without } from './disruption-edits.ts';
import type { ChangeUnderTraffic } from './disruption-edits.ts';

const noLab = all(without('vm-1', 'vm-2'), (spec) => {
  Reflect.deleteProperty(spec.networks, 'lab');
});

/** One guest of each network: an emulated processor is slow. */
const few = without('vm-2', 'vm-4', 'vm-6');

/** The wire's machine has lab as 100 and as 102, and side as 101. What is as well its own way back is done once. */
const changes: readonly ChangeUnderTraffic[] = [
  { name: 'nothing: a second apply', from: same, to: same, concerned: wire('vm-1'), bystander: wire('vm-3') },

  {
    name: 'a VLAN beside another added',
    back: 'removed',
    from: noSide,
    to: same,
    concerned: wire('vm-1'),
    concernedBack: wire('vm-3'),
    bystander: wire('vm-5'),
    bystanderBack: wire('vm-1'),
  },
  {
    name: 'VLANs on an interface that has none, seen by its untagged network',
    back: 'removed',
    from: all(noLab, noSide),
    to: same,
    concerned: wire('vm-5'),
    bystander: host,
  },
  {
    name: 'an untagged network on the interface of VLANs, seen by one of these',
    back: 'removed',
    from: noOffice,
    to: same,
    concerned: wire('vm-1'),
    bystander: host,
  },
  {
    name: 'another interface for the untagged network, seen by a VLAN',
    from: same,
    to: network('office', { interface: 'eth3' }),
    concerned: wire('vm-1'),
    bystander: host,
  },
  {
    name: 'a VLAN for a network without uplink',
    back: 'none',
    from: network('lab', { mode: 'flat-dhcp', interface: null, vlan: undefined, bridge: 'br100' }),
    to: same,
    concerned: out('vm-1'),
    bystander: wire('vm-3'),
  },

  {
    name: 'another id, seen on the wire',
    from: same,
    to: network('lab', { vlan: 102, bridge: 'br100' }),
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: "another id, seen by the host's guests",
    from: same,
    to: network('lab', { vlan: 102, bridge: 'br100' }),
    concerned: out('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: 'another id and with it another bridge',
    from: same,
    to: network('lab', { vlan: 102 }),
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: 'another interface of the same wire',
    from: same,
    to: network('lab', { interface: 'eth3' }),
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: "another interface, seen by the host's guests",
    from: same,
    to: network('lab', { interface: 'eth3' }),
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
  {
    name: 'the bridge renamed',
    from: network('lab', { bridge: 'br-old' }),
    to: network('lab', { bridge: 'br-new' }),
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: 'a smaller MTU',
    back: 'the former',
    from: same,
    to: network('lab', { mtu: 1400 }),
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: "a larger MTU, the interface's too",
    back: 'the former',
    from: same,
    to: network('lab', { mtu: 2000 }),
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },

  {
    name: 'a VLAN beside another, not confirmed and rolled back',
    from: noSide,
    to: same,
    unconfirmed: true,
    concerned: wire('vm-1'),
    bystander: wire('vm-5'),
  },
  {
    name: 'another id, not confirmed and rolled back',
    from: same,
    to: network('lab', { vlan: 102, bridge: 'br100' }),
    unconfirmed: true,
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },

  {
    name: 'repaired: hairpin on a VLAN device',
    from: same,
    to: same,
    befalls: 'ip link set dev vlan100 type bridge_slave hairpin on',
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: 'repaired: a VLAN device with a smaller MTU',
    from: same,
    to: same,
    befalls: 'ip link set dev vlan100 mtu 1400',
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: 'repaired: a VLAN device deleted',
    from: same,
    to: same,
    harm: true,
    befalls: 'ip link del dev vlan100',
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: "repaired: a VLAN device deleted, seen by the host's guests",
    from: same,
    to: same,
    befalls: 'ip link del dev vlan100',
    concerned: out('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: 'repaired: a VLAN device down',
    from: same,
    to: same,
    harm: true,
    befalls: 'ip link set dev vlan100 down',
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: 'repaired: a VLAN device out of its bridge',
    from: same,
    to: same,
    harm: true,
    befalls: 'ip link set dev vlan100 nomaster',
    concerned: wire('vm-1'),
    bystander: wire('vm-3'),
  },
  {
    name: 'repaired: the interface down',
    from: same,
    to: same,
    harm: true,
    befalls: 'ip link set dev eth2 down',
    concerned: wire('vm-1'),
    bystander: host,
  },
];

export const vlanChanges: readonly ChangeUnderTraffic[] = changes.map((change) => ({
  ...change,
  from: all(few, change.from),
  to: all(few, change.to),
}));
