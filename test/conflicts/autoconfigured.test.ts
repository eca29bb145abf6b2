// test/conflicts/autoconfigured.test.ts — an uplink with IPv6 addresses for a limited time.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';

describe('an uplink with IPv6 addresses for a limited time', () => {
  const OFFICE =
    'apiVersion: netctl/v1\nhosts: { h1: { publicInterface: eth1 } }\nnetworks: { office: { mode: flat, bridge: br0, cidr: 203.0.113.0/24, interface: eth1 } }\n';
  const links = (master: string | undefined, ...addresses: readonly object[]): string =>
    JSON.stringify([
      {
        ifindex: 2,
        ifname: 'eth1',
        flags: ['UP'],
        mtu: 1500,
        group: 'default',
        ...(master === undefined ? {} : { master }),
        addr_info: addresses,
      },
    ]);
  const six = (local: string, more: object = {}): object => ({
    family: 'inet6',
    local,
    prefixlen: 64,
    scope: 'global',
    dynamic: true,
    ...more,
  });
  const what = 'that is not moved to br0: as a port of it, eth1 gets no replies to the IPv6 that this host sends by it';
  const mend = 'sysctl -w net.ipv6.conf.eth1.disable_ipv6=1';
  for (const [name, shown, expected] of [
    [
      'before it goes into the bridge',
      links(undefined, six('2001:db8::7', { temporary: true }), six('2001:db8::e1')),
      [
        [
          'autoconfigured',
          `eth1 has 2001:db8::e1, 2001:db8::7 for a limited time (router advertisements, DHCPv6), and ${what}`,
          `when it is done: ${mend}`,
        ],
      ],
    ],
    [
      'in the bridge',
      links('br0', six('2001:db8::e1')),
      [
        [
          'autoconfigured',
          `eth1 has 2001:db8::e1 for a limited time (router advertisements, DHCPv6), and ${what}`,
          mend,
        ],
      ],
    ],
    [
      "somebody's own, link-local ones, and those of a DHCP client are none",
      links(undefined, six('2001:db8::e1', { dynamic: false }), six('fe80::1', { scope: 'link' }), {
        family: 'inet',
        local: '203.0.113.11',
        prefixlen: 24,
        scope: 'global',
        dynamic: true,
      }),
      [],
    ],
  ] as const) {
    test(name, async () =>
      expect((await found(OFFICE, { links: shown })).map(({ code, message, hint }) => [code, message, hint])).toEqual(
        expected,
      ),
    );
  }

  test('one that goes into no bridge keeps them', async () =>
    expect(
      await found(OFFICE.replace('interface: eth1 }', 'interface: null }'), {
        links: links(undefined, six('2001:db8::e1')),
      }),
    ).toEqual([]));
});
