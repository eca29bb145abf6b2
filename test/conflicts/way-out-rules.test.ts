// test/conflicts/way-out-rules.test.ts — policy rules that lead what instances send elsewhere.
import { describe, expect, test } from 'vitest';
import { at, by, DEFAULT, elsewhere, HERE, MAIN, nowhere, spec, THERE, told } from './way-out-scene.ts';

describe('rules', () => {
  const T = by('eth2', 'default', '100');
  const words = (rule: string): string => `${DEFAULT} table 100 by the rule 100: ${rule} lookup 100`;
  for (const [name, routes, rules, expected] of [
    [
      'from its range',
      [HERE, T],
      at({ src: '192.168.50.0', srclen: 24, table: '100' }),
      [elsewhere(words('from 192.168.50.0/24'))],
    ],
    [
      'from a part of it',
      [HERE, T],
      at({ src: '192.168.50.128', srclen: 25, table: '100' }),
      [elsewhere(words('from 192.168.50.128/25'))],
    ],
    ["from the host's own address there", [HERE, T], at({ src: '192.168.50.1', table: '100' }), []],
    ['from elsewhere', [HERE, T], at({ src: '10.0.0.0', srclen: 8, table: '100' }), []],
    [
      'what comes by its bridge',
      [HERE, T],
      at({ src: 'all', iif: 'br-lab', table: '100' }),
      [elsewhere(words('from all iif br-lab'))],
    ],
    ['what comes by another device', [HERE, T], at({ src: 'all', iif: 'eth2', table: '100' }), []],
    ['what the host sends itself', [HERE, T], at({ src: 'all', iif: 'lo', table: '100' }), []],
    [
      'by its bridge to the way out, while the host goes elsewhere',
      [THERE, by('eth1', 'default', '100')],
      at({ src: 'all', iif: 'br-lab', table: '100' }),
      [],
    ],
    ['with a mark', [HERE, T], at({ src: 'all', fwmark: '0x1', table: '100' }), []],
    [
      'without one, as wg-quick has it',
      [HERE, '1 default dev wg0 table 51820 proto 3 scope 253'],
      [
        ...MAIN,
        { priority: 9, src: 'all', table: '254', suppress_prefixlen: 0 },
        { priority: 10, not: null, src: 'all', fwmark: '0xca6c', table: '51820' },
      ],
      [elsewhere('route 0.0.0.0/0 dev wg0 table 51820 by the rule 10: not from all fwmark 0xca6c lookup 51820', 'wg0')],
    ],
    [
      'to the outside',
      [HERE, T],
      at({ src: 'all', dst: '64.0.0.0', dstlen: 2, table: '100' }),
      [elsewhere(words('from all to 64.0.0.0/2'), 'eth2', 'some of what').replace('stops: ', '')],
    ],
    [
      'prohibited',
      [HERE],
      at({ src: '192.168.50.0', srclen: 24, action: '8' }),
      [nowhere('rule 100: from 192.168.50.0/24 prohibit')],
    ],
    [
      'a black hole for what comes by its bridge',
      [HERE],
      at({ src: 'all', iif: 'br-lab', action: '6' }),
      [nowhere('rule 100: from all iif br-lab blackhole')],
    ],
    [
      'led past the main table',
      [HERE],
      [...at({ src: 'all', iif: 'br-lab', goto: 32767 }), { priority: 32767, src: 'all', table: '253' }],
      [nowhere('rule 100: from all iif br-lab goto 32767')],
    ],
    ['led to a rule that is not there', [HERE], at({ src: 'all', iif: 'br-lab', goto: 31000, unresolved: null }), []],
    [
      'thrown back to the main table',
      [HERE, '9 default table 100 proto 3 scope 0'],
      at({ src: 'all', table: '100' }),
      [],
    ],
    [
      'a way that is for the host alone',
      [T],
      at({ src: '203.0.113.11', table: '100' }),
      [
        `stops: lab: what instances send to the outside has no route: the ${words('from 203.0.113.11/32')} is not for them`,
      ],
    ],
  ] as const) {
    test(name, async () => expect(await told(spec(), routes, rules)).toEqual(expected));
  }

  test('past the main table to one that is asked after it', async () => {
    const rules = [...at({ src: 'all', iif: 'br-lab', goto: 40000 }), { priority: 40000, src: 'all', table: '100' }];
    expect(await told(spec(), [HERE, T], rules)).toEqual([
      elsewhere(
        `${DEFAULT} table 100 by the rule 40000: from all lookup 100`.replace(
          ' by the rule 40000: from all lookup 100',
          '',
        ),
      ),
    ]);
  });
});
