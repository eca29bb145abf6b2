// test/kinds/disrupts-scene.ts — a resource of each kind, changes of it, and what a change may disrupt.
import type { Change, Disruption, Ref, Resource } from '../../src/core/resource.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import type { Chain, Rule, Table } from '../../src/kinds/chain/model.ts';
import { chain } from '../../src/kinds/chain/model.ts';
import type { File } from '../../src/kinds/file/model.ts';
import type { Flow } from '../../src/kinds/flow/model.ts';
import type { Lease } from '../../src/kinds/lease/model.ts';
import type { Bridge, Port, Tap, Veth, Vlan } from '../../src/kinds/link/model.ts';
import type { Module } from '../../src/kinds/module/model.ts';
import type { Netns } from '../../src/kinds/netns/model.ts';
import type { Process } from '../../src/kinds/process/model.ts';
import type { Neighbour } from '../../src/kinds/neighbour/model.ts';
import type { Route } from '../../src/kinds/route/model.ts';
import type { Sysctl } from '../../src/kinds/sysctl/model.ts';

export const kinds = kindsFor({ state: '/state', run: '/run' });
export const ref: Ref = 'thing a';
export const create = (after: Resource): Change => ({ verb: 'create', ref, after });
export const remove = (before: Resource): Change => ({ verb: 'delete', ref, before });
export const update = <R extends Resource>(before: R, changed: Partial<R>): Change => ({
  verb: 'update',
  ref,
  before,
  after: { ...before, ...changed },
});
export const becomes = <R extends Resource>(before: R, after: R): Change => ({ verb: 'update', ref, before, after });
export const replace = <R extends Resource>(before: R, changed: Partial<R>): Change => ({
  verb: 'replace',
  ref,
  before,
  after: { ...before, ...changed },
});

export const none: Disruption = { class: 'none' };
export const newConnections: Disruption = { class: 'new-connections' };
export const flowsOf = (...of: readonly string[]): Disruption => ({ class: 'flows', of });
export const link = (name: string): Disruption => ({ class: 'link', link: name });

export const bridge: Bridge = {
  kind: 'link',
  type: 'bridge',
  name: 'br-lab',
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  netfilter: false,
};
export const tap: Tap = {
  kind: 'link',
  type: 'tap',
  name: 'tap-vm-1',
  master: 'br-lab',
  mtu: 1500,
  alias: 'vm-1/lab#2 10.0.0.5 02:00:00:00:00:08',
};
export const nobodys: Tap = { ...tap, alias: '' };
export const veth: Veth = {
  kind: 'link',
  type: 'veth',
  name: 'vm-2',
  master: 'br-lab',
  mtu: 1500,
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
  mtu: 1500,
};
export const uplink: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'eth1',
  promiscuous: false,
  hairpin: false,
  up: true,
  mtu: 1500,
};
export const wider: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'eth1',
  promiscuous: false,
  hairpin: false,
  up: true,
  carries: 9000,
};
export const guest: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'vnet0',
  promiscuous: false,
  hairpin: true,
  up: true,
};
export const fixed: Address = {
  kind: 'address',
  link: 'br-lab',
  cidr: '10.0.0.1/24',
  broadcast: '10.0.0.255',
  metric: 117,
};
export const floating: Address = {
  kind: 'address',
  link: 'eth1',
  cidr: '198.51.100.17/32',
  metric: 117,
  announce: true,
};
export const neighbour: Neighbour = {
  kind: 'neighbour',
  link: 'eth1',
  ip: '203.0.113.9',
  state: 'permanent',
  mac: '02:00:00:00:00:99',
};
export const route: Route = {
  kind: 'route',
  family: 4,
  to: 'default',
  via: '203.0.113.1',
  link: 'eth1',
  protocol: '117',
};
export const forwarding: Sysctl = { kind: 'sysctl', borrowed: true, name: 'net.ipv4.ip_forward', value: '1' };
export const dnsmasq: Process = { kind: 'process', name: 'dnsmasq-lab', argv: ['dnsmasq'], config: 'a', on: [] };
export const file: File = { kind: 'file', path: '/state/networks/lab/hosts', text: 'a' };
export const flow: Flow = { kind: 'flow', floating: '198.51.100.17', fixed: '10.0.0.3' };
export const lease: Lease = {
  kind: 'lease',
  link: 'br-lab',
  ip: '10.0.0.3',
  mac: '02:00:00:00:00:08',
  file: '/state/leases',
  cidr: '10.0.0.0/24',
  server: 'dnsmasq-lab',
};
export const netns: Netns = { kind: 'netns', name: 'netctl-r1' };
export const module: Module = { kind: 'module', name: 'br_netfilter' };

export const rule = (then: Rule['then'], why: string, ...match: Rule['match']): Rule => ({ rank: 0, match, then, why });
const inLab = { match: 'in', link: 'br-lab' } as const;
export const outLab = { match: 'out', link: 'br-lab' } as const;
const outEth = { match: 'out', link: 'eth1' } as const;
export const accept = { target: 'accept' } as const;
const drop = { target: 'drop' } as const;
export const jump = { target: 'jump', chain: 'netctl-FORWARD' } as const;
export const filter = (...rules: readonly Rule[]): Chain => chain('filter', 'netctl-FORWARD', rules);
export const of = (table: Table, ...rules: readonly Rule[]): Chain => chain(table, 'netctl-x', rules);
export const toLab = [rule(accept, 'networks.lab.forward', inLab), rule(accept, 'networks.lab.forward', outLab)];
export const shut = [
  rule(accept, 'networks.lab.forward', inLab, outEth),
  rule(accept, 'networks.lab.forward', inLab, outLab),
  rule(drop, 'networks.lab.forward', inLab),
  rule(drop, 'networks.lab.forward', outLab),
];
export const input = (...rules: readonly Rule[]): Chain => chain('filter', 'netctl-INPUT', rules);
export const inRed = { match: 'in', link: 'br-red' } as const;
export const served = [
  rule(accept, 'networks.lab.dhcp', inLab),
  rule(drop, 'networks.lab.dhcp', { match: 'in', link: 'lo', not: true }),
];
export const snat = rule({ target: 'snat', to: '203.0.113.11' }, 'networks.lab.snat', outEth);

export const stays = { from: '10.0.0.0/24', to: '10.0.0.0/24', then: 'bridge' } as const;
export const taken = { from: '10.0.0.3/32', to: '10.0.0.0/24', not: true, then: 'route' } as const;
export const metadata = { from: '10.0.0.0/24', to: '169.254.169.254/32', then: 'route' } as const;
