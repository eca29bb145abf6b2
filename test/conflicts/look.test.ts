// test/conflicts/look.test.ts — what Docker, libvirt, firewalld, ufw and a second firewall in nft mean for a spec's
// networks.
import { expect, test } from 'vitest';
import { found, ruleSet } from './around.ts';
import type { Around } from './around.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1, metadata: { address: 127.0.0.1, port: 8775 } } }
networks:
  lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null }
  inner: { mode: flat-dhcp, cidr: 192.168.51.0/24, interface: null, forward: none }
  plain: { mode: flat, cidr: 192.168.52.0/24, interface: null }
pools: { public: { ranges: [198.51.100.16/28] } }
instances:
  vm-1: { nics: [{ network: lab, floating: [198.51.100.17], device: { type: tap } }] }
  vm-2: { nics: [{ network: inner, device: { type: tap } }, { network: plain, device: { type: tap } }] }
  vm-3: { nics: [{ network: plain, device: { type: tap } }] }
`;
const seen = { '/proc/sys/net/bridge/bridge-nf-call-iptables': ['1'] };
const firewalld = (name: string): Around => ({
  tables: { 'inet firewalld': ruleSet(`${name}.json`) },
  others: Object.fromEntries(
    ['filter_IN_public', 'filter_FWD_public'].map((chain) => [
      `nft -s -t -a list chain inet firewalld ${chain}`,
      ruleSet('firewalld.handles'),
    ]),
  ),
});
const trusted = (...bridges: readonly string[]): string =>
  ['', '--permanent ']
    .map(
      (when) =>
        `firewall-cmd ${when}--zone=trusted ${bridges.map((bridge) => `--change-interface=${bridge}`).join(' ')}`,
    )
    .join(' && ');

for (const [name, around, told] of [
  ['nobody else', {}, []],
  ['Docker: what netctl forwards passes its policy', { rules: ruleSet('docker.iptables') }, []],
  [
    'Docker: but not what is bridged',
    { rules: ruleSet('docker.iptables'), settings: seen },
    [
      [
        'bridge-netfilter',
        'plain: packets between instances are dropped by the policy DROP of chain FORWARD of table filter (iptables, as Docker sets it), where br_netfilter leads them',
        'iptables -I DOCKER-USER -i br-plain -o br-plain -j ACCEPT',
      ],
    ],
  ],
  ['Docker in nftables', { tables: { 'ip docker-bridges': ruleSet('docker.json') }, settings: seen }, []],
  ['libvirt', { rules: ruleSet('libvirt.iptables'), settings: seen }, []],
  ['libvirt in nftables', { tables: { 'ip libvirt_network': ruleSet('libvirt.json') }, settings: seen }, []],
  ['ufw: what netctl lets in and forwards passes its policies', { rules: ruleSet('ufw.iptables') }, []],
  [
    'ufw: what is bridged does not, but for pings',
    { rules: ruleSet('ufw.iptables'), settings: seen },
    [
      [
        'bridge-netfilter',
        'plain: packets between instances (TCP, UDP) are dropped by the policy DROP of chain FORWARD of table filter (iptables, as ufw sets it), where br_netfilter leads them',
        'ufw route allow in on br-plain out on br-plain',
      ],
    ],
  ],
  ['firewalld in iptables', { rules: ruleSet('firewalld.iptables') }, []],
  [
    'firewalld',
    firewalld('firewalld'),
    [
      [
        'foreign-drop',
        "lab and inner: DHCP requests and DNS requests are dropped by a rule in chain filter_IN_public of table inet firewalld (nft, firewalld's): reject with icmpx admin-prohibited",
        trusted('br-lab', 'br-inner'),
      ],
      [
        'foreign-drop',
        "lab: packets of instances to the outside are dropped by a rule in chain filter_FWD_public of table inet firewalld (nft, firewalld's): reject with icmpx admin-prohibited",
        trusted('br-lab'),
      ],
    ],
  ],
  [
    'firewalld with br-lab in its zone trusted',
    { tables: { 'inet firewalld': ruleSet('firewalld-trusted.json') } },
    [
      [
        'foreign-drop',
        "inner: DHCP requests and DNS requests are dropped by a rule in chain filter_IN_public of table inet firewalld (nft, firewalld's): a rule that is gone since",
        trusted('br-inner'),
      ],
    ],
  ],
  [
    'a second firewall in nft',
    { tables: { 'inet filter': ruleSet('strict.json') } },
    [
      [
        'foreign-policy',
        'lab and inner: DHCP requests, DNS requests and requests for metadata are dropped by the policy drop of chain input of table inet filter (nft)',
        `nft '${['br-lab', 'br-inner'].flatMap((bridge) => [`udp dport { 53, 67 }`, 'tcp dport { 53, 8775 }'].map((ports) => `insert rule inet filter input iifname "${bridge}" ${ports} accept`)).join('; ')}'`,
      ],
      [
        'foreign-policy',
        'lab: packets of instances to the outside, replies from outside, packets to floating addresses and replies from floating addresses are dropped by the policy drop of chain forward of table inet filter (nft)',
        `nft 'insert rule inet filter forward iifname "br-lab" accept; insert rule inet filter forward oifname "br-lab" accept'`,
      ],
    ],
  ],
] as const satisfies readonly (readonly [string, Around, readonly unknown[]])[]) {
  test(name, async () =>
    expect((await found(SPEC, around)).map(({ code, message, hint }) => [code, message, hint])).toEqual(told),
  );
}

test('a finding is a warning about the networks that it is about', async () => {
  const [first] = await found(SPEC, firewalld('firewalld'));
  expect(first).toMatchObject({
    severity: 'warning',
    at: [
      ['networks', 'lab'],
      ['networks', 'inner'],
    ],
  });
  expect(first).not.toHaveProperty('against');
});

test('without networks nothing is asked', async () => {
  expect(await found('apiVersion: netctl/v1\nhosts: { h1: {} }\n', { rules: '*half' })).toEqual([]);
});
