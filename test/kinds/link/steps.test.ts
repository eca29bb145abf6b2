// test/kinds/link/steps.test.ts — what `ip` is told for each change of a link.
import { describe, expect, test } from 'vitest';
import { order } from '../../../src/core/order.ts';
import type { Change } from '../../../src/core/resource.ts';
import { link } from '../../../src/kinds/link/index.ts';
import type { Link, Tap } from '../../../src/kinds/link/model.ts';
import { bridge, idle, opsOf, parent, port, tap, veth, vlan } from './links.ts';

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
      {
        verb: 'update',
        ref: 'link tap-vm-1',
        before: { ...tap, deviations: ['addresses'] },
        after: { ...tap, bare: true },
      },
      ['link set dev tap-vm-1 addrgenmode none', 'address flush dev tap-vm-1 scope link'],
    ],
    [
      'that one is to get none as it comes up',
      { verb: 'update', ref: 'link tap-vm-1', before: { ...tap, deviations: ['down'] }, after: { ...tap, bare: true } },
      ['link set dev tap-vm-1 addrgenmode none', 'link set dev tap-vm-1 up'],
    ],
    [
      'nothing of that where the kernel has no IPv6',
      { verb: 'update', ref: 'link tap-vm-1', before: { ...tap, deviations: ['addresses'] }, after: tap },
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
        before: { ...tap, master: '', mtu: 1500, alias: '', deviations: ['unmarked', 'down'] },
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
        before: { ...veth, mtu: 1500, peer: { ...veth.peer, mac: '02:00:00:00:00:0a' }, deviations: ['peer-down'] },
        after: veth,
      },
      ['link set dev vm-2 mtu 1450', 'g1: link set dev eth0 address 02:00:00:00:00:09 mtu 1450 up'],
    ],
    [
      'STP off before the delay',
      {
        verb: 'update',
        ref: 'link br-lab',
        before: { ...bridge, mtu: 1500, deviations: ['down', 'stp', 'forward-delay'] },
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
      {
        verb: 'update',
        ref: 'link vlan100',
        before: { ...vlan, master: '', mtu: 1400, deviations: ['down'] },
        after: vlan,
      },
      ['link set dev vlan100 mtu 1450 master br-lab up'],
    ],
    [
      'that a VLAN device sends nothing back',
      { verb: 'update', ref: 'link vlan100', before: { ...vlan, deviations: ['hairpin'] }, after: vlan },
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
