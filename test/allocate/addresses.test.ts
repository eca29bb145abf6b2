// test/allocate/addresses.test.ts — addresses of either family are given out alike: the lowest free one, and who holds
// one keeps it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressPool } from '../../src/allocate/addresses.ts';
import { allocate } from '../../src/allocate/allocate.ts';
import type { Granted, Pool } from '../../src/allocate/allocate.ts';
import { baseOf, hostsOf, parseIp, parseRange, rangeOf, toIp } from '../../src/net/ip.ts';
import type { Cidr, Range } from '../../src/net/ip.ts';

const NOTHING: Granted = { allocations: {}, quarantined: {}, quarantineSeconds: {} };
const range = (text: string): Range => parseRange(text) ?? { first: 0, last: -1 };

interface Parts {
  readonly reserved?: readonly Range[];
  readonly barred?: readonly Range[];
  readonly taken?: readonly string[];
}

function poolOf(usable: Range, { reserved = [], barred = [], taken = [] }: Parts = {}): Pool {
  return addressPool({
    name: 'network lab',
    quarantineSeconds: 60,
    widen: '`allocate`',
    usable: [usable],
    offered: [usable],
    reserved,
    barred,
    taken: new Set(taken),
  });
}

function granted(pool: Pool, holders: readonly string[], before: Granted = NOTHING, now = 0): Granted {
  const answer = allocate(
    holders.map((holder) => ({ pool, holder, because: [] })),
    before,
    now,
  );
  if (!answer.ok) throw new Error(answer.problems.map(({ message }) => message).join());
  return answer.value;
}

describe('a /64 of which most is reserved', () => {
  const pool = poolOf(hostsOf('fd00:1::/64' as Cidr<6>), {
    reserved: [range('fd00:1::2-fd00:1::ffff:ffff:ffff:fff0')],
    taken: ['fd00:1::1', 'fd00:1::ffff:ffff:ffff:fff2'],
  });

  test('gives what is left, from the lowest', () =>
    expect(granted(pool, ['a', 'b']).allocations).toEqual({
      'network lab': { a: 'fd00:1::ffff:ffff:ffff:fff1', b: 'fd00:1::ffff:ffff:ffff:fff3' },
    }));
  test('and is full when that is given', () => {
    const many = Array.from({ length: 15 }, (_, i) => ({ pool, holder: `vm-${i}`, because: [] }));
    expect(allocate(many.slice(0, 14), NOTHING, 0).ok).toBe(true);
    expect(allocate(many, NOTHING, 0)).toMatchObject({ ok: false, problems: [{ code: 'network-full' }] });
  });
  test('who holds a reserved one keeps it; one that is taken, or none of the network, moves', () => {
    const before = { ...NOTHING, allocations: { 'network lab': { a: 'fd00:1::7', b: 'fd00:1::1', c: '10.0.0.7' } } };
    expect(granted(pool, ['a', 'b', 'c'], before).allocations['network lab']).toEqual({
      a: 'fd00:1::7',
      b: 'fd00:1::ffff:ffff:ffff:fff1',
      c: 'fd00:1::ffff:ffff:ffff:fff3',
    });
  });
  test('what is released is quarantined', () => {
    const first = granted(pool, ['a']);
    const second = granted(pool, ['b'], first, 1_000);
    expect(second.allocations['network lab']).toEqual({ b: 'fd00:1::ffff:ffff:ffff:fff3' });
    expect(granted(pool, ['b', 'c'], second, 62_000).allocations['network lab']).toEqual({
      b: 'fd00:1::ffff:ffff:ffff:fff3',
      c: 'fd00:1::ffff:ffff:ffff:fff1',
    });
  });
});

test('what is barred is neither held nor given', () => {
  const pool = poolOf(rangeOf('fd00::/126' as Cidr<6>), { barred: [range('fd00::-fd00::1')] });
  expect([pool.keeps('fd00::1'), pool.keeps('fd00::2')]).toEqual([false, true]);
  expect([...pool.candidates('a')]).toEqual(['fd00::2', 'fd00::3']);
});

test('ranges are offered in the order in which they are written, of whichever family', () => {
  const ranges = ['10.0.0.8-10.0.0.9', 'fd00::1-fd00::2', '10.0.0.1'].map(range);
  const pool = addressPool({
    name: 'pool public',
    quarantineSeconds: 0,
    widen: '`ranges`',
    usable: ranges,
    offered: ranges,
    reserved: [range('10.0.0.9')],
    barred: [],
    taken: new Set(['fd00::1']),
  });
  expect([...pool.candidates('a')]).toEqual(['10.0.0.8', 'fd00::2', '10.0.0.1']);
});

test('IPv4 and the same addresses within IPv6 are given to the same', () => {
  const mapped = ({ first, last }: Range<4>): Range<6> => ({
    first: BigInt(first) + 0xffff_0000_0000n,
    last: BigInt(last) + 0xffff_0000_0000n,
  });
  const some = fc
    .tuple(fc.nat(40), fc.nat(9))
    .map(([from, more]): Range<4> => ({ first: 0x0a00_0000 + from, last: 0x0a00_0000 + from + more }));
  fc.assert(
    fc.property(fc.array(some), fc.array(some), fc.array(some), fc.nat(40), (reserved, barred, held, count) => {
      const usable = hostsOf(baseOf('10.0.0.0/27', 4));
      const taken = ['10.0.0.1', '10.0.0.9'];
      const pools = [
        poolOf(usable, { reserved, barred, taken }),
        poolOf(mapped(usable), {
          reserved: reserved.map(mapped),
          barred: barred.map(mapped),
          taken: taken.map((ip) => `::ffff:${ip}`),
        }),
      ] as const;
      const holders = Array.from({ length: count }, (_, i) => ({ holder: `vm-${i}`, because: [] }));
      const before = held.map(({ first }, i) => [`vm-${i}`, toIp(first)] as const);
      const answers = pools.map((pool, i) =>
        allocate(
          holders.map((one) => ({ pool, ...one })),
          {
            ...NOTHING,
            allocations: {
              'network lab': Object.fromEntries(before.map(([vm, ip]) => [vm, i === 0 ? ip : `::ffff:${ip}`])),
            },
          },
          0,
        ),
      );
      const plain = JSON.parse(JSON.stringify(answers).replaceAll('::ffff:', '')) as typeof answers;
      expect(plain[1]).toEqual(plain[0]);
    }),
    { numRuns: 300 },
  );
});

test('what is given out reads as it is written', () => {
  const [first] = poolOf(hostsOf('fd00:0:0:64::/64' as Cidr<6>)).candidates('a');
  expect([first, parseIp(first ?? '')]).toEqual(['fd00:0:0:64::1', 'fd00:0:0:64::1']);
});
