// test/kinds/disrupts.test.ts — what each kind says that its changes do to packets; a row a fact.
import { describe, expect, test } from 'vitest';
import type { Change, Disruption, Kind, Ref, Resource } from '../../src/core/resource.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import type { BridgeChain } from '../../src/kinds/bridge-chain/model.ts';
import { bridgeChain } from '../../src/kinds/bridge-chain/render.ts';
import { chain } from '../../src/kinds/chain/model.ts';
import type { Chain, Rule, Table } from '../../src/kinds/chain/model.ts';
import type { File } from '../../src/kinds/file/model.ts';
import type { Flow } from '../../src/kinds/flow/model.ts';
import type { Lease } from '../../src/kinds/lease/model.ts';
import type { Bridge, Port, Tap, Veth, Vlan } from '../../src/kinds/link/model.ts';
import type { Module } from '../../src/kinds/module/model.ts';
import type { Process } from '../../src/kinds/process/model.ts';
import type { Neighbour } from '../../src/kinds/neighbour/model.ts';
import type { Route } from '../../src/kinds/route/model.ts';
import type { Sysctl } from '../../src/kinds/sysctl/model.ts';

const kinds = kindsFor({ state: '/state', run: '/run' });
const ref: Ref = 'thing a';
const create = (after: Resource): Change => ({ verb: 'create', ref, after });
const remove = (before: Resource): Change => ({ verb: 'delete', ref, before });
const update = <R extends Resource>(before: R, changed: Partial<R>): Change => ({
  verb: 'update',
  ref,
  before,
  after: { ...before, ...changed },
});
const becomes = <R extends Resource>(before: R, after: R): Change => ({ verb: 'update', ref, before, after });
const replace = <R extends Resource>(before: R, changed: Partial<R>): Change => ({
  verb: 'replace',
  ref,
  before,
  after: { ...before, ...changed },
});

const none: Disruption = { class: 'none' };
const newConnections: Disruption = { class: 'new-connections' };
const flowsOf = (...of: readonly string[]): Disruption => ({ class: 'flows', of });
const link = (name: string): Disruption => ({ class: 'link', link: name });

const bridge: Bridge = {
  kind: 'link',
  type: 'bridge',
  name: 'br-lab',
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  netfilter: false,
};
const tap: Tap = {
  kind: 'link',
  type: 'tap',
  name: 'tap-vm-1',
  master: 'br-lab',
  mtu: 1500,
  alias: 'vm-1/lab#2 10.0.0.5 02:00:00:00:00:08',
};
const nobodys: Tap = { ...tap, alias: '' };
const veth: Veth = {
  kind: 'link',
  type: 'veth',
  name: 'vm-2',
  master: 'br-lab',
  mtu: 1500,
  alias: 'vm-2/lab',
  peer: { name: 'eth0', netns: 'g1', mac: '02:00:00:00:00:09' },
};
const vlan: Vlan = {
  kind: 'link',
  type: 'vlan',
  name: 'vlan100',
  parent: 'eth1',
  id: 100,
  master: 'br-lab',
  mtu: 1500,
};
const uplink: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'eth1',
  promiscuous: false,
  hairpin: false,
  up: true,
  mtu: 1500,
};
const wider: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'eth1',
  promiscuous: false,
  hairpin: false,
  up: true,
  carries: 9000,
};
const guest: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'vnet0',
  promiscuous: false,
  hairpin: true,
  up: true,
};
const fixed: Address = { kind: 'address', link: 'br-lab', cidr: '10.0.0.1/24', broadcast: '10.0.0.255', metric: 117 };
const floating: Address = { kind: 'address', link: 'eth1', cidr: '198.51.100.17/32', metric: 117, announce: true };
const neighbour: Neighbour = {
  kind: 'neighbour',
  link: 'eth1',
  ip: '203.0.113.9',
  state: 'permanent',
  mac: '02:00:00:00:00:99',
};
const route: Route = { kind: 'route', family: 4, to: 'default', via: '203.0.113.1', link: 'eth1', protocol: '117' };
const forwarding: Sysctl = { kind: 'sysctl', borrowed: true, name: 'net.ipv4.ip_forward', value: '1' };
const dnsmasq: Process = { kind: 'process', name: 'dnsmasq-lab', argv: ['dnsmasq'], config: 'a', on: [] };
const file: File = { kind: 'file', path: '/state/networks/lab/hosts', text: 'a' };
const flow: Flow = { kind: 'flow', floating: '198.51.100.17', fixed: '10.0.0.3' };
const lease: Lease = {
  kind: 'lease',
  link: 'br-lab',
  ip: '10.0.0.3',
  mac: '02:00:00:00:00:08',
  file: '/state/leases',
  cidr: '10.0.0.0/24',
  server: 'dnsmasq-lab',
};
const module: Module = { kind: 'module', name: 'br_netfilter' };

const rule = (then: Rule['then'], why: string, ...match: Rule['match']): Rule => ({ rank: 0, match, then, why });
const inLab = { match: 'in', link: 'br-lab' } as const;
const outLab = { match: 'out', link: 'br-lab' } as const;
const outEth = { match: 'out', link: 'eth1' } as const;
const accept = { target: 'accept' } as const;
const drop = { target: 'drop' } as const;
const jump = { target: 'jump', chain: 'netctl-FORWARD' } as const;
const filter = (...rules: readonly Rule[]): Chain => chain('filter', 'netctl-FORWARD', rules);
const of = (table: Table, ...rules: readonly Rule[]): Chain => chain(table, 'netctl-x', rules);
const toLab = [rule(accept, 'networks.lab.forward', inLab), rule(accept, 'networks.lab.forward', outLab)];
const shut = [
  rule(accept, 'networks.lab.forward', inLab, outEth),
  rule(accept, 'networks.lab.forward', inLab, outLab),
  rule(drop, 'networks.lab.forward', inLab),
  rule(drop, 'networks.lab.forward', outLab),
];
const input = (...rules: readonly Rule[]): Chain => chain('filter', 'netctl-INPUT', rules);
const inRed = { match: 'in', link: 'br-red' } as const;
const served = [
  rule(accept, 'networks.lab.dhcp', inLab),
  rule(drop, 'networks.lab.dhcp', { match: 'in', link: 'lo', not: true }),
];
const snat = rule({ target: 'snat', to: '203.0.113.11' }, 'networks.lab.snat', outEth);

const stays = { from: '10.0.0.0/24', to: '10.0.0.0/24', then: 'bridge' } as const;
const taken = { from: '10.0.0.3/32', to: '10.0.0.0/24', not: true, then: 'route' } as const;
const metadata = { from: '10.0.0.0/24', to: '169.254.169.254/32', then: 'route' } as const;

const rows: Readonly<
  Record<Kind['kind'], readonly (readonly [name: string, change: Change, disruption: Disruption])[]>
> = {
  link: [
    ['a bridge more', create(bridge), { class: 'none', makes: bridge.name }],
    ['a bridge less', remove(bridge), link('br-lab')],
    [
      'a bridge with another MAC: neighbours send to the old one',
      update(bridge, { mac: '02:00:00:00:00:02' }),
      link('br-lab'),
    ],
    ['a bridge that lets larger packets through', update(bridge, { mtu: 9000 }), none],
    ['a bridge that lets only smaller ones through', update(bridge, { mtu: 1400 }), flowsOf('br-lab')],
    ['a bridge under iptables', update(bridge, { netfilter: true }), none],
    ['a bridge mended', update<Bridge>({ ...bridge, amiss: ['down', 'stp', 'forward-delay'] }, { amiss: [] }), none],
    ['a tap more', create(tap), { class: 'none', makes: tap.name }],
    ['a tap less', remove(tap), flowsOf('vm-1')],
    ['a tap that tells not whose it is', remove(nobodys), flowsOf('tap-vm-1')],
    ['a tap in another bridge', update(tap, { master: 'br-new' }), flowsOf('vm-1')],
    ['a tap back in its bridge', update({ ...tap, master: '' }, { master: 'br-lab' }), none],
    ['a tap with another alias', update(tap, { alias: 'vm-1/lab 10.0.0.6' }), none],
    ['a tap with a smaller MTU', update(tap, { mtu: 1400 }), flowsOf('vm-1')],
    ['a tap replaced by a veth', { verb: 'replace', ref, before: tap, after: veth }, flowsOf('vm-1')],
    ['a veth more', create(veth), { class: 'none', makes: veth.name }],
    ['a veth elsewhere', replace(veth, { peer: { ...veth.peer, netns: 'g2' } }), flowsOf('vm-2')],
    ['a veth with another MAC', update(veth, { peer: { ...veth.peer, mac: '02:00:00:00:00:0a' } }), flowsOf('vm-2')],
    ['a veth mended', update<Veth>({ ...veth, amiss: ['no-hairpin', 'peer-down'] }, { amiss: [] }), none],
    ['a VLAN device more', create(vlan), { class: 'none', makes: vlan.name }],
    ['a VLAN device replaced', replace(vlan, { id: 101 }), link('vlan100')],
    ['a VLAN device less', remove(vlan), link('vlan100')],
    ['a VLAN device with a smaller MTU', update(vlan, { mtu: 1400 }), flowsOf('vlan100')],
    ['an uplink into a bridge', update(uplink, { master: 'br-lab', promiscuous: true }), link('eth1')],
    ['an uplink given back', becomes<Port>({ ...uplink, master: 'br-lab', promiscuous: true }, uplink), link('eth1')],
    ['an uplink that only becomes promiscuous', update(uplink, { promiscuous: true }), none],
    ['an uplink up', update({ ...uplink, up: false }, { up: true }), none],
    ['an uplink down', update(uplink, { up: false }), link('eth1')],
    ['an uplink that must carry more: many cards start anew', becomes(uplink, wider), link('eth1')],
    ['an uplink nobody has looked at', create(uplink), link('eth1')],
    ["a guest's device put in its bridge", update(guest, { master: 'br-lab' }), none],
    [
      "a guest's device out of another's bridge",
      update({ ...guest, master: 'virbr0' }, { master: 'br-lab' }),
      flowsOf('vnet0'),
    ],
    [
      "a guest's device given back",
      becomes<Port>({ ...guest, master: 'br-lab' }, { ...guest, hairpin: false }),
      flowsOf('vnet0'),
    ],
  ],
  address: [
    ['one more', create(fixed), none],
    ['a floating one more', create(floating), none],
    ['a floating one less', remove(floating), flowsOf('198.51.100.17')],
    ["a network's less", remove(fixed), link('br-lab')],
    ['another metric', update({ ...fixed, metric: 117001 }, { metric: 117 }), none],
    ['another broadcast address: made again', update(fixed, { broadcast: '10.0.0.127' }), link('br-lab')],
    ['before others, which are put back', becomes<Address>({ ...fixed, behind: [] }, fixed), link('br-lab')],
  ],
  route: [
    ['one more', create(route), none],
    ['one less', remove(route), link('eth1')],
    ['by another router', update(route, { via: '203.0.113.2' }), link('eth1')],
    ['with another source', update(route, { source: '203.0.113.11' }), none],
  ],
  neighbour: [
    ['one more', create(neighbour), none],
    ['one less', remove(neighbour), flowsOf('203.0.113.9')],
  ],
  sysctl: [
    ['forwarding on', update({ ...forwarding, value: '0' }, { value: '1' }), none],
    ['forwarding off', update(forwarding, { value: '0' }), flowsOf('all that is forwarded')],
    ['left as it is', remove(forwarding), none],
  ],
  module: [
    ['loaded: for a moment all bridges are under iptables', create(module), flowsOf('other bridges')],
    ['left as it is', remove(module), none],
  ],
  chain: [
    ['filter: more is let through', update(filter(), { rules: filter(...toLab).rules }), none],
    ['filter: a chain more that accepts', create(filter(...toLab)), none],
    ['filter: less is accepted', update(filter(...toLab), { rules: [] }), flowsOf('br-lab')],
    ['filter: less is dropped', update(filter(...shut), { rules: filter(...shut.slice(0, 2)).rules }), none],
    ['filter: more is dropped', update(filter(...toLab), { rules: filter(...shut).rules }), flowsOf('br-lab')],
    [
      'filter: what named two links is told by the one of its network',
      update(filter(...shut), { rules: filter(...shut.slice(1)).rules }),
      flowsOf('br-lab'),
    ],
    [
      'filter: what was accepted is by a rule that asks for less',
      update(filter(...shut), { rules: filter(...toLab).rules }),
      none,
    ],
    [
      'filter: but not where another rule drops what passes there',
      update(filter(...shut, ...toLab), { rules: filter(...shut.slice(2), ...toLab).rules }),
      flowsOf('br-lab'),
    ],
    [
      'filter: what is for the host itself',
      update(chain('filter', 'netctl-INPUT', toLab.slice(0, 1)), { rules: [] }),
      flowsOf('br-lab to the host'),
    ],
    [
      'filter: what keeps others from a server that was there',
      update(input(...served.slice(0, 1)), { rules: input(...served).rules }),
      flowsOf('br-lab to the host'),
    ],
    [
      'filter: from one that comes with it',
      update(input(rule(accept, 'networks.red.dhcp', inRed)), {
        rules: input(rule(accept, 'networks.red.dhcp', inRed), ...served).rules,
      }),
      none,
    ],
    [
      'filter: and with it in another bridge',
      update(input(...served), { rules: input(rule(accept, 'networks.lab.dhcp', inRed), ...served.slice(1)).rules }),
      flowsOf('br-lab to the host'),
    ],
    [
      'filter: another order',
      update(filter(...shut), { rules: filter(...shut).rules.toReversed() }),
      flowsOf('br-lab'),
    ],
    [
      "filter: somebody's rule for all goes",
      update(filter(rule(accept, 'theirs')), { rules: [] }),
      flowsOf('ACCEPT of everything'),
    ],
    ['filter: a way into a chain of ours', create(filter(rule(jump, 'networks'))), none],
    ['filter: a chain less', remove(filter(...toLab)), flowsOf('br-lab')],
    ['filter: an empty chain less', remove(filter()), none],
    ['nat: only new connections ask', update(of('nat'), { rules: of('nat', snat).rules }), newConnections],
    ['nat: a rule less', update(of('nat', snat), { rules: [] }), newConnections],
    ['nat: a chain less', remove(of('nat', snat)), newConnections],
    ['nat: an empty chain more', create(of('nat')), none],
    ['mangle: checksums', remove(of('mangle', rule({ target: 'checksum-fill' }, 'networks.lab.dhcp', outLab))), none],
  ],
  'bridge-chain': [
    ['frames of one guest are taken out', create(bridgeChain([stays, taken])), flowsOf('10.0.0.3')],
    ['and are so no more', remove(bridgeChain([stays, taken])), flowsOf('10.0.0.3')],
    [
      'frames to one address',
      update(bridgeChain([stays, taken]), { rules: bridgeChain([stays, metadata, taken]).rules }),
      flowsOf('169.254.169.254'),
    ],
    ['what stays on the bridge stays there', create(bridgeChain([stays])), none],
    [
      'another order, or led into once more',
      becomes<BridgeChain>({ ...bridgeChain([stays, taken]), hooks: 2 }, bridgeChain([stays, taken])),
      flowsOf('10.0.0.3'),
    ],
  ],
  flow: [
    ['a pair more', create(flow), none],
    ['a pair less', remove(flow), flowsOf('10.0.0.3')],
  ],
  file: [
    ['one more', create(file), none],
    ['another text', update(file, { text: 'b' }), none],
    ['one less', remove(file), none],
  ],
  process: [
    ['started', create(dnsmasq), none],
    ['reads its files again', update(dnsmasq, { config: 'b' }), none],
    ['restarted', replace(dnsmasq, { argv: ['dnsmasq', '--strict-order'] }), newConnections],
    ['ended', remove(dnsmasq), newConnections],
  ],
  lease: [
    ['may be held', create(lease), none],
    ['given back', remove(lease), flowsOf('10.0.0.3')],
  ],
};

for (const [name, own] of Object.entries(rows)) {
  describe(name, () => {
    for (const [fact, change, disruption] of own)
      test(fact, () => expect(kinds.find(({ kind }) => kind === name)?.disrupts?.(change)).toEqual(disruption));
  });
}

test('every kind has its rows', () => expect(Object.keys(rows).sort()).toEqual(kinds.map(({ kind }) => kind).sort()));
