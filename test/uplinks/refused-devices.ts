// test/uplinks/refused-devices.ts — interfaces that can be in no bridge, or belong to another device: each is refused.
import { expect } from 'vitest';
import { link, on } from './judged.ts';
import type { Row } from './judged.ts';

export const refusedDevices: readonly Row[] = [
  [
    'a tun',
    { link: link({ link_type: 'none', address: undefined, linkinfo: { info_kind: 'tun' } }) },
    ['error uplink-not-bridged: the kernel puts eth1 in no bridge: it has no Ethernet link layer (tun, none)'],
  ],
  [
    'PPP',
    { link: link({ link_type: 'ppp', linkinfo: { info_kind: 'ppp' } }) },
    [expect.stringContaining('no Ethernet link layer (ppp, ppp)')],
  ],
  [
    'InfiniBand',
    { link: link({ link_type: 'infiniband', linkinfo: undefined }) },
    [expect.stringContaining('no Ethernet link layer (infiniband)')],
  ],
  [
    'the loopback',
    { link: link({ link_type: 'loopback', flags: ['LOOPBACK', 'UP'] }) },
    [expect.stringContaining('it is the loopback')],
  ],
  [
    'a bridge',
    { link: link({ linkinfo: { info_kind: 'bridge' } }) },
    [expect.stringContaining('it is a bridge itself')],
  ],
  ['a VRF', { link: link({ linkinfo: { info_kind: 'vrf' } }) }, [expect.stringContaining('it is of the kind vrf')]],
  [
    'an ipvlan',
    { link: link({ linkinfo: { info_kind: 'ipvlan' } }) },
    [expect.stringContaining('it is of the kind ipvlan')],
  ],
  ['wireless', { wireless: true }, [expect.stringContaining('it is wireless')]],
  [
    'a multicast MAC',
    { link: link({ address: '01:00:5e:00:00:01' }) },
    [expect.stringContaining('01:00:5e:00:00:01 as its MAC')],
  ],
  [
    'no MAC',
    { link: link({ address: '00:00:00:00:00:00' }) },
    [expect.stringContaining('00:00:00:00:00:00 as its MAC')],
  ],
  [
    'a slave of a bond',
    { link: link({ master: 'bond0' }), master: { linkinfo: { info_kind: 'bond' } } },
    ['error uplink-in-use: eth1 is in the bond bond0: as a port of another bridge it would be lost to that'],
  ],
  [
    'a slave of a team',
    { link: link({ master: 't0' }), master: { linkinfo: { info_kind: 'team' } } },
    [expect.stringContaining('is in the team t0')],
  ],
  [
    'a port of a bridge of others',
    { link: link({ master: 'br9' }), master: { linkinfo: { info_kind: 'bridge' } } },
    [expect.stringContaining("is a port of the bridge br9, which is not netctl's")],
  ],
  [
    'in a VRF',
    { link: link({ master: 'vrf1' }), master: { linkinfo: { info_kind: 'vrf' } } },
    [expect.stringContaining('is in the VRF vrf1')],
  ],
  [
    'of Open vSwitch',
    { link: link({ master: 'ovs-system' }), master: { linkinfo: { info_kind: 'openvswitch' } } },
    [expect.stringContaining('Open vSwitch (ovs-system)')],
  ],
  [
    'in what nobody knows',
    { link: link({ master: 'm0' }), master: { linkinfo: { info_kind: 'new' } } },
    [expect.stringContaining('belongs to m0 (new)')],
  ],
  ...['macvlan', 'macvtap', 'ipvlan', 'macsec'].map((kind): Row => [
    `a ${kind} on it`,
    { dependents: on(kind) },
    [
      `error uplink-shared: x0 (${kind}) depends on eth1: it gets the packets that come in by it, and the kernel lets only one have them`,
    ],
  ]),
  [
    'an unknown device on it',
    { dependents: on('new') },
    ['error uplink-shared: x0 (new) depends on eth1: it depends on it, and netctl does not know what becomes of a new'],
  ],
  [
    'a macvlan',
    { link: link({ linkinfo: { info_kind: 'macvlan', info_data: { mode: 'bridge' } } }) },
    [expect.stringContaining('error uplink-not-bridged: eth1 is a macvlan (mode bridge)')],
  ],
];
