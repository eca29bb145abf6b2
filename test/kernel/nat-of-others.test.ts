// test/kernel/nat-of-others.test.ts — table nat of others, there before netctl and after: what it does to instances'
// packets is said before the apply and by status, and nothing is said where it does nothing.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const FLOATING = '203.0.113.70';
const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24 } }
pools: { public: { ranges: [203.0.113.64/27] } }
instances:
  a: { nics: [{ network: lab, address: 192.168.50.10, floating: [${FLOATING}], device: { type: veth, name: v-a, netns: A } }] }
  b: { nics: [{ network: lab, address: 192.168.50.11, device: { type: veth, name: v-b, netns: B } }] }
`;

let lab: Lab;
let guests: readonly [string, string];
beforeEach(() => {
  lab = new Lab();
  guests = [lab.namespace('a'), lab.namespace('b')];
});
afterEach(() => {
  lab.close();
});

const host = (script: string): void => {
  must(lab.in(lab.host, ['sh', '-ec', script]));
};

interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
const spec = (): string => SPEC.replace('A }', `${guests[0]} }`).replace('B }', `${guests[1]} }`);
const found = (verb: string): readonly Finding[] =>
  (JSON.parse(lab.netctl([verb, '-o', 'json'], { spec: spec() }).out) as { readonly conflicts: readonly Finding[] })
    .conflicts;
const said = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ code, message }) => `${code}: ${message.replace(/, by a rule in .*$| by a rule in .*$/, '')}`);

function apply(): void {
  must(lab.netctl(['apply', '--yes'], { spec: spec() }));
  for (const [i, guest] of guests.entries()) {
    lab.ip(guest, `address replace 192.168.50.1${i}/24 dev eth0`);
    lab.ip(guest, 'route replace default via 192.168.50.1');
  }
}

const SERVER = `use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 5, LocalPort => 7000, ReuseAddr => 1) or die; alarm 20; while (my $c = $s->accept) { print $c $c->peerhost; close $c }`;

/**
 * As whom somebody outside sees each instance; and whether the first of them answers by its floating address. '': not
 * at all.
 */
function seen(): readonly string[] {
  for (const where of [lab.world, guests[0]])
    must(lab.in(where, ['sh', '-c', `perl -e '${SERVER}' >/dev/null 2>&1 & sleep 0.3`]));
  const ask = (from: string, to: string): string =>
    lab.in(from, [
      'perl',
      '-MIO::Socket::INET',
      '-e',
      `my $c = IO::Socket::INET->new(PeerAddr => '${to}:7000', Timeout => 1) or exit 0; print scalar <$c>`,
    ]).out;
  return [
    ...guests.map((guest) => ask(guest, '203.0.113.1')),
    ask(lab.world, FLOATING) === '' ? 'unanswered' : 'answered',
  ];
}

const WELL = [FLOATING, '203.0.113.11', 'answered'];
const LOST = 'not-translated: lab: packets of instances to the outside are';

describe('iptables', () => {
  for (const [name, deed, expected, words] of [
    [
      'a masquerade of all that leaves',
      'iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE',
      ['203.0.113.11', '203.0.113.11', 'answered'],
      ["translated-elsewhere: lab: packets of instances to the outside are translated by others before netctl's rules"],
    ],
    [
      'a range that is left alone',
      'iptables -t nat -A POSTROUTING -s 192.168.0.0/16 -o eth1 -j ACCEPT',
      ['', '', 'answered'],
      [`${LOST} accepted before netctl's rules, and so not translated`],
    ],
    [
      'all that leaves, left alone',
      'iptables -t nat -A POSTROUTING -o eth1 -j RETURN',
      ['', '', 'answered'],
      [`${LOST} left alone before netctl's rules, and so not translated`],
    ],
    [
      'an address that the host lacks',
      'iptables -t nat -A POSTROUTING -o eth1 -j SNAT --to-source 192.0.2.1',
      ['', '', 'answered'],
      [
        "translated-elsewhere: lab: packets of instances to the outside are translated by others before netctl's rules, to 192.0.2.1, which no interface of this host has",
      ],
    ],
    [
      "others, and what comes behind netctl's",
      'iptables -t nat -A POSTROUTING -s 172.17.0.0/16 -o eth1 -j MASQUERADE; iptables -t nat -A PREROUTING -i eth1 -p tcp --dport 7000 -j DNAT --to-destination 203.0.113.1',
      WELL,
      [],
    ],
  ] as const) {
    test(`there before: ${name}`, () => {
      host(deed);
      const before = found('plan');
      expect(said(before)).toEqual(words);
      apply();
      expect([said(found('status')), seen()]).toEqual([words, expected]);
      for (const { hint = '' } of before) host(hint.replace("when it is done, have it behind netctl's: ", ''));
      if (before.length > 0) expect([found('status'), seen()]).toEqual([[], WELL]);
    });
  }

  for (const [name, deed, words] of [
    [
      'one floating address',
      `iptables -t nat -I PREROUTING -i eth1 -d ${FLOATING} -j DNAT --to-destination 192.168.50.11`,
      `packets to ${FLOATING}`,
    ],
    [
      'one port of them all',
      'iptables -t nat -I PREROUTING -i eth1 -p tcp --dport 7000 -j DNAT --to-destination 192.168.50.11',
      'packets for port 7000 of floating addresses (TCP)',
    ],
  ] as const) {
    test(`there after: ${name}`, () => {
      apply();
      expect([found('status'), seen()]).toEqual([[], WELL]);
      host(deed);
      const findings = found('status');
      expect([said(findings), seen()]).toEqual([
        [`translated-elsewhere: lab: ${words} are translated by others before netctl's rules`],
        [...WELL.slice(0, 2), 'unanswered'],
      ]);
      for (const { hint = '' } of findings) host(hint.replace("have it behind netctl's: ", ''));
      expect([found('status'), seen()]).toEqual([[], WELL]);
    });
  }
});

describe('nft', () => {
  const chain = (hook: string, priority: number, rule: string): string =>
    `nft -f - <<E\ntable inet f {\n chain c {\n type nat hook ${hook} priority ${priority};\n ${rule}\n }\n}\nE`;
  const masquerade =
    "translated-elsewhere: lab: packets of instances to the outside are translated by others before netctl's rules";
  const taken = (what: string): string =>
    `translated-elsewhere: lab: ${what} are translated by others before netctl's rules`;
  const [asHost, unanswered] = [
    ['203.0.113.11', '203.0.113.11', 'answered'],
    [...WELL.slice(0, 2), 'unanswered'],
  ];
  for (const [name, when, deed, expected, words] of [
    [
      'what leaves, with a smaller priority',
      'before',
      chain('postrouting', 90, 'oifname eth1 masquerade'),
      asHost,
      [masquerade],
    ],
    ['what leaves, with the same', 'before', chain('postrouting', 100, 'oifname eth1 masquerade'), WELL, []],
    ['what leaves, with the same', 'after', chain('postrouting', 100, 'oifname eth1 masquerade'), asHost, [masquerade]],
    ['what leaves, with a greater', 'after', chain('postrouting', 101, 'oifname eth1 masquerade'), WELL, []],
    [
      'what leaves, to an address that the host lacks',
      'before',
      chain('postrouting', 90, 'oifname eth1 snat ip to 192.0.2.1'),
      ['', '', 'answered'],
      [`${masquerade}, to 192.0.2.1, which no interface of this host has`],
    ],
    ["what is accepted there comes to netctl's", 'after', chain('postrouting', 90, 'accept'), WELL, []],
    [
      'one floating address',
      'before',
      chain('prerouting', -110, `ip daddr ${FLOATING} dnat ip to 192.168.50.11`),
      unanswered,
      [taken(`packets to ${FLOATING}`)],
    ],
    [
      'one floating address, by a map',
      'after',
      chain(
        'prerouting',
        -100,
        `dnat ip to ip daddr map { ${FLOATING} : 192.168.50.11, 203.0.113.11 : 192.168.50.11 }`,
      ),
      unanswered,
      [taken(`packets to ${FLOATING}`)],
    ],
    [
      'one port of all',
      'after',
      chain('prerouting', -100, 'iifname eth1 tcp dport 7000 dnat ip to 192.168.50.11'),
      unanswered,
      [taken('packets for port 7000 of floating addresses (TCP)')],
    ],
    [
      'all that is for the host',
      'before',
      chain('prerouting', -110, 'iifname eth1 fib daddr type local dnat ip to 192.168.50.11'),
      unanswered,
      [taken('packets to floating addresses')],
    ],
    [
      'all that is for the host, behind',
      'after',
      chain('prerouting', -99, 'iifname eth1 fib daddr type local dnat ip to 192.168.50.11'),
      WELL,
      [],
    ],
  ] as const) {
    test(`${name}, there ${when}`, () => {
      if (when === 'after') apply();
      host(deed);
      const planned = said(found('plan'));
      if (when === 'before') apply();
      const findings = found('status');
      expect([planned, said(findings), seen()]).toEqual([words, words, expected]);
      for (const { hint = '' } of findings) host(hint);
      if (findings.length > 0) expect([found('status'), seen()]).toEqual([[], WELL]);
    });
  }

  test('who asks netctl for names is sent elsewhere', () => {
    apply();
    const asks = (): string => lab.resolves(guests[0], 'b.novalocal', '192.168.50.1');
    expect(asks()).toBe('192.168.50.11');
    host(chain('prerouting', 50, 'udp dport 53 redirect to :5353'));
    const findings = found('status');
    expect([said(findings), asks()]).toEqual([
      ['translated-elsewhere: lab: DNS requests (UDP) are translated by others'],
      '',
    ]);
    for (const { hint = '' } of findings) host(hint.replace("if instances are to ask netctl's server: ", ''));
    expect([found('status'), asks()]).toEqual([[], '192.168.50.11']);
  });
});
