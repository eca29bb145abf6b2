// test/uplinks/interface-rules.test.ts — rules of others that name an interface: which do, what they do no more, and
// the commands that have its bridge meant.
import { describe, expect, test } from 'vitest';
import {
  concerns,
  effectOf,
  meansPort,
  fixesOf,
  interfaceRulesIn,
  takesIn,
  wordsOf,
} from '../../src/uplinks/interface-rules.ts';
import type { InterfaceRule } from '../../src/uplinks/interface-rules.ts';
import { namesBySet, interfaceRulesInNft } from '../../src/uplinks/interface-rules-nft.ts';

function concerned(rules: readonly InterfaceRule[], bridge = 'br-lab'): readonly InterfaceRule[] {
  return rules.filter((rule) => concerns(rule, 'eth1', bridge, '5'));
}

const one = (line: string, table = 'filter'): readonly InterfaceRule[] =>
  concerned(interfaceRulesIn(`*${table}\n:INPUT ACCEPT [0:0]\n${line}\nCOMMIT\n`, 'iptables'));

describe('of iptables', () => {
  for (const [name, line, table, effect, mend] of [
    [
      'what comes in',
      '-A INPUT -i eth1 -p tcp -m tcp --dport 22 -j ACCEPT',
      'filter',
      'accepts nothing of it any more',
      'iptables -I INPUT 2 -i br-lab -p tcp -m tcp --dport 22 -j ACCEPT',
    ],
    [
      'its group',
      '-A INPUT -m devgroup --src-group 0x5 -p tcp -m tcp --dport 22 -j ACCEPT',
      'filter',
      'accepts nothing of it any more',
      'iptables -I INPUT 2 -i br-lab -p tcp -m tcp --dport 22 -j ACCEPT',
    ],
    [
      'what goes out',
      '-A FORWARD -i wg0 -o eth1 -j DROP',
      'filter',
      'drops nothing of it any more',
      'iptables -I FORWARD 2 -i wg0 -o br-lab -j DROP',
    ],
    [
      'a pattern',
      '-A INPUT -i eth+ -j REJECT --reject-with icmp-port-unreachable',
      'filter',
      'drops nothing of it any more',
      'iptables -I INPUT 2 -i br-lab -j REJECT --reject-with icmp-port-unreachable',
    ],
    [
      'all but it',
      '-A INPUT ! -i eth1 -j DROP',
      'filter',
      'will match packets that it was to leave alone',
      'iptables -R INPUT 1 ! -i br-lab -j DROP',
    ],
    [
      'source NAT',
      '-A POSTROUTING -s 10.0.0.0/8 -o eth1 -j MASQUERADE',
      'nat',
      'translates no sources any more',
      'iptables -t nat -I POSTROUTING 2 -s 10.0.0.0/8 -o br-lab -j MASQUERADE',
    ],
    [
      'destination NAT',
      '-A PREROUTING -i eth1 -p tcp -j DNAT --to-destination 10.0.0.1',
      'nat',
      'translates no destinations any more',
      'iptables -t nat -I PREROUTING 2 -i br-lab -p tcp -j DNAT --to-destination 10.0.0.1',
    ],
    [
      'a jump',
      '-A INPUT -i eth1 -g zone_wan',
      'filter',
      'sends nothing of it to zone_wan any more',
      'iptables -I INPUT 2 -i br-lab -g zone_wan',
    ],
    [
      'only counted',
      '-A INPUT -i eth1',
      'filter',
      'counts and marks nothing of it any more',
      'iptables -I INPUT 2 -i br-lab',
    ],
    [
      'with words in a comment',
      '-A INPUT -i eth1 -m comment --comment "not -i eth9" -j ACCEPT',
      'filter',
      'accepts nothing of it any more',
      "iptables -I INPUT 2 -i br-lab -m comment --comment 'not -i eth9' -j ACCEPT",
    ],
    [
      'with what a shell would do in a comment',
      '-A INPUT -i eth1 -m comment --comment "don\\\'t `touch x` \\"$y\\"" -j ACCEPT',
      'filter',
      'accepts nothing of it any more',
      "iptables -I INPUT 2 -i br-lab -m comment --comment 'don'\\''t `touch x` \"$y\"' -j ACCEPT",
    ],
  ] as const) {
    test(name, () => {
      const rules = one(line, table);
      expect(rules.map((rule) => [wordsOf(rule), effectOf(rule), fixesOf([rule], 'eth1', 'br-lab')])).toEqual([
        [`iptables${table === 'filter' ? '' : ` -t ${table}`} ${line}`, effect, [mend]],
      ]);
    });
  }

  for (const [name, line] of [
    ['another interface', '-A INPUT -i eth10 -j ACCEPT'],
    ['any interface', '-A INPUT -i + -j ACCEPT'],
    ['a port of a bridge, which it goes on being', '-A FORWARD -m physdev --physdev-in eth1 -j ACCEPT'],
    ['only its comment', '-A INPUT -m comment --comment " -i eth1 " -j ACCEPT'],
    ["a chain of netctl's", '-A netctl-FORWARD -i eth1 -j ACCEPT'],
  ] as const)
    test(`not ${name}`, () => expect(one(line)).toEqual([]));

  test('each mend finds its place behind the ones before it', () => {
    const saved =
      '*filter\n-A INPUT -i lo -j ACCEPT\n-A INPUT -i eth1 -j a\n-A INPUT ! -i eth1 -j b\n-A INPUT -i eth1 -j c\n-A FORWARD -o eth1 -j d\nCOMMIT\n';
    expect(fixesOf(concerned(interfaceRulesIn(saved, 'ip6tables-legacy')), 'eth1', 'br-lab')).toEqual([
      'ip6tables-legacy -I INPUT 3 -i br-lab -j a',
      'ip6tables-legacy -R INPUT 4 ! -i br-lab -j b',
      'ip6tables-legacy -I INPUT 6 -i br-lab -j c',
      'ip6tables-legacy -I FORWARD 2 -o br-lab -j d',
    ]);
  });
  test('a pattern that means the bridge, too, needs nothing', () =>
    expect(concerned(interfaceRulesIn('*filter\n-A INPUT -i e+ -j ACCEPT\nCOMMIT\n', 'iptables'), 'ebr')).toEqual([]));
});

/** As nft 1.0.6 prints it. */
const ruleset = `table inet f { # handle 1
	set ifs { # handle 3
		type ifname
		elements = { "eth1",
			     "eth7" }
	}

	map m { # handle 5
		type ifname : verdict
		elements = { "eth1" : jump trusted, "lo" : accept }
	}

	chain input { # handle 1
		type filter hook input priority filter; policy drop;
		iifname "eth1" tcp dport 22 counter packets 0 bytes 0 accept comment "iifname x" # handle 6
		iif "eth1" accept # handle 7
		iifname "eth*" drop # handle 8
		iifname { "lo", "eth1" } accept # handle 10
		iifname @ifs accept # handle 11
		iifname vmap @m # handle 12
		iifname != "eth1" drop # handle 15
		oifname "eth10" drop # handle 16
		ip saddr 10.0.0.1 accept comment "eth1" # handle 17
		iifname . ip saddr { "eth1" . 10.0.0.1 } masquerade # handle 21
	}

	chain ing { # handle 2
		type filter hook ingress device "eth1" priority filter; policy accept;
		iifname "eth1" accept # handle 19
	}
}
table bridge b { # handle 2
	chain forward { # handle 1
		type filter hook forward priority filter; policy accept;
		iifname "eth1" accept # handle 2
	}
}
table ip filter { # handle 3
	chain INPUT { # handle 1
		iifname "eth1" counter packets 0 bytes 0 accept # handle 2
	}
}
`;

describe('of nft', () => {
  const rules = concerned(interfaceRulesInNft(ruleset, (family, table) => family === 'ip' && table === 'filter'));
  test('each, in its own words', () =>
    expect(rules.map(({ at, rule }) => [at, rule])).toEqual([
      [6, 'iifname "eth1" tcp dport 22 counter packets 0 bytes 0 accept comment "iifname x"'],
      [7, 'iif "eth1" accept'],
      [8, 'iifname "eth*" drop'],
      [10, 'iifname { "lo", "eth1" } accept'],
      [11, 'iifname @ifs accept'],
      [12, 'iifname vmap @m'],
      [15, 'iifname != "eth1" drop'],
      [21, 'iifname . ip saddr { "eth1" . 10.0.0.1 } masquerade'],
      [0, 'type filter hook ingress device "eth1" priority filter; policy accept;'],
      [2, 'iifname "eth1" accept'],
    ]));
  test('what they do no more', () =>
    expect(rules.map(effectOf)).toEqual([
      'accepts nothing of it any more',
      'accepts nothing of it any more',
      'drops nothing of it any more',
      'accepts nothing of it any more',
      'accepts nothing of it any more',
      'decides nothing of it any more',
      'will match packets that it was to leave alone',
      'translates no sources any more',
      'will match the frames of instances that pass by it',
      'will match the frames of instances that pass by it',
    ]));
  test('the mends', () =>
    expect(fixesOf(rules, 'eth1', 'br-lab')).toEqual([
      'nft \'add rule inet f input handle 6 iifname "br-lab" tcp dport 22 counter packets 0 bytes 0 accept comment "iifname x"\'',
      'nft \'add rule inet f input handle 7 iifname "br-lab" accept\'',
      'nft \'add rule inet f input handle 8 iifname "br-lab" drop\'',
      'nft \'add rule inet f input handle 10 iifname { "lo", "br-lab" } accept\'',
      'nft \'add element inet f ifs { "br-lab" }\'',
      'nft \'add element inet f m { "br-lab" : jump trusted }\'',
      'nft \'replace rule inet f input handle 15 iifname != "br-lab" drop\'',
      'nft \'add rule inet f input handle 21 iifname . ip saddr { "br-lab" . 10.0.0.1 } masquerade\'',
    ]));
  test('firewalld is told the zone, once', () => {
    const zones = ['filter_INPUT_ZONES', 'filter_FORWARD_IN_ZONES', 'nat_POSTROUTING_ZONES'].map(
      (chain, i) =>
        `	chain ${chain} { # handle ${i}\n		${i === 2 ? 'o' : 'i'}ifname "eth1" goto ${['filter_IN', 'filter_FWDI', 'nat_POST'][i] ?? ''}_public # handle 9${i}\n	}\n`,
    );
    const found = concerned(
      interfaceRulesInNft(`table inet firewalld { # handle 1\n${zones.join('')}}\n`, () => false),
    );
    expect([found.length, fixesOf(found, 'eth1', 'br-lab')]).toEqual([
      3,
      ['firewall-cmd --zone=public --change-interface=br-lab'],
    ]);
  });
  test('what sets hold is read only where it may be interfaces', () =>
    expect([namesBySet(ruleset), namesBySet('\tset big {\n\t\ttype ipv4_addr\n\t}\n')]).toEqual([true, false]));
});

describe('rules that judge what comes by the bridge', () => {
  const input = (...lines: readonly string[]): readonly InterfaceRule[] =>
    interfaceRulesIn(`*filter\n${lines.map((line) => `-A INPUT ${line}\n`).join('')}COMMIT\n`, 'iptables');
  const taking = (...lines: readonly string[]): readonly string[] => {
    const rules = input(...lines);
    return rules.filter((rule) => takesIn(rule, 'eth1', 'br-lab', rules)).map(({ rule }) => rule);
  };
  for (const [name, rule, isTaken] of [
    ['by a pattern', '-i br-+ -j ACCEPT', true],
    ['by its name', '-i br-lab -j ACCEPT', true],
    ['all but it', '! -i br-lab -j DROP', true],
    ['by a pattern that the interface fits, too', '-i + -j ACCEPT', false],
    ['another bridge', '-i br-lab2 -j ACCEPT', false],
    ['as a port', '-m physdev --physdev-in br-lab -j ACCEPT', false],
  ] as const)
    test(name, () => expect(taking(rule)).toEqual(isTaken ? [rule] : []));

  test('not one that says of both the same, as a hint of netctl has it', () => {
    expect(taking('-i eth1 -p udp -j ACCEPT', '-i br-lab -p udp -j ACCEPT')).toEqual([]);
    expect(taking('-i eth1 -p tcp -j ACCEPT', '-i br-lab -p udp -j ACCEPT')).toEqual(['-i br-lab -p udp -j ACCEPT']);
  });

  test('by a set: not where the interface is in it, too', () => {
    const inSet = (elements: string): readonly InterfaceRule[] =>
      interfaceRulesInNft(
        `table inet own { # handle 1\n\tset t { # handle 2\n\t\ttype ifname\n\t\telements = { ${elements} }\n\t}\n\tchain input { # handle 3\n\t\tiifname @t accept # handle 4\n\t}\n}\n`,
        () => false,
      );
    const taken = (rules: readonly InterfaceRule[]): boolean =>
      rules.some((rule) => takesIn(rule, 'eth1', 'br-lab', rules));
    expect([taken(inSet('"br-lab", "docker0"')), taken(inSet('"br-lab", "eth1"'))]).toEqual([true, false]);
  });

  for (const [match, isMeant] of [
    ['-m physdev --physdev-in eth1', true],
    ['-m physdev --physdev-out eth+', true],
    ['-m physdev --physdev-is-in', true],
    ['-m physdev --physdev-in eth7', false],
    ['-m physdev --physdev-is-bridged', false],
  ] as const)
    test(`by the port of a bridge: ${match}`, () =>
      expect(input(`${match} -j ACCEPT`).some((rule) => meansPort(rule, 'eth1'))).toBe(isMeant));
});
