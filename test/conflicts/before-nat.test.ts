// test/conflicts/before-nat.test.ts — rules of iptables that decide in table nat before netctl's own.
import { describe, expect, test } from 'vitest';
import type { Around } from './around.ts';
import { SPEC, told } from './silent-scene.ts';

describe("before netctl's rules in table nat", () => {
  const nat = (...lines: readonly string[]): Around => ({
    rules: `*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`,
  });
  const FIRST = '-A POSTROUTING -m comment --comment "netctl:1a2b3c4d" -j netctl-POSTROUTING';
  const LAST = FIRST.replace('netctl-POSTROUTING', 'netctl-postrouting-bottom');
  const JUMP = `${FIRST}\n${LAST}`;
  const INTO = '-A PREROUTING -m comment --comment "netctl:1a2b3c4d" -j netctl-PREROUTING';
  const out = (rule: string, hint = rule): string =>
    `lab: packets of instances to the outside are accepted before netctl's rules, and so not translated, by a rule in chain POSTROUTING of table nat (iptables): ${rule} | have it behind netctl's: iptables -t nat ${hint} && iptables -t nat ${hint.replace('-A', '-D')}`;
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
      [`lab: packets of instances to the outside ${by('POSTROUTING', '-A POSTROUTING -o eth1 -j MASQUERADE')}`],
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
    `lab: packets of instances to the outside are ${verb} before netctl's rules, and so not translated, by a rule in chain POSTROUTING of table nat (iptables): ${line} | when it is done, have it behind netctl's: iptables -t nat ${line} && iptables -t nat ${line.replace('-A', '-D')}`;
  const elsewhere = (line: string, to = ''): string =>
    `lab: packets of instances to the outside are translated by others before netctl's rules, ${to}by a rule in chain POSTROUTING of table nat (iptables): ${line} | when it is done, have it behind netctl's: iptables -t nat ${line} && iptables -t nat ${line.replace('-A', '-D')}`;
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
