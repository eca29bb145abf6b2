// test/conflicts/device-chains.test.ts — chains of nftables at devices (ingress, egress): they see packets before and
// after translation.
import { describe, expect, test } from 'vitest';
import type { Around } from './around.ts';
import { drop, match, meta, nft, payload, SPEC, told } from './silent-scene.ts';
import type { Held } from './silent-scene.ts';

describe('chains at devices', () => {
  const all = 'lab: replies from outside are dropped | ';
  for (const [name, held, expected] of [
    ['which nobody says', { hook: 'ingress', family: 'netdev', policy: 'drop' }, []],
    ['another', { hook: 'ingress', family: 'netdev', policy: 'drop', text: 'device "eth9" ' }, []],
    [
      'its way out',
      { hook: 'ingress', family: 'netdev', policy: 'drop', text: 'device "eth1" ' },
      ['lab: ARP of neighbours outside and replies from outside are dropped | '],
    ],
    [
      'that among others',
      { hook: 'ingress', family: 'netdev', policy: 'drop', text: 'devices = { eth9, eth1 } ' },
      ['lab: ARP of neighbours outside and replies from outside are dropped | '],
    ],
    [
      'as later releases say it',
      { hook: 'ingress', family: 'netdev', policy: 'drop', dev: ['eth9', 'eth1'] },
      ['lab: ARP of neighbours outside and replies from outside are dropped | '],
    ],
    [
      'or of one',
      { hook: 'ingress', family: 'inet', rules: [[match(meta('protocol'), 'ip'), drop]], dev: 'eth1' },
      [all],
    ],
    [
      'what leaves by it is translated',
      {
        hook: 'egress',
        family: 'netdev',
        dev: 'eth1',
        rules: [[match(payload('ip', 'saddr'), { prefix: { addr: '192.168.50.0', len: 24 } }), drop]],
      },
      [],
    ],
  ] as const satisfies readonly (readonly [string, Held, readonly string[]])[]) {
    test(name, async () => expect(await told(nft(held))).toEqual(expected));
  }

  const WITH = SPEC.replace('instances:', 'pools: { public: { ranges: [203.0.113.64/28] } }\ninstances:').replace(
    'vm-1: { nics: [{ network: lab,',
    'vm-0: { nics: [{ network: lab, floating: [203.0.113.66, 203.0.113.77] }] }\n  vm-1: { nics: [{ network: lab,',
  );
  const seen = (hook: 'egress' | 'postrouting', prio: number, ...rules: readonly (readonly object[])[]): Around => ({
    tables: {
      'inet t': JSON.stringify({
        nftables: [
          { table: { family: 'inet', name: 't' } },
          {
            chain: {
              family: 'inet',
              table: 't',
              name: 'c',
              type: 'filter',
              hook,
              prio,
              policy: 'accept',
              ...(hook === 'egress' ? { dev: 'eth1' } : {}),
            },
          },
          ...rules.map((expr, i) => ({ rule: { family: 'inet', table: 't', chain: 'c', handle: i + 10, expr } })),
        ],
      }),
    },
    facts: (facts) => ({
      ...facts,
      links: new Map([
        [
          'eth1',
          {
            name: 'eth1',
            ours: false,
            promiscuous: false,
            addresses: [{ cidr: '203.0.113.11/24', ours: false }],
            routes: [],
          },
        ],
      ]),
    }),
  });
  const saddr = payload('ip', 'saddr');
  const [answers, outside] = [
    'lab: replies from floating addresses are dropped | ',
    'lab: packets of instances to the outside are dropped | ',
  ];
  const both = 'lab: packets of instances to the outside and replies from floating addresses are dropped | ';
  for (const [name, around, spec, expected] of [
    [
      'those of floating addresses',
      seen('egress', 0, [match(saddr, { prefix: { addr: '203.0.113.64', len: 28 } }), drop]),
      WITH,
      [answers],
    ],
    ["all but the host's", seen('egress', 0, [match(saddr, '203.0.113.11', '!='), drop]), WITH, [answers]],
    [
      "all but the host's and those of instances",
      seen('egress', 0, [match(saddr, { set: ['203.0.113.11', '203.0.113.66', '203.0.113.77'] }, '!='), drop]),
      WITH,
      [],
    ],
    ['one of two floating addresses', seen('egress', 0, [match(saddr, '203.0.113.66'), drop]), WITH, []],
    ["the host's", seen('egress', 0, [match(saddr, '203.0.113.11'), drop]), WITH, [outside]],
    [
      'what is not translated',
      seen('egress', 0, [match(saddr, { prefix: { addr: '192.168.0.0', len: 16 } }), drop]),
      WITH,
      [],
    ],
    [
      'the same, behind source NAT',
      seen('postrouting', 300, [
        match(meta('oifname'), 'eth1'),
        match(saddr, { prefix: { addr: '192.168.0.0', len: 16 } }),
        drop,
      ]),
      WITH,
      [],
    ],
    [
      "all but the host's, behind source NAT",
      seen('postrouting', 300, [match(meta('oifname'), 'eth1'), match(saddr, '203.0.113.11', '!='), drop]),
      WITH,
      [answers],
    ],
    [
      'what is not translated, before source NAT',
      seen('postrouting', 0, [
        match(meta('oifname'), 'eth1'),
        match(saddr, { prefix: { addr: '192.168.0.0', len: 16 } }),
        drop,
      ]),
      WITH,
      [both.replace(' | ', " | nft 'insert rule inet t c ip saddr 192.168.50.0/24 accept'")],
    ],
    [
      'a network that is not translated',
      seen('egress', 0, [match(saddr, { prefix: { addr: '192.168.0.0', len: 16 } }), drop]),
      SPEC.replace('interface: null', 'interface: null, snat: false'),
      [outside],
    ],
    [
      "the network's own",
      seen('egress', 0, [match(saddr, '203.0.113.50'), drop]),
      SPEC.replace('interface: null', 'interface: null, snat: 203.0.113.50'),
      [outside],
    ],
  ] as const) {
    test(`sources that leave: ${name}`, async () => expect(await told(around, spec)).toEqual(expected));
  }

  test('of an uplink in its bridge', async () => {
    expect(
      await told(
        nft({ hook: 'ingress', family: 'netdev', dev: 'eth1', rules: [[match(meta('protocol'), 'ip'), drop]] }),
        SPEC.replace('interface: null', 'interface: eth1'),
      ),
    ).toEqual([all]);
  });
});
