// test/conflicts/forwarding-opens.test.ts — hosts that become routers between their own interfaces when netctl has them
// forward: which are said, and what keeps them from it.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';
import type { Around } from './around.ts';

const spec = (more = '', head = ''): string =>
  `apiVersion: netctl/v1\nhosts: { h1: { publicInterface: eth1 } }\n${head}networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null${more} } }\n`;

interface Device {
  readonly up?: false;
  readonly kind?: string;
  readonly master?: string;
  readonly group?: string;
}
interface Given {
  readonly local: string;
  readonly prefixlen: number;
  readonly scope?: string;
  readonly metric?: number;
  readonly address?: string;
}
const address = (cidr: string, rest: Partial<Given> = {}): Given => ({
  local: cidr.split('/')[0] ?? '',
  prefixlen: Number(cidr.split('/')[1]),
  ...rest,
});
const device = (
  ifname: string,
  addresses: readonly Given[],
  { up, kind, master, group = 'default' }: Device = {},
): object => ({
  ifname,
  flags: up === false ? [] : ['UP'],
  mtu: 1500,
  group,
  ...(master === undefined ? {} : { master }),
  ...(kind === undefined ? {} : { linkinfo: { info_kind: kind } }),
  addr_info: addresses.map((one) => ({ family: 'inet', scope: 'global', ...one })),
});
const ETH1 = device('eth1', [address('203.0.113.11/24')]);
const ETH2 = device('eth2', [address('10.9.0.1/24')]);
const BOTH = [device('lo', [address('127.0.0.1/8', { scope: 'host' })]), ETH1, ETH2];
const FORWARD = '/proc/sys/net/ipv4/ip_forward';
const OFF = { [FORWARD]: ['0'] };

async function told(
  links: readonly object[],
  around: Around = {},
  text = spec(),
): Promise<readonly (readonly string[])[]> {
  const diagnostics = await found(text, {
    settings: OFF,
    ...around,
    links: JSON.stringify(links.map((link, i) => ({ ifindex: i + 1, ...link }))),
  });
  return diagnostics
    .filter(({ code }) => code === 'forwarding-opens')
    .map(({ message, hint = '' }) => [
      /(?<=becomes a router ).*(?=: what is there)/.exec(message)?.[0] ?? message,
      hint,
    ]);
}

const POLICY = 'before the apply, iptables -P FORWARD DROP: netctl accepts what its instances need; or ';
const YES = '; or say yes if the host is to be that router';
const rules = (...ways: readonly string[]): string =>
  ways.map((way) => `iptables -I FORWARD ${way} -j DROP`).join(' && ');
const between = [
  'between eth1 (203.0.113.0/24) and eth2 (10.9.0.0/24)',
  `${POLICY}${rules('-i eth1 -o eth2', '-i eth2 -o eth1')}${YES}`,
];

test('between two interfaces: a warning that asks, about the setting', async () => {
  const [one] = (
    await found(spec(), { settings: OFF, links: JSON.stringify(BOTH.map((link, i) => ({ ifindex: i + 1, ...link }))) })
  ).filter(({ code }) => code === 'forwarding-opens');
  expect(one).toEqual({
    severity: 'warning',
    asks: true,
    code: 'forwarding-opens',
    against: ['sysctl net.ipv4.ip_forward'],
    at: [['networks']],
    message: `with net.ipv4.ip_forward = 1 this host becomes a router ${between[0] ?? ''}: what is there becomes reachable through this host, and no rule of its firewall drops that`,
    hint: between[1],
  });
});

describe('said', () => {
  const wire = [
    device('eth1', [], { master: 'br-lab' }),
    device('br-lab', [address('203.0.113.11/24'), address('192.168.50.1/24', { metric: 117 })], {
      kind: 'bridge',
      group: '117',
    }),
    ETH2,
  ];
  const byWire = rules('-i br-lab -s 203.0.113.0/24 -o eth2', '-i eth2 -o br-lab -d 203.0.113.0/24');
  const uplink = spec().replace('interface: null', 'interface: eth1');
  for (const [name, links, text, expected] of [
    [
      'three',
      [...BOTH, device('wg0', [address('10.8.0.2/24')], { kind: 'wireguard' })],
      spec(),
      [
        'between eth1 (203.0.113.0/24), eth2 (10.9.0.0/24) and wg0 (10.8.0.0/24)',
        POLICY.replace(/ or $/, ' or say yes if the host is to be that router'),
      ],
    ],
    [
      'an interface with two networks',
      [ETH1, device('eth2', [address('10.9.0.1/24'), address('10.9.1.1/24')])],
      spec(),
      ['between eth1 (203.0.113.0/24) and eth2 (10.9.0.0/24, 10.9.1.0/24)', between[1]],
    ],
    [
      'one with a single address',
      [device('eth1', [address('203.0.113.11/32')]), ETH2],
      spec(),
      ['between eth1 (203.0.113.11/32) and eth2 (10.9.0.0/24)', between[1]],
    ],
    [
      'a tunnel from end to end',
      [ETH1, device('tun0', [address('10.8.0.2/32', { address: '10.8.0.1' })])],
      spec(),
      ['between eth1 (203.0.113.0/24) and tun0 (10.8.0.1/32)', between[1]?.replaceAll('eth2', 'tun0')],
    ],
    [
      'the uplink in its bridge, which counts once, and where netctl accepts what the wire sends as well',
      wire,
      uplink,
      [between[0], `${byWire}${YES}`],
    ],
    ['the uplink that is about to go there', BOTH, uplink, [between[0], `${byWire}${YES}`]],
  ] as const) {
    test(name, async () => expect(await told(links, {}, text)).toEqual([expected]));
  }
});

describe('nothing is said', () => {
  for (const [name, links, around, text] of [
    ['of one interface', [ETH1], {}, spec()],
    ['where the other has no address', [ETH1, device('eth2', [])], {}, spec()],
    ['where the other is down', [ETH1, device('eth2', [address('10.9.0.1/24')], { up: false })], {}, spec()],
    ['of two in the same network', [ETH1, device('eth2', [address('203.0.113.12/24')])], {}, spec()],
    ['of a dummy', [ETH1, device('dummy0', [address('10.255.0.1/32')], { kind: 'dummy' })], {}, spec()],
    [
      'of addresses that no router forwards',
      [ETH1, device('eth2', [address('169.254.7.7/16', { scope: 'link' })])],
      {},
      spec(),
    ],
    [
      "of an uplink whose bridge has the network's address",
      [
        device('eth1', [], { master: 'br-lab' }),
        device('br-lab', [address('203.0.113.11/24'), address('192.168.50.1/24', { metric: 117 })], {
          kind: 'bridge',
          group: '117',
        }),
      ],
      {},
      spec().replace('interface: null', 'interface: eth1'),
    ],
    ['of floating addresses', [ETH1, device('eth2', [address('198.51.100.17/32', { metric: 117 })])], {}, spec()],
    [
      'of two VRFs',
      [device('red', [], { kind: 'vrf' }), ETH1, device('eth2', [address('10.9.0.1/24')], { master: 'red' })],
      {},
      spec(),
    ],
    ['where the host forwards', BOTH, { settings: { [FORWARD]: ['1'] } }, spec()],
    ['where nobody could read whether it does', BOTH, { settings: {} }, spec()],
    [
      'where each of the devices does already',
      BOTH,
      {
        settings: {
          ...OFF,
          ...Object.fromEntries(['eth1', 'eth2'].map((link) => [`/proc/sys/net/ipv4/conf/${link}/forwarding`, ['1']])),
        },
      },
      spec(),
    ],
    ['where nothing is to be forwarded', BOTH, {}, spec(', gateway: null')],
    ['of a flat network', BOTH, {}, spec().replace('flat-dhcp', 'flat')],
  ] as const satisfies readonly (readonly [string, readonly object[], Around, string])[]) {
    test(name, async () => expect(await told(links, around, text)).toEqual([]));
  }
});

describe('the firewall of the host', () => {
  const filter = (policy: string, ...lines: readonly string[]): Around => ({
    rules: `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ${policy} [0:0]\n:OUTPUT ACCEPT [0:0]\n${lines.map((line) => `-A FORWARD ${line}\n`).join('')}COMMIT\n`,
  });
  const nft = (policy: string, ...expr: readonly object[]): Around => ({
    tables: {
      'inet t': JSON.stringify({
        nftables: [
          { table: { family: 'inet', name: 't' } },
          { chain: { family: 'inet', table: 't', name: 'c', type: 'filter', hook: 'forward', prio: 0, policy } },
          ...(expr.length === 0 ? [] : [{ rule: { family: 'inet', table: 't', chain: 'c', handle: 2, expr } }]),
        ],
      }),
    },
  });
  const link = (key: string, right: string): object => ({ match: { op: '==', left: { meta: { key } }, right } });
  const [there, back] = [
    'from eth1 (203.0.113.0/24) to eth2 (10.9.0.0/24)',
    'from eth2 (10.9.0.0/24) to eth1 (203.0.113.0/24)',
  ];
  for (const [name, around, expected] of [
    ['with the policy DROP', filter('DROP'), []],
    ['with a rule that drops', filter('ACCEPT', '-j REJECT --reject-with icmp-port-unreachable'), []],
    ['with a rule for each way', filter('ACCEPT', '-i eth1 -o eth2 -j DROP', '-i eth2 -o eth1 -j DROP'), []],
    [
      'with a rule for one of them',
      filter('ACCEPT', '-i eth1 -o eth2 -j DROP'),
      [[back, `${POLICY}${rules('-i eth2 -o eth1')}${YES}`]],
    ],
    [
      'that accepts one of them',
      filter('DROP', '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', '-i eth1 -j ACCEPT'),
      [[there, `${rules('-i eth1 -o eth2')}${YES}`]],
    ],
    [
      'that drops a port, or somebody',
      filter('ACCEPT', '-p tcp -m tcp --dport 25 -j DROP', '-s 10.9.0.7/32 -j DROP'),
      [between],
    ],
    ['that drops TCP', filter('ACCEPT', '-p tcp -j DROP'), [between]],
    [
      'with a rule of table mangle',
      { rules: '*mangle\n:FORWARD ACCEPT [0:0]\n-A FORWARD ! -i br-lab ! -o br-lab -j DROP\nCOMMIT\n' },
      [],
    ],
    ['that drops what is marked by somebody', filter('ACCEPT', '-m mark --mark 0x1 -j DROP'), [between]],
    ['of nft, with the policy drop', nft('drop'), []],
    [
      'of nft, with a rule',
      nft('accept', link('oifname', 'eth2'), { drop: null }),
      [[back, `${POLICY}${rules('-i eth2 -o eth1')}${YES}`]],
    ],
    ['of nft, about others', nft('accept', link('oifname', 'eth7'), { drop: null }), [between]],
  ] as const) {
    test(name, async () => expect(await told(BOTH, around)).toEqual(expected));
  }

  test('netctl itself drops what comes by the bridge of a network that is not let out', async () => {
    expect(await told(BOTH, {}, spec(', forward: none').replace('interface: null', 'interface: eth1'))).toEqual([]);
  });
});
