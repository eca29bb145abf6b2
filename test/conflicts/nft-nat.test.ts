// test/conflicts/nft-nat.test.ts — chains of nftables that translate.
import { describe, expect, test } from 'vitest';
import type { Around } from './around.ts';
import { accept, match, meta, payload, SPEC, told } from './silent-scene.ts';

describe('tables of nft that translate', () => {
  const SPEC_NAT = SPEC.replace(
    'publicInterface: eth1',
    'publicInterface: eth1, metadata: { address: 127.0.0.1, port: 8775 }',
  )
    .replace('instances:', 'pools: { public: { ranges: [203.0.113.64/28] } }\ninstances:')
    .replace('{ network: lab,', '{ network: lab, address: 192.168.50.10, floating: [203.0.113.70],');
  const WITHOUT = SPEC.replace(
    'publicInterface: eth1',
    'publicInterface: eth1, metadata: { address: 127.0.0.1, port: 8775 }',
  );
  const NAT = '*nat\n:PREROUTING ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n';
  interface Nat {
    readonly hook: 'prerouting' | 'postrouting' | 'output';
    readonly prio: number;
    readonly rules: readonly (readonly object[])[];
    readonly more?: readonly object[];
    /** Where the table stands to that of iptables. */
    readonly order?: 'none' | 'before' | 'behind' | 'legacy';
  }
  const by = ({ hook, prio, rules, more = [], order = 'none' }: Nat): Around => {
    const of = { family: 'inet', table: 't' };
    const text = JSON.stringify({
      nftables: [
        { table: { family: 'inet', name: 't' } },
        ...more,
        { chain: { ...of, name: 'c', type: 'nat', hook, prio, policy: 'accept' } },
        ...rules.map((expr, i) => ({ rule: { ...of, chain: 'c', handle: i + 10, expr } })),
      ],
    });
    const names = { none: ['inet t'], legacy: ['inet t'], before: ['ip nat', 'inet t'], behind: ['inet t', 'ip nat'] }[
      order
    ];
    return {
      rules: order === 'none' ? '' : NAT,
      tables: Object.fromEntries(names.map((name) => [name, name === 'inet t' ? text : ''])),
    };
  };
  const [masquerade, dnat] = [{ masquerade: null }, { dnat: { family: 'ip', addr: '10.9.9.9' } }];
  const eth1 = match(meta('iifname'), 'eth1');
  const leaves = match(meta('oifname'), 'eth1');
  const udp53 = match(payload('udp', 'dport'), 53);
  const local = match({ fib: { result: 'type', flags: ['daddr'] } }, 'local');
  const said = (what: string, mend: string, verb = 'are'): string =>
    `lab: ${what} ${verb} translated by others before netctl's rules, | nft 'insert rule inet t c ${mend} accept'`;
  const out = (verb = 'are'): string => said('packets of instances to the outside', 'ip saddr 192.168.50.0/24', verb);
  const floats = said('packets to floating addresses', 'ip daddr 203.0.113.65-203.0.113.78');
  const map = (key: object, entries: readonly unknown[]): object => ({
    dnat: { family: 'ip', addr: { map: { key, data: { set: entries } } } },
  });
  for (const [name, held, expected] of [
    ['what leaves, before', { hook: 'postrouting', prio: 90, rules: [[leaves, masquerade]] }, [out()]],
    ['what leaves, behind', { hook: 'postrouting', prio: 110, rules: [[leaves, masquerade]] }, []],
    [
      'what leaves, at once with iptables, which is still to come',
      { hook: 'postrouting', prio: 100, rules: [[leaves, masquerade]] },
      [],
    ],
    [
      'what leaves, at once with iptables, made after that',
      { hook: 'postrouting', prio: 100, rules: [[leaves, masquerade]], order: 'before' },
      [out()],
    ],
    [
      'what leaves, at once with iptables, made before that',
      { hook: 'postrouting', prio: 100, rules: [[leaves, masquerade]], order: 'behind' },
      [],
    ],
    [
      'what leaves, at once with iptables-legacy',
      { hook: 'postrouting', prio: 100, rules: [[leaves, masquerade]], order: 'legacy' },
      [out('may be')],
    ],
    [
      "what leaves, to an address of the host's lack",
      { hook: 'postrouting', prio: 90, rules: [[leaves, { snat: { family: 'ip', addr: '192.0.2.1' } }]] },
      [out().replace('rules,', 'rules, to 192.0.2.1, which no interface of this host has,')],
    ],
    [
      'what is accepted by others only comes to iptables',
      { hook: 'postrouting', prio: 90, rules: [[leaves, accept], [masquerade]] },
      [],
    ],
    [
      'others, as Docker does',
      {
        hook: 'postrouting',
        prio: 90,
        rules: [[match(payload('ip', 'saddr'), { prefix: { addr: '172.17.0.0', len: 16 } }), masquerade]],
      },
      [],
    ],
    [
      'IPv6',
      { hook: 'postrouting', prio: 90, rules: [[leaves, { snat: { family: 'ip6', addr: '2001:db8::1' } }]] },
      [],
    ],
    [
      'one floating address',
      { hook: 'prerouting', prio: -110, rules: [[match(payload('ip', 'daddr'), '203.0.113.70'), dnat]] },
      [said('packets to 203.0.113.70', 'ip daddr 203.0.113.70')],
    ],
    [
      'one port of all',
      { hook: 'prerouting', prio: -110, rules: [[eth1, match(payload('tcp', 'dport'), 7001), dnat]] },
      [said('packets for port 7001 of floating addresses (TCP)', 'ip daddr 203.0.113.65-203.0.113.78')],
    ],
    ['all that is for the host', { hook: 'prerouting', prio: -110, rules: [[eth1, local, dnat]] }, [floats]],
    ['all that is for the host, later', { hook: 'prerouting', prio: -90, rules: [[eth1, local, dnat]] }, []],
    [
      'all that is for the host, long before',
      { hook: 'prerouting', prio: -300, rules: [[eth1, local, dnat]] },
      [floats],
    ],
    [
      'by a map, one',
      {
        hook: 'prerouting',
        prio: -110,
        rules: [
          [
            map(payload('ip', 'daddr'), [
              ['203.0.113.70', '10.9.9.9'],
              ['203.0.113.11', '10.9.9.8'],
            ]),
          ],
        ],
      },
      [said('packets to 203.0.113.70', 'ip daddr 203.0.113.70')],
    ],
    [
      'by a map, others',
      { hook: 'prerouting', prio: -110, rules: [[map(payload('ip', 'daddr'), [['203.0.113.11', '10.9.9.8']])]] },
      [],
    ],
    [
      'by a named map',
      {
        hook: 'prerouting',
        prio: -110,
        more: [{ map: { name: 'fwd', type: 'ipv4_addr', map: 'ipv4_addr', elem: [['203.0.113.70', '10.9.9.9']] } }],
        rules: [[{ dnat: { family: 'ip', addr: { map: { key: payload('ip', 'daddr'), data: '@fwd' } } } }]],
      },
      [said('packets to 203.0.113.70', 'ip daddr 203.0.113.70')],
    ],
    [
      'what asks for metadata',
      {
        hook: 'prerouting',
        prio: -110,
        rules: [[match(meta('iifname'), 'br-*'), match(payload('tcp', 'dport'), 80), { redirect: { port: 3128 } }]],
      },
      [said('requests for metadata', 'ip daddr 169.254.169.254')],
    ],
    [
      'what asks for names, however late',
      { hook: 'prerouting', prio: 50, rules: [[udp53, { redirect: { port: 5353 } }]], order: 'behind' },
      [
        "lab: DNS requests (UDP) are translated by others | if instances are to ask netctl's server: nft 'insert rule inet t c ip daddr 192.168.50.1 udp dport 53 accept'",
      ],
    ],
    [
      'what asks others for names',
      { hook: 'prerouting', prio: -100, rules: [[eth1, udp53, { redirect: { port: 5353 } }]] },
      [],
    ],
    ['what the host sends', { hook: 'output', prio: -110, rules: [[dnat]] }, []],
  ] as const satisfies readonly (readonly [string, Nat, readonly string[]])[]) {
    test(name, async () => expect(await told(by(held), SPEC_NAT)).toEqual(expected));
  }

  test('where nobody has a floating address, one source is as good as another', async () =>
    expect(await told(by({ hook: 'postrouting', prio: 90, rules: [[leaves, masquerade]] }), WITHOUT)).toEqual([]));
});
