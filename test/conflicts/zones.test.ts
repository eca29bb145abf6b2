// test/conflicts/zones.test.ts — packets of instances in zones of connection tracking: whether their answers are in the
// same ones.
import { expect, test } from 'vitest';
import { found } from './around.ts';
import type { Around } from './around.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
instances: { vm-1: { nics: [{ network: lab, device: { type: tap } }] } }
`;
const told = async (around: Around, spec: string): Promise<readonly string[]> =>
  (await found(spec, around)).map(
    ({ message, hint = '' }) => `${message.replace(/ by a rule in chain c of table.*$/, '')} | ${hint}`,
  );

const raw = (...lines: readonly string[]): Around => ({
  rules: `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`,
});
const FULL = SPEC.replace(
  'publicInterface: eth1',
  'publicInterface: eth1, metadata: { address: 127.0.0.1, port: 8775 }',
)
  .replace('instances:', 'pools: { public: { ranges: [203.0.113.64/28] } }\ninstances:')
  .replace('{ network: lab,', '{ network: lab, floating: [203.0.113.70],');
const [from, to] = ['-A PREROUTING -i br-lab -j CT --zone', '-A PREROUTING -i eth1 -j CT --zone'];
const said = (what: string, rule: string, hint = '', { verb = 'are', chain = 'PREROUTING' } = {}): string =>
  `lab: ${what} ${verb} put into another conntrack zone than packets of the other direction, and so replies are not translated back, by a rule in chain ${chain} of table raw (iptables): ${rule} | ${hint}`;
const [inwards, outwards] = [
  'replies from outside and packets to floating addresses',
  'requests for metadata, packets of instances to the outside and replies from floating addresses',
];
const accept =
  'iptables -t raw -I PREROUTING -i br-lab -p tcp --dport 80 -j ACCEPT && iptables -t raw -I PREROUTING -i br-lab -j ACCEPT';
for (const [name, around, expected] of [
  ['what comes by the uplink', raw(`${to} 5`), [said(inwards, `${to} 5`)]],
  ['what comes by its bridge', raw(`${from} 5`), [said(outwards, `${from} 5`, accept)]],
  ['both, the same', raw(`${from} 5`, `${to} 5`, '-A OUTPUT -o br-lab -j CT --zone 5'), []],
  ['both, each its own', raw(`${from} 4`, `${to} 5`), [said(outwards, `${from} 4`, accept), said(inwards, `${to} 5`)]],
  [
    'all that comes, without what this host sends',
    raw('-A PREROUTING -j CT --zone 5'),
    [
      said(
        'requests for metadata',
        '-A PREROUTING -j CT --zone 5',
        'iptables -t raw -I PREROUTING -i br-lab -p tcp --dport 80 -j ACCEPT',
      ),
    ],
  ],
  ['all', raw('-A PREROUTING -j CT --zone 5', '-A OUTPUT -j CT --zone 5'), []],
  [
    'what this host sends',
    raw('-A OUTPUT -o br-lab -j CT --zone 5'),
    [
      said(
        'replies of the metadata service',
        '-A OUTPUT -o br-lab -j CT --zone 5',
        'iptables -t raw -I OUTPUT -o br-lab -p tcp --sport 8775 -j ACCEPT',
        { chain: 'OUTPUT' },
      ),
    ],
  ],
  ['of requests alone', raw(`${to}-orig 5`, `${from}-orig 5`), []],
  ['of answers alone', raw(`${to}-reply 5`), [said(inwards, `${to}-reply 5`)]],
  ['the one that each is in', raw(`${to} 0`, `${from} 0`), []],
  ['by a mark', raw(`${to} mark`), [said(inwards, `${to} mark`, '', { verb: 'may be' })]],
  ['the first of two counts', raw(`${to} 0`, `${to} 5`), []],
  [
    'single guests, other interfaces',
    raw('-A PREROUTING -s 192.168.50.9/32 -j CT --zone 5', '-A PREROUTING -i eth9 -j CT --zone 5'),
    [],
  ],
  ['a helper', raw('-A PREROUTING -p tcp -m tcp --dport 21 -j CT --helper ftp'), []],
] as const) {
  test(name, async () => expect(await told(around, FULL)).toEqual(expected));
}

const zone = (value: unknown, dir?: string): object => ({
  mangle: { key: { ct: { key: 'zone', ...(dir === undefined ? {} : { dir }) } }, value },
});
const came = (link: string): object => ({ match: { op: '==', left: { meta: { key: 'iifname' } }, right: link } });
const byMap = (entries: readonly unknown[]): object =>
  zone({ map: { key: { meta: { key: 'iifname' } }, data: { set: entries } } });
const apart = (what: string, hint = ''): string =>
  `lab: ${what} are put into another conntrack zone than packets of the other direction, and so replies are not translated back, | ${hint}`;
const pass = 'nft \'insert rule ip t c iifname "br-lab" accept\'';
const by = (rules: readonly (readonly object[])[], prio = -300, hook = 'prerouting'): Around => {
  const of = { family: 'ip', table: 't' };
  const chain = { ...of, name: 'c', type: 'filter', hook, prio, policy: 'accept' };
  return {
    tables: {
      'ip t': JSON.stringify({
        nftables: [
          { table: { family: 'ip', name: 't' } },
          { chain },
          ...rules.map((expr, i) => ({ rule: { ...of, chain: 'c', handle: i + 10, expr } })),
        ],
      }),
    },
  };
};
for (const [name, around, expected] of [
  ['what comes by the uplink', by([[came('eth1'), zone(5)]]), [apart('replies from outside')]],
  ['what comes by its bridge', by([[came('br-lab'), zone(5)]]), [apart('packets of instances to the outside', pass)]],
  ['of requests alone', by([[came('br-lab'), zone(5, 'original')]]), []],
  ['of answers alone', by([[came('br-lab'), zone(5, 'reply')]]), [apart('packets of instances to the outside', pass)]],
  ['all', by([[zone(5)]]), []],
  [
    'by a map, the same',
    by([
      [
        byMap([
          ['eth1', 5],
          ['br-lab', 5],
        ]),
      ],
    ]),
    [],
  ],
  [
    'by a map, each its own',
    by([
      [
        byMap([
          ['eth1', 5],
          ['br-lab', 4],
        ]),
      ],
    ]),
    [apart('packets of instances to the outside', pass), apart('replies from outside')],
  ],
  ['by a map, of another', by([[byMap([['eth9', 5]])]]), []],
  ['too late', by([[came('eth1'), zone(5)]], -150), []],
  [
    'where packets leave',
    by([[{ match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'eth1' } }, zone(5)]], -300, 'postrouting'),
    [],
  ],
  ['what is in one', by([[{ match: { op: '==', left: { ct: { key: 'zone' } }, right: 5 } }, { accept: null }]]), []],
] as const) {
  test(`by nft: ${name}`, async () => expect(await told(around, SPEC)).toEqual(expected));
}
