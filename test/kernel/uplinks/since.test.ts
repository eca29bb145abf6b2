// test/kernel/uplinks/since.test.ts — what somebody sets of an interface itself while it is in a bridge stays, and is
// nobody's failure: one setting a row, by every way back.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const SPEC =
  'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }\n';
const WITHOUT = SPEC.replace('interface: eth1', 'interface: null');

function given(...commands: readonly string[]): void {
  for (const command of commands) must(lab.in(lab.host, ['sh', '-e', '-c', command]));
}

const SAID = /eth1 keeps what somebody has set of it while it was borrowed: (.*) {2}\[uplink-changed\]/;

/** What was said of it, once. */
function said(err: string): string {
  expect(err.match(new RegExp(SAID, 'g')) ?? []).toHaveLength(1);
  expect(err).not.toMatch(/not as before|COULD NOT|sysctl -w|ip link set/);
  return SAID.exec(err)?.[1] ?? '';
}

/** What the host shows of it. */
function shown(command: string): string {
  return must(lab.in(lab.host, ['sh', '-c', command])).out.trim();
}

const ROWS: readonly (readonly [
  name: string,
  before: string,
  deed: string,
  shows: string,
  as: RegExp,
  said: RegExp,
])[] = [
  [
    'IPv6 forwarding of all',
    '',
    'sysctl -qw net.ipv6.conf.all.forwarding=1',
    'sysctl -n net.ipv6.conf.eth1.forwarding',
    /^1$/,
    /^net\.ipv6\.conf\.eth1\.forwarding is 1, and was 0$/,
  ],
  [
    'IPv6 forwarding that ends',
    'sysctl -qw net.ipv6.conf.all.forwarding=1',
    'sysctl -qw net.ipv6.conf.all.forwarding=0',
    'sysctl -n net.ipv6.conf.eth1.forwarding',
    /^0$/,
    /^net\.ipv6\.conf\.eth1\.forwarding is 0, and was 1$/,
  ],
  [
    'a filter of sources',
    '',
    'sysctl -qw net.ipv4.conf.eth1.rp_filter=2',
    'sysctl -n net.ipv4.conf.eth1.rp_filter',
    /^2$/,
    /^net\.ipv4\.conf\.eth1\.rp_filter is 2, and was 0$/,
  ],
  [
    'a timer of neighbours',
    '',
    'sysctl -qw net.ipv4.neigh.eth1.gc_stale_time=77',
    'sysctl -n net.ipv4.neigh.eth1.gc_stale_time',
    /^77$/,
    /gc_stale_time is 77, and was 60$/,
  ],
  [
    'secondaries that fall',
    'sysctl -qw net.ipv4.conf.eth1.promote_secondaries=1',
    'sysctl -qw net.ipv4.conf.eth1.promote_secondaries=0',
    'sysctl -n net.ipv4.conf.eth1.promote_secondaries',
    /^0$/,
    /promote_secondaries is 0, and was 1$/,
  ],
  [
    "a queue's length, an alias and a group",
    'ip rule add suppress_ifgroup default priority 99 table 100',
    'ip link set eth1 txqueuelen 777 alias wan && ip link set eth1 group 5',
    'ip -d link show eth1',
    /group 5 qlen 777[^]*alias wan/,
    /^group of eth1 is 5, and was default; txqueuelen of eth1 is 777, and was \d+; alias of eth1 is wan, and was none$/,
  ],
  [
    'all multicast',
    '',
    'ip link set eth1 allmulticast on',
    'ip -d link show eth1',
    /ALLMULTI.*[^]*allmulti [12] /,
    /^flags of eth1 are ALLMULTI,BROADCAST,MULTICAST, and were BROADCAST,MULTICAST$/,
  ],
  [
    'a MAC, with the address that IPv6 makes of it',
    '',
    'ip link set eth1 down && ip link set eth1 address 02:00:00:00:00:77 && ip link set eth1 up && for i in $(seq 50); do ip -6 -br address show dev eth1 | grep -q ff:fe00:77 && exit; sleep 0.1; done; exit 1',
    'ip -br link show eth1; ip -6 -br address show dev eth1',
    /02:00:00:00:00:77[^]*fe80::ff:fe00:77/,
    /^address of eth1 is 02:00:00:00:00:77, and was 02:00:00:00:00:e1$/,
  ],
  [
    'a queue',
    '',
    'tc qdisc replace dev eth1 root pfifo limit 77',
    'tc qdisc show dev eth1',
    /^qdisc pfifo.*limit 77p/,
    /^qdisc of eth1 noqueue is gone$/,
  ],
  [
    'a multicast MAC',
    'ip maddr add 33:33:00:00:00:05 dev eth1',
    'ip maddr del 33:33:00:00:00:05 dev eth1',
    'ip maddr show dev eth1 | grep -c 33:33:00:00:00:05 || :',
    /^0$/,
    /^multicast address of eth1 33:33:00:00:00:05 is gone$/,
  ],
];

describe.each(ROWS)('%s', (_, before, deed, shows, as, words) => {
  beforeEach(() => {
    given(before);
  });

  test('by destroy, which says it before', () => {
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    given(deed);
    expect(said(lab.netctl(['plan'], { spec: WITHOUT }).err)).toMatch(words);
    expect(said(must(lab.netctl(['destroy', '--yes'], { spec: null })).err)).toMatch(words);
    expect(shown(shows)).toMatch(as);
  });

  test('by an apply that nobody confirms', () => {
    must(lab.netctl(['apply', '--yes', '--confirm-timeout', '300s', '--no-wait'], { spec: SPEC }));
    given(deed);
    expect(said(must(lab.netctl(['rollback', '--yes'], { spec: null })).err)).toMatch(words);
    expect(shown(shows)).toMatch(as);
  });

  test('where it was restored by an apply that nobody confirms', () => {
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    must(
      lab.netctl(['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '300s', '--no-wait'], {
        spec: WITHOUT,
      }),
    );
    given(deed);
    must(lab.netctl(['rollback', '--yes'], { spec: null }));
    expect(shown(shows)).toMatch(as);
    expect(said(must(lab.netctl(['destroy', '--yes'], { spec: null })).err)).toMatch(words);
    expect(shown(shows)).toMatch(as);
  });
});

test('by an apply, and by rolling back to it', () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  given('sysctl -qw net.ipv6.conf.all.forwarding=1');
  expect(said(must(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: WITHOUT })).err)).toBe(
    'net.ipv6.conf.eth1.forwarding is 1, and was 0',
  );
  expect(shown('sysctl -n net.ipv6.conf.eth1.forwarding')).toBe('1');
  must(lab.netctl(['rollback', '--yes'], { spec: null }));
  expect(must(lab.netctl(['rollback', '--yes'], { spec: null })).err).not.toMatch(/uplink-changed|not as before/);
  expect(shown('sysctl -n net.ipv6.conf.eth1.forwarding')).toBe('1');
  expect(lab.netctl(['history'], { spec: null }).out).not.toContain('in part');
});

test('a device that is there anew and was never up gets its queue and its own address from the kernel: that is awaited, and nobody has set it', () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC.replace('flat-dhcp', 'flat') }));
  given(
    'mac=$(cat /sys/class/net/eth1/address); ip link del br-lab; ip link del eth1; ip link add eth1 address $mac type veth peer name far9; ip link set far9 up',
    'sysctl -qw net.ipv6.conf.eth1.accept_dad=1',
  );
  const { code, err } = lab.netctl(['destroy', '--yes'], { spec: null });
  expect([code, err]).toEqual([0, expect.not.stringMatching(/qdisc|not as before/)]);
  expect(shown('ip -6 route show table local dev eth1')).toMatch(/^local fe80::/m);
});
