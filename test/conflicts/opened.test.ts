// test/conflicts/opened.test.ts — networks that the host's firewall shuts to other bridges, and that instances reach
// once netctl accepts what comes by theirs.
import { describe, expect, test } from 'vitest';
import { offline } from '../../src/pipeline/offline.ts';
import { tablesOf } from '../../src/conflicts/iptables.ts';
import { endsThere } from '../../src/conflicts/judge.ts';
import type { Chain } from '../../src/kinds/chain/model.ts';
import { rangeOf } from '../../src/net/ip.ts';
import type { Cidr } from '../../src/net/ip.ts';
import { createWhole } from '../fake-host/whole.ts';
import { worldOf } from '../world.ts';
import { found } from './around.ts';
import type { Around } from './around.ts';

const spec = (more = ''): string =>
  `apiVersion: netctl/v1\nhosts: { h1: { publicInterface: eth1 } }\nnetworks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null${more} } }\n`;
const device = (ifname: string, local: string, prefixlen = 24): object => ({
  ifname,
  flags: ['UP'],
  mtu: 1500,
  group: 'default',
  addr_info: [{ family: 'inet', local, prefixlen, scope: 'global' }],
});
const HOST = [device('eth1', '203.0.113.11'), device('docker0', '172.17.0.1', 16), device('virbr0', '192.168.122.1')];
const filter = (policy: string, ...rules: readonly string[]): string =>
  `*filter\n:FORWARD ${policy} [0:0]\n:DOCKER - [0:0]\n${rules.map((rule) => `-A ${rule}\n`).join('')}COMMIT\n`;
const DOCKER = [
  'FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  'FORWARD -o docker0 -j DOCKER',
  'FORWARD -i docker0 ! -o docker0 -j ACCEPT',
  'FORWARD -i docker0 -o docker0 -j ACCEPT',
  'DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT',
];
const LIBVIRT = ['FORWARD -o virbr0 -j REJECT --reject-with icmp-port-unreachable'];

async function told(rules: string, text = spec(), around: Around = {}): Promise<readonly string[]> {
  const links = JSON.stringify(HOST.map((link, i) => ({ ifindex: i + 1, ...link })));
  const diagnostics = await found(text, { rules, links, ...around });
  return diagnostics
    .filter(({ code }) => code === 'firewall-opens')
    .map(({ message }) => /(?<=behind ).*(?=, which the firewall)/.exec(message)?.[0] ?? message);
}

test('one warning that asks, with the networks and the ways out', async () => {
  const links = JSON.stringify(HOST.map((link, i) => ({ ifindex: i + 1, ...link })));
  const all = await found(spec(), { rules: filter('DROP', ...DOCKER), links });
  expect(all.filter(({ code }) => code === 'firewall-opens')).toEqual([
    {
      severity: 'warning',
      asks: true,
      code: 'firewall-opens',
      at: [['networks', 'lab', 'forward']],
      message:
        'instances of lab will reach what is behind docker0 (172.17.0.0/16) and virbr0 (192.168.122.0/24), which the firewall of this host shuts to other bridges: netctl accepts what comes by theirs before the host’s own rules of FORWARD',
      hint: 'forward: [eth1] in the network lets it out by eth1 alone; forward: none shuts it off; say yes if instances are to reach that',
    },
  ]);
});

describe('said', () => {
  test('of a network that libvirt rejects, alone', async () => {
    expect(await told(filter('ACCEPT', ...LIBVIRT))).toEqual(['virbr0 (192.168.122.0/24)']);
  });
  test('of netctl’s rules behind which somebody has put his', async () => {
    const rules = filter('DROP', 'FORWARD -j netctl-FORWARD').replace('COMMIT', ':netctl-FORWARD - [0:0]\nCOMMIT');
    expect(await told(rules)).toEqual(['docker0 (172.17.0.0/16) and virbr0 (192.168.122.0/24)']);
  });
});

describe('not said', () => {
  const own = ':netctl-FORWARD - [0:0]\n-A FORWARD -j netctl-FORWARD\n-A netctl-FORWARD -i br-lab -j ACCEPT\n';
  for (const [name, rules, text] of [
    ['where anybody reaches it', filter('ACCEPT', ...DOCKER), spec()],
    [
      'where the host accepts it of any bridge',
      filter('DROP', 'FORWARD -o docker0 -j ACCEPT', 'FORWARD -o virbr0 -j ACCEPT'),
      spec(),
    ],
    ['where it is open already', filter('DROP', ...DOCKER).replace('COMMIT', `${own}COMMIT`), spec(', bridge: br-lab')],
    [
      'where it is, by a bridge with a name as of our chains',
      filter('DROP', ...DOCKER).replace('COMMIT', `${own.replace('br-lab', 'netctl-lab')}COMMIT`),
      spec(', bridge: netctl-lab'),
    ],
    [
      'where the host drops it all the same',
      filter('ACCEPT')
        .replace('*filter', '*mangle')
        .replace(':DOCKER - [0:0]\n', '-A FORWARD -o docker0 -j DROP\n-A FORWARD -o virbr0 -j DROP\n'),
      spec(),
    ],
    ['of a network that is shut off', filter('DROP', ...DOCKER), spec(', forward: none')],
    ['of one that goes out by the uplink alone', filter('DROP', ...DOCKER), spec(', forward: [eth1]')],
    ['of one that is to go there', filter('DROP', ...DOCKER), spec(', forward: [docker0]')],
    ['of one without a gateway', filter('DROP', ...DOCKER), spec(', gateway: null')],
    [
      'of what the spec names as a destination',
      filter('DROP', ...DOCKER),
      spec(', noSnat: [172.17.0.0/16, 192.168.0.0/16]'),
    ],
  ] as const) {
    test(name, async () => expect(await told(rules, text)).toEqual([]));
  }
});

test('where no way out is known, a bridge is, and what may be that way is not', async () => {
  const bridge = { ...device('virbr0', '192.168.122.1'), linkinfo: { info_kind: 'bridge' } };
  const links = JSON.stringify(
    [device('eth1', '203.0.113.11'), bridge].map((link, i) => ({ ifindex: i + 1, ...link })),
  );
  const text = spec().replace('{ publicInterface: eth1 }', '{}');
  expect(await told(filter('DROP'), text, { links })).toEqual(['virbr0 (192.168.122.0/24)']);
});

test('the hint is true: with `forward: [eth1]` and `none` the packet ends, and the way out is open with the first', async () => {
  const ends = async (more: string, out: string, to: string): Promise<boolean> => {
    const { wanted } = await offline(worldOf({ driver: createWhole().host, spec: { 'spec.yaml': spec(more) } }));
    const chains = [...wanted.state.values()].filter((one): one is Chain => one.kind === 'chain');
    const bridge = [...wanted.state.keys()].find((ref) => ref.startsWith('link br'))?.slice('link '.length) ?? '';
    return endsThere(
      tablesOf(filter('DROP', ...DOCKER), 'iptables', chains),
      {
        in: bridge,
        out,
        source: rangeOf('192.168.50.0/24' as Cidr<4>),
        sourceType: 'unicast',
        destination: rangeOf(to as Cidr<4>),
        destinationType: 'unicast',
        protocol: 'tcp',
        states: ['new'],
      },
      { left: 10_000 },
    );
  };
  expect(await ends('', 'docker0', '172.17.0.0/16')).toBe(false);
  expect(await ends(', forward: [eth1]', 'docker0', '172.17.0.0/16')).toBe(true);
  expect(await ends(', forward: [eth1]', 'eth1', '64.0.0.0/4')).toBe(false);
  expect(await ends(', forward: none', 'docker0', '172.17.0.0/16')).toBe(true);
});
