// test/kernel/uplinks/bridge.test.ts — what others put on a bridge of netctl's while it has an uplink: it goes to the
// interface, or is named and asked about before the bridge goes.
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';
import type { Ended } from '../lab.ts';
import { SAID } from './bridge-rows.ts';
import { whole } from './whole.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const spec = (network: string): string =>
  `apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, ${network}, cidr: 192.168.50.0/24 }\ninstances:\n  vm-1: { nics: [{ network: lab, device: { type: tap, name: tap-1 } }] }\n`;
const SPEC = spec('bridge: br-lab, interface: eth1');
const NONE = 'apiVersion: netctl/v1\nnetworks: {}\n';

function given(...commands: readonly string[]): void {
  for (const command of commands) must(lab.in(lab.host, ['sh', '-e', '-c', command]));
}

/** Each warning with its hint, but for what is said of instances' devices. */
function told({ err }: Ended): readonly string[] {
  return [...err.matchAll(/^warning: (.*)\n {2}hint: (.*)$/gm)]
    .map(([, message = '', hint = '']) => `${message} — ${hint}`)
    .filter((line) => !/\[(management-path|network-in-use|overlap-\w+)\]/.test(line));
}

/** Without its clocks. */
function bridge(): readonly string[] {
  return whole(lab, 'br-lab').map((line) => line.replaceAll(/timer +[\d.]+/g, ''));
}

describe('named, and asked about', () => {
  for (const [name, deeds, said] of SAID)
    test(name, () => {
      must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
      given(...deeds.map((deed) => deed.replace('WORLD', lab.world)));
      const before = bridge();
      const refused = lab.netctl(['destroy']);
      expect(told(refused)).toEqual(said.map((each): unknown => expect.stringMatching(each)));
      expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('the plan needs confirmation (')]);
      // Removed from the spec it is the same.
      const planned = lab.netctl(['plan'], { spec: NONE });
      for (const code of said
        .map((each) => /\[(.*?)\\?\]/.exec(each.source.replace(/^.*\\\[/, '['))?.[1] ?? '')
        .filter((each) => each !== 'bridge-port'))
        expect(planned.err).toContain(`[${code}]`);
      expect(bridge()).toEqual(before);
      must(lab.netctl(['destroy', '--yes']));
    });
});

test("of what is netctl's, and of what comes by itself, nothing is said", () => {
  given(
    'ip -6 address add 2001:db8::11/64 dev eth1 nodad',
    'ip route add 10.9.0.0/16 via 203.0.113.2',
    'ip route add default via 203.0.113.1 table 100',
    'ip neigh add 203.0.113.9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent',
    'sysctl -qw net.ipv4.conf.eth1.rp_filter=2 net.ipv6.conf.eth1.accept_ra=0',
    'iptables -A INPUT -i eth1 -j ACCEPT',
    'ip rule add iif eth1 table 100',
  );
  const before = whole(lab);
  const applied = must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  // As the hints say.
  given('iptables -I INPUT 2 -i br-lab -j ACCEPT', 'ip rule add iif br-lab table 100');
  expect(applied.err).toContain('[uplink-rules]');
  lab.pings(lab.host, '203.0.113.1');
  expect(told(lab.netctl(['plan'], { spec: NONE }))).toEqual([]);
  expect(told(lab.netctl(['plan'], { spec: SPEC.replace('interface: eth1', 'interface: eth2') }))).toEqual([]);
  expect(
    told(lab.netctl(['plan'], { spec: SPEC.replace('br-lab', 'br-new') })).filter(
      (line) => line.includes('[bridge-') && !/bridge-(rules|policy-rule)/.test(line),
    ),
  ).toEqual([]);
  given('iptables -D INPUT -i br-lab -j ACCEPT', 'ip rule del iif br-lab table 100');
  expect(told(must(lab.netctl(['destroy', '--yes'])))).toEqual([]);
  expect(whole(lab)).toEqual(before);
});

test('addresses and single routes of all tables go to the interface, with every attribute', () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  given(
    'ip address add 10.9.0.1/24 dev br-lab',
    'ip -6 address add fe80::11/64 dev br-lab',
    'ip route add 10.1.0.0/16 via 10.9.0.9 dev br-lab mtu lock 1400',
    'ip route add 10.1.0.0/16 via 203.0.113.9 dev br-lab table 77 src 203.0.113.11',
    'ip -6 route add 2001:db8:3::/64 via fe80::9 dev br-lab pref high',
    // `ip route` shows the one before that by which its gateway is reached.
    'ip address add 10.8.0.1/24 dev br-lab noprefixroute',
    'ip route add 10.8.0.0/24 dev br-lab',
    'ip route add 10.2.0.0/16 via 10.8.0.9 dev br-lab',
  );
  expect(told(must(lab.netctl(['destroy', '--yes'])))).toEqual([]);
  const shown = whole(lab).join('\n');
  for (const words of [
    /10\.9\.0\.1\/24 /,
    /fe80::11\/64 /,
    /10\.1\.0\.0\/16 via 10\.9\.0\.9 dev eth1 .*mtu lock 1400/,
    /10\.1\.0\.0\/16 via 203\.0\.113\.9 dev eth1 table 77 .*src 203\.0\.113\.11/,
    /2001:db8:3::\/64 via fe80::9 dev eth1 .*pref high/,
    /10\.8\.0\.1\/24 .*noprefixroute/,
    /10\.2\.0\.0\/16 via 10\.8\.0\.9 dev eth1/,
  ])
    expect(shown).toMatch(words);
});

test('on a bridge without an uplink, there is no interface to go to', () => {
  must(lab.netctl(['apply', '--yes'], { spec: spec('bridge: br-lab, interface: null') }));
  given(
    'ip address add 10.9.0.1/24 dev br-lab',
    'ip route add 10.1.0.0/16 via 10.9.0.9 dev br-lab',
    'ip neigh add 10.9.0.9 lladdr 02:00:00:00:00:99 dev br-lab nud permanent',
    'iptables -A FORWARD -i br-lab -j DROP',
    'sysctl -qw net.ipv4.conf.br-lab.rp_filter=2',
  );
  const refused = lab.netctl(['destroy']);
  expect([refused.code, told(refused)]).toEqual([
    1,
    [
      expect.stringMatching(
        /^the address 10\.9\.0\.1\/24 on br-lab .*\[bridge-address\] — ip address add 10\.9\.0\.1\/24 dev INTERFACE/,
      ),
      expect.stringContaining('[route-lost]'),
      expect.stringContaining('[bridge-neighbour]'),
      expect.stringContaining('[bridge-setting]'),
      expect.stringContaining('[bridge-rules] — take them away'),
    ],
  ]);
  must(lab.netctl(['destroy', '--yes']));
});

test('another uplink, and another bridge: what stays behind is named', () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  given(
    'ip neigh add 203.0.113.9 lladdr 02:00:00:00:00:99 dev br-lab nud permanent',
    'ip address add 10.9.0.1/24 dev br-lab',
  );
  expect(told(lab.netctl(['plan'], { spec: SPEC.replace('interface: eth1', 'interface: eth2') }))).toEqual([
    expect.stringMatching(
      /^the neighbour 203\.0\.113\.9 .* stays there when eth1 leaves {2}\[bridge-neighbour\] — ip neigh replace 203\.0\.113\.9 .*dev eth1/,
    ),
  ]);
  expect(told(lab.netctl(['plan'], { spec: SPEC.replace('br-lab', 'br-new') }))).toEqual([
    expect.stringMatching(/^the neighbour 203\.0\.113\.9 .*dev br-new/),
  ]);
});

test('renumbered on the bridge, into another bridge: addresses and routes go along, and to the interface in the end', () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  given(
    'ip address del 203.0.113.11/24 dev br-lab',
    'ip address add 203.0.113.20/24 brd + dev br-lab',
    'ip route replace default via 203.0.113.1 dev br-lab',
    'ip route add 10.1.0.0/16 via 203.0.113.9 dev br-lab table 77',
  );
  const way = (link: string): readonly unknown[] => [
    lab.ip(lab.host, `-o -4 address show dev ${link}`),
    lab.ip(lab.host, 'route show default'),
    lab.ip(lab.host, 'route show table 77'),
  ];
  const is = (link: string): readonly unknown[] => [
    expect.stringContaining('203.0.113.20/24 brd 203.0.113.255 '),
    expect.stringContaining(`default via 203.0.113.1 dev ${link} `),
    expect.stringContaining(`10.1.0.0/16 via 203.0.113.9 dev ${link} `),
  ];
  must(lab.netctl(['apply', '--yes', '--atomic'], { spec: SPEC.replace('br-lab', 'br-new') }));
  expect(way('br-new')).toEqual(is('br-new'));
  expect(lab.netctl(['plan', '--detailed-exitcode']).code).toBe(0);
  lab.pings(lab.host, '203.0.113.1');
  must(lab.netctl(['rollback', '--yes']));
  expect(way('br-lab')).toEqual(is('br-lab'));
  must(lab.netctl(['apply', '--yes'], { spec: SPEC.replace('br-lab', 'br-new') }));
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(way('eth1')).toEqual(is('eth1'));
});

test('an apply that nobody confirms is rolled back, and says what goes with its bridge', () => {
  const before = whole(lab);
  must(lab.netctl(['apply', '--yes', '--confirm-timeout', '300s', '--no-wait'], { spec: SPEC }));
  given(
    'ip neigh add 203.0.113.9 lladdr 02:00:00:00:00:99 dev br-lab nud permanent',
    'ip address add 10.9.0.1/24 dev br-lab',
  );
  const back = must(lab.netctl(['rollback', '--yes']));
  expect(told(back)).toEqual([
    expect.stringMatching(
      /^the address 10\.9\.0\.1\/24 on br-lab .*\[bridge-address\] — ip address add 10\.9\.0\.1\/24 .*dev eth1/,
    ),
    expect.stringMatching(/^the neighbour 203\.0\.113\.9 .*dev eth1/),
  ]);
  expect(whole(lab)).toEqual(before);
});

test('and of routes in the place of those that came along', () => {
  const before = whole(lab);
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  given('ip route replace default via 203.0.113.2');
  const back = must(lab.netctl(['rollback', '--yes']));
  expect(told(back)).toEqual([
    expect.stringMatching(
      /^the route default via 203\.0\.113\.2 on br-lab is not netctl's, and is deleted with the bridge {2}\[route-lost\]/,
    ),
  ]);
  expect(whole(lab)).toEqual(before);
  // As the hint says, where the one that came along is there again.
  given(
    told(back)[0]
      ?.replace(/^.* — /, '')
      .replace('INTERFACE', 'eth1') ?? '',
  );
  expect(lab.ip(lab.host, 'route show default')).toBe('default via 203.0.113.2 dev eth1 \n');
});

test('with a store that is lost, neighbours that came along are named', () => {
  given('ip neigh add 203.0.113.9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent');
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  for (const directory of [lab.state(''), lab.run('')]) rmSync(directory, { recursive: true });
  expect(told(lab.netctl(['destroy']))).toEqual([
    expect.stringContaining('[originals-lost]'),
    expect.stringMatching(/^nothing is recorded of netctl .* link br-lab \(group 117\).* \[not-recorded\]/),
    expect.stringMatching(
      /^the neighbour 203\.0\.113\.9 lladdr 02:00:00:00:00:99 nud permanent on br-lab .*\[bridge-neighbour\] — ip neigh replace 203\.0\.113\.9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent$/,
    ),
  ]);
});

test('an address that somebody puts before one that is restored, on the interface itself, is no loss', () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  given('ip address add 203.0.113.77/24 dev eth1');
  const back = must(lab.netctl(['destroy', '--yes']));
  expect(back.err).not.toContain('is gone');
  expect(lab.ip(lab.host, '-4 -br address show dev eth1')).toMatch(/203\.0\.113\.77\/24 203\.0\.113\.11\/24/);
});

test('addresses of an interface that is called otherwise by now have nowhere to go, and are named', () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  given('ip link set dev eth1 name wan');
  expect(told(lab.netctl(['destroy']))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(
        /^the address 203\.0\.113\.11\/24 on br-lab is not netctl's, and is deleted with the bridge {2}\[bridge-address\] — ip address add 203\.0\.113\.11\/24 brd 203\.0\.113\.255 dev INTERFACE$/,
      ),
    ]),
  );
});

test('a bridge that gets an uplink later hears routers as that does', () => {
  const heard = (): string =>
    lab.in(lab.host, ['sysctl', '-n', 'net.ipv6.conf.br-lab.accept_ra', 'net.ipv6.conf.br-lab.autoconf']).out;
  must(lab.netctl(['apply', '--yes'], { spec: spec('bridge: br-lab, interface: null') }));
  expect(heard()).toBe('0\n0\n');
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  expect(heard()).toBe('1\n1\n');
  expect(must(lab.netctl(['plan'], { spec: SPEC })).out).toContain('nothing to do');
  must(lab.netctl(['apply', '--yes'], { spec: spec('bridge: br-lab, interface: null') }));
  expect(heard()).toBe('0\n0\n');
});

test('temporary IPv6 addresses go with theirs, and are no loss', () => {
  given(
    'sysctl -qw net.ipv6.conf.eth1.use_tempaddr=2',
    'ip address add 2001:db8:9::5/64 dev eth1 mngtmpaddr nodad',
    'for i in $(seq 50); do ip -6 address show dev eth1 | grep -q temporary && exit; sleep 0.1; done; exit 1',
  );
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  expect(must(lab.netctl(['destroy', '--yes'])).err).not.toContain('is gone');
});

test('and of its own says nothing', () => {
  must(lab.netctl(['apply', '--yes', '--confirm-timeout', '300s', '--no-wait'], { spec: SPEC }));
  expect(told(must(lab.netctl(['rollback', '--yes'])))).toEqual([]);
});

test("a way back that is itself rolled back leaves an operator's address and route as they were", () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  given('ip address add 10.9.0.1/24 dev br-lab', 'ip route add 10.1.0.0/16 via 203.0.113.9');
  const shown = (): readonly string[] => bridge().filter((line) => !line.includes('bridge_id'));
  const before = shown();
  must(lab.netctl(['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '300s', '--no-wait'], { spec: NONE }));
  must(lab.netctl(['rollback', '--yes']));
  expect(shown()).toEqual(before);
  expect(must(lab.netctl(['plan'], { spec: SPEC })).out).toContain('nothing to do');
  must(lab.netctl(['destroy', '--yes']));
  expect(whole(lab).join('\n')).toMatch(/10\.1\.0\.0\/16 via 203\.0\.113\.9 dev eth1 (?!.*proto 117)/);
});
