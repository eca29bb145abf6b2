// test/parts/injection.test.ts — what a guest on a flat network is configured from: the very texts.
import { describe, expect, test } from 'vitest';
import { injectedIn } from '../../src/parts/injection.ts';
import { PATHS } from '../world.ts';
import { wantedOf } from '../features/flows.ts';

const MAC = 'fa:16:3e:2c:e8:ec';
const spec = (nics: string, host = ''): string => `apiVersion: netctl/v1
hosts: { h1: {}, h2: {} }
networks:
  office: { mode: flat, interface: null, cidr: 10.0.0.0/20, cidr6: "fd00:0:0:64::/64", gateway: 10.0.0.1, dns: [10.0.0.1, 9.9.9.9] }
  back: { mode: flat, interface: null, cidr: 10.9.0.0/24, gateway: 10.9.0.1, dns: [10.9.0.53, 9.9.9.9], mtu: 9000 }
  bare: { mode: flat, interface: null, cidr: 10.8.0.0/30, gateway: null }
  lab: { mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24, dns: [1.1.1.1] }
instances:
  vm-1: { host: h1${host}, nics: [${nics}] }
`;

async function filesFor(text: string): Promise<ReadonlyMap<string, string>> {
  const files = [...(await wantedOf(text)).entries()].filter(([ref]) => ref.startsWith(`file ${PATHS.state}/guests/`));
  return new Map(
    files.map(([ref, resource]) => [
      ref.slice(`file ${PATHS.state}/guests/`.length),
      'text' in resource && typeof resource.text === 'string' ? resource.text : '',
    ]),
  );
}

const HEAD = `# Injected by netctl on instance boot
#
# This file describes the network interfaces available on your system
# and how to activate them. For more information, see interfaces(5).

# The loopback network interface
auto lo
iface lo inet loopback
`;

describe('interfaces', () => {
  for (const [name, nics, stanzas] of [
    [
      'one NIC, both families',
      `{ network: office, address: 10.0.4.7, mac: "${MAC}" }`,
      `
auto eth0
iface eth0 inet static
    hwaddress ether fa:16:3e:2c:e8:ec
    address 10.0.4.7
    netmask 255.255.240.0
    broadcast 10.0.15.255
    gateway 10.0.0.1
    dns-nameservers 10.0.0.1 9.9.9.9
iface eth0 inet6 static
    hwaddress ether fa:16:3e:2c:e8:ec
    address fd00::64:f816:3eff:fe2c:e8ec
    netmask 64
`,
    ],
    [
      'a second NIC has no gateway, and one with DHCP is counted only',
      `{ network: lab }, { network: back, mac: "${MAC}" }`,
      `
auto eth1
iface eth1 inet static
    hwaddress ether fa:16:3e:2c:e8:ec
    address 10.9.0.2
    netmask 255.255.255.0
    broadcast 10.9.0.255
    dns-nameservers 10.9.0.53 9.9.9.9
    mtu 9000
`,
    ],
    [
      'no gateway, no resolvers; a far end by its own name',
      `{ network: bare, mac: "${MAC}", device: { type: veth, netns: g1, peer: lan0 } }`,
      `
auto lan0
iface lan0 inet static
    hwaddress ether fa:16:3e:2c:e8:ec
    address 10.8.0.1
    netmask 255.255.255.252
    broadcast 10.8.0.3
`,
    ],
  ] as const)
    test(name, async () => expect((await filesFor(spec(nics))).get('vm-1/interfaces')).toBe(HEAD + stanzas));
});

describe('who has none', () => {
  for (const [name, text] of [
    ['an instance with DHCP alone', spec('{ network: lab }')],
    ['one without NICs', spec('')],
    ['one of another host', spec('{ network: office }').replace('host: h1', 'host: h2')],
  ] as const)
    test(name, async () => expect([...(await filesFor(text))]).toEqual([]));
});

describe('network_data.json', () => {
  const nics = `{ network: office, address: 10.0.4.7, mac: "${MAC}" }, { network: lab }, { network: back, device: { type: external, name: vnet0 } }, { network: office, address: 10.0.4.8, mac: "02:16:3e:33:44:55" }`;
  const dataFor = async (text: string): Promise<unknown> =>
    JSON.parse((await filesFor(text)).get('vm-1/network_data.json') ?? '');

  test('links, networks and services, in the order of the NICs', async () => {
    expect(await dataFor(spec(nics))).toEqual({
      links: [
        { id: 'tap-vm-1', vif_id: 'vm-1/office', type: 'bridge', mtu: 1500, ethernet_mac_address: MAC },
        {
          id: 'tap-vm-1-1',
          vif_id: 'vm-1/lab',
          type: 'bridge',
          mtu: 1500,
          ethernet_mac_address: expect.stringMatching(/^fa:16:3e(:[0-9a-f]{2}){3}$/) as string,
        },
        {
          id: 'vnet0',
          vif_id: 'vm-1/back',
          type: 'bridge',
          mtu: 9000,
          ethernet_mac_address: expect.stringMatching(/^fa:16:3e(:[0-9a-f]{2}){3}$/) as string,
        },
        {
          id: 'tap-vm-1-3',
          vif_id: 'vm-1/office#2',
          type: 'bridge',
          mtu: 1500,
          ethernet_mac_address: '02:16:3e:33:44:55',
        },
      ],
      networks: [
        {
          id: 'network0',
          type: 'ipv4',
          link: 'tap-vm-1',
          network_id: 'office',
          ip_address: '10.0.4.7',
          netmask: '255.255.240.0',
          routes: [{ network: '0.0.0.0', netmask: '0.0.0.0', gateway: '10.0.0.1' }],
        },
        {
          id: 'network1',
          type: 'ipv6',
          link: 'tap-vm-1',
          network_id: 'office',
          ip_address: 'fd00::64:f816:3eff:fe2c:e8ec',
          netmask: 'ffff:ffff:ffff:ffff::',
          routes: [],
        },
        { id: 'network2', type: 'ipv4_dhcp', link: 'tap-vm-1-1', network_id: 'lab' },
        {
          id: 'network3',
          type: 'ipv4',
          link: 'vnet0',
          network_id: 'back',
          ip_address: '10.9.0.2',
          netmask: '255.255.255.0',
          routes: [],
        },
        {
          id: 'network4',
          type: 'ipv4',
          link: 'tap-vm-1-3',
          network_id: 'office',
          ip_address: '10.0.4.8',
          netmask: '255.255.240.0',
          routes: [],
        },
        {
          id: 'network5',
          type: 'ipv6',
          link: 'tap-vm-1-3',
          network_id: 'office',
          ip_address: 'fd00::64:16:3eff:fe33:4455',
          netmask: 'ffff:ffff:ffff:ffff::',
          routes: [],
        },
      ],
      services: [
        { type: 'dns', address: '10.0.0.1' },
        { type: 'dns', address: '9.9.9.9' },
        { type: 'dns', address: '10.9.0.53' },
      ],
    });
  });

  test('no default route where the first NIC asks by DHCP', async () => {
    expect(await dataFor(spec('{ network: lab }, { network: office }'))).toMatchObject({
      networks: [{ type: 'ipv4_dhcp' }, { type: 'ipv4', routes: [] }, { type: 'ipv6', routes: [] }],
    });
  });

  test('tells a lost store who had what on the flat networks', async () => {
    const text = (await filesFor(spec(nics))).get('vm-1/network_data.json') ?? '';
    expect(injectedIn(text).map(({ holder, network, ip }) => `${holder} ${network} ${ip}`)).toEqual([
      'vm-1/office office 10.0.4.7',
      'vm-1/back back 10.9.0.2',
      'vm-1/office#2 office 10.0.4.8',
    ]);
  });
});
