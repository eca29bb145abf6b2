// test/kinds/chain/iptables/parse.test.ts — which of a host's chains and rules are ours, and which only look like it.
import { describe, expect, test } from 'vitest';
import { remember } from '../../../../src/kinds/chain/memory.ts';
import { parseSave } from '../../../../src/kinds/chain/iptables/parse.ts';

const save = (...lines: readonly string[]): string =>
  ['*filter', ':INPUT ACCEPT [0:0]', ':FORWARD DROP [0:0]', ':OUTPUT ACCEPT [0:0]', ...lines, 'COMMIT', ''].join('\n');
const found = (text: string): readonly string[] =>
  parseSave(text, {}).map(({ table, name, rules }) =>
    `${table}/${name} ${rules.map(({ tag }) => tag).join(' ')}`.trim(),
  );

describe('ours', () => {
  for (const [name, lines, ours] of [
    ['a chain of ours, empty', [':netctl-INPUT - [0:0]'], ['filter/netctl-INPUT']],
    [
      'its rules, by tag',
      [':netctl-INPUT - [0:0]', '-A netctl-INPUT -i br0 -m comment --comment "netctl:0123abcd networks.lab" -j ACCEPT'],
      ['filter/netctl-INPUT 0123abcd'],
    ],
    [
      'a rule of somebody in a chain of ours',
      [':netctl-INPUT - [0:0]', '-A netctl-INPUT -j LOG'],
      ['filter/netctl-INPUT untagged'],
    ],
    [
      'a hook',
      ['-A FORWARD -m comment --comment "netctl:0123abcd networks" -j netctl-FORWARD'],
      ['filter/FORWARD 0123abcd'],
    ],
    [
      'a hook with nothing but its tag',
      ['-A FORWARD -m comment --comment "netctl:0123abcd" -j netctl-FORWARD'],
      ['filter/FORWARD 0123abcd'],
    ],
  ] as const)
    test(name, () => expect(found(save(...lines))).toEqual(ours));
});

describe('not ours', () => {
  for (const [name, ...lines] of [
    ['a chain that ends in our name', ':my-netctl-x - [0:0]', '-A my-netctl-x -j ACCEPT'],
    ['a chain that nearly begins with it', ':xnetctl-foo - [0:0]', ':netctl - [0:0]', ':NETCTL-A - [0:0]'],
    [
      'a rule whose comment speaks of us',
      '-A FORWARD -m comment --comment "see netctl:0123abcd networks" -j netctl-FORWARD',
    ],
    [
      'a rule of which only the second comment is like ours',
      '-A FORWARD -m comment --comment mine -m comment --comment "netctl:0123abcd networks" -j netctl-FORWARD',
    ],
    [
      'a rule that looks for our comment in packets',
      '-A FORWARD -m string --string "-m comment --comment \\"netctl:0123abcd networks" -j netctl-FORWARD',
    ],
    [
      'a rule with a tag that is none',
      '-A FORWARD -m comment --comment "netctl:0123abc networks" -j netctl-FORWARD',
      '-A FORWARD -m comment --comment "netctl:0123abcde" -j netctl-FORWARD',
    ],
    [
      'a tagged rule that does not jump to us',
      '-A FORWARD -m comment --comment "netctl:0123abcd networks" -j ACCEPT',
      '-A FORWARD -m comment --comment "netctl:0123abcd -j netctl-FORWARD" -j DROP',
    ],
    ['a jump to us without a tag', '-A FORWARD -j netctl-FORWARD'],
    [
      'a tagged jump to us in a chain of somebody',
      ':DOCKER-USER - [0:0]',
      '-A DOCKER-USER -m comment --comment "netctl:0123abcd networks" -j netctl-FORWARD',
    ],
    [
      'a tag in the text of another match',
      '-A FORWARD -m string --string "netctl:0123abcd networks" --algo bm -j netctl-FORWARD',
    ],
  ] as const)
    test(name, () => expect(found(save(...lines))).toEqual([]));
});

test('each table is read by itself; others than those we know are passed over', () => {
  const raw = '*raw\n:netctl-x - [0:0]\nCOMMIT\n';
  const nat =
    '*nat\n:FORWARD - [0:0]\n-A FORWARD -m comment --comment "netctl:0123abcd x" -j netctl-FORWARD\n:netctl-x - [0:0]\nCOMMIT\n';
  expect(found(`# Warning: iptables-legacy tables present\n${save(':netctl-x - [0:0]')}${raw}${nat}`)).toEqual([
    'filter/netctl-x',
    'nat/netctl-x',
  ]);
});

describe('a rule edited under a kept comment', () => {
  const as = (rest: string): string =>
    save(':netctl-INPUT - [0:0]', `-A netctl-INPUT -m comment --comment "netctl:0123abcd networks.lab" ${rest}`);
  const memory = remember(parseSave(as('-j ACCEPT'), {}));
  const tag = (text: string): string | undefined => parseSave(text, memory)[0]?.rules[0]?.tag;
  test('is known by how it read before', () => expect(tag(as('-j DROP'))).toMatch(/^0123abcd edited /));
  test('is itself when nothing was edited', () => expect(tag(as('-j ACCEPT'))).toBe('0123abcd'));
  test('stays known while it is not mended', () => expect(remember(parseSave(as('-j DROP'), memory))).toEqual(memory));
});
