// test/net/ip.test.ts — values of both families: IPv6 against another library, and IPv4 against itself within IPv6.
import fc from 'fast-check';
import { Address6 } from 'ip-address';
import { describe, expect, test } from 'vitest';
import {
  baseOf,
  bitsOf,
  contains,
  covers,
  familyOf,
  familyWord,
  holds,
  hostsOf,
  overlap,
  parseCidr,
  parseIp,
  parseRange,
  rangeOf,
  toIp,
  toNumber,
} from '../../src/net/ip.ts';
import type { Cidr, Ip } from '../../src/net/ip.ts';

const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
const value = fc
  .array(group, { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((sum, one) => sum * 65_536n + BigInt(one), 0n));
const bits = fc.integer({ min: 0, max: 128 });
const cidr = fc.tuple(value, bits).map(([one, length]): Cidr<6> => baseOf(`${toIp(one)}/${length}`, 6));
/** As anybody may write one: groups in full, in capitals, with any run of zeros left out. */
const written = fc
  .tuple(fc.array(group, { minLength: 8, maxLength: 8 }), fc.nat(7), fc.nat(8), fc.boolean(), fc.boolean())
  .map(([groups, from, to, capitals, padded]) => {
    const words = groups.map((one) => (padded ? one.toString(16).padStart(4, '0') : one.toString(16)));
    const zeros = groups.slice(from, to).every((one) => one === 0) && to > from;
    const text = zeros ? `${words.slice(0, from).join(':')}::${words.slice(to).join(':')}` : words.join(':');
    return capitals ? text.toUpperCase() : text;
  });
/** `ip` prints the end of these dotted, the library does not. */
const isDotted = (text: string): boolean => text.includes('.');

describe('against ip-address', () => {
  test('one spelling, and the same number', () => {
    fc.assert(
      fc.property(written, (text) => {
        const [ip, other] = [parseIp(text), new Address6(text)];
        expect(ip, text).toBeDefined();
        expect(toNumber(ip ?? ('' as Ip<6>))).toBe(other.bigInt());
        if (!isDotted(ip ?? '')) expect(ip).toBe(other.correctForm());
        expect(parseIp(ip ?? '')).toBe(ip);
        expect(toIp(other.bigInt())).toBe(ip);
      }),
      { numRuns: 2000 },
    );
  });
  test('base, first and last', () => {
    fc.assert(
      fc.property(value, bits, (one, length) => {
        const other = new Address6(`${Address6.fromBigInt(one).correctForm()}/${length}`);
        const base = baseOf(`${toIp(one)}/${length}`, 6);
        expect(rangeOf(base)).toEqual({
          first: other.startAddress().bigInt(),
          last: other.endAddress().bigInt(),
        });
        expect(bitsOf(base)).toBe(length);
        expect(parseCidr(`${toIp(one)}/${length}`)).toBe(rangeOf(base).first === one ? base : undefined);
      }),
    );
  });
  test('who lies in whom', () => {
    fc.assert(
      fc.property(cidr, cidr, value, (a, b, one) => {
        const inside = (inner: string): boolean => new Address6(inner).isInSubnet(new Address6(a));
        expect(holds(rangeOf(a), toIp(one))).toBe(inside(toIp(one)));
        expect(covers(rangeOf(a), rangeOf(b))).toBe(inside(b));
        expect(overlap(rangeOf(a), rangeOf(b))).toBe(covers(rangeOf(a), rangeOf(b)) || covers(rangeOf(b), rangeOf(a)));
      }),
    );
  });
});

describe('IPv4 within IPv6 says the same', () => {
  const MAPPED = 0xffff_0000_0000n;
  const v4 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const cidr4 = fc
    .tuple(v4, fc.integer({ min: 0, max: 32 }))
    .map(([one, length]): Cidr<4> => baseOf(`${toIp(one)}/${length}`, 4));
  const mapped = (text: Cidr<4>): Cidr<6> => baseOf(`::ffff:${text.replace(/\/.*/, '')}/${96 + bitsOf(text)}`, 6);

  test('numbers, texts and ranges', () => {
    fc.assert(
      fc.property(v4, cidr4, (one, network) => {
        expect(toIp(MAPPED + BigInt(one))).toBe(`::ffff:${toIp(one)}`);
        const [small, large] = [rangeOf(network), rangeOf(mapped(network))];
        expect(large).toEqual({ first: MAPPED + BigInt(small.first), last: MAPPED + BigInt(small.last) });
        expect(holds(large, `::ffff:${toIp(one)}` as Ip)).toBe(holds(small, toIp(one)));
      }),
    );
  });
  test('overlap and cover', () => {
    fc.assert(
      fc.property(cidr4, cidr4, (a, b) => {
        const [one, other] = [rangeOf(mapped(a)), rangeOf(mapped(b))];
        expect(overlap(one, other)).toBe(overlap(rangeOf(a), rangeOf(b)));
        expect(covers(one, other)).toBe(covers(rangeOf(a), rangeOf(b)));
      }),
    );
  });
  test('and none of one family lies in a network of the other, whatever its number', () => {
    fc.assert(
      fc.property(v4, cidr4, (one, network) => {
        const low = { first: BigInt(rangeOf(network).first), last: BigInt(rangeOf(network).last) };
        expect(holds(low, toIp(one))).toBe(false);
        expect(holds(rangeOf(network), toIp(BigInt(one)))).toBe(false);
        expect(overlap(low, rangeOf(network))).toBe(false);
        expect(covers(low, rangeOf(network))).toBe(false);
      }),
    );
  });
});

for (const [text, ip] of [
  ['FD00:0:0:0064:0:0:0:1', 'fd00:0:0:64::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['1:0:0:0:0:0:0:0', '1::'],
  ['::1', '::1'],
  ['::ffff:a00:1', '::ffff:10.0.0.1'],
  ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
] as const)
  test(`${text} is written ${ip}`, () => expect(parseIp(text)).toBe(ip));

for (const text of [
  'fe80::1%eth0',
  'fd00::g',
  'fd00::1::2',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '::1 ',
  '',
  '::1/64',
])
  test(`${JSON.stringify(text)} is no address`, () => expect(parseIp(text)).toBeUndefined());

for (const text of ['fd00::1/64', 'fd00::/129', 'fd00::/064', 'fd00::', 'fd00::/64/64', '10.0.0.0/64'])
  test(`${text} is no network`, () => expect(parseCidr(text)).toBeUndefined());

test('only those of a family are read where one is named', () => {
  expect([parseIp('10.0.0.1', 6), parseIp('fd00::1', 4)]).toEqual([undefined, undefined]);
  expect([parseCidr('10.0.0.0/24', 6), parseCidr('fd00::/64', 4)]).toEqual([undefined, undefined]);
  expect([parseRange('10.0.0.1', 6), parseRange('fd00::1-fd00::9', 4)]).toEqual([undefined, undefined]);
});

for (const [text, range] of [
  ['fd00::/126', { first: 0xfd00n << 112n, last: (0xfd00n << 112n) + 3n }],
  ['FD00::2-fd00::9', { first: (0xfd00n << 112n) + 2n, last: (0xfd00n << 112n) + 9n }],
  ['::7', { first: 7n, last: 7n }],
  ['fd00::9-fd00::2', undefined],
  ['10.0.0.1-fd00::2', undefined],
] as const)
  test(`the range ${text}`, () => expect(parseRange(text)).toEqual(range));

test('each tells its family', () =>
  expect(['10.0.0.1', 'fd00::1', '10.0.0.0/8', '::/0'].map(familyOf)).toEqual([4, 6, 4, 6]));

test('and each tool has its own word for it', () =>
  expect(
    ([4, 6] as const).map((family) => (['kernel', 'nft', 'socket'] as const).map((tool) => familyWord(family, tool))),
  ).toEqual([
    ['ipv4', 'ip', 'inet'],
    ['ipv6', 'ip6', 'inet6'],
  ]));

for (const [network, first, last] of [
  ['fd00:1::/64', 'fd00:1::1', 'fd00:1::ffff:ffff:ffff:ffff'],
  ['fd00::2/127', 'fd00::2', 'fd00::3'],
  ['fd00::2/128', 'fd00::2', 'fd00::2'],
] as const)
  test(`hosts of ${network}`, () => {
    const hosts = hostsOf(network as Cidr<6>);
    expect([toIp(hosts.first), toIp(hosts.last)]).toEqual([first, last]);
  });

for (const [network, ip, held, bits] of [
  ['10.0.0.0/24', '10.0.0.77', true, 24],
  ['10.0.0.1/24', '10.0.0.255', true, 24],
  ['10.0.0.1/24', '10.0.1.0', false, 24],
  ['10.0.0.1', '10.0.0.1', true, 32],
  ['10.0.0.1', '10.0.0.2', false, 32],
  ['default', '198.51.100.7', true, 0],
  ['default', '2001:db8::7', true, 0],
  ['2001:db8:0:1::1/64', '2001:db8:0:1::ffff', true, 64],
  ['2001:db8:0:1::1/64', '2001:db8:0:2::1', false, 64],
  ['2001:db8::7', '2001:db8:0::7', true, 128],
  ['10.0.0.0/8', '2001:db8::7', false, 8],
  ['2001:db8::/32', '10.0.0.1', false, 32],
] as const) {
  test(`${network} and ${ip}, as tools print them`, () => {
    expect([contains(network, ip), bitsOf(network)]).toEqual([held, bits]);
  });
}
