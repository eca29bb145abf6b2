// test/rehearsal/addresses.test.ts — addresses of a device as lines of `ip` that make them again.
import { describe, expect, test } from 'vitest';
import { deviceLines } from '../../src/rehearsal/devices.ts';
import { device, read } from './shown-devices.ts';
import type { Shown } from './shown-devices.ts';

describe('addresses', () => {
  const four = (rest: Shown): Shown => ({ family: 'inet', local: '10.0.0.1', prefixlen: 24, scope: 'global', ...rest });
  const six = (rest: Shown): Shown => ({
    family: 'inet6',
    local: '2001:db8::1',
    prefixlen: 64,
    scope: 'global',
    ...rest,
  });
  for (const [name, addresses, expected] of [
    ['plain', [four({})], ['address add 10.0.0.1/24 dev eth1']],
    [
      'with all there is',
      [four({ broadcast: '10.0.0.255', label: 'eth1:0', metric: 117, scope: 'link', noprefixroute: true })],
      ['address add 10.0.0.1/24 broadcast 10.0.0.255 label eth1:0 scope link dev eth1 metric 117 noprefixroute'],
    ],
    ['the label that all have', [four({ label: 'eth1' })], ['address add 10.0.0.1/24 dev eth1']],
    [
      'point to point',
      [four({ address: '10.0.0.2', prefixlen: 32 })],
      ['address add 10.0.0.1 peer 10.0.0.2/32 dev eth1'],
    ],
    [
      'of a DHCP client',
      [four({ dynamic: true, valid_life_time: 100, preferred_life_time: 50 })],
      ['address add 10.0.0.1/24 dev eth1 valid_lft 100 preferred_lft 50'],
    ],
    [
      'IPv6 in the order in which they came',
      [six({ local: '2001:db8::2', nodad: true }), six({})],
      ['address add 2001:db8::1/64 dev eth1', 'address add 2001:db8::2/64 dev eth1 nodad'],
    ],
    [
      'not those that come by themselves',
      [six({ scope: 'link' }), six({ temporary: true }), six({ mngtmpaddr: true })],
      [],
    ],
  ] as const)
    test(name, () =>
      expect(deviceLines(read(device('eth1', { addr_info: addresses })), [], 'far').addresses).toEqual(expected),
    );

  test("the loopback's own are there", () => {
    expect(
      deviceLines(
        read(
          device('lo', {
            addr_info: [four({ local: '127.0.0.1', prefixlen: 8 }), four({ local: '169.254.169.254', prefixlen: 32 })],
          }),
        ),
        [],
        'far',
      ).addresses,
    ).toEqual(['address add 169.254.169.254/32 dev lo']);
  });
});
