// test/parts/nic-mac.test.ts — MACs of first NICs and of others: derived, stable, and told apart by the patterns that
// dnsmasq gets.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveMac, isMulticast, parseMac } from '../../src/net/mac.ts';
import { looksLikeOther, nicMac, patternsOfOthers } from '../../src/parts/nic-mac.ts';

const prefix = fc
  .array(
    fc.integer({ min: 0, max: 127 }).map((octet) => (2 * octet).toString(16).padStart(2, '0')),
    { minLength: 1, maxLength: 5 },
  )
  .map((octets) => octets.join(':'));

/** As dnsmasq does: octet by octet, `*` for any. */
function fits(pattern: string, mac: string): boolean {
  const octets = mac.split(':');
  return pattern.split(':').every((octet, i) => octet === '*' || octet === octets[i]);
}

test('each has the prefix, and fits a pattern if and only if it is not of a first NIC', () => {
  fc.assert(
    fc.property(prefix, fc.string(), fc.nat(99), fc.boolean(), (prefix, holder, attempt, isFirst) => {
      const mac = nicMac(prefix, holder, attempt, isFirst);
      expect(mac.startsWith(`${prefix}:`)).toBe(true);
      expect(parseMac(mac)).toBe(mac);
      expect(isMulticast(mac)).toBe(false);
      expect(patternsOfOthers(prefix).some((pattern) => fits(pattern, mac))).toBe(!isFirst);
      expect(looksLikeOther(prefix, mac)).toBe(!isFirst);
      expect(nicMac(prefix, holder, attempt, isFirst)).toBe(mac);
    }),
  );
});

test('of another prefix none looks like one', () => {
  expect(looksLikeOther('fa:16:3e', '02:16:3e:ff:00:01')).toBe(false);
});

test('a first NIC has what was derived before there were patterns, unless it would fit one', () => {
  fc.assert(
    fc.property(prefix, fc.string(), (prefix, holder) => {
      const derived = deriveMac(prefix, holder);
      const mac = nicMac(prefix, holder, 0, true);
      if (looksLikeOther(prefix, derived)) expect(mac).not.toBe(derived);
      else expect(mac).toBe(derived);
    }),
  );
});
