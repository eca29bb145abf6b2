// test/kinds/chain/iptables/render.test.ts — rules as text, chains as iptables-save says them.
import { describe, expect, test } from 'vitest';
import { chain } from '../../../../src/kinds/chain/model.ts';
import type { Match, Rule, Verdict } from '../../../../src/kinds/chain/model.ts';
import { asData, renderMatches, renderSave, textOf } from '../../../../src/kinds/chain/iptables/render.ts';

const rule = (more: Partial<Rule> = {}): Rule => ({
  rank: 100,
  match: [],
  then: { target: 'accept' },
  why: 'networks.lab',
  ...more,
});
const saidOf = (more: Partial<Rule>): string =>
  chain('filter', 'netctl-FORWARD', [rule(more)])
    .rules.map(textOf)
    .join();

describe('matches', () => {
  const rows: readonly (readonly [string, readonly Match[], string])[] = [
    ['a source', [{ match: 'source', cidr: '10.0.0.0/8' }], '-s 10.0.0.0/8'],
    ['a destination', [{ match: 'destination', cidr: '10.0.0.3/32' }], '-d 10.0.0.3/32'],
    [
      'any source, of which iptables says nothing',
      [
        { match: 'source', cidr: '0.0.0.0/0' },
        { match: 'in', link: 'br100' },
      ],
      '-i br100',
    ],
    ['no destination at all', [{ match: 'destination', cidr: '0.0.0.0/0', not: true }], '! -d 0.0.0.0/0'],
    ['all but a source', [{ match: 'source', cidr: '10.0.0.0/8', not: true }], '! -s 10.0.0.0/8'],
    ['anything but', [{ match: 'in', link: 'br100', not: true }], '! -i br100'],
    ['a way out', [{ match: 'out', link: 'br100' }], '-o br100'],
    ['a protocol', [{ match: 'protocol', protocol: 'udp' }], '-p udp'],
    [
      'ports',
      [{ match: 'protocol', protocol: 'tcp', sourcePort: 1, destinationPort: 2 }],
      '-p tcp -m tcp --sport 1 --dport 2',
    ],
    ['states', [{ match: 'ctstate', states: ['NEW', 'ESTABLISHED'] }], '-m conntrack --ctstate NEW,ESTABLISHED'],
    ['all but a state', [{ match: 'ctstate', states: ['INVALID'], not: true }], '-m conntrack ! --ctstate INVALID'],
    [
      'several, in the order of iptables',
      [
        { match: 'ctstate', states: ['NEW'] },
        { match: 'protocol', protocol: 'udp', destinationPort: 53 },
        { match: 'in', link: 'br100' },
      ],
      '-i br100 -p udp -m udp --dport 53 -m conntrack --ctstate NEW',
    ],
  ];
  for (const [name, match, text] of rows) test(name, () => expect(renderMatches(match).join(' ')).toBe(text));
  test('every match has a row', () => {
    expect(new Set(rows.flatMap(([, match]) => match.map((one) => one.match)))).toEqual(
      new Set(['source', 'destination', 'in', 'out', 'protocol', 'ctstate'] satisfies Match['match'][]),
    );
  });
});

describe('verdicts', () => {
  const rows: readonly (readonly [Verdict, string])[] = [
    [{ target: 'accept' }, '-j ACCEPT'],
    [{ target: 'drop' }, '-j DROP'],
    [{ target: 'return' }, '-j RETURN'],
    [{ target: 'jump', chain: 'netctl-lab' }, '-j netctl-lab'],
    [{ target: 'checksum-fill' }, '-j CHECKSUM --checksum-fill'],
  ];
  for (const [then, text] of rows) test(text, () => expect(saidOf({ then }).endsWith(`" ${text}`)).toBe(true));
});

describe('comments', () => {
  test('say whose the rule is and why it is there', () =>
    expect(saidOf({})).toMatch(/^-m comment --comment "netctl:[0-9a-f]{8} networks\.lab" -j ACCEPT$/));
  test('are cut to what the kernel keeps', () =>
    expect(/"(.*)"/.exec(saidOf({ why: 'x'.repeat(300) }))?.[1]).toHaveLength(255));
  test('hold nothing that iptables would escape', () =>
    expect(saidOf({ why: 'a"b\\c\'d\ne ü $' })).toMatch(/ a_b_c_d_e _ \$" -j ACCEPT$/));
});

describe('a tag', () => {
  const tagOf = (more: Partial<Rule>): string => chain('filter', 'netctl-FORWARD', [rule(more)]).rules[0]?.tag ?? '';
  test('is the same for the same rule', () => expect(tagOf({})).toBe(tagOf({ rank: 7 })));
  test('is another for another match', () =>
    expect(tagOf({})).not.toBe(tagOf({ match: [{ match: 'in', link: 'br100' }] })));
  test('is another for another verdict', () => expect(tagOf({})).not.toBe(tagOf({ then: { target: 'drop' } })));
  test('is another for another reason', () => expect(tagOf({})).not.toBe(tagOf({ why: 'networks.blue' })));
});

describe('a chain', () => {
  const whys = (rules: readonly Rule[]): readonly string[] =>
    chain('filter', 'netctl-FORWARD', rules).rules.map((each) => /netctl:\S+ (\w+)/.exec(textOf(each))?.[1] ?? '');
  test('has its rules in order of rank, and else as they came', () =>
    expect(whys([rule({ why: 'b', rank: 2 }), rule({ why: 'c', rank: 2 }), rule({ why: 'a', rank: 1 })])).toEqual([
      'a',
      'b',
      'c',
    ]));
  test('has each rule once', () =>
    expect(whys([rule({ why: 'a' }), rule({ why: 'b' }), rule({ why: 'a' })])).toEqual(['a', 'b']));
});

test('is saved as on a host of its own: hooks at the top before those at the bottom, the kernel’s chains before ours', () => {
  const text = renderSave([
    chain('nat', 'netctl-x', []),
    chain('nat', 'netctl-Y', []),
    chain('mangle', 'netctl-POSTROUTING', []),
    chain('filter', 'FORWARD', [
      rule({ then: { target: 'jump', chain: 'netctl-last' }, place: 'bottom' }),
      rule({ then: { target: 'jump', chain: 'netctl-FORWARD' } }),
    ]),
    chain('filter', 'netctl-FORWARD', [rule()]),
  ]);
  expect(text.replaceAll(/netctl:\w{8}/g, 'netctl:TAG')).toBe(
    [
      '*mangle',
      ...['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'].map((name) => `:${name} ACCEPT [0:0]`),
      ':netctl-POSTROUTING - [0:0]',
      'COMMIT',
      '*filter',
      ...['INPUT', 'FORWARD', 'OUTPUT'].map((name) => `:${name} ACCEPT [0:0]`),
      ':netctl-FORWARD - [0:0]',
      '-A FORWARD -m comment --comment "netctl:TAG networks.lab" -j netctl-FORWARD',
      '-A FORWARD -m comment --comment "netctl:TAG networks.lab" -j netctl-last',
      '-A netctl-FORWARD -m comment --comment "netctl:TAG networks.lab" -j ACCEPT',
      'COMMIT',
      '*nat',
      ...['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map((name) => `:${name} ACCEPT [0:0]`),
      ':netctl-Y - [0:0]',
      ':netctl-x - [0:0]',
      'COMMIT',
      '',
    ].join('\n'),
  );
});

test('as data, the family is named as by the kernel', () => {
  for (const [family, kind, word] of [
    [4, 'chain', 'ipv4'],
    [6, 'chain6', 'ipv6'],
  ] as const)
    expect(JSON.stringify(asData(chain('filter', 'netctl-FORWARD', [], family)))).toBe(
      `{"kind":"${kind}","family":"${word}","table":"filter","name":"netctl-FORWARD","rules":[]}`,
    );
});
