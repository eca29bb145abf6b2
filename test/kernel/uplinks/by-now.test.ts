// test/kernel/uplinks/by-now.test.ts — what somebody else has settled of a borrowed interface since, on the bridge.
import { describe, expect, test } from 'vitest';
import { must } from '../lab.ts';
import { ADDRESSES, applied, destroyed, found, given, lab, SPEC } from './by-now-scene.ts';

describe('on the bridge', () => {
  for (const [name, deeds, said, address, route] of [
    [
      'an address that somebody else has by now',
      ['ip address add 203.0.113.100/32 dev eth1', 'ip address del 203.0.113.100/32 dev br-lab'],
      /203\.0\.113\.100\/32, which came with eth1, is on br-lab no more/,
      /^eth1\S* +UP +203\.0\.113\.11\/24 fe80\S+ *\n$/,
      /^default via 203\.0\.113\.1 dev eth1 \n$/,
    ],
    [
      'the first address, which another has replaced',
      [
        '',
        'sysctl -qw net.ipv4.conf.br-lab.promote_secondaries=1 && ip address add 203.0.113.33/24 dev br-lab && ip address del 203.0.113.11/24 dev br-lab && ip route replace default via 203.0.113.1',
      ],
      /203\.0\.113\.11\/24, which came with eth1/,
      /^eth1\S* +UP +203\.0\.113\.33\/24 fe80\S+ *\n$/,
      /^default via 203\.0\.113\.1 dev eth1 \n$/,
    ],
    [
      'an IPv6 address',
      [
        'ip -6 address add 2001:db8::11/64 dev eth1 && ip -6 address add 2001:db8:1::12/64 dev eth1',
        'ip -6 address del 2001:db8:1::12/64 dev br-lab',
      ],
      /2001:db8:1::12\/64, which came with eth1/,
      /^eth1\S* +UP +203\.0\.113\.11\/24 2001:db8::11\/64 fe80\S+ *\n$/,
      /via 203\.0\.113\.1/,
    ],
    [
      'an address that is on another device now',
      [
        '',
        'ip address add 203.0.113.11/24 dev eth2 && ip address del 203.0.113.11/24 dev br-lab && ip route replace default via 203.0.113.1 dev eth2',
      ],
      /203\.0\.113\.11\/24, which came with eth1/,
      /^eth1\S* +UP +fe80\S+ *\n$/,
      /^default via 203\.0\.113\.1 dev eth2 \n$/,
    ],
    [
      'the default route, which leaves by another way',
      [
        '',
        'ip address add 198.51.100.2/24 dev eth2 && ip route add default via 198.51.100.1 dev eth2 metric 101 && ip route del default via 203.0.113.1',
      ],
      /the route default via 203\.0\.113\.1, which came with eth1, is there no more, and default via 198\.51\.100\.1 dev eth2 is/,
      /203\.0\.113\.11\/24/,
      /^default via 198\.51\.100\.1 dev eth2 metric 101 \n$/,
    ],
    [
      'the default route, which has another metric',
      [
        '',
        'ip route add default via 203.0.113.1 dev br-lab metric 100 && ip route del default via 203.0.113.1 metric 0',
      ],
      /the route default via 203\.0\.113\.1, which came with eth1, is there no more, and default via 203\.0\.113\.1 dev br-lab is/,
      /203\.0\.113\.11\/24/,
      /^default via 203\.0\.113\.1 dev eth1 metric 100 \n$/,
    ],
  ] as const) {
    test(`${name} stays away, and is said once`, () => {
      given(...deeds.slice(0, 1));
      applied();
      given(...deeds.slice(1));
      const [addresses, routes] = [lab.ip(lab.host, `${ADDRESSES} br-lab`), lab.ip(lab.host, 'route show default')];
      expect(applied()).toMatch(said);
      expect([lab.ip(lab.host, `${ADDRESSES} br-lab`), lab.ip(lab.host, 'route show default')]).toEqual([
        addresses,
        routes,
      ]);
      expect(lab.netctl(['apply', '--yes'], { spec: SPEC }).err).toBe('');
      destroyed();
      expect(lab.ip(lab.host, `${ADDRESSES} eth1`)).toMatch(address);
      expect(lab.ip(lab.host, 'route show default')).toMatch(route);
    });
  }

  for (const [name, deed] of [
    ['went down and came up', 'ip link set br-lab down; ip link set br-lab up'],
    ['is recreated', 'ip link del br-lab'],
    ['was emptied', 'ip address flush dev br-lab'],
  ] as const) {
    test(`what is lost as it ${name} is there again`, () => {
      given(
        'ip address add 203.0.113.12/24 dev eth1',
        'ip -6 address add 2001:db8::11/64 dev eth1',
        'ip -6 route add default via 2001:db8::1',
        'ip address add 198.51.100.2/24 dev eth2',
        'ip route add default via 198.51.100.1 dev eth2 metric 200',
      );
      const before = found('eth1', 'eth2');
      applied();
      given(deed);
      applied();
      expect(lab.ip(lab.host, 'route show default')).toMatch(
        /^default via 203\.0\.113\.1 dev br-lab .*\ndefault via 198\.51\.100\.1 dev eth2 metric 200/,
      );
      destroyed();
      expect(found('eth1', 'eth2')).toEqual(before);
    });
  }
});

test.each([
  ['first', ['11', '12']],
  ['second', ['12', '11']],
] as const)(
  "an address of the host that is the network's own on the bridge, the %s of two, is not taken for removed",
  (_, [one, other]) => {
    given(
      'ip address flush dev eth1',
      `ip address add 203.0.113.${one}/24 brd + dev eth1`,
      `ip address add 203.0.113.${other}/24 brd + dev eth1`,
      'ip route add default via 203.0.113.1',
    );
    const before = found('eth1');
    const spec =
      'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 203.0.113.0/24, gateway: 203.0.113.11 }\n';
    applied(spec);
    expect(lab.ip(lab.host, 'route get 192.0.2.1')).toContain(`via 203.0.113.1 dev br-lab src 203.0.113.${one} `);
    expect(lab.netctl(['apply', '--yes'], { spec }).err).not.toContain('uplink-changed');
    destroyed();
    expect(found('eth1')).toEqual(before);
  },
);

for (const [name, beside] of [
  ['alone', []],
  ['beside an address for itself', ['ip address add 203.0.113.50/32 dev eth1']],
] as const) {
  test(`a host that gets another address on the bridge, ${name}, keeps its way out, there and back`, () => {
    given(...beside);
    applied();
    given('ip address del 203.0.113.11/24 dev br-lab', 'ip address add 203.0.113.12/24 brd + dev br-lab');
    applied();
    expect(lab.ip(lab.host, 'route get 192.0.2.1')).toContain('via 203.0.113.1 dev br-lab src 203.0.113.12 ');
    destroyed();
    expect(lab.ip(lab.host, 'route get 192.0.2.1')).toContain('via 203.0.113.1 dev eth1 src 203.0.113.12 ');
  });
}

test('a route of another table whose source is removed from the bridge stays without it, there and back', () => {
  for (const line of [
    'address add 203.0.113.12/24 dev eth1',
    'route add 203.0.113.0/24 dev eth1 src 203.0.113.11 table 100',
    'route add default via 203.0.113.1 dev eth1 table 100',
  ])
    lab.ip(lab.host, line);
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  lab.ip(lab.host, 'address del 203.0.113.11/24 dev br-lab');
  lab.ip(lab.host, 'address add 203.0.113.12/24 dev br-lab');
  lab.ip(lab.host, 'route replace default via 203.0.113.1 dev br-lab');
  must(lab.netctl(['apply', '--yes']));
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(
    lab
      .ip(lab.host, 'route show table 100')
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(expect.arrayContaining(['203.0.113.0/24 dev eth1 scope link', 'default via 203.0.113.1 dev eth1']));
});

test('a second address of a network that is removed from the bridge is not missed afterwards', () => {
  given('ip address add 203.0.113.52/24 dev eth1');
  applied();
  given('ip address del 203.0.113.52/24 dev br-lab');
  destroyed();
  expect(lab.ip(lab.host, `${ADDRESSES} eth1`)).toMatch(/^eth1\S* +UP +203\.0\.113\.11\/24 fe80\S+ *\n$/);
});

test('an address that somebody has deprecated on the bridge is as it was again, and the host speaks from it', () => {
  given(
    'ip -6 address add 2001:db8::11/64 dev eth1',
    'ip -6 address add 2001:db8::12/64 dev eth1',
    'ip -6 route add default via fe80::1 dev eth1',
  );
  const before = found('eth1');
  applied();
  given('ip -6 address change 2001:db8::12/64 dev br-lab preferred_lft 0');
  applied();
  destroyed();
  expect(found('eth1')).toEqual(before);
});
