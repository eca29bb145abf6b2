// test/net/ipv4.test.ts — addresses, networks and ranges against another library, on whatever fast-check comes up with.
import fc from 'fast-check';
import { Address4 } from 'ip-address';
import { describe, expect, test } from 'vitest';
import {
  baseOf,
  covers,
  holds,
  hostsOf,
  overlap,
  parseCidr,
  parseIp,
  parseRange,
  rangeOf,
  toIp,
  toNumber,
  type Cidr,
  type Ip,
} from '../../src/net/ip.ts';
import { broadcastOf, maskOf } from '../../src/net/ipv4.ts';

const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const bits = fc.integer({ min: 0, max: 32 });
const cidr = fc.tuple(number, bits).map(([value, length]): Cidr<4> => baseOf(`${toIp(value)}/${length}`, 4));
/** Nearly addresses: the texts on which parsers disagree. */
const nearly = fc.oneof(
  fc.ipV4(),
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789./ -x:')) }),
  fc.array(fc.integer({ min: -1, max: 300 }), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.')),
);

const theirs = (text: string): Address4 | undefined => {
  try {
    return new Address4(text);
  } catch {
    return undefined;
  }
};

describe('against ip-address', () => {
  test('the same texts are addresses', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        expect(parseIp(text, 4) !== undefined, text).toBe(!text.includes('/') && theirs(text) !== undefined);
      }),
      { numRuns: 2000 },
    );
  });
  test('numbers and texts', () => {
    fc.assert(
      fc.property(number, (value) => {
        expect(toNumber(toIp(value))).toBe(value);
        expect(theirs(toIp(value))?.bigInt()).toBe(BigInt(value));
      }),
    );
  });
  test('base, broadcast, mask, first and last', () => {
    fc.assert(
      fc.property(number, bits, (value, length) => {
        const text = `${toIp(value)}/${length}`;
        const other = new Address4(text);
        const base = baseOf(text, 4);
        expect(base).toBe(`${other.startAddress().address}/${length}`);
        expect(parseCidr(text, 4)).toBe(base === text ? text : undefined);
        expect(broadcastOf(base)).toBe(other.endAddress().address);
        expect(maskOf(base)).toBe(new Address4(`255.255.255.255/${length}`).startAddress().address);
        expect(toIp(rangeOf(base).first)).toBe(other.startAddress().address);
      }),
    );
  });
  test('who lies in whom', () => {
    fc.assert(
      fc.property(cidr, cidr, number, (a, b, value) => {
        expect(holds(rangeOf(a), toIp(value))).toBe(new Address4(toIp(value)).isInSubnet(new Address4(a)));
        expect(covers(rangeOf(a), rangeOf(b))).toBe(new Address4(b).isInSubnet(new Address4(a)));
        expect(overlap(rangeOf(a), rangeOf(b))).toBe(covers(rangeOf(a), rangeOf(b)) || covers(rangeOf(b), rangeOf(a)));
      }),
    );
  });
});

test('hosts are all but the first and the last, where there are more than two', () => {
  fc.assert(
    fc.property(cidr, (network) => {
      const [all, hosts] = [rangeOf(network), hostsOf(network)];
      expect(covers(all, hosts)).toBe(true);
      expect(all.last - all.first - (hosts.last - hosts.first)).toBe(all.last - all.first < 2 ? 0 : 2);
    }),
  );
});

test('a range is read from what it says', () => {
  fc.assert(
    fc.property(number, number, (a, b) => {
      expect(parseRange(`${toIp(a)}-${toIp(b)}`, 4)).toEqual(a <= b ? { first: a, last: b } : undefined);
      expect(parseRange(toIp(a), 4)).toEqual({ first: a, last: a });
    }),
  );
  fc.assert(
    fc.property(cidr, (network) => {
      expect(parseRange(network, 4)).toEqual(rangeOf(network));
    }),
  );
});

for (const text of [
  '010.0.0.1',
  '10.0.0.256',
  '1.2.3.4 ',
  ' 1.2.3.4',
  '10.1',
  '2130706433',
  '0x0a.0.0.1',
  '1.2.3.4.5',
  '::1',
  '::ffff:1.2.3.4',
  '',
]) {
  test(`${JSON.stringify(text)} is no address`, () => {
    expect(parseIp(text, 4)).toBeUndefined();
  });
}
for (const text of [
  '10.0.0.0',
  '10.0.0.1/24',
  '10.0.0.0/',
  '10.0.0.0/033',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/24/24',
  '10.0.0.0/ 24',
  '10.0.0/24',
]) {
  test(`${text} is no network`, () => {
    expect(parseCidr(text, 4)).toBeUndefined();
  });
}

test('an address of ours is one of theirs', () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      const ip: Ip<4> | undefined = parseIp(text, 4);
      expect(ip).toBe(theirs(text)?.correctForm());
    }),
  );
});
