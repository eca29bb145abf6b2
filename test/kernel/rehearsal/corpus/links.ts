// test/kernel/rehearsal/corpus/links.ts — devices that a kernel does not make, name, raise or take into a bridge.
import { inNamespace, ip, on, PLAIN, specOf } from './case.ts';
import type { Case } from './case.ts';

const uplink = (name: string): string =>
  specOf({ networks: `lab: { mode: flat-dhcp, bridge: br-lab, interface: ${name}, cidr: 192.168.50.0/24 }` });
const external = (name: string): string =>
  specOf({ nic: `{ network: lab, device: { type: external, name: ${name} } }` });
const bridge = (name: string): string =>
  specOf({ networks: `lab: { mode: flat-dhcp, bridge: ${name}, interface: null, cidr: 192.168.50.0/24 }` });
const guest =
  (lines: string) =>
  (lab: Parameters<NonNullable<Case['host']>>[0]): undefined => {
    for (const line of lines.split('\n')) lab.ip(lab.host.replace(/host$/, 'vm-1'), line);
    return undefined;
  };

export const links: readonly Case[] = [
  {
    name: 'a bridge whose name is an altname',
    known: 'name-taken',
    spec: PLAIN,
    host: ip('link property add dev eth2 altname br-lab'),
  },
  {
    name: 'a tap whose name is an altname',
    known: 'name-taken',
    spec: PLAIN,
    host: ip('link property add dev eth2 altname tap-vm-1'),
  },
  {
    name: 'a veth whose name is an altname',
    known: 'name-taken',
    spec: (lab) => inNamespace(lab),
    host: ip('link property add dev eth2 altname v-1'),
  },
  { name: 'a bridge named all', known: 'bad-interface-name', spec: bridge('all') },
  { name: 'a bridge named default', known: 'bad-interface-name', spec: bridge('default') },
  {
    name: 'a tap named all',
    known: 'bad-interface-name',
    spec: specOf({ nic: '{ network: lab, device: { type: tap, name: all } }' }),
  },
  {
    name: 'a veth named default',
    known: 'bad-interface-name',
    spec: (lab) => inNamespace(lab).replace('name: v-1', 'name: default'),
  },
  {
    name: 'a far end whose name the guest has',
    spec: (lab) => inNamespace(lab),
    host: guest('link add name eth0 type bridge'),
    known: 'peer-taken',
  },
  {
    name: 'a far end whose name is an altname there',
    spec: (lab) => inNamespace(lab),
    host: guest('link add name other type bridge\nlink property add dev other altname eth0'),
    known: 'peer-taken',
  },
  {
    name: 'a far end whose name a cable there has',
    spec: (lab) => inNamespace(lab),
    host: guest('link add name eth0 type veth peer name eth1'),
    known: 'peer-taken',
  },
  {
    name: 'a namespace that is a file',
    spec: (lab) => inNamespace(lab),
    host: (lab) => {
      const name = lab.host.replace(/host$/, 'vm-1');
      on(['ip', 'netns', 'del', name], ['touch', `/run/netns/${name}`])(lab);
      return () => {
        on(['rm', '-f', `/run/netns/${name}`])(lab);
      };
    },
  },
  {
    name: 'an uplink that is a bridge',
    known: 'uplink-not-bridged',
    spec: uplink('their-br'),
    host: ip('link add name their-br type bridge', 'link set dev their-br up'),
  },
  {
    name: 'an uplink that a macvlan depends on',
    known: 'uplink-shared',
    spec: uplink('eth2'),
    host: ip('link add link eth2 name mv0 type macvlan mode bridge'),
  },
  {
    name: 'an uplink that is a tunnel',
    known: 'uplink-not-bridged',
    spec: uplink('tun0'),
    host: ip('tuntap add dev tun0 mode tun', 'link set dev tun0 up'),
  },
  {
    name: 'an uplink that is a VXLAN and cannot carry as much',
    spec: uplink('vx0'),
    host: ip('link add name vx0 type vxlan id 5 dev eth2 dstport 4789', 'link set dev vx0 up'),
  },
  {
    name: 'an uplink in a bridge that a macvlan depends on',
    known: 'uplink-shared',
    spec: uplink('eth2'),
    host: ip('link add link eth2 name mv0 type macvlan mode passthru'),
  },
  {
    name: 'a device of a guest that is a bridge',
    spec: external('their-br'),
    host: ip('link add name their-br type bridge', 'link set dev their-br up'),
  },
  {
    name: 'a device of a guest that is a tunnel',
    spec: external('tun0'),
    host: ip('tuntap add dev tun0 mode tun', 'link set dev tun0 up'),
  },
  {
    name: 'a device of a guest that a macvlan depends on',
    spec: external('eth2'),
    host: ip('link add link eth2 name mv0 type macvlan mode bridge'),
  },
  {
    name: 'a VLAN on a kernel without 802.1Q',
    spec: specOf({ networks: 'lab: { mode: vlan, vlan: 100, interface: eth2, cidr: 192.168.50.0/24 }' }),
  },
  {
    name: 'two VLANs on a kernel without 802.1Q',
    spec: specOf({
      networks:
        'lab: { mode: vlan, vlan: 100, interface: eth2, cidr: 192.168.50.0/24 }\nred: { mode: vlan, vlan: 101, interface: eth2, cidr: 192.168.51.0/24 }',
    }),
  },
  {
    name: 'a VLAN on an uplink that is a tunnel',
    spec: specOf({ networks: 'lab: { mode: vlan, vlan: 100, interface: tun0, cidr: 192.168.50.0/24 }' }),
    host: ip('tuntap add dev tun0 mode tun', 'link set dev tun0 up'),
    known: 'vlan-not-supported',
  },
];
