// test/net/ipv6.test.ts — IPv6 addresses that guests make of their MACs.
import { expect, test } from 'vitest';
import type { Cidr } from '../../src/net/ip.ts';
import { eui64, isLinkLocalOfMac } from '../../src/net/ipv6.ts';
import type { Mac } from '../../src/net/mac.ts';

// nova's own examples.
for (const [cidr, mac, ip] of [
  ['2001:db8::/64', '02:16:3e:33:44:55', '2001:db8::16:3eff:fe33:4455'],
  ['fd00:1::/64', 'fa:16:3e:2c:e8:ec', 'fd00:1::f816:3eff:fe2c:e8ec'],
] as const)
  test(`${mac} in ${cidr}`, () => expect(eui64(cidr as Cidr<6>, mac as Mac)).toBe(ip));

for (const [ip, is] of [
  ['fe80::ff:fe00:e1', true],
  ['fe80::f816:3eff:fe2c:e8ec', true],
  ['fe80::1', false],
  ['fe80::ff:fe00:1:2', false],
  ['2001:db8::ff:fe00:e1', false],
] as const) {
  test(`${ip} is ${is ? '' : 'no '}link-local address of a MAC`, () => expect(isLinkLocalOfMac(ip)).toBe(is));
}
