// test/rehearsal/devices.test.ts — devices of a host as lines of `ip` that make them again.
import { describe, expect, test } from 'vitest';
import { deviceLines } from '../../src/rehearsal/devices.ts';
import type { Inside } from '../../src/rehearsal/device.ts';
import { device, read } from './shown-devices.ts';
import type { Shown } from './shown-devices.ts';

const typed = (info_kind: string, info_data: Shown = {}): Shown => ({ linkinfo: { info_kind, info_data } });
const lines = (...devices: readonly Shown[]): readonly string[] => deviceLines(read(...devices), [], 'far').host;

const SET = (name: string, rest = ''): readonly string[] => [
  `link set dev ${name} mtu 1500`,
  `link set dev ${name} address 02:00:00:00:00:01 group default${rest} up`,
];

describe('a device', () => {
  for (const [name, devices, made] of [
    [
      'of hardware has a stand-in',
      [device('eth1')],
      ['link add name eth1 type veth peer name e1 netns far', ...SET('eth1')],
    ],
    [
      'of a sort that nobody makes again has one too',
      [device('bond0', { ...typed('bond') })],
      ['link add name bond0 type veth peer name e1 netns far', ...SET('bond0')],
    ],
    [
      'that is no Ethernet has one that is none',
      [device('wg0', { ...typed('wireguard'), link_type: 'none', flags: ['NOARP', 'UP'] })],
      ['tuntap add dev wg0 mode tun', 'link set dev wg0 mtu 1500', 'link set dev wg0 group default arp off up'],
    ],
    [
      'a tunnel that depends on nothing, as `ip` prints it',
      [device('gre1', { ...typed('gre'), link_type: 'gre', link: null, flags: [] })],
      ['tuntap add dev gre1 mode tun', 'link set dev gre1 mtu 1500', 'link set dev gre1 group default'],
    ],
    [
      'a tunnel that stands for all others has no MAC',
      [device('gretap0', { ...typed('gretap'), address: '00:00:00:00:00:00', flags: [] })],
      [
        'link add name gretap0 type veth peer name e1 netns far',
        'link set dev gretap0 mtu 1500',
        'link set dev gretap0 group default',
      ],
    ],
    ['the loopback is there', [device('lo', { link_type: 'loopback' })], ['link set dev lo up']],
    [
      'a bridge',
      [device('br0', typed('bridge', { forward_delay: 0, stp_state: 0, nf_call_iptables: 1, vlan_filtering: 0 }))],
      ['link add name br0 mtu 68 type bridge forward_delay 0 nf_call_iptables 1', ...SET('br0')],
    ],
    [
      'a bridge with STP',
      [device('br0', typed('bridge', { forward_delay: 400, stp_state: 1 }))],
      [
        'link add name br0 mtu 68 type bridge forward_delay 400',
        'link set dev br0 type bridge stp_state 1',
        ...SET('br0'),
      ],
    ],
    [
      'a tap',
      [device('t0', { ...typed('tun', { type: 'tap' }), ifalias: 'vm-1/lab 10.0.0.2' })],
      ['tuntap add dev t0 mode tap', ...SET('t0', ' alias "vm-1/lab 10.0.0.2"')],
    ],
    [
      'a tun',
      [device('t0', { ...typed('tun', { type: 'tun' }), link_type: 'none', flags: ['NOARP', 'UP'] })],
      ['tuntap add dev t0 mode tun', 'link set dev t0 mtu 1500', 'link set dev t0 group default arp off up'],
    ],
    [
      'a VLAN device, or a stand-in where the kernel has none',
      [device('v', { ...typed('vlan', { protocol: '802.1Q', id: 7 }), link: 'eth1' })],
      [
        'link add link eth1 name v type vlan protocol 802.1Q id 7',
        'link add name v type veth peer name e1 netns far',
        ...SET('v'),
      ],
    ],
    [
      'one that is up whatever its parent is',
      [
        device('v', {
          ...typed('vlan', { protocol: '802.1ad', id: 7, flags: ['REORDER_HDR', 'LOOSE_BINDING'] }),
          link: 'eth1',
        }),
      ],
      [
        'link add link eth1 name v type vlan protocol 802.1ad id 7 loose_binding on',
        'link add name v type veth peer name e1 netns far',
        ...SET('v'),
      ],
    ],
    [
      "an ipvlan has its parent's MAC",
      [device('i', { ...typed('ipvlan', { mode: 'l3' }), link: 'eth1', flags: [] })],
      [
        'link add link eth1 name i type ipvlan mode l3',
        'link add name i type veth peer name e1 netns far',
        'link set dev i mtu 1500',
        'link set dev i group default',
      ],
    ],
    [
      'a macvtap, without its device file',
      [device('m', { ...typed('macvtap', { mode: 'private' }), link: 'eth1' })],
      [
        'link add link eth1 name m type macvlan mode private',
        'link add name m type veth peer name e1 netns far',
        ...SET('m'),
      ],
    ],
    [
      'one whose parent is elsewhere has a stand-in',
      [device('v', typed('macvlan', { mode: 'bridge' }))],
      ['link add name v type veth peer name e1 netns far', ...SET('v')],
    ],
    [
      'promiscuous, down, by another name',
      [device('eth1', { flags: ['PROMISC'], altnames: ['enp1', 'a b'] })],
      [
        'link add name eth1 type veth peer name e1 netns far',
        'link set dev eth1 mtu 1500',
        'link set dev eth1 address 02:00:00:00:00:01 group default promisc on',
        'link property add dev eth1 altname enp1',
      ],
    ],
  ] as const)
    test(name, () => expect(lines(...devices)).toEqual(made));

  test('a port goes into its bridge, whichever is named first; into nothing else', () => {
    const port = {
      linkinfo: {
        info_kind: 'tun',
        info_data: { type: 'tap' },
        info_slave_kind: 'bridge',
        info_slave_data: { hairpin: true },
      },
      master: 'br0',
    };
    const all = lines(device('t0', port), device('br0', typed('bridge')), device('eth1', { master: 'bond0' }));
    expect(all).toContain('link set dev t0 address 02:00:00:00:00:01 group default master br0 up');
    expect(all).toContain('link set dev t0 type bridge_slave hairpin on');
    expect(all.indexOf('link set dev t0 type bridge_slave hairpin on')).toBeGreaterThan(
      all.findIndex((line) => line.startsWith('link add name br0')),
    );
    expect(all.join('\n')).not.toContain('master bond0');
  });

  test('VLAN devices come after what they stand on has come up, or they would with it', () => {
    const all = lines(
      device('v', { ...typed('vlan', { id: 7 }), link: 'eth1', flags: [] }),
      device('w', { ...typed('vlan', { id: 8 }), link: 'v', flags: [] }),
      device('eth1'),
    );
    expect(
      all
        .filter((line) => !line.includes(' mtu ') && !line.includes(' veth '))
        .map((line) => line.replace(/ (?:address|group|type).*?( up)?$/, '$1')),
    ).toEqual([
      'link set dev eth1 up',
      'link add link eth1 name v',
      'link set dev v',
      'link add link v name w',
      'link set dev w',
    ]);
  });

  test('a name that no batch can carry is told', () => {
    expect(deviceLines(read(device('a#b')), [], 'far')).toMatchObject({
      host: [],
      lost: ['device a#b: its name is beyond ip -batch'],
    });
  });
});

describe('a pair', () => {
  test('with both ends on the host is made once', () => {
    const all = lines(device('a', { ...typed('veth'), link: 'b' }), device('b', { ...typed('veth'), link: 'a' }));
    expect(all.filter((line) => line.startsWith('link add'))).toEqual(['link add name a type veth peer name b']);
  });

  const inside = (number: number | undefined): readonly Inside[] => [
    {
      netns: 'vm-1',
      number,
      devices: read(
        { ...device('eth0', { address: '02:00:00:00:00:09' }), ifindex: 3 },
        { ...device('eth9'), ifindex: 4 },
      ),
    },
  ];
  const near = device('p', { ...typed('veth'), link_index: 3, link_netnsid: 5 });

  test('with a far end in a namespace of the plan', () => {
    const made = deviceLines(read(near), inside(5), 'far');
    expect(made.host[0]).toBe('link add name p type veth peer name eth0 netns vm-1');
    const [[netns, own] = ['', []]] = made.inside;
    expect(netns).toBe('vm-1');
    expect(own).toEqual([
      'link set dev eth0 mtu 1500',
      'link set dev eth0 address 02:00:00:00:00:09 group default up',
      'link add name eth9 type veth peer name e1 netns far',
      ...SET('eth9'),
    ]);
    expect(made.elsewhere).toEqual(['link set dev e1 up']);
  });

  test('with a far end in another leads elsewhere', () => {
    expect(deviceLines(read(near), inside(6), 'far').host[0]).toBe('link add name p type veth peer name e1 netns far');
    expect(deviceLines(read(near), inside(undefined), 'far').host[0]).toBe(
      'link add name p type veth peer name e1 netns far',
    );
  });
});

test('a stand-in carries only where the device did', () => {
  expect(
    deviceLines(read(device('eth1', { flags: ['UP', 'NO-CARRIER'] }), device('eth2')), [], 'far').elsewhere,
  ).toEqual(['link set dev e2 up']);
});

test('stand-ins are those of hardware', () => {
  expect(
    deviceLines(
      read(
        device('lo'),
        device('eth1'),
        device('br0', typed('bridge')),
        device('wg0', typed('wireguard')),
        device('i', typed('ipvlan')),
      ),
      [],
      'far',
    ).standIns,
  ).toEqual(['eth1', 'wg0']);
});
