// test/kinds/link/link.test.ts — which devices are ours, what is said about them, and what is told to `ip`.
import { describe, expect, test } from 'vitest';
import { order } from '../../../src/core/order.ts';
import type { Change } from '../../../src/core/resource.ts';
import type { LinkRecord } from '../../../src/iproute2/links.ts';
import { link } from '../../../src/kinds/link/index.ts';
import type { Bridge, Link, Port, Tap, Veth, Vlan } from '../../../src/kinds/link/model.ts';
import { linksOf } from '../../../src/kinds/link/observe.ts';
import { FakeHost } from '../../fake-host/index.ts';
import { createIp } from '../../fake-host/ip.ts';

const bridge: Bridge = {
  kind: 'link',
  type: 'bridge',
  name: 'br-lab',
  mac: '02:00:00:00:00:01',
  mtu: 1450,
  netfilter: false,
};
const tap: Tap = {
  kind: 'link',
  type: 'tap',
  name: 'tap-vm-1',
  master: 'br-lab',
  mtu: 1450,
  alias: 'vm-1/lab#2 10.0.0.5',
};
const veth: Veth = {
  kind: 'link',
  type: 'veth',
  name: 'vm-2',
  master: 'br-lab',
  mtu: 1450,
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
  mtu: 1450,
};
const port: Port = {
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
const parent: Port = {
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
const idle: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'eth1',
  promiscuous: false,
  hairpin: false,
  up: true,
  mtu: 1500,
};

const record: LinkRecord = {
  index: 2,
  name: 'br-lab',
  up: true,
  promiscuous: false,
  mtu: 1450,
  group: '117',
  mac: bridge.mac,
  hairpin: false,
  addresses: [],
  type: 'bridge',
  bridge: { forwardDelay: 0, stp: 0, netfilter: false },
};
const tapRecord: LinkRecord = {
  index: 3,
  name: 'tap-vm-1',
  up: true,
  promiscuous: false,
  mtu: 1450,
  group: '117',
  master: 'br-lab',
  alias: tap.alias,
  hairpin: true,
  addresses: [],
  type: 'tun',
  mode: 'tap',
};
const physical: LinkRecord = {
  index: 4,
  name: 'eth1',
  up: true,
  promiscuous: false,
  mtu: 1500,
  group: 'default',
  hairpin: false,
  addresses: [],
};
const vlanRecord: LinkRecord = {
  index: 5,
  name: 'vlan100',
  up: true,
  promiscuous: false,
  mtu: 1450,
  group: '117',
  master: 'br-lab',
  hairpin: false,
  addresses: [],
  type: 'vlan',
  vlan: { id: 100, parent: 'eth1' },
};

const FE80 = {
  family: 6,
  ip: 'fe80::9051:92ff:fe26:d874',
  bits: 64,
  scope: 'link',
  secondary: false,
  automatic: true,
  dynamic: false,
  noPrefixRoute: false,
  noDad: false,
  deprecated: false,
  flags: [],
} as const;

describe('of a host’s devices', () => {
  for (const [name, records, wanted, memory, found] of [
    ['a bridge of ours, wanted or not', [record], [], {}, [bridge]],
    [
      'a bridge not as we leave it',
      [{ ...record, up: false, bridge: { forwardDelay: 1500, stp: 1, netfilter: false } }],
      [],
      {},
      [{ ...bridge, amiss: ['down', 'stp', 'forward-delay'] }],
    ],
    [
      'a bridge whose packets pass iptables',
      [{ ...record, bridge: { forwardDelay: 0, stp: 0, netfilter: true } }],
      [],
      {},
      [{ ...bridge, netfilter: true }],
    ],
    ['a tap of ours', [tapRecord], [], {}, [tap]],
    [
      'a tap with an address of the host’s',
      [{ ...tapRecord, addresses: [FE80] }],
      [],
      {},
      [{ ...tap, amiss: ['addresses'] }],
    ],
    [
      'another’s device, before and while it is an instance’s',
      [{ ...physical, name: 'vnet0', mac: '92:51:92:26:d8:74', addresses: [FE80] }],
      [{ ...port, name: 'vnet0', addrGenMode: 'none' }],
      {},
      [{ ...idle, name: 'vnet0' }],
    ],
    ['a tap without its hairpin', [{ ...tapRecord, hairpin: false }], [], {}, [{ ...tap, amiss: ['no-hairpin'] }]],
    [
      'a tap of no group that was put down',
      [{ ...tapRecord, group: 'default' }],
      [],
      { 'tap tap-vm-1': '117' },
      [{ ...tap, amiss: ['unmarked'] }],
    ],
    ['a tap of another group, though put down', [{ ...tapRecord, group: '5' }], [], { 'tap tap-vm-1': '117' }, []],
    [
      'what is no tap, though put down',
      [{ ...record, name: 'tap-vm-1', group: 'default' }],
      [],
      { 'tap tap-vm-1': '117' },
      [],
    ],
    ['another’s tap', [{ ...tapRecord, group: 'default' }], [], {}, []],
    [
      'another’s tap of a name we want',
      [{ ...tapRecord, group: 'default' }],
      [tap],
      {},
      [{ ...tap, amiss: ['unmarked'], foreign: true }],
    ],
    ['another’s bridge of a name we want', [{ ...record, group: '200' }], [bridge], {}, [{ ...bridge, foreign: true }]],
    [
      'an interface of a name we want',
      [{ ...physical, name: 'br-lab' }],
      [bridge],
      {},
      [
        {
          kind: 'link',
          type: 'port',
          borrowed: true,
          name: 'br-lab',
          promiscuous: false,
          hairpin: false,
          up: true,
          mtu: 1500,
          foreign: true,
        },
      ],
    ],
    ['a device of a sort we do not make, in our group', [{ ...physical, group: '117', type: 'vxlan' }], [], {}, []],
    ['an interface to borrow', [physical], [port], {}, [idle]],
    [
      'an interface borrowed',
      [{ ...physical, promiscuous: true, master: 'br-lab' }],
      [port],
      {},
      [{ ...idle, master: 'br-lab', promiscuous: true }],
    ],
    [
      'a VLAN device of ours, on another parent and down',
      [{ ...vlanRecord, up: false, vlan: { id: 101, parent: 'eth2' } }],
      [],
      {},
      [{ ...vlan, parent: 'eth2', id: 101, amiss: ['down'] }],
    ],
    [
      'a VLAN device in which packets go back',
      [{ ...vlanRecord, hairpin: true }],
      [],
      {},
      [{ ...vlan, amiss: ['hairpin'] }],
    ],
    [
      'another’s VLAN device of the id we want, whatever its name',
      [{ ...vlanRecord, name: 'eth1.100', group: 'default' }],
      [vlan],
      {},
      [{ ...vlan, name: 'eth1.100', foreign: true }],
    ],
    [
      'another’s VLAN device of another id or parent',
      [
        { ...vlanRecord, name: 'eth1.7', group: 'default', vlan: { id: 7, parent: 'eth1' } },
        { ...vlanRecord, name: 'eth2.100', group: 'default', vlan: { id: 100, parent: 'eth2' } },
      ],
      [vlan],
      {},
      [],
    ],
    ['an interface nobody names', [physical], [], {}, []],
  ] as const satisfies readonly (readonly [
    string,
    readonly LinkRecord[],
    readonly Link[],
    Readonly<Record<string, string>>,
    readonly Link[],
  ])[]) {
    test(name, () => {
      expect(linksOf(records, wanted, memory, new Map()).map(withoutChoice)).toEqual(found);
    });
  }
});

test('what the kernel chose for ours is seen, and said again when one is made as it was found', () => {
  const [made] = linksOf([{ ...tapRecord, mac: '02:00:00:00:00:77' }], [], {}, new Map());
  expect(made?.chosen).toEqual({ index: 3, mac: '02:00:00:00:00:77' });
  const said = (l: Link): string =>
    opsOf({ verb: 'create', ref: `link ${l.name}`, after: l })
      .flatMap((op) => (op.op === 'batch' ? op.lines : []))
      .join('\n');
  expect(said({ ...tap, chosen: { index: 3, mac: '02:00:00:00:00:77' } })).toContain(
    'link set dev tap-vm-1 group 117 address 02:00:00:00:00:77 alias',
  );
  expect(said({ ...bridge, chosen: { index: 9 } })).toContain('link add name br-lab index 9 group 117');
  const options = ['type bridge ageing_time 60000', 'txqueuelen 500'];
  expect(
    linksOf([{ ...record, bridge: { forwardDelay: 0, stp: 0, netfilter: false, options } }], [], {}, new Map())[0]
      ?.chosen,
  ).toEqual({ index: 2, options });
  expect(said({ ...bridge, chosen: { index: 9, options } })).toMatch(
    /link set dev br-lab type bridge ageing_time 60000.*link set dev br-lab txqueuelen 500/s,
  );
  expect(
    link.same?.(
      { ...bridge, chosen: { index: 9, options: ['txqueuelen 500'] } },
      { ...bridge, chosen: { index: 9, options } },
    ),
  ).toBe(false);
  expect(link.same?.({ ...bridge, chosen: { index: 9, options } }, bridge)).toBe(true);
  expect(said({ ...vlan, chosen: { index: 9 } })).toContain('name vlan100 index 9 group 117');
  expect(said({ ...veth, chosen: { index: 9, mac: '02:00:00:00:00:78', peerIndex: 4 } })).toContain(
    'link add name vm-2 index 9 group 117 address 02:00:00:00:00:78 mtu 1450 type veth peer name eth0 index 4 netns g1',
  );
});

describe('as it was found it can be had again', () => {
  for (const [name, found, wanted] of [
    ['but for what was amiss', { ...bridge, amiss: ['down'] }, { ...bridge, announces: true }],
    ['not where nobody knows its far end', { ...veth, peer: { name: '', netns: '', mac: '' } }, undefined],
  ] as const)
    test(name, () => {
      expect(link.asFound?.(found, [])).toEqual(wanted);
    });
});

function withoutChoice({ chosen: _, ...rest }: Link): object {
  return rest;
}

describe('of a veth’s far end', () => {
  const LINES = [
    'link add name br-lab group 117 address 02:00:00:00:00:01 mtu 68 type bridge forward_delay 0 stp_state 0',
    'link set dev br-lab mtu 1450 up',
  ];
  for (const [name, drift, netns, peer, amiss] of [
    ['all as it was made', [], 'g1', veth.peer, undefined],
    ['renamed', ['link set dev eth0 name lan0'], 'g1', { ...veth.peer, name: 'lan0' }, undefined],
    [
      'with another MAC',
      ['link set dev eth0 address 02:00:00:00:00:0a'],
      'g1',
      { ...veth.peer, mac: '02:00:00:00:00:0a' },
      undefined,
    ],
    ['down', ['link set dev eth0 down'], 'g1', veth.peer, ['peer-down']],
    ['with another MTU', ['link set dev eth0 mtu 1300'], 'g1', veth.peer, ['peer-mtu']],
  ] as const) {
    test(name, async () => {
      const ip = createIp({ namespaces: ['g1'] });
      const host = new FakeHost({ tools: { ip } });
      ip.do(...LINES);
      for (const op of opsOf({ verb: 'create', ref: 'link vm-2', after: { ...veth, bare: true } }))
        await host.perform(op);
      for (const line of drift) ip.run({ argv: ['ip', ...line.split(' ')], netns });
      const found = (await link.observe(host, [], {})).find((l) => l.name === 'vm-2');
      expect(found && withoutChoice(found)).toEqual({
        ...veth,
        bare: true,
        peer,
        ...(amiss === undefined ? {} : { amiss }),
      });
    });
  }
});

describe('ip is told', () => {
  for (const [name, change, lines] of [
    [
      'to make a bridge whose MTU is pinned',
      { verb: 'create', ref: 'link br-lab', after: bridge },
      [
        'link add name br-lab group 117 address 02:00:00:00:00:01 mtu 68 type bridge forward_delay 0 stp_state 0',
        'link set dev br-lab mtu 1450 up',
      ],
    ],
    [
      'to make a bridge whose packets pass iptables',
      { verb: 'create', ref: 'link br-lab', after: { ...bridge, netfilter: true } },
      [
        'link add name br-lab group 117 address 02:00:00:00:00:01 mtu 68 type bridge forward_delay 0 stp_state 0 nf_call_iptables 1',
        'link set dev br-lab mtu 1450 up',
      ],
    ],
    [
      'to let them pass',
      { verb: 'update', ref: 'link br-lab', before: bridge, after: { ...bridge, netfilter: true } },
      ['link set dev br-lab type bridge nf_call_iptables 1'],
    ],
    [
      'to let them no longer',
      { verb: 'update', ref: 'link br-lab', before: { ...bridge, netfilter: true }, after: bridge },
      ['link set dev br-lab type bridge nf_call_iptables 0'],
    ],
    [
      'to make a tap without an address',
      { verb: 'create', ref: 'link tap-vm-1', after: { ...tap, bare: true } },
      [
        'tuntap add dev tap-vm-1 mode tap',
        'link set dev tap-vm-1 addrgenmode none',
        'link set dev tap-vm-1 group 117 alias "vm-1/lab%232 10.0.0.5" mtu 1450 master br-lab up',
        'link set dev tap-vm-1 type bridge_slave hairpin on',
      ],
    ],
    [
      'to take an address from one that has got it',
      { verb: 'update', ref: 'link tap-vm-1', before: { ...tap, amiss: ['addresses'] }, after: { ...tap, bare: true } },
      ['link set dev tap-vm-1 addrgenmode none', 'address flush dev tap-vm-1 scope link'],
    ],
    [
      'that one is to get none as it comes up',
      { verb: 'update', ref: 'link tap-vm-1', before: { ...tap, amiss: ['down'] }, after: { ...tap, bare: true } },
      ['link set dev tap-vm-1 addrgenmode none', 'link set dev tap-vm-1 up'],
    ],
    [
      'nothing of that where the kernel has no IPv6',
      { verb: 'update', ref: 'link tap-vm-1', before: { ...tap, amiss: ['addresses'] }, after: tap },
      [],
    ],
    [
      'to make a tap',
      { verb: 'create', ref: 'link tap-vm-1', after: tap },
      [
        'tuntap add dev tap-vm-1 mode tap',
        'link set dev tap-vm-1 group 117 alias "vm-1/lab%232 10.0.0.5" mtu 1450 master br-lab up',
        'link set dev tap-vm-1 type bridge_slave hairpin on',
      ],
    ],
    [
      'to finish a tap',
      {
        verb: 'update',
        ref: 'link tap-vm-1',
        before: { ...tap, master: '', mtu: 1500, alias: '', amiss: ['unmarked', 'down'] },
        after: tap,
      },
      [
        'link set dev tap-vm-1 group 117 alias "vm-1/lab%232 10.0.0.5" mtu 1450 master br-lab up',
        'link set dev tap-vm-1 type bridge_slave hairpin on',
      ],
    ],
    [
      'to make a veth',
      { verb: 'create', ref: 'link vm-2', after: veth },
      [
        'link add name vm-2 group 117 mtu 1450 type veth peer name eth0 netns g1 address 02:00:00:00:00:09 mtu 1450',
        'link set dev vm-2 alias vm-2/lab master br-lab up',
        'link set dev vm-2 type bridge_slave hairpin on',
        'g1: link set dev eth0 up',
      ],
    ],
    [
      'only what differs',
      {
        verb: 'update',
        ref: 'link vm-2',
        before: { ...veth, mtu: 1500, peer: { ...veth.peer, mac: '02:00:00:00:00:0a' }, amiss: ['peer-down'] },
        after: veth,
      },
      ['link set dev vm-2 mtu 1450', 'g1: link set dev eth0 address 02:00:00:00:00:09 mtu 1450 up'],
    ],
    [
      'STP off before the delay',
      {
        verb: 'update',
        ref: 'link br-lab',
        before: { ...bridge, mtu: 1500, amiss: ['down', 'stp', 'forward-delay'] },
        after: bridge,
      },
      [
        'link set dev br-lab mtu 1450 up',
        'link set dev br-lab type bridge stp_state 0',
        'link set dev br-lab type bridge forward_delay 0',
      ],
    ],
    [
      'to borrow an uplink',
      { verb: 'update', ref: 'link eth1', before: idle, after: port },
      ['link set dev eth1 master br-lab promisc on'],
    ],
    [
      'to give an uplink back',
      {
        verb: 'update',
        ref: 'link eth1',
        before: { ...idle, master: 'br-lab', promiscuous: true, mtu: 9000 },
        after: { ...idle, up: false },
      },
      ['link set dev eth1 mtu 1500 nomaster promisc off down'],
    ],
    [
      'to let an uplink carry more',
      {
        verb: 'update',
        ref: 'link eth1',
        before: { ...idle, master: 'br-lab', promiscuous: true },
        after: { ...port, carries: 9000 },
      },
      ['link set dev eth1 mtu 9000'],
    ],
    [
      'to make a VLAN device',
      { verb: 'create', ref: 'link vlan100', after: vlan },
      ['link add link eth1 name vlan100 group 117 mtu 1450 type vlan id 100', 'link set dev vlan100 master br-lab up'],
    ],
    [
      'to finish a VLAN device',
      { verb: 'update', ref: 'link vlan100', before: { ...vlan, master: '', mtu: 1400, amiss: ['down'] }, after: vlan },
      ['link set dev vlan100 mtu 1450 master br-lab up'],
    ],
    [
      'that a VLAN device sends nothing back',
      { verb: 'update', ref: 'link vlan100', before: { ...vlan, amiss: ['hairpin'] }, after: vlan },
      ['link set dev vlan100 type bridge_slave hairpin off'],
    ],
    [
      'to bring a parent up, and no more',
      { verb: 'update', ref: 'link eth1', before: { ...idle, up: false, mtu: 9000 }, after: parent },
      ['link set dev eth1 up'],
    ],
    [
      'of a parent that nobody has looked at, to bring it up',
      { verb: 'create', ref: 'link eth1', after: parent },
      ['link set dev eth1 up'],
    ],
    [
      'to move a guest’s device',
      {
        verb: 'update',
        ref: 'link vnet0',
        before: { ...port, name: 'vnet0', hairpin: true, promiscuous: false },
        after: { ...port, name: 'vnet0', hairpin: true, promiscuous: false, master: 'br-b' },
      },
      ['link set dev vnet0 master br-b', 'link set dev vnet0 type bridge_slave hairpin on'],
    ],
    ['to remove', { verb: 'delete', ref: 'link br-lab', before: bridge }, ['link del dev br-lab']],
    [
      'never to remove what is borrowed',
      { verb: 'delete', ref: 'link eth1', before: port },
      ['link set dev eth1 nomaster promisc off'],
    ],
  ] as const satisfies readonly (readonly [string, Change<Link>, readonly string[]])[]) {
    test(name, () => {
      expect(
        opsOf(change).flatMap((op) =>
          op.op === 'batch' ? op.lines.map((line) => `${op.netns === undefined ? '' : `${op.netns}: `}${line}`) : [],
        ),
      ).toEqual(lines);
    });
  }
});

describe('a person reads', () => {
  for (const [line, after, before] of [
    ['br-lab bridge', bridge, undefined],
    ['br-lab bridge (mtu 1500 → 1450, down)', bridge, { ...bridge, mtu: 1500, amiss: ['down'] }],
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
      { ...vlan, master: '', mtu: 1500, amiss: ['down'] },
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
    link.recordBefore?.([{ verb: 'update', ref: 'link tap-vm-1', before: { ...tap, amiss: ['down'] }, after: tap }]),
  ).toEqual({});
  expect(link.remember?.([tap, { ...tap, name: 'tap-vm-9', amiss: ['unmarked'] }])).toEqual({ 'tap tap-vm-9': '117' });
});

test('a far end can be had by one only', () => {
  expect(link.claims?.(veth)).toEqual(['link name vm-2', 'netns g1 name eth0']);
});

function opsOf(change: Change<Link>): ReturnType<typeof link.steps>[number]['ops'] {
  return link.steps([change]).flatMap((step) => step.ops);
}

test('a bridge with another MAC tells its neighbours, before anybody sends to the old one', () => {
  expect(
    opsOf({ verb: 'update', ref: 'link br-lab', before: { ...bridge, mac: '02:00:00:00:00:02' }, after: bridge }),
  ).toEqual([
    { op: 'run', argv: ['sysctl', '-q', '-w', 'net/ipv4/conf/br-lab/arp_notify=1'] },
    { op: 'batch', tool: ['ip', '-batch', '-'], lines: ['link set dev br-lab address 02:00:00:00:00:01'] },
  ]);
});

test('many that go for good go together; one that comes back does not', () => {
  const taps = Array.from({ length: 9 }, (_, i): Tap => ({ ...tap, name: `t${i}` }));
  const gone = taps.map((before): Change<Link> => ({ verb: 'delete', ref: `link ${before.name}`, before }));
  const back: Change<Link> = { verb: 'create', ref: 'link t0', after: tap };
  const lines = link
    .steps([...gone, back])
    .map(({ changes, ops }) => [changes.length, ops.flatMap((op) => (op.op === 'batch' ? op.lines : [])).at(-1)]);
  expect(lines).toEqual([
    [1, 'link del dev t0'],
    [1, 'link set dev tap-vm-1 type bridge_slave hairpin on'],
    [8, 'link del group 117999'],
  ]);
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

test('one wire leaves a bridge before another comes in', () => {
  const changes: readonly Change<Link>[] = [
    { verb: 'update', ref: 'link eth2', before: { ...idle, name: 'eth2' }, after: { ...port, name: 'eth2' } },
    { verb: 'delete', ref: 'link vlan100', before: vlan },
    { verb: 'create', ref: 'link vlan7', after: { ...vlan, name: 'vlan7', id: 7, master: 'br-b' } },
    {
      verb: 'update',
      ref: 'link eth3',
      before: { ...idle, name: 'eth3', master: 'br-b', promiscuous: true },
      after: { ...idle, name: 'eth3' },
    },
  ];
  const wanted = new Map(
    changes.flatMap((change) => (change.verb === 'delete' ? [] : [[change.ref, change.after] as const])),
  );
  const { steps } = order(changes, { state: wanted, because: new Map(), after: new Map(), waiting: [] }, [link]);
  const place = (ref: string): number => steps.findIndex((step) => step.changes.some((change) => change.ref === ref));
  expect([place('link vlan100') < place('link eth2'), place('link eth3') < place('link vlan7')]).toEqual([true, true]);
});
