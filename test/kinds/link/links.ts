// test/kinds/link/links.ts — links that the tests of this kind speak of, as wanted and as `ip` prints them.
import type { Change } from '../../../src/core/resource.ts';
import { link } from '../../../src/kinds/link/index.ts';
import type { Bridge, Link, Port, Tap, Veth, Vlan } from '../../../src/kinds/link/model.ts';

export const bridge: Bridge = {
  kind: 'link',
  type: 'bridge',
  name: 'br-lab',
  mac: '02:00:00:00:00:01',
  mtu: 1450,
  netfilter: false,
};
export const tap: Tap = {
  kind: 'link',
  type: 'tap',
  name: 'tap-vm-1',
  master: 'br-lab',
  mtu: 1450,
  alias: 'vm-1/lab#2 10.0.0.5',
};
export const veth: Veth = {
  kind: 'link',
  type: 'veth',
  name: 'vm-2',
  master: 'br-lab',
  mtu: 1450,
  alias: 'vm-2/lab',
  peer: { name: 'eth0', netns: 'g1', mac: '02:00:00:00:00:09' },
};
export const vlan: Vlan = {
  kind: 'link',
  type: 'vlan',
  name: 'vlan100',
  parent: 'eth1',
  id: 100,
  master: 'br-lab',
  mtu: 1450,
};
export const port: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'eth1',
  master: 'br-lab',
  promiscuous: true,
  hairpin: false,
  up: true,
  carries: 1450,
};
export const parent: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'eth1',
  promiscuous: false,
  hairpin: false,
  up: true,
  carries: 1500,
  parent: true,
};
export const idle: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'eth1',
  promiscuous: false,
  hairpin: false,
  up: true,
  mtu: 1500,
};

export function opsOf(change: Change<Link>): ReturnType<typeof link.steps>[number]['ops'] {
  return link.steps([change]).flatMap((step) => step.ops);
}
