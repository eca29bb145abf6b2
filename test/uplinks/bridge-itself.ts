// test/uplinks/bridge-itself.ts — settings and options that others have given a bridge, rules that name it, sockets
// that are bound to it: each is said.
import { expect } from 'vitest';
import type { Resource } from '../../src/core/resource.ts';
import { Claimed } from '../../src/uplinks/claimed.ts';
import type { Left } from '../../src/uplinks/left-things.ts';
import { interfaceRulesIn } from '../../src/uplinks/interface-rules.ts';
import { interfaceRulesInNft } from '../../src/uplinks/interface-rules-nft.ts';
import { own, plain, route } from './left-scene.ts';
import type { Row } from './left-scene.ts';

export const bridgeItself: readonly Row[] = [
  [
    'a setting',
    { settings: { 'ipv4/conf/rp_filter': '2' }, defaults: { 'ipv4/conf/rp_filter': '0' } },
    { bridge: 'br.lab' },
    [
      "bridge-setting: settings that somebody has given br.lab are lost with it: net.ipv4.conf.br/lab.rp_filter=2 — sysctl -w net.ipv4.conf.eth1.rp_filter='2'",
    ],
  ],
  [
    'options of a bridge that goes',
    {
      link: {
        ifname: 'br-lab',
        txqlen: 500,
        linkinfo: { info_kind: 'bridge', info_data: { ageing_time: 60_000, mcast_snooping: 1, forward_delay: 0 } },
      },
    },
    {},
    [
      'bridge-setting: settings that somebody has given br-lab are lost with it: ageing_time 60000; txqueuelen 500 — ip link set dev BRIDGE type bridge ageing_time 60000; ip link set dev BRIDGE txqueuelen 500',
    ],
  ],
  [
    'options of a bridge that stays',
    { link: { ifname: 'br-lab', linkinfo: { info_kind: 'bridge', info_data: { ageing_time: 60_000 } } } },
    { goes: false },
    [],
  ],
  [
    'what netctl has set of a bridge itself',
    {
      settings: { 'ipv4/conf/arp_notify': '1', 'ipv4/conf/forwarding': '1', 'ipv6/conf/accept_ra': '0' },
      defaults: { 'ipv4/conf/arp_notify': '0', 'ipv4/conf/forwarding': '0', 'ipv6/conf/accept_ra': '1' },
    },
    {},
    [],
  ],
  [
    'an MTU of its own, and of its IPv6',
    { link: { ifname: 'br-lab', mtu: 1400 }, settings: { 'ipv6/conf/mtu': '1300' }, defaults: {} },
    { ofUplink: { ...plain, name: 'eth1', link: { ifname: 'eth1', mtu: 1500 } } },
    [
      "bridge-setting: settings that somebody has given br-lab are lost with it: net.ipv6.conf.br-lab.mtu=1300; mtu 1400 — sysctl -w net.ipv6.conf.eth1.mtu='1300'; ip link set dev eth1 mtu 1400",
    ],
  ],
  [
    'an MTU that the uplink had, and netctl has raised there',
    { link: { ifname: 'br-lab', mtu: 1500 }, defaults: {} },
    { mtuFound: 1500, ofUplink: { ...plain, name: 'eth1', link: { ifname: 'eth1', mtu: 9000 } } },
    [],
  ],
  [
    'a policy rule',
    { rules: [{ family: 6, priority: 99, src: 'all', oif: 'br-lab', oif_detached: null, table: '100' }] },
    {},
    [
      'bridge-policy-rule: a policy rule names br-lab, which is deleted, and matches nothing of it any more: priority 99 from all oif br-lab lookup 100 — the same for eth1: ip -6 rule add priority 99 from all oif eth1 lookup 100',
    ],
  ],
  [
    'a rule of a firewall, of a bridge without an uplink',
    {},
    {
      to: undefined,
      uplink: undefined,
      interfaceRules: interfaceRulesIn('*filter\n-A FORWARD ! -i br-lab -j DROP\nCOMMIT\n', 'iptables'),
    } as unknown as Partial<Left>,
    [
      'bridge-rules: a rule of others names br-lab, which is deleted: `iptables -A FORWARD ! -i br-lab -j DROP` will match packets that it was to leave alone — take them away, or have them name another device',
    ],
  ],
  [
    'a rule about its frames',
    {},
    {
      interfaceRules: interfaceRulesInNft(
        'table bridge filter {\n\tchain FORWARD {\n\t\tmeta ibrname "br-lab" drop # handle 4\n\t}\n}\n',
        () => false,
      ),
    },
    [
      expect.stringContaining(
        'bridge-rules: a rule of others names br-lab, which is deleted: `nft bridge filter FORWARD: meta ibrname "br-lab" drop`',
      ) as string,
    ],
  ],
  [
    'a route by another device, with its source',
    {
      addresses: [own],
      routes: [route({ dev: 'eth2', prefsrc: '192.168.50.1' }, '10.1.0.0/16 dev eth2 src 192.168.50.1')],
    },
    {},
    [
      expect.stringContaining(
        'route-lost: a route by other devices has an address of br-lab as source, and falls with that: 10.1.0.0/16 dev eth2 src 192.168.50.1',
      ) as string,
    ],
  ],
  [
    "the default route of an interface that is gone, but none of netctl's own",
    {
      routes: [
        route(
          { dst: 'default', dev: 'br-lab', gateway: '203.0.113.1', protocol: '117' },
          'default via 203.0.113.1 dev br-lab table 254 proto 117 scope 0',
        ),
        route(
          { dst: '10.9.0.0/16', dev: 'br-lab', protocol: '117' },
          '10.9.0.0/16 dev br-lab table 254 proto 117 scope 0',
        ),
      ],
    },
    {
      to: undefined,
      claimed: new Claimed(
        [],
        [{ kind: 'route', family: 4, to: 'default', via: '203.0.113.1', link: 'eth1', protocol: 'static' }],
      ),
    } as unknown as Partial<Left>,
    [
      "route-lost: the route default via 203.0.113.1 on br-lab is not netctl's, and is deleted with the bridge — ip route replace default via 203.0.113.1 dev INTERFACE table 254 scope 0",
    ],
  ],
  [
    "not one whose source goes along, if as netctl's own",
    {
      addresses: [
        { ...own, metric: 117 },
        { family: 'inet', local: '203.0.113.11', prefixlen: 24, scope: 'global' },
      ],
      routes: [
        route({ dev: 'eth2', prefsrc: '203.0.113.11' }, '10.1.0.0/16 dev eth2 src 203.0.113.11'),
        route({ dev: 'eth2', prefsrc: '192.168.50.1' }, '10.2.0.0/16 dev eth2 src 192.168.50.1'),
      ],
    },
    {
      claimed: new Claimed(
        ['203.0.113.11/24', '192.168.50.1/24'].map(
          (cidr) => ({ kind: 'address', link: 'eth1', cidr, borrowed: true }) as Resource,
        ),
      ),
    },
    [],
  ],
  [
    'strangers',
    {},
    { strangers: ['vnet8'] },
    [
      "bridge-port: not netctl's, and in no bridge any more when br-lab is deleted: vnet8 — ip link set dev vnet8 master BRIDGE",
    ],
  ],
  [
    "sockets, but not the DHCP server's",
    {},
    {
      bound: [
        { link: 'br-lab', what: 'socket udp 0.0.0.0:67' },
        { link: 'br-lab', what: 'socket tcp 0.0.0.0:22' },
        { link: 'br-labo', what: 'socket tcp 0.0.0.0:23' },
      ],
    },
    ['bridge-bound: bound to br-lab, which is deleted: socket tcp 0.0.0.0:22 — bind it to eth1 when it is done'],
  ],
  [
    'what could not be read',
    { unread: ['tc: no such file'] },
    {},
    [
      expect.stringContaining(
        'bridge-unread: not all that others have put on br-lab could be read: tc: no such file',
      ) as string,
    ],
  ],
];
