// test/kernel/uplinks/by-now.test.ts — what somebody else has settled of a borrowed interface since: by a start of the
// host with another configuration, or on the bridge.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';
import { whole } from './whole.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const SPEC =
  'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, snat: false }\n';
const ELSEWHERE = SPEC.replace('interface: eth1', 'interface: eth2');

function given(...commands: readonly string[]): void {
  for (const command of commands) must(lab.in(lab.host, ['sh', '-e', '-c', command]));
}

function applied(spec = SPEC): string {
  const { code, err } = lab.netctl(['apply', '--yes'], { spec });
  expect([code, err]).toEqual([0, expect.any(String)]);
  expect(lab.netctl(['plan'], { spec }).out).toMatch(/: nothing to do\n$/);
  return err;
}

function destroyed(): void {
  const { code, err } = lab.netctl(['destroy', '--yes'], { spec: null });
  expect([code, err]).toEqual([0, expect.any(String)]);
}

/** Without the kernel's clocks, and what comes and goes by itself. */
function found(...links: readonly string[]): readonly string[] {
  return links.flatMap((link) => whole(lab, link));
}

describe('restarted', () => {
  for (const [name, before, since] of [
    ['as it was', [], []],
    [
      'with another address',
      [],
      [
        'ip address flush dev eth1',
        'ip address add 203.0.113.22/24 brd + dev eth1',
        'ip route add default via 203.0.113.1',
      ],
    ],
    ['with another gateway', [], ['ip route replace default via 203.0.113.254 onlink dev eth1']],
    [
      'with another network',
      [],
      [
        'ip address flush dev eth1',
        'ip address add 198.51.100.22/24 dev eth1',
        'ip route add default via 198.51.100.1',
      ],
    ],
    [
      'with another length',
      [],
      [
        'ip address flush dev eth1',
        'ip address add 203.0.113.11/25 brd + dev eth1',
        'ip route add default via 203.0.113.1',
      ],
    ],
    [
      'with less',
      [
        'ip address add 203.0.113.12/32 dev eth1',
        'ip -6 address add 2001:db8::11/64 dev eth1',
        'ip -6 route add default via 2001:db8::1',
        'ip route add 10.9.0.0/16 via 203.0.113.2 table 100',
        'ip neigh add 203.0.113.1 lladdr 02:00:00:00:00:99 dev eth1 nud permanent',
      ],
      [],
    ],
    [
      'with another IPv6 address',
      ['ip -6 address add 2001:db8::11/64 dev eth1', 'ip -6 route add default via 2001:db8::1'],
      ['ip -6 address add 2001:db8:5::11/64 dev eth1', 'ip -6 route add default via 2001:db8:5::1'],
    ],
    [
      'with another MTU and other settings',
      ['ip link set eth1 mtu 9000', 'sysctl -qw net.ipv4.conf.eth1.rp_filter=1 net.ipv4.conf.eth1.proxy_arp=1'],
      ['sysctl -qw net.ipv4.conf.eth1.rp_filter=2'],
    ],
    ['with forwarding', [], ['sysctl -qw net.ipv4.ip_forward=1']],
    [
      'with the way out by another interface',
      [],
      [
        'ip address flush dev eth1',
        'ip address add 203.0.113.22/24 brd + dev eth1',
        'ip address add 198.51.100.2/24 dev eth2',
        'ip route add default via 198.51.100.1',
      ],
    ],
  ] as const) {
    test(name, () => {
      given(...before);
      applied();
      lab.reboot({ processes: 'end' });
      given(...since);
      const as = found('eth1', 'eth2');
      applied();
      destroyed();
      expect(found('eth1', 'eth2')).toEqual(as);
    });
  }

  test('with another address, and then for another interface', () => {
    applied();
    lab.reboot({ processes: 'end' });
    given(
      'ip address flush dev eth1',
      'ip address add 203.0.113.22/24 brd + dev eth1',
      'ip route add default via 203.0.113.1',
    );
    const as = [lab.ip(lab.host, 'address show dev eth1'), lab.ip(lab.host, 'route show dev eth1')];
    applied(ELSEWHERE);
    expect([lab.ip(lab.host, 'address show dev eth1'), lab.ip(lab.host, 'route show dev eth1')]).toEqual(as);
  });

  test('with another address, and then rolled back', () => {
    applied();
    lab.reboot({ processes: 'end' });
    given(
      'ip address flush dev eth1',
      'ip address add 203.0.113.22/24 brd + dev eth1',
      'ip route add default via 203.0.113.1',
    );
    const as = found('eth1');
    const { code, err } = lab.netctl(['rollback', '--yes'], { spec: null });
    expect([code, err]).toEqual([
      0,
      expect.stringContaining('and the host was rebooted since. The host is without anything of netctl'),
    ]);
    expect(found('eth1')).toEqual(as);
  });

  test('with nothing on it yet, it is as it was', () => {
    applied();
    lab.reboot({ processes: 'end' });
    given('ip address flush dev eth1');
    applied();
    expect(lab.ip(lab.host, '-4 -br address show dev br-lab')).toContain('203.0.113.11/24');
    expect(lab.ip(lab.host, 'route show default')).toContain('via 203.0.113.1 dev br-lab');
  });
});

const ADDRESSES = '-br address show dev';

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

describe('while an apply waits to be confirmed', () => {
  const OUT = SPEC.replace('interface: eth1', 'interface: null');
  const waits = (spec: string): void => {
    const { code, err } = lab.netctl(
      ['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '300s', '--no-wait'],
      { spec },
    );
    expect([code, err]).toEqual([0, expect.any(String)]);
  };
  const rolledBack = (): string => {
    const { code, err } = lab.netctl(['rollback', '--yes'], { spec: null });
    expect([code, err]).toEqual([0, expect.stringMatching(/ was rolled back: rolled back by /)]);
    return err;
  };
  const VIP = 'ip address add 203.0.113.100/32 dev eth1';

  test('an address that is removed from the bridge does not come back, and its log says it', () => {
    given(
      VIP,
      'ip address add 203.0.113.101/32 dev eth1',
      'ip route add 10.9.0.0/16 via 203.0.113.2 src 203.0.113.100',
    );
    must(lab.netctl(['apply', '--yes', '--confirm-timeout', '10s', '--no-wait'], { spec: SPEC }));
    given('ip address del 203.0.113.100/32 dev br-lab');
    // The outcome is written last, when the host was looked at once more.
    const history = (): string => lab.netctl(['history'], { spec: null }).out;
    for (let i = 0; i < 60 && !history().includes('rolled back: not confirmed in time\n'); i++) given('sleep 0.5');
    expect(lab.ip(lab.host, `${ADDRESSES} eth1`)).toMatch(
      /^eth1\S* +UP +203\.0\.113\.11\/24 203\.0\.113\.101\/32 fe80\S+ *\n$/,
    );
    expect(lab.ip(lab.host, 'route show')).not.toContain('10.9.0.0/16');
    expect(history()).toMatch(/rolled back: not confirmed in time\n/);
    expect(lab.netctl(['show', '1'], { spec: null }).out).toContain(
      '203.0.113.100/32, which came with eth1, is on br-lab no more',
    );
    applied();
    destroyed();
    expect(lab.ip(lab.host, `${ADDRESSES} eth1`)).not.toContain('203.0.113.100');
  });

  test('nor does a default route in whose place another is', () => {
    waits(SPEC);
    given('ip address add 198.51.100.2/24 dev eth2', 'ip route replace default via 198.51.100.1 dev eth2');
    rolledBack();
    expect(lab.ip(lab.host, 'route show default')).toBe('default via 198.51.100.1 dev eth2 \n');
  });

  test('an address that is removed from an interface that goes back into its bridge stays away, and is not borrowed any more', () => {
    given(VIP, 'ip address add 203.0.113.101/32 dev eth1');
    applied();
    waits(OUT);
    given('ip address del 203.0.113.100/32 dev eth1');
    expect(rolledBack()).toContain(
      '203.0.113.100/32 is on eth1 no more: it is not put on the bridge that eth1 goes back into',
    );
    expect(lab.ip(lab.host, `${ADDRESSES} br-lab`)).toMatch(/203\.0\.113\.11\/24 203\.0\.113\.101\/32/);
    expect(lab.netctl(['apply', '--yes'], { spec: SPEC }).err).toBe('');
    destroyed();
    expect(lab.ip(lab.host, `${ADDRESSES} eth1`)).toMatch(
      /^eth1\S* +UP +203\.0\.113\.11\/24 203\.0\.113\.101\/32 fe80\S+ *\n$/,
    );
  });

  test('what is put on an interface that goes back into its bridge goes along, and comes back with it', () => {
    applied();
    waits(OUT);
    given(
      VIP,
      'ip -6 address add 2001:db8:1::99/64 dev eth1 nodad',
      'ip route add 10.9.0.0/16 via 203.0.113.2',
      'ip route replace default via 203.0.113.2',
      'ip -6 route add 2001:db8:2::/64 via 2001:db8:1::1',
    );
    const before = [
      lab.ip(lab.host, `${ADDRESSES} eth1`),
      lab.ip(lab.host, 'route show dev eth1'),
      lab.ip(lab.host, '-6 route show dev eth1'),
    ];
    rolledBack();
    expect(lab.ip(lab.host, `${ADDRESSES} eth1`)).toMatch(/^eth1\S* +UP +fe80\S+ *\n$/);
    expect(lab.ip(lab.host, `${ADDRESSES} br-lab`)).toMatch(
      /203\.0\.113\.11\/24 203\.0\.113\.100\/32 2001:db8:1::99\/64/,
    );
    expect(lab.ip(lab.host, 'route show')).toMatch(
      /^default via 203\.0\.113\.2 dev br-lab .*\n10\.9\.0\.0\/16 via 203\.0\.113\.2 dev br-lab /,
    );
    expect(lab.ip(lab.host, '-6 route show dev br-lab')).toContain('2001:db8:2::/64 via 2001:db8:1::1');
    expect(lab.netctl(['apply', '--yes'], { spec: SPEC }).err).toBe('');
    destroyed();
    expect([
      lab.ip(lab.host, `${ADDRESSES} eth1`),
      lab.ip(lab.host, 'route show dev eth1'),
      lab.ip(lab.host, '-6 route show dev eth1'),
    ]).toEqual(before);
  });

  test('what is lost as the bridge goes down is there again', () => {
    given(VIP);
    const before = found('eth1');
    waits(SPEC);
    given('ip address flush dev br-lab');
    rolledBack();
    expect(found('eth1')).toEqual(before);
  });

  test('a host that is renumbered on the bridge is as it was: what it has there goes with that', () => {
    const before = found('eth1');
    waits(SPEC);
    given(
      'ip address add 203.0.113.33/24 dev br-lab',
      'sysctl -qw net.ipv4.conf.br-lab.promote_secondaries=1',
      'ip address del 203.0.113.11/24 dev br-lab',
      'ip route replace default via 203.0.113.1 dev br-lab metric 50',
    );
    expect(rolledBack()).toMatch(/203\.0\.113\.33\/24 on br-lab is not netctl's, and goes with the bridge/);
    expect(found('eth1')).toEqual(before);
  });
});
