// test/kinds/link/link.test.ts — links: described, recreated, claimed, remembered, merged.
import { describe, expect, test } from 'vitest';
import { link } from '../../../src/kinds/link/index.ts';
import type { Link } from '../../../src/kinds/link/model.ts';
import { bridge, idle, parent, port, tap, veth, vlan } from './links.ts';

describe('a person reads', () => {
  for (const [line, after, before] of [
    ['br-lab bridge', bridge, undefined],
    ['br-lab bridge (mtu 1500 → 1450, down)', bridge, { ...bridge, mtu: 1500, deviations: ['down'] }],
    ['br-lab bridge, netfilter', { ...bridge, netfilter: true }, undefined],
    ['br-lab bridge (netfilter on)', { ...bridge, netfilter: true }, bridge],
    ['br-lab bridge (netfilter off)', bridge, { ...bridge, netfilter: true }],
    ['tap-vm-1 tap in br-lab', tap, undefined],
    ['tap-vm-1 tap in br-lab (was in br-b)', tap, { ...tap, master: 'br-b' }],
    ['vm-2 veth in br-lab, eth0 in netns g1', veth, undefined],
    ['eth1 into br-lab, promiscuous', port, undefined],
    ['eth1 into br-lab, promiscuous, mtu 1500 → 9000', { ...port, carries: 9000 }, idle],
    ['eth1 in no bridge, mtu 9000 → 1500', idle, { ...idle, master: 'br-lab', mtu: 9000 }],
    ['eth1 as parent of VLAN devices, up', parent, { ...idle, up: false }],
    [
      'eth1 as parent of VLAN devices, out of br-lab, mtu 1500 → 9000',
      { ...parent, carries: 9000 },
      { ...idle, master: 'br-lab', promiscuous: true },
    ],
    ['vlan100 on eth1, id 100, in br-lab', vlan, undefined],
    [
      'vlan100 on eth1, id 100, in br-lab (was in no bridge, mtu 1500 → 1450, down)',
      vlan,
      { ...vlan, master: '', mtu: 1500, deviations: ['down'] },
    ],
  ] as const satisfies readonly (readonly [string, Link, Link | undefined])[]) {
    test(line, () => {
      expect(link.describe(after, before)).toBe(line);
    });
  }
});

describe('recreated', () => {
  for (const [name, before, after, anew] of [
    ['when its type is another', { ...tap, name: 'vm-2' }, veth, true],
    ['when its far end goes elsewhere', { ...veth, peer: { ...veth.peer, netns: 'g2' } }, veth, true],
    ['when its far end has another name', { ...veth, peer: { ...veth.peer, name: 'lan0' } }, veth, true],
    ['when its id is another', { ...vlan, id: 101 }, vlan, true],
    ['when it is on another parent', { ...vlan, parent: 'eth2' }, vlan, true],
    ['when it is in another bridge', { ...vlan, master: 'br-b' }, vlan, true],
    ['not when it is in none, or of another MTU', { ...vlan, master: '', mtu: 1400 }, vlan, false],
    [
      'not for a MAC, a bridge, an MTU',
      { ...veth, master: 'br-b', mtu: 1500, peer: { ...veth.peer, mac: '02:00:00:00:00:0a' } },
      veth,
      false,
    ],
  ] as const satisfies readonly (readonly [string, Link, Link, boolean])[]) {
    test(name, () => {
      expect(link.mustReplace?.(before, after)).toBe(anew);
    });
  }
});

test('a tap’s name is put down before it is made, and remembered until it has its group', () => {
  expect(
    link.recordBefore?.([
      { verb: 'create', ref: 'link tap-vm-1', after: tap },
      { verb: 'create', ref: 'link br-lab', after: bridge },
    ]),
  ).toEqual({ 'tap tap-vm-1': '117' });
  expect(link.recordBefore?.([{ verb: 'replace', ref: 'link tap-vm-1', before: bridge, after: tap }])).toEqual({
    'tap tap-vm-1': '117',
  });
  // One that is there has its group, or is remembered already.
  expect(
    link.recordBefore?.([
      { verb: 'update', ref: 'link tap-vm-1', before: { ...tap, deviations: ['down'] }, after: tap },
    ]),
  ).toEqual({});
  expect(link.remember?.([tap, { ...tap, name: 'tap-vm-9', deviations: ['unmarked'] }])).toEqual({
    'tap tap-vm-9': '117',
  });
});

test('a far end can be had by one only', () => {
  expect(link.claims?.(veth)).toEqual(['link name vm-2', 'netns g1 name eth0']);
});

describe('an interface for several', () => {
  for (const [name, a, b, merged] of [
    ['parents carry what the greatest asks for', parent, { ...parent, carries: 9000 }, { ...parent, carries: 9000 }],
    ['an uplink stays one', parent, { ...port, carries: 9000 }, { ...port, carries: 9000 }],
    ['whoever comes first', port, { ...parent, carries: 9000 }, { ...port, carries: 9000 }],
    ['two uplinks contradict', port, { ...port, master: 'br-b' }, undefined],
  ] as const satisfies readonly (readonly [string, Link, Link, Link | undefined])[]) {
    test(name, () => {
      expect(link.merge?.(a, b)).toEqual(merged);
    });
  }
});
