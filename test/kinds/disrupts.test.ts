// test/kinds/disrupts.test.ts — what a change of each kind disrupts, by a table; every kind has its rows.
import { describe, expect, test } from 'vitest';
import type { Change, Disruption, Kind } from '../../src/core/resource.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import type { BridgeChain } from '../../src/kinds/bridge-chain/model.ts';
import { nameInNetns } from '../../src/core/in-netns.ts';
import { bridgeChain } from '../../src/kinds/bridge-chain/model.ts';
import { chain } from '../../src/kinds/chain/model.ts';
import type { Bridge, Port, Veth } from '../../src/kinds/link/model.ts';
import {
  accept,
  becomes,
  bridge,
  create,
  dnsmasq,
  file,
  filter,
  fixed,
  floating,
  flow,
  flowsOf,
  forwarding,
  guest,
  input,
  inRed,
  jump,
  kinds,
  lease,
  link,
  metadata,
  module,
  neighbour,
  netns,
  newConnections,
  nobodys,
  none,
  of,
  outLab,
  ref,
  remove,
  replace,
  route,
  rule,
  served,
  shut,
  snat,
  stays,
  taken,
  tap,
  toLab,
  update,
  uplink,
  veth,
  vlan,
  wider,
} from './disrupts-scene.ts';

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
    [
      'a bridge mended',
      update<Bridge>({ ...bridge, deviations: ['down', 'stp', 'forward-delay'] }, { deviations: [] }),
      none,
    ],
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
    ['a veth mended', update<Veth>({ ...veth, deviations: ['no-hairpin', 'peer-down'] }, { deviations: [] }), none],
    ['a VLAN device more', create(vlan), { class: 'none', makes: vlan.name }],
    ['a VLAN device replaced', replace(vlan, { id: 101 }), link('vlan100')],
    ['a VLAN device less', remove(vlan), link('vlan100')],
    ['a VLAN device with a smaller MTU', update(vlan, { mtu: 1400 }), flowsOf('vlan100')],
    ['an uplink into a bridge', update(uplink, { master: 'br-lab', promiscuous: true }), link('eth1')],
    ['an uplink restored', becomes<Port>({ ...uplink, master: 'br-lab', promiscuous: true }, uplink), link('eth1')],
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
      "a guest's device restored",
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
  netns: [
    ['made', create(netns), none],
    ['removed', remove(netns), flowsOf('netctl-r1')],
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
  chain6: [
    ['a chain less', remove(chain('filter', 'netctl-FORWARD', toLab, 6)), flowsOf('br-lab')],
    ['an empty chain more', create(chain('filter', 'netctl-FORWARD', [], 6)), none],
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
    ['released', remove(lease), flowsOf('10.0.0.3')],
  ],
};

for (const [name, own] of Object.entries(rows)) {
  describe(name, () => {
    for (const [fact, change, disruption] of own)
      test(fact, () => expect(kinds.find(({ kind }) => kind === name)?.disrupts?.(change)).toEqual(disruption));
  });
}

// In network namespaces they are the same kinds once more.
test('every kind has its rows', () =>
  expect(Object.keys(rows).sort()).toEqual(
    kinds.flatMap(({ kind }) => (kind.startsWith(nameInNetns('')) ? [] : [kind])).sort(),
  ));
