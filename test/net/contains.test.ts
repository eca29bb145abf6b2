// test/net/contains.test.ts — which addresses a network holds.
import { expect, test } from 'vitest';
import { bitsOf, contains } from '../../src/net/contains.ts';

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
  test(`${network} and ${ip}`, () => {
    expect([contains(network, ip), bitsOf(network)]).toEqual([held, bits]);
  });
}
