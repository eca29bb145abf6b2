// test/conflicts/dormant.test.ts — tables of nftables that sleep: the kernel asks none of their chains.
import { expect, test } from 'vitest';
import { nft, SPEC, told } from './silent-scene.ts';
import type { Around } from './around.ts';

const shut = nft({ hook: 'forward', family: 'inet', policy: 'drop' });
const all = 'lab: packets of instances to the outside and replies from outside are dropped';
/** As `nft -t list table` says it, and `nft -j`, of which 1.0.6 ends in the middle or has other words there. */
const flagged = (line: string, flags: string): Around => ({
  tables: {
    'inet t': shut.tables?.['inet t']?.replace('"name":"t"', `"name":"t","flags":${flags}`) ?? '',
  },
  others: {
    'nft -t list table inet t': `table inet t {\n\t${line}\n\n\tchain c {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n`,
  },
});

for (const [name, around, expected] of [
  ['awake', shut, [all]],
  ['asleep', flagged('flags dormant', '"dormant"'), []],
  ['asleep, in words that are no words', flagged('flags dormant', '"t"'), []],
  ['asleep and somebody’s own', flagged('flags owner,dormant', '["owner","dormant"]'), []],
  ['somebody’s own', flagged('flags owner', '["owner"]'), [all]],
] as const) {
  test(name, async () => expect((await told(around, SPEC)).map((line) => line.split(' |', 1)[0])).toEqual(expected));
}
