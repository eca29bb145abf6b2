// test/net/mac.test.ts — Ethernet addresses: read in any case, derived the same on every host.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveMac, isMulticast, parseMac } from '../../src/net/mac.ts';

const octet = fc.integer({ min: 0, max: 255 }).map((value) => value.toString(16).padStart(2, '0'));

test('what is written is what is read, in lower case', () => {
  fc.assert(
    fc.property(fc.array(octet, { minLength: 1, maxLength: 8 }), (octets) => {
      const text = octets.join(':');
      expect(parseMac(text.toUpperCase())).toBe(octets.length === 6 ? text : undefined);
    }),
  );
});

test('a group address is one with an odd first octet', () => {
  fc.assert(
    fc.property(fc.array(octet, { minLength: 6, maxLength: 6 }), (octets) => {
      const mac = parseMac(octets.join(':'));
      expect(mac !== undefined && isMulticast(mac)).toBe(/^.[13579bdf]/.test(octets[0] ?? ''));
    }),
  );
});

test('a derived one has its prefix, is an address, and another name or attempt gives another', () => {
  fc.assert(
    fc.property(
      fc.array(octet, { minLength: 1, maxLength: 4 }),
      fc.string(),
      fc.integer({ min: 0, max: 9 }),
      (octets, name, attempt) => {
        const prefix = octets.join(':');
        const mac = deriveMac(prefix, name, attempt);
        expect(mac.startsWith(`${prefix}:`)).toBe(true);
        expect(parseMac(mac)).toBe(mac);
        expect(deriveMac(prefix.toUpperCase(), name, attempt)).toBe(mac);
      },
    ),
  );
  expect(new Set([deriveMac('fa:16:3e', 'a'), deriveMac('fa:16:3e', 'b'), deriveMac('fa:16:3e', 'a', 1)]).size).toBe(3);
});

for (const text of [
  '',
  'fa:16:3e:2c:e8',
  'fa:16:3e:2c:e8:ec:00',
  'fa-16-3e-2c-e8-ec',
  'fa163e2ce8ec',
  'fa:16:3e:2c:e8:eg',
  'fa:16:3e:2c:e8:e',
  ' fa:16:3e:2c:e8:ec',
]) {
  test(`${JSON.stringify(text)} is none`, () => {
    expect(parseMac(text)).toBeUndefined();
  });
}
