// test/kernel/known.test.ts — what of a host defeats a spec is known beforehand: plan says it, apply changes nothing or
// says it too, and status does not call it well.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const spec = (network: string, host = 'publicInterface: eth1'): string =>
  `apiVersion: netctl/v1\nhosts: { this: { ${host} } }\nnetworks: { lab: { bridge: br-lab, ${network} } }\n`;

/** By plan and by apply, which has changed nothing. */
function refused(text: string): string {
  const before = lab.snapshot();
  const planned = lab.netctl(['plan'], { spec: text });
  expect(planned, planned.err).toMatchObject({ code: 1 });
  expect(lab.netctl(['apply', '--yes']).code).toBe(1);
  expect(lab.snapshot()).toBe(before);
  return planned.err;
}

describe('the range of a network', () => {
  test("that of the host's own wire is refused, and is none where that wire is the network's", () => {
    const text = spec('mode: flat-dhcp, interface: null, cidr: 203.0.113.0/24, gateway: 203.0.113.254');
    expect(refused(text)).toContain('lab (203.0.113.0/24) is the network of 203.0.113.11/24 on eth1');
    must(lab.netctl(['apply', '--yes'], { spec: text.replace('null', 'eth1') }));
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
    expect(must(lab.netctl(['status'])).err).toBe('');
    must(lab.netctl(['apply', '--yes'], { spec: text.replace('null', 'eth1').replace('br-lab', 'br-two') }));
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  });

  test('one that a route of any table leads elsewhere asks, and is said no more once it is there', () => {
    lab.ip(lab.host, 'route add 192.168.50.128/25 via 203.0.113.1 table 7');
    lab.ip(lab.host, 'rule add pref 5 lookup 7');
    const text = spec('mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24');
    expect(lab.netctl(['plan'], { spec: text }).err).toContain(
      'overlaps the route 192.168.50.128/25 via 203.0.113.1 dev eth1 table 7',
    );
    expect(lab.netctl(['apply'])).toMatchObject({ code: 1, err: expect.stringContaining('network-overlap') as string });
    must(lab.netctl(['apply', '--yes']));
    expect(lab.netctl(['status']).err).toContain('warning: lab (192.168.50.0/24) overlaps the route');
    lab.ip(lab.host, 'route flush table 7');
    expect(must(lab.netctl(['status'])).err).toBe('');
  });

  for (const [name, lines, way] of [
    [
      'for what goes to it',
      ['rule add pref 100 to 192.168.0.0/16 lookup 100', 'route add default via 203.0.113.1 table 100'],
      'the rule 100: from all to 192.168.0.0/16 lookup 100',
    ],
    [
      'for what comes from it',
      ['rule add pref 100 from 192.168.50.0/24 lookup 100', 'route add default via 203.0.113.1 table 100'],
      'the rule 100: from 192.168.50.0/24 lookup 100',
    ],
    [
      'for what the host itself sends',
      ['rule add pref 100 iif lo lookup 100', 'route add 192.168.48.0/20 via 203.0.113.1 table 100'],
      'the rule 100: from all iif lo lookup 100',
    ],
    [
      'for what bears no mark',
      ['rule add pref 100 not fwmark 1 lookup 100', 'route add 128.0.0.0/1 via 203.0.113.1 table 100'],
      'the rule 100: not from all fwmark 0x1 lookup 100',
    ],
    [
      'that prohibits',
      ['rule add pref 100 to 192.168.50.0/24 prohibit'],
      'the rule 100: from all to 192.168.50.0/24 prohibit',
    ],
    [
      'that skips the main table',
      ['rule add pref 100 to 192.168.50.0/24 goto 32767'],
      'the rule 100: from all to 192.168.50.0/24 goto 32767',
    ],
    [
      'that is a black hole for what comes from it',
      ['rule add pref 100 from 192.168.50.0/24 blackhole'],
      'the rule 100: from 192.168.50.0/24 blackhole',
    ],
    ['that has a route throw it', ['route add throw 192.168.50.0/24'], 'the route throw 192.168.50.0/24'],
    [
      "that has it for the host's own",
      ['route add local 192.168.50.0/24 dev lo'],
      'the route local 192.168.50.0/24 dev lo table local',
    ],
  ] as const) {
    test(`one that a rule or route takes, ${name}: the kernel sends it elsewhere, and it asks`, () => {
      for (const line of lines) lab.ip(lab.host, line);
      const text = spec('mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24');
      expect(lab.netctl(['apply'], { spec: text })).toMatchObject({
        code: 1,
        err: expect.stringContaining(way) as string,
      });
      must(lab.netctl(['apply', '--yes']));
      const got = lab.in(lab.host, ['ip', 'route', 'get', '192.168.50.2', 'from', '192.168.50.1']).out;
      expect(got).not.toContain('dev br-lab');
    });
  }

  test('one that rules lead nowhere else is said nothing of', () => {
    for (const line of [
      'rule add pref 99 lookup main suppress_prefixlength 0',
      'rule add pref 100 not fwmark 0xca6c lookup 100',
      'rule add pref 98 from 198.51.100.0/24 lookup 100',
      'rule add pref 97 fwmark 1 lookup 100',
      'rule add pref 96 lookup 52',
      'route add default via 203.0.113.1 table 100',
      'route add throw 192.168.0.0/16 table 52',
      'route add default via 203.0.113.1 table 52',
    ])
      lab.ip(lab.host, line);
    expect(
      must(lab.netctl(['apply'], { spec: spec('mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24') })).err,
    ).not.toContain('network-overlap');
    expect(lab.in(lab.host, ['ip', 'route', 'get', '192.168.50.2', 'from', '192.168.50.1']).out).toContain(
      'dev br-lab',
    );
  });

  test('an address that the host gets later stops no apply, and is said', () => {
    must(lab.netctl(['apply', '--yes'], { spec: spec('mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24') }));
    lab.ip(lab.host, 'address add 192.168.50.9/24 dev eth2');
    expect(lab.netctl(['status']).err).toContain('is the network of 192.168.50.9/24 on eth2');
    must(
      lab.netctl(['apply', '--yes'], {
        spec: spec('mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24, mtu: 1400'),
      }),
    );
  });
});

describe('interfaces', () => {
  test('a public one that is not there, is down or has no carrier is said by plan, apply and status', async () => {
    const text = spec('mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24');
    expect(lab.netctl(['plan'], { spec: text.replace('eth1', 'eth9') }).err).toContain(
      'this host has no interface eth9 (publicInterface)',
    );
    must(lab.netctl(['apply', '--yes'], { spec: text }));
    lab.ip(lab.world, 'link set dev far1 down');
    // The kernel hears of a carrier when it comes to it.
    await vi.waitFor(
      () => {
        expect(lab.netctl(['status']).err).toContain('eth1 (publicInterface) is up and has no carrier');
      },
      { timeout: 20_000, interval: 100 },
    );
    lab.ip(lab.host, 'link set dev eth1 down');
    expect(lab.netctl(['status']).err).toContain('eth1 (publicInterface) is down');
  });

  test('IPv6 does not go where the kernel has none: refused, and one byte more is enough', () => {
    lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth2 nodad');
    const text = (mtu: number): string => spec(`mode: flat-dhcp, interface: eth2, cidr: 192.168.50.0/24, mtu: ${mtu}`);
    expect(refused(text(1279))).toContain('2001:db8::11/64 of eth2 would go there');
    must(lab.netctl(['apply', '--yes'], { spec: text(1280) }));
    expect(lab.ip(lab.host, '-6 address show dev br-lab')).toContain('2001:db8::11/64');
  });

  test('a name that another device has beside its own is refused', () => {
    lab.ip(lab.host, 'link property add dev eth2 altname br-lab');
    expect(refused(spec('mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24'))).toContain(
      'br-lab is another name of eth2',
    );
  });
});

test('an uplink in the link group by which netctl knows its own devices is refused, and what is said mends it', () => {
  lab.ip(lab.host, 'link set eth1 group 117');
  const text = spec('mode: flat-dhcp, interface: eth1, cidr: 192.168.50.0/24');
  const said = refused(text);
  expect(said).toMatch(/spec\.yaml:3:\d+: error: eth1 is in link group 117[^]*\[uplink-marked\]/);
  must(lab.in(lab.host, ['sh', '-ec', /`(ip link set [^`]*)`/.exec(said)?.[1] ?? 'false']));
  must(lab.netctl(['apply', '--yes']));
  expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
});

test.each([
  [
    'a route',
    'ip route add 10.14.0.0/16 via 203.0.113.1 dev eth1 proto 117',
    /route 4 10\.14\.0\.0\/16 .*\(protocol 117\)/,
  ],
  ['an address', 'ip address add 10.1.5.1/24 metric 117 dev eth2', /address eth2 10\.1\.5\.1\/24 \(metric 117\)/],
  ['a device', 'ip link add br9 type bridge && ip link set br9 group 117', /link br9 \(group 117\)/],
])('%s of the host with a mark of netctl: a first apply asks before it is removed', (_name, command, said) => {
  must(lab.in(lab.host, ['sh', '-ec', command]));
  const before = lab.snapshot();
  const { err } = lab.netctl(['plan'], { spec: spec('mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24') });
  expect(err).toMatch(said);
  expect(err).toContain('[not-recorded]');
  expect(lab.netctl(['apply'])).toMatchObject({ code: 1 });
  expect(lab.snapshot()).toBe(before);
});
