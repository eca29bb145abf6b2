// test/conflicts/others-nat.test.ts — others who translate what instances send, or mark it for policy rules.
import { describe, expect, test } from 'vitest';
import type { Around } from './around.ts';
import { at, by, DEFAULT, elsewhere, HERE, MAIN, spec, THERE, told } from './way-out-scene.ts';

describe('others who translate there', () => {
  const nat = (...lines: readonly string[]): Around => ({
    rules: `*nat\n:POSTROUTING ACCEPT [0:0]\n:theirs - [0:0]\n:netctl-POSTROUTING - [0:0]\n-A POSTROUTING -j netctl-POSTROUTING\n-A netctl-POSTROUTING -j MASQUERADE\n${lines.join('\n')}\nCOMMIT\n`,
  });
  const nft = (...expr: readonly object[]): Around => ({
    tables: {
      'inet theirs': JSON.stringify({
        nftables: [
          { table: { family: 'inet', name: 'theirs' } },
          {
            chain: {
              family: 'inet',
              table: 'theirs',
              name: 'post',
              type: 'nat',
              hook: 'postrouting',
              prio: 100,
              policy: 'accept',
            },
          },
          { rule: { family: 'inet', table: 'theirs', chain: 'post', handle: 2, expr } },
        ],
      }),
    },
  });
  const out = { match: { op: '==', left: { meta: { key: 'oifname' } }, right: 'eth2' } };
  for (const [name, around, expected] of [
    ['all that leaves there', nat('-A POSTROUTING -o eth2 -j MASQUERADE'), []],
    ['these', nat('-A POSTROUTING -s 192.168.0.0/16 -o eth2 -j SNAT --to-source 198.51.100.11'), []],
    [
      'these, in a chain of theirs',
      nat('-A POSTROUTING -o eth2 -j theirs', '-A theirs -s 192.168.50.0/24 -j MASQUERADE'),
      [],
    ],
    [
      'others, as Docker and libvirt do',
      nat(
        '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
        '-A POSTROUTING -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE',
      ),
      [elsewhere(DEFAULT)],
    ],
    ['what leaves elsewhere', nat('-A POSTROUTING -o eth1 -j MASQUERADE'), [elsewhere(DEFAULT)]],
    [
      'all but these',
      nat('-A POSTROUTING -s 192.168.50.0/24 -j RETURN', '-A POSTROUTING -o eth2 -j MASQUERADE'),
      [elsewhere(DEFAULT)],
    ],
    ['by nft', nft(out, { masquerade: null }), []],
    [
      'by nft, others',
      nft(
        {
          match: {
            op: '==',
            left: { payload: { protocol: 'ip', field: 'saddr' } },
            right: { prefix: { addr: '172.17.0.0', len: 16 } },
          },
        },
        { masquerade: null },
      ),
      [elsewhere(DEFAULT)],
    ],
    ['by nft, nobody', nft(out, { accept: null }), [elsewhere(DEFAULT)]],
  ] as const) {
    test(name, async () => expect(await told(spec(), [THERE], MAIN, around)).toEqual(expected));
  }
});

describe('others who mark what rules ask for', () => {
  const rules = at({ not: null, src: 'all', fwmark: '0xca6c', table: '100' });
  const marks = (line: string): Around => ({
    rules: `*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ${line}\nCOMMIT\n`,
  });
  const routes = [HERE, by('eth2', 'default', '100')];
  const sure = elsewhere(`${DEFAULT} table 100 by the rule 100: not from all fwmark 0xca6c lookup 100`);
  for (const [name, around, expected] of [
    [
      "instances' packets",
      marks('-i br-lab -j MARK --set-xmark 0xca6c/0xffffffff'),
      [sure.replace('stops: ', '').replace('leaves', 'may leave')],
    ],
    ["others'", marks('-i docker0 -j MARK --set-xmark 0xca6c/0xffffffff'), [sure]],
  ] as const) {
    test(name, async () => expect(await told(spec(), routes, rules, around)).toEqual(expected));
  }
  for (const [name, rule, words, around] of [
    [
      'a mark that somebody gives them',
      { fwmark: '0x1' },
      'fwmark 0x1',
      marks('-i br-lab -j MARK --set-xmark 0x1/0xffffffff'),
    ],
    [
      'a mark of a mask',
      { fwmark: '0x1', fwmask: '0xff' },
      'fwmark 0x1/0xff',
      marks('-s 192.168.50.0/24 -j MARK --set-xmark 0x1/0xff'),
    ],
    ['a port', { ipproto: 'ipproto-6', dport: 25 }, 'ipproto tcp dport 25', {}],
    ['ports', { ipproto: 'ipproto-17', dport_start: 5060, dport_end: 5070 }, 'ipproto udp dport 5060-5070', {}],
    ['a type of service', { tos: '0x10' }, 'tos 0x10', {}],
  ] as const) {
    test(`a rule for packets with ${name}`, async () => {
      const said = elsewhere(
        `${DEFAULT} table 100 by the rule 100: from all ${words} lookup 100`,
        'eth2',
        'some of what',
      );
      expect(await told(spec(), routes, at({ src: 'all', ...rule, table: '100' }), around)).toEqual([
        said.replace('stops: ', '').replace('leaves', 'may leave'),
      ]);
    });
  }

  for (const [name, rule, around] of [
    ['a mark that nobody gives', { fwmark: '0x1' }, {}],
    ["a mark that others' packets get", { fwmark: '0x1' }, marks('-i docker0 -j MARK --set-xmark 0x1/0xffffffff')],
    ['a user of the host', { uid_start: 1000, uid_end: 1000 }, {}],
    ['a device they leave by', { oif: 'eth2' }, {}],
    ['a VRF', { l3mdev: null }, {}],
  ] as const) {
    test(`a rule for packets with ${name}`, async () => {
      expect(await told(spec(), routes, at({ src: 'all', ...rule, table: '100' }), around)).toEqual([]);
    });
  }

  test('led past the main table', async () => {
    const more = [
      { priority: 99, src: 'all', dport: 25, goto: 40000 },
      { priority: 32766, src: 'all', table: '254' },
      { priority: 40000, src: 'all', table: '100' },
    ];
    const said = elsewhere(`${DEFAULT} table 100`, 'eth2', 'some of what')
      .replace('stops: ', '')
      .replace('leaves', 'may leave');
    expect(await told(spec(), routes, [...MAIN, ...more])).toEqual([said]);
  });

  test('a port that leads nowhere', async () => {
    expect(await told(spec(), [HERE], at({ src: 'all', dport: 25, action: '7' }))).toEqual([
      'lab: some of what instances send to the outside may end at the rule 100: from all dport 25 unreachable',
    ]);
  });
});
