// test/conflicts/proxies.test.ts — rules of transparent proxies: what of instances' packets they take is said, and what
// is the proxy's own business is not.
import { expect, test } from 'vitest';
import { found } from './around.ts';
import type { Around } from './around.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1, metadata: { address: 127.0.0.1, port: 8775 } } }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
pools: { public: { ranges: [203.0.113.64/28] } }
instances: { vm-1: { nics: [{ network: lab, floating: [203.0.113.70], device: { type: tap } }] } }
`;
const told = async (around: Around): Promise<readonly unknown[]> =>
  (await found(SPEC, around)).map(({ message, hint, stops = [] }) => [
    message.replace(/ by a rule in chain .*$/, ''),
    stops.length,
    hint,
  ]);

const mangle = (...lines: readonly string[]): Around => ({
  rules: `*mangle\n:PREROUTING ACCEPT [0:0]\n:DIVERT - [0:0]\n${lines.join('\n')}\nCOMMIT\n`,
});
const taken = (what: string): string => `lab: ${what} handed to a transparent proxy`;
const pass = (match: string): string => `iptables -t mangle -I PREROUTING ${match} -j ACCEPT`;
const TO = '-j TPROXY --on-port 3129 --on-ip 0.0.0.0 --tproxy-mark 0x1/0xffffffff';
const [metadata, dns, floating] = [
  '-d 169.254.169.254 -p tcp --dport 80',
  '-d 192.168.50.1 -p udp --dport 53',
  '-m iprange --dst-range 203.0.113.65-203.0.113.78',
].map(pass);
const web = [
  [
    taken('requests for metadata and packets for port 80 of floating addresses (TCP) are'),
    1,
    `${metadata} && ${floating}`,
  ],
];

for (const [name, around, expected] of [
  ['all of the web', mangle(`-A PREROUTING -p tcp -m tcp --dport 80 ${TO}`), web],
  [
    'with what it has already let pass first',
    mangle(
      '-A PREROUTING -p tcp -m socket --transparent -j DIVERT',
      '-A DIVERT -j MARK --set-xmark 0x1/0xffffffff',
      '-A DIVERT -j ACCEPT',
      `-A PREROUTING -p tcp -m tcp --dport 80 ${TO}`,
    ),
    web,
  ],
  [
    'what comes by its bridge',
    mangle(`-A PREROUTING -i br-lab -p tcp -m tcp --dport 80 ${TO}`),
    [[taken('requests for metadata are'), 1, metadata]],
  ],
  [
    'names',
    mangle(`-A PREROUTING -i br-+ -p udp -m udp --dport 53 ${TO}`),
    [[taken('DNS requests (UDP) are'), 0, dns]],
  ],
  [
    'what is for floating addresses',
    mangle(`-A PREROUTING -d 203.0.113.64/28 -p udp ${TO}`),
    [[taken('packets to floating addresses (UDP) are'), 1, floating]],
  ],
  [
    'the web of others: what is for the host itself passes',
    mangle('-A PREROUTING -m addrtype --dst-type LOCAL -j RETURN', `-A PREROUTING -p tcp -m tcp --dport 80 ${TO}`),
    [],
  ],
  [
    'another port, another interface',
    mangle(`-A PREROUTING -p tcp -m tcp --dport 8775 -i br-lab ${TO}`, `-A PREROUTING -i eth9 -p tcp ${TO}`),
    [],
  ],
] as const) {
  test(name, async () => expect(await told(around)).toEqual(expected));
}

const match = (left: object, right: unknown): object => ({ match: { op: '==', left, right } });
const nft = (...rules: readonly (readonly object[])[]): Around => {
  const of = { family: 'inet', table: 't' };
  const chain = { ...of, name: 'c', type: 'filter', hook: 'prerouting', prio: -150, policy: 'accept' };
  return {
    tables: {
      'inet t': JSON.stringify({
        nftables: [
          { table: { family: 'inet', name: 't' } },
          { chain },
          ...rules.map((expr, i) => ({ rule: { ...of, chain: 'c', handle: i + 10, expr } })),
        ],
      }),
    },
  };
};
const [port80, mark] = [
  match({ payload: { protocol: 'tcp', field: 'dport' } }, 80),
  { mangle: { key: { meta: { key: 'mark' } }, value: 1 } },
];
const byNft = [
  [
    taken('requests for metadata and packets for port 80 of floating addresses (TCP) are'),
    1,
    "nft 'insert rule inet t c ip daddr 169.254.169.254 accept; insert rule inet t c ip daddr 203.0.113.65-203.0.113.78 accept'",
  ],
];

for (const [name, around, expected] of [
  ['all of the web', nft([port80, { tproxy: { port: 3129 } }, mark, { accept: null }]), byNft],
  [
    'with what it has already let pass first',
    nft(
      [match({ socket: { key: 'transparent' } }, 1), mark, { accept: null }],
      [port80, mark, { tproxy: { family: 'ip', addr: '127.0.0.1', port: 3129 } }],
    ),
    byNft,
  ],
  ['IPv6', nft([port80, { tproxy: { family: 'ip6', port: 3129 } }]), []],
] as const) {
  test(`by nft: ${name}`, async () => expect(await told(around)).toEqual(expected));
}
