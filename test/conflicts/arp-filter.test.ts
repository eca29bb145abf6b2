// test/conflicts/arp-filter.test.ts — settings by which a host answers no ARP.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';
import { rules, SPEC } from './host-scene.ts';

describe('arp_filter', () => {
  const shown = (name: string, master?: string): string =>
    JSON.stringify(
      [
        {
          ifindex: 2,
          ifname: 'eth2',
          flags: ['UP'],
          mtu: 1500,
          group: 'default',
          ...(master === undefined ? {} : { master }),
          addr_info: [],
        },
        { ifindex: 3, ifname: 'eth1', flags: ['UP'], mtu: 1500, group: 'default', addr_info: [] },
      ].map((link) =>
        link.ifname === name
          ? { ...link, addr_info: [{ family: 'inet', local: '198.51.100.11', prefixlen: 24, scope: 'global' }] }
          : link,
      ),
    );
  const text = SPEC.replace('interface: null', 'interface: eth2');
  for (const [name, links, expected] of [
    ['an uplink in the network of its floating addresses, about to go into a bridge', shown('eth2'), []],
    ['an uplink that is not', shown('eth1'), ['arp-unanswered']],
  ] as const) {
    test(name, async () =>
      expect(
        (
          await found(text, {
            links,
            settings: { '/proc/sys/net/ipv4/conf/default/arp_filter': ['1'] },
            others: rules(),
          })
        ).map(({ code }) => code),
      ).toEqual(expected),
    );
  }
});
