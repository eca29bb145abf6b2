// test/conflicts/silent.test.ts — ARP that is dropped or not answered, chains at devices, packets that are not tracked,
// IPsec that blocks: as a host says them.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';
import type { Around } from './around.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks:
  lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null }
  plain: { mode: flat, cidr: 192.168.52.0/24, interface: null }
instances:
  vm-1: { nics: [{ network: lab, device: { type: tap } }] }
  p-1: { nics: [{ network: plain }] }
  p-2: { nics: [{ network: plain }] }
`;
const told = async (around: Around, spec = SPEC): Promise<readonly string[]> =>
  (await found(spec, around)).map(
    ({ message, hint = '' }) =>
      `${message.replace(/ by (?:a rule in|the policy drop of) chain c of table.*$/, '')} | ${hint}`,
  );

interface Held {
  readonly rules?: readonly (readonly object[])[];
  readonly policy?: 'accept' | 'drop';
  readonly hook: string;
  readonly family: string;
  /** As nft 1.0.6 says it, in its text alone; or a later one, in its JSON. */
  readonly text?: string;
  readonly dev?: unknown;
}

const nft = ({ rules = [], policy = 'accept', hook, family, text = '', dev }: Held): Around => {
  const of = { family, table: 't' };
  return {
    tables: {
      [`${family} t`]: JSON.stringify({
        nftables: [
          { table: { family, name: 't' } },
          { chain: { ...of, name: 'c', type: 'filter', hook, prio: 0, policy, ...(dev === undefined ? {} : { dev }) } },
          ...rules.map((expr, i) => ({ rule: { ...of, chain: 'c', handle: i + 10, expr } })),
        ],
      }),
    },
    others: {
      [`nft -t list table ${family} t`]: `table ${family} t {\n\tchain c {\n\t\ttype filter hook ${hook} ${text}priority filter; policy ${policy};\n\t}\n}\n`,
    },
  };
};
const match = (left: object, right: unknown, op = '=='): object => ({ match: { op, left, right } });
const payload = (protocol: string, field: string): object => ({ payload: { protocol, field } });
const meta = (key: string): object => ({ meta: { key } });
const [drop, accept] = [{ drop: null }, { accept: null }];

describe('ARP', () => {
  const shut = { family: 'arp', hook: 'input', policy: 'drop' } as const;
  const mend = (...rules: readonly string[]): string =>
    `nft '${rules.map((rule) => `insert rule ${rule} accept`).join('; ')}'`;
  const requests = 'lab: ARP requests for the host are dropped';
  for (const [name, around, expected] of [
    [
      'let in by its operation',
      nft({ ...shut, rules: [[match(payload('arp', 'operation'), { set: ['request', 'reply'] }), accept]] }),
      [],
    ],
    [
      'let in of a network',
      nft({
        ...shut,
        rules: [
          [match(meta('iifname'), 'eth1'), accept],
          [match(payload('arp', 'saddr ip'), { prefix: { addr: '192.168.0.0', len: 16 } }), accept],
        ],
      }),
      [],
    ],
    [
      'of others, shut',
      nft({
        ...shut,
        policy: 'accept',
        rules: [
          [match(payload('arp', 'daddr ip'), '10.0.0.1'), drop],
          [match(payload('arp', 'saddr ether'), '02:00:00:00:00:01', '!='), drop],
        ],
      }),
      [],
    ],
    [
      'on its bridge',
      nft({ ...shut, policy: 'accept', rules: [[match(meta('iifname'), 'br-lab'), drop]] }),
      [`${requests} | ${mend('arp t c iifname "br-lab"')}`],
    ],
    [
      'on bridges, between guests',
      nft({
        family: 'bridge',
        hook: 'forward',
        policy: 'drop',
        rules: [[match(payload('ether', 'type'), 'ip'), accept]],
      }),
      [`plain: ARP between guests are dropped | ${mend('bridge t c meta ibrname "br-plain"')}`],
    ],
    [
      'on bridges, to the host',
      nft({ family: 'bridge', hook: 'input', rules: [[match(meta('protocol'), 'arp'), drop]] }),
      [`${requests} | ${mend('bridge t c meta ibrname "br-lab" ether type arp')}`],
    ],
    [
      'let through on bridges',
      nft({
        family: 'bridge',
        hook: 'forward',
        policy: 'drop',
        rules: [[match(payload('ether', 'type'), { set: ['ip', 'arp'] }), accept]],
      }),
      [],
    ],
    [
      'is nothing that asks for addresses of IPv4',
      nft({
        family: 'bridge',
        hook: 'input',
        rules: [[match(payload('ip', 'saddr'), '10.0.0.1', '!='), match(payload('udp', 'dport'), 5353), drop]],
      }),
      [],
    ],
    [
      'by chains that see no ARP',
      nft({ family: 'inet', hook: 'input', rules: [[match(meta('nfproto'), 'ipv6'), drop]] }),
      [],
    ],
  ] as const) {
    test(name, async () => expect(await told(around)).toEqual(expected));
  }
});

describe('chains at devices', () => {
  const all = 'lab: answers from the outside are dropped | ';
  for (const [name, held, expected] of [
    ['which nobody says', { hook: 'ingress', family: 'netdev', policy: 'drop' }, []],
    ['another', { hook: 'ingress', family: 'netdev', policy: 'drop', text: 'device "eth9" ' }, []],
    [
      'its way out',
      { hook: 'ingress', family: 'netdev', policy: 'drop', text: 'device "eth1" ' },
      ['lab: ARP of neighbours outside and answers from the outside are dropped | '],
    ],
    [
      'that among others',
      { hook: 'ingress', family: 'netdev', policy: 'drop', text: 'devices = { eth9, eth1 } ' },
      ['lab: ARP of neighbours outside and answers from the outside are dropped | '],
    ],
    [
      'as later releases say it',
      { hook: 'ingress', family: 'netdev', policy: 'drop', dev: ['eth9', 'eth1'] },
      ['lab: ARP of neighbours outside and answers from the outside are dropped | '],
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
    'lab: answers from floating addresses are dropped | ',
    'lab: packets of guests to the outside are dropped | ',
  ];
  const both = 'lab: packets of guests to the outside and answers from floating addresses are dropped | ';
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

describe('IPsec', () => {
  const around = (policies: string, defaults = 'accept'): Around => ({
    ipsec: `${policies}Default policies:\n in:  accept\n fwd: ${defaults}\n out: accept\n`,
  });
  const policy = (from: string, to: string, more: string, rest = ''): string =>
    `src ${from} dst ${to} ${rest}\n\tdir ${more} ptype main \n`;
  const out =
    'lab: packets of guests to the outside are dropped by the IPsec policy src 192.168.0.0/16 dst 0.0.0.0/0 dir fwd action block (ip xfrm policy)';
  const BLOCK = policy('192.168.0.0/16', '0.0.0.0/0', 'fwd action block priority 50');
  for (const [name, given, expected] of [
    ['none', around(''), []],
    [
      'one that blocks',
      around(BLOCK),
      [`${out} | ip xfrm policy add src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd priority 49`],
    ],
    ['after one that lets through', around(BLOCK + policy('192.168.50.0/24', '0.0.0.0/0', 'fwd priority 9')), []],
    [
      'before one that lets through',
      around(BLOCK + policy('192.168.50.0/24', '0.0.0.0/0', 'fwd priority 90')),
      [`${out} | ip xfrm policy add src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd priority 49`],
    ],
    ['for somebody', around(policy('192.168.50.0/24', '10.0.0.0/8', 'fwd action block priority 5')), []],
    [
      'for a protocol, a mark, one socket, IPv6',
      around(
        [
          policy('0.0.0.0/0', '0.0.0.0/0', 'fwd action block priority 5', 'proto tcp '),
          `${policy('0.0.0.0/0', '0.0.0.0/0', 'fwd action block priority 5')}\tmark 0x1/0x1 \n`,
          policy('0.0.0.0/0', '0.0.0.0/0', 'x').replace('dir x', 'socket in priority 0'),
          policy('::/0', '::/0', 'fwd action block priority 0'),
        ].join(''),
      ),
      [],
    ],
    [
      'for what comes by a device',
      around(policy('0.0.0.0/0', '0.0.0.0/0', 'fwd action block priority 0', 'dev br-lab ')),
      [
        'lab: packets of guests to the outside are dropped by the IPsec policy src 0.0.0.0/0 dst 0.0.0.0/0 dev br-lab dir fwd action block (ip xfrm policy) | if nobody needs it: ip xfrm policy delete src 0.0.0.0/0 dst 0.0.0.0/0 dev br-lab dir fwd',
      ],
    ],
    [
      'a tunnel',
      around(
        `${policy('192.168.50.0/24', '0.0.0.0/0', 'fwd priority 5')}\ttmpl src 203.0.113.11 dst 198.51.100.1\n\t\tproto esp reqid 1 mode tunnel\n`,
      ),
      [
        'lab: packets of guests to the outside are dropped, since they come out of no tunnel, by the IPsec policy src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd (ip xfrm policy) | if nobody needs it: ip xfrm policy delete src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd',
      ],
    ],
    [
      'a tunnel for what instances send to a site',
      around(
        `${policy('192.168.50.0/24', '10.0.0.0/8', 'out priority 5')}\ttmpl src 203.0.113.11 dst 198.51.100.1\n\t\tproto esp reqid 1 mode tunnel\n`,
      ),
      [],
    ],
    [
      'a tunnel to a site in whose range the network is',
      around(
        `${policy('0.0.0.0/0', '192.168.0.0/16', 'out priority 5')}\ttmpl src 203.0.113.11 dst 198.51.100.1\n\t\tproto esp reqid 1 mode tunnel\n`,
      ),
      [
        expect.stringMatching(
          /^lab: .*DHCP answers, DNS answers.* are sent into a tunnel by the IPsec policy src 0\.0\.0\.0\/0 dst 192\.168\.0\.0\/16 dir out \(ip xfrm policy\) \| ip xfrm policy add src .* dst 192\.168\.50\.0\/24 dir out priority 4/,
        ),
      ],
    ],
    [
      'and from there',
      around(
        `${policy('192.168.0.0/16', '0.0.0.0/0', 'fwd priority 5')}\ttmpl src 198.51.100.1 dst 203.0.113.11\n\t\tproto esp reqid 1 mode tunnel\n`,
      ),
      [
        'lab: packets of guests to the outside are dropped, since they come out of no tunnel, by the IPsec policy src 192.168.0.0/16 dst 0.0.0.0/0 dir fwd (ip xfrm policy) | ip xfrm policy add src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd priority 4',
      ],
    ],
    [
      'one that need not be there',
      around(
        `${policy('0.0.0.0/0', '192.168.0.0/16', 'out priority 5')}\ttmpl src 203.0.113.11 dst 198.51.100.1\n\t\tproto esp reqid 1 mode tunnel\n\t\tlevel use \n`,
      ),
      [],
    ],
    [
      'one with a way beside it',
      around(
        `${policy('0.0.0.0/0', '192.168.0.0/16', 'out priority 5')}\ttmpl src 203.0.113.11 dst 198.51.100.1\n\t\tproto esp reqid 1 mode tunnel\n${policy('0.0.0.0/0', '192.168.50.0/24', 'out priority 2')}`,
      ),
      [],
    ],
    [
      'whatever is not let through',
      around('', 'block'),
      [
        "lab: packets of guests to the outside and answers from the outside are dropped by IPsec's default policy for fwd, block (ip xfrm policy getdefault) | ip xfrm policy add src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd && ip xfrm policy add src 0.0.0.0/0 dst 0.0.0.0/0 dir fwd",
      ],
    ],
  ] as const) {
    test(name, async () => expect(await told(given)).toEqual(expected));
  }
});

describe('without connection tracking', () => {
  const raw = (...lines: readonly string[]): Around => ({
    rules: `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`,
  });
  const rule = '-A PREROUTING -i br-lab -j CT --notrack';
  const out = `lab: packets of guests to the outside are exempted from connection tracking, and so not translated, by a rule in chain PREROUTING of table raw (iptables): ${rule} | iptables -t raw -I PREROUTING -i br-lab -j ACCEPT`;
  for (const [name, around, spec, expected] of [
    ['what comes by its bridge', raw(rule), SPEC, [out]],
    ['by the older word', raw(rule.replace('CT --notrack', 'NOTRACK')), SPEC, [out.replace('CT --notrack', 'NOTRACK')]],
    ['but accepted before', raw('-A PREROUTING -i br-lab -j ACCEPT', rule), SPEC, []],
    [
      'DNS alone',
      raw(
        '-A PREROUTING -p udp -m udp --dport 53 -j CT --notrack',
        '-A OUTPUT -p udp -m udp --sport 53 -j CT --notrack',
      ),
      SPEC,
      [],
    ],
    [
      'a network that is not translated',
      raw(rule),
      SPEC.replace('interface: null', 'interface: null, snat: false'),
      [],
    ],
  ] as const) {
    test(name, async () => expect(await told(around, spec)).toEqual(expected));
  }
});

describe("before netctl's rules in table nat", () => {
  const nat = (...lines: readonly string[]): Around => ({
    rules: `*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`,
  });
  const FIRST = '-A POSTROUTING -m comment --comment "netctl:1a2b3c4d" -j netctl-POSTROUTING';
  const LAST = FIRST.replace('netctl-POSTROUTING', 'netctl-postrouting-bottom');
  const JUMP = `${FIRST}\n${LAST}`;
  const INTO = '-A PREROUTING -m comment --comment "netctl:1a2b3c4d" -j netctl-PREROUTING';
  const out = (rule: string, hint = rule): string =>
    `lab: packets of guests to the outside are accepted before netctl's rules, and so not translated, by a rule in chain POSTROUTING of table nat (iptables): ${rule} | have it behind netctl's: iptables -t nat ${hint} && iptables -t nat ${hint.replace('-A', '-D')}`;
  for (const [name, around, expected] of [
    ['all that leaves', nat('-A POSTROUTING -o eth1 -j ACCEPT', JUMP), [out('-A POSTROUTING -o eth1 -j ACCEPT')]],
    [
      'a range of instances, in words of somebody',
      nat('-A POSTROUTING -s 192.168.0.0/16 -m comment --comment "no `nat`" -j ACCEPT', JUMP),
      [
        out(
          '-A POSTROUTING -s 192.168.0.0/16 -m comment --comment "no `nat`" -j ACCEPT',
          "-A POSTROUTING -s 192.168.0.0/16 -m comment --comment 'no `nat`' -j ACCEPT",
        ),
      ],
    ],
    ['behind them', nat(JUMP, '-A POSTROUTING -o eth1 -j ACCEPT'), []],
    ['what goes through a tunnel', nat('-A POSTROUTING -s 192.168.0.0/16 -d 10.0.0.0/8 -j ACCEPT', JUMP), []],
    [
      'what somebody translates',
      nat('-A POSTROUTING -o eth1 -j MASQUERADE', '-A POSTROUTING -o eth1 -j ACCEPT', JUMP),
      [],
    ],
    [
      'what asks for names, sent elsewhere',
      nat('-A PREROUTING -i br-+ -p udp -m udp --dport 53 -j REDIRECT --to-ports 5353', INTO),
      [
        "lab: DNS requests (UDP) are translated by others by a rule in chain PREROUTING of table nat (iptables): -A PREROUTING -i br-+ -p udp -m udp --dport 53 -j REDIRECT --to-ports 5353 | if instances are to ask netctl's server: iptables -t nat -I PREROUTING -d 192.168.50.1 -p udp --dport 53 -j ACCEPT",
      ],
    ],
    [
      'one port of the host',
      nat('-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80', INTO),
      [],
    ],
    [
      'names that others ask for',
      nat('-A PREROUTING -i eth1 -p udp -m udp --dport 53 -j REDIRECT --to-ports 5353', INTO),
      [],
    ],
    ['what comes in from instances', nat('-A PREROUTING -i br-lab -j ACCEPT', JUMP), []],
  ] as const) {
    test(name, async () => expect(await told(around)).toEqual(expected));
  }

  const FLOATING = SPEC.replace('instances:', 'pools: { public: { ranges: [203.0.113.64/28] } }\ninstances:').replace(
    '{ network: lab,',
    '{ network: lab, floating: [203.0.113.70],',
  );
  const by = (chain: string, rule: string): string =>
    `are translated by others before netctl's rules, by a rule in chain ${chain} of table nat (iptables): ${rule} | have it behind netctl's: iptables -t nat ${rule} && iptables -t nat ${rule.replace('-A', '-D')}`;
  const part = (what: string, rule: string): string => `lab: ${what} ${by('PREROUTING', rule)}`;
  for (const [name, rule, expected] of [
    [
      'a source, of whom a floating address is to be seen',
      '-A POSTROUTING -o eth1 -j MASQUERADE',
      [`lab: packets of guests to the outside ${by('POSTROUTING', '-A POSTROUTING -o eth1 -j MASQUERADE')}`],
    ],
    [
      'floating addresses',
      '-A PREROUTING -d 203.0.113.64/28 -j DNAT --to-destination 10.9.9.9',
      [part('packets to floating addresses', '-A PREROUTING -d 203.0.113.64/28 -j DNAT --to-destination 10.9.9.9')],
    ],
    [
      'one of them',
      '-A PREROUTING -i eth1 -d 203.0.113.70/32 -j DNAT --to-destination 10.9.9.9',
      [part('packets to 203.0.113.70', '-A PREROUTING -i eth1 -d 203.0.113.70/32 -j DNAT --to-destination 10.9.9.9')],
    ],
    [
      'one of them that no instance has',
      '-A PREROUTING -i eth1 -d 203.0.113.71/32 -j DNAT --to-destination 10.9.9.9',
      [],
    ],
    [
      'one port of them',
      '-A PREROUTING -i eth1 -p tcp -m tcp --dport 7001 -j DNAT --to-destination 10.9.9.9',
      [
        part(
          'packets for port 7001 of floating addresses (TCP)',
          '-A PREROUTING -i eth1 -p tcp -m tcp --dport 7001 -j DNAT --to-destination 10.9.9.9',
        ),
      ],
    ],
    [
      'one port of one',
      '-A PREROUTING -d 203.0.113.70/32 -p udp -m udp --dport 53 -j REDIRECT --to-ports 5353',
      [
        part(
          'packets for port 53 of 203.0.113.70 (UDP)',
          '-A PREROUTING -d 203.0.113.70/32 -p udp -m udp --dport 53 -j REDIRECT --to-ports 5353',
        ),
      ],
    ],
    ['what is for others', '-A PREROUTING -d 203.0.113.11/32 -j DNAT --to-destination 10.9.9.9', []],
    [
      'a port of what is for others',
      '-A PREROUTING -d 203.0.113.11/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.9.9.9',
      [],
    ],
  ] as const) {
    test(`translated: ${name}`, async () => expect(await told(nat(rule, INTO, JUMP), FLOATING)).toEqual(expected));
  }

  const later = (line: string, verb = 'accepted'): string =>
    `lab: packets of guests to the outside are ${verb} before netctl's rules, and so not translated, by a rule in chain POSTROUTING of table nat (iptables): ${line} | when it is done, have it behind netctl's: iptables -t nat ${line} && iptables -t nat ${line.replace('-A', '-D')}`;
  const elsewhere = (line: string, to = ''): string =>
    `lab: packets of guests to the outside are translated by others before netctl's rules, ${to}by a rule in chain POSTROUTING of table nat (iptables): ${line} | when it is done, have it behind netctl's: iptables -t nat ${line} && iptables -t nat ${line.replace('-A', '-D')}`;
  const lacking = elsewhere(
    '-A POSTROUTING -o eth1 -j SNAT --to-source 192.0.2.1',
    'to 192.0.2.1, which no interface of this host has, ',
  );
  const kept = (keys: string): string => SPEC.replace('interface: null', `interface: null, ${keys}`);
  for (const [name, line, spec, expected] of [
    [
      'a range of instances',
      '-A POSTROUTING -s 192.168.50.0/24 -j ACCEPT',
      SPEC,
      [later('-A POSTROUTING -s 192.168.50.0/24 -j ACCEPT')],
    ],
    [
      'all that leaves',
      '-A POSTROUTING -o eth1 -j RETURN',
      SPEC,
      [later('-A POSTROUTING -o eth1 -j RETURN', 'left alone')],
    ],
    [
      'what leaves, by its source',
      '-A POSTROUTING -o eth1 -j MASQUERADE',
      FLOATING,
      [elsewhere('-A POSTROUTING -o eth1 -j MASQUERADE')],
    ],
    ['what leaves, where one address is as good as another', '-A POSTROUTING -o eth1 -j MASQUERADE', SPEC, []],
    ['what leaves, to an address of the host', '-A POSTROUTING -o eth1 -j SNAT --to-source 203.0.113.11', SPEC, []],
    ['what leaves, to an address of nobody', '-A POSTROUTING -o eth1 -j SNAT --to-source 192.0.2.1', SPEC, [lacking]],
    [
      'what leaves, to another address than the network is to have',
      '-A POSTROUTING -o eth1 -j MASQUERADE',
      kept('snat: 203.0.113.50'),
      [elsewhere('-A POSTROUTING -o eth1 -j MASQUERADE')],
    ],
    [
      'what leaves, to that which it is to have',
      '-A POSTROUTING -o eth1 -j SNAT --to-source 203.0.113.50',
      kept('snat: 203.0.113.50'),
      [],
    ],
    ['what is to keep its source', '-A POSTROUTING -o eth1 -j ACCEPT', kept('noSnat: [0.0.0.0/0]'), []],
    [
      "floating addresses: netctl's come first",
      '-A PREROUTING -i eth1 -j DNAT --to-destination 10.9.9.9',
      FLOATING,
      [],
    ],
    ['what goes elsewhere', '-A POSTROUTING -s 172.17.0.0/16 -o eth1 -j MASQUERADE', FLOATING, []],
  ] as const) {
    const links = JSON.stringify([
      {
        ifindex: 2,
        ifname: 'eth1',
        flags: ['UP'],
        mtu: 1500,
        group: 'default',
        addr_info: [{ family: 'inet', local: '203.0.113.11', prefixlen: 24, scope: 'global' }],
      },
    ]);
    test(`there before netctl: ${name}`, async () =>
      expect(await told({ ...nat(line), links }, spec)).toEqual(expected));
  }

  test("a chain of somebody's from which packets come back is none", async () => {
    const around = nat('-A POSTROUTING -j theirs', '-A theirs -o eth1 -j RETURN', JUMP);
    expect(await told({ rules: around.rules?.replace(':POSTROUTING', ':theirs - [0:0]\n:POSTROUTING') ?? '' })).toEqual(
      [],
    );
  });

  test('metadata, by who takes all that is asked of the web', async () => {
    const spec = SPEC.replace(
      'publicInterface: eth1',
      'publicInterface: eth1, metadata: { address: 127.0.0.1, port: 8775 }',
    );
    const rule = '-A PREROUTING -i br-+ -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 3128';
    expect(await told(nat(rule, INTO, JUMP), spec)).toEqual([`lab: requests for metadata ${by('PREROUTING', rule)}`]);
    expect(await told(nat(rule.replace('80', '8775'), INTO, JUMP), spec)).toEqual([]);
  });
});

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
  const out = (verb = 'are'): string => said('packets of guests to the outside', 'ip saddr 192.168.50.0/24', verb);
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
