// test/kinds/link/observe.test.ts — which of a host's devices are seen, and as what.
import { describe, expect, test } from 'vitest';
import type { LinkRecord } from '../../../src/iproute2/links.ts';
import { link } from '../../../src/kinds/link/index.ts';
import type { Link } from '../../../src/kinds/link/model.ts';
import { linksOf } from '../../../src/kinds/link/observe.ts';
import { FakeHost } from '../../fake-host/index.ts';
import { createIp } from '../../fake-host/ip.ts';
import { bridge, idle, opsOf, port, tap, veth, vlan } from './links.ts';

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
      [{ ...bridge, deviations: ['down', 'stp', 'forward-delay'] }],
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
      [{ ...tap, deviations: ['addresses'] }],
    ],
    [
      'another’s device, before and while it is an instance’s',
      [{ ...physical, name: 'vnet0', mac: '92:51:92:26:d8:74', addresses: [FE80] }],
      [{ ...port, name: 'vnet0', addrGenMode: 'none' }],
      {},
      [{ ...idle, name: 'vnet0' }],
    ],
    ['a tap without its hairpin', [{ ...tapRecord, hairpin: false }], [], {}, [{ ...tap, deviations: ['no-hairpin'] }]],
    [
      'a tap of no group that was put down',
      [{ ...tapRecord, group: 'default' }],
      [],
      { 'tap tap-vm-1': '117' },
      [{ ...tap, deviations: ['unmarked'] }],
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
      [{ ...tap, deviations: ['unmarked'], foreign: true }],
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
      [{ ...vlan, parent: 'eth2', id: 101, deviations: ['down'] }],
    ],
    [
      'a VLAN device in which packets go back',
      [{ ...vlanRecord, hairpin: true }],
      [],
      {},
      [{ ...vlan, deviations: ['hairpin'] }],
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
  expect(made?.kernelAssigned).toEqual({ index: 3, mac: '02:00:00:00:00:77' });
  const said = (l: Link): string =>
    opsOf({ verb: 'create', ref: `link ${l.name}`, after: l })
      .flatMap((op) => (op.op === 'batch' ? op.lines : []))
      .join('\n');
  expect(said({ ...tap, kernelAssigned: { index: 3, mac: '02:00:00:00:00:77' } })).toContain(
    'link set dev tap-vm-1 group 117 address 02:00:00:00:00:77 alias',
  );
  expect(said({ ...bridge, kernelAssigned: { index: 9 } })).toContain('link add name br-lab index 9 group 117');
  const options = ['type bridge ageing_time 60000', 'txqueuelen 500'];
  expect(
    linksOf([{ ...record, bridge: { forwardDelay: 0, stp: 0, netfilter: false, options } }], [], {}, new Map())[0]
      ?.kernelAssigned,
  ).toEqual({ index: 2, options });
  expect(said({ ...bridge, kernelAssigned: { index: 9, options } })).toMatch(
    /link set dev br-lab type bridge ageing_time 60000.*link set dev br-lab txqueuelen 500/s,
  );
  expect(
    link.same?.(
      { ...bridge, kernelAssigned: { index: 9, options: ['txqueuelen 500'] } },
      { ...bridge, kernelAssigned: { index: 9, options } },
    ),
  ).toBe(false);
  expect(link.same?.({ ...bridge, kernelAssigned: { index: 9, options } }, bridge)).toBe(true);
  expect(said({ ...vlan, kernelAssigned: { index: 9 } })).toContain('name vlan100 index 9 group 117');
  expect(said({ ...veth, kernelAssigned: { index: 9, mac: '02:00:00:00:00:78', peerIndex: 4 } })).toContain(
    'link add name vm-2 index 9 group 117 address 02:00:00:00:00:78 mtu 1450 type veth peer name eth0 index 4 netns g1',
  );
});

describe('as it was found it can be had again', () => {
  for (const [name, found, wanted] of [
    ['but for its deviations', { ...bridge, deviations: ['down'] }, { ...bridge, announces: true }],
    ['not where nobody knows its far end', { ...veth, peer: { name: '', netns: '', mac: '' } }, undefined],
  ] as const)
    test(name, () => {
      expect(link.asFound?.(found, [])).toEqual(wanted);
    });
});

function withoutChoice({ kernelAssigned: _, ...rest }: Link): object {
  return rest;
}

describe('of a veth’s far end', () => {
  const LINES = [
    'link add name br-lab group 117 address 02:00:00:00:00:01 mtu 68 type bridge forward_delay 0 stp_state 0',
    'link set dev br-lab mtu 1450 up',
  ];
  for (const [name, drift, netns, peer, deviations] of [
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
        ...(deviations === undefined ? {} : { deviations }),
      });
    });
  }
});
