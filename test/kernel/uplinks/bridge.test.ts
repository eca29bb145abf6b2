// test/kernel/uplinks/bridge.test.ts — what others put on a bridge of netctl's while it has an uplink: it goes to the
// interface, or is named and asked about before the bridge goes.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';
import type { Ended } from '../lab.ts';
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

/**
 * Sort, what is done, what is said and the command that does it on the interface: that is typed in afterwards, where it
 * is one.
 */
const SAID: readonly (readonly [name: string, deeds: readonly string[], said: readonly RegExp[]])[] = [
  [
    'a route with several ways',
    ['ip route add 10.1.0.0/16 nexthop via 203.0.113.2 dev br-lab nexthop via 203.0.113.3 dev br-lab'],
    [
      /^the route 10\.1\.0\.0\/16 nexthop via 203\.0\.113\.2 weight 1 nexthop via 203\.0\.113\.3 weight 1 on br-lab is not netctl's, and goes with the bridge {2}\[route-lost\] — ip route replace 10\.1\.0\.0\/16 .*nexthop via 203\.0\.113\.2 dev eth1 .*dev eth1 weight 1$/,
    ],
  ],
  [
    'one with a next-hop object',
    ['ip nexthop add id 5 via 203.0.113.7 dev br-lab', 'ip route add 10.1.0.0/16 nhid 5'],
    [
      /^the route 10\.1\.0\.0\/16 nhid 5 .*\[route-lost\] — ip route replace 10\.1\.0\.0\/16 nhid 5 /,
      /^the next-hop object 5 on br-lab is not netctl's.*\[bridge-nexthop\] — ip nexthop add id 5 via 203\.0\.113\.7 dev eth1$/,
    ],
  ],
  [
    'one that encapsulates, in another table',
    ['ip route add 10.1.0.0/16 encap ip id 7 dst 203.0.113.8 dev br-lab table 100'],
    [
      /^the route 10\.1\.0\.0\/16 encap .*table 100.*\[route-lost\] — ip route replace 10\.1\.0\.0\/16 encap .*dev eth1 table 100/,
    ],
  ],
  [
    'one for single sources',
    [
      'ip -6 address add 2001:db8::1/64 dev br-lab nodad',
      'ip -6 route add 2001:db8:3::/64 from 2001:db8:9::/64 dev br-lab',
    ],
    [
      /^the route 2001:db8:3::\/64 from .*\[route-lost\] — ip -6 route replace 2001:db8:3::\/64 from 2001:db8:9::\/64 .*dev eth1/,
    ],
  ],
  [
    'one whose gateway the interface does not reach',
    ['ip route add 10.1.0.0/16 via 192.168.50.9 dev br-lab'],
    [
      /^the route 10\.1\.0\.0\/16 via 192\.168\.50\.9 on br-lab .*\[route-lost\] — ip route replace 10\.1\.0\.0\/16 via 192\.168\.50\.9 dev INTERFACE/,
    ],
  ],
  [
    "one with the network's own address as source",
    ['ip route add 10.1.0.0/16 dev br-lab src 192.168.50.1'],
    [/^the route 10\.1\.0\.0\/16 src 192\.168\.50\.1 on br-lab .*\[route-lost\]/],
  ],
  [
    'one by another device, with an address of the bridge as source',
    ['ip address add 198.51.100.11/24 dev eth2', 'ip route add 10.1.0.0/16 via 198.51.100.1 src 192.168.50.1'],
    [
      /^a route by other devices has an address of br-lab as source, and falls with that: 10\.1\.0\.0\/16 via 198\.51\.100\.1 dev eth2.*\[route-lost\]/,
    ],
  ],
  [
    'permanent neighbours and proxies',
    [
      'ip neigh add 203.0.113.9 lladdr 02:00:00:00:00:99 dev br-lab nud permanent',
      'ip neigh add proxy 203.0.113.77 dev br-lab',
    ],
    [
      /^2 neighbours on br-lab are not netctl's, and go with the bridge: 203\.0\.113\.9 lladdr 02:00:00:00:00:99 nud permanent; proxy 203\.0\.113\.77 {2}\[bridge-neighbour\] — ip neigh replace 203\.0\.113\.9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent; ip neigh replace proxy 203\.0\.113\.77 dev eth1$/,
    ],
  ],
  [
    'policy rules',
    ['ip rule add iif br-lab table 100 priority 99'],
    [
      /^a policy rule names br-lab, which goes, and matches nothing of it any more: priority 99 from all iif br-lab lookup 100 {2}\[bridge-policy-rule\] — the same for eth1: ip rule add priority 99 from all iif eth1 lookup 100$/,
    ],
  ],
  [
    'settings',
    ['sysctl -qw net.ipv4.conf.br-lab.rp_filter=2 net.ipv6.neigh.br-lab.gc_stale_time=77'],
    [
      /^settings that somebody has given br-lab go with it: net\.ipv4\.conf\.br-lab\.rp_filter=2; net\.ipv6\.neigh\.br-lab\.gc_stale_time=77 {2}\[bridge-setting\] — sysctl -w net\.ipv4\.conf\.eth1\.rp_filter='2'; sysctl -w net\.ipv6\.neigh\.eth1\.gc_stale_time='77'$/,
    ],
  ],
  [
    'an MTU',
    ['ip link set dev br-lab mtu 1400'],
    [
      /^settings that somebody has given br-lab go with it: mtu 1400 {2}\[bridge-setting\] — ip link set dev eth1 mtu 1400$/,
    ],
  ],
  [
    'what ends by itself',
    [
      'ip address add 10.44.0.1/24 dev br-lab valid_lft 1000 preferred_lft 500',
      'ip -6 address add 2001:db8:88::5/64 dev br-lab valid_lft 1000 preferred_lft 500',
      'ip -6 route add 2001:db8:89::/48 via fe80::1 dev br-lab expires 500',
    ],
    [
      /^2 addresses on br-lab are not netctl's, and go with the bridge: 10\.44\.0\.1\/24; 2001:db8:88::5\/64 {2}\[bridge-address\] — ip address add 10\.44\.0\.1\/24 dev eth1 valid_lft \d+ preferred_lft \d+; /,
      /^the route 2001:db8:89::\/48 via fe80::1 .*expires \d+sec on br-lab .*\[route-lost\]/,
    ],
  ],
  [
    'what is changed of an address that came along',
    ['ip address change 203.0.113.11/24 dev br-lab metric 500'],
    [
      /^somebody has changed on br-lab what came along to it, and eth1 gets it back as it was: 203\.0\.113\.11\/24 .*metric 500 {2}\[bridge-address\] — ip address replace 203\.0\.113\.11\/24 .*dev eth1 metric 500$/,
    ],
  ],
  [
    'a queue',
    ['tc qdisc add dev br-lab root tbf rate 100mbit burst 15400 latency 50ms'],
    [/^the queue qdisc tbf [0-9a-f]+: on br-lab .*\[bridge-queue\]/],
  ],
  [
    'a device',
    ['ip link add vx0 type vxlan id 7 dev br-lab dstport 4789'],
    [
      /^the device vx0 \(vxlan\) on br-lab .*\[bridge-device\] — ip link add link eth1 name vx0 type vxlan id 7, with all that is on it$/,
    ],
  ],
  [
    "a container's device",
    ['ip link add link br-lab name mv0 type macvlan mode bridge', 'ip link set mv0 netns WORLD'],
    [
      /^the device mv0 \(macvlan\) in the network namespace \/run\/netns\/\S+-world on br-lab is not netctl's, and goes with the bridge {2}\[bridge-device\] — ip link add link eth1 netns \/run\/netns\/\S+-world name mv0 type macvlan, with all that is on it$/,
    ],
  ],
  [
    'a port',
    ['ip link add d0 type veth peer name d1', 'ip link set d0 master br-lab'],
    [/^not netctl's, and in no bridge any more when br-lab goes: d0 {2}\[bridge-port\]/],
  ],
  [
    'forwarding entries',
    [
      'ip link add d0 type veth peer name d1',
      'ip link set d0 master br-lab',
      'bridge fdb add 02:00:00:00:00:77 dev d0 master static',
    ],
    [/^the forwarding entry 02:00:00:00:00:77 on d0 on br-lab .*\[bridge-fdb\]/, /\[bridge-port\]/],
  ],
  [
    'multicast',
    ['ip maddr add 33:33:00:00:00:05 dev br-lab'],
    [/^the multicast MAC 33:33:00:00:00:05 on br-lab .*\[bridge-join\] — ip maddr add 33:33:00:00:00:05 dev eth1$/],
  ],
  [
    'rules of firewalls',
    [
      'iptables -A FORWARD -i br-lab -s 198.18.0.11 -j DROP',
      'nft add table inet f',
      "nft 'add chain inet f input { type filter hook input priority 0; }'",
      'nft add rule inet f input iifname br-lab counter accept',
    ],
    [
      /^2 rules of others name br-lab, which goes: `iptables -A FORWARD -s 198\.18\.0\.11\/32 -i br-lab -j DROP` drops nothing of it any more; `nft inet f input: iifname "br-lab" counter.* accept` accepts nothing of it any more {2}\[bridge-rules\] — the same for eth1: iptables -I FORWARD \d+ -s 198\.18\.0\.11\/32 -i eth1 -j DROP; nft 'add rule inet f input handle \d+ iifname "eth1" /,
    ],
  ],
];

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
  );
  expect(told(must(lab.netctl(['destroy', '--yes'])))).toEqual([]);
  const shown = whole(lab).join('\n');
  for (const words of [
    /10\.9\.0\.1\/24 /,
    /fe80::11\/64 /,
    /10\.1\.0\.0\/16 via 10\.9\.0\.9 dev eth1 .*mtu lock 1400/,
    /10\.1\.0\.0\/16 via 203\.0\.113\.9 dev eth1 table 77 .*src 203\.0\.113\.11/,
    /2001:db8:3::\/64 via fe80::9 dev eth1 .*pref high/,
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
    expect.stringMatching(
      /^the address 10\.9\.0\.1\/24 .*ip address add 10\.9\.0\.1\/24 brd|^the address 10\.9\.0\.1\/24 .*dev br-new/,
    ),
    expect.stringMatching(/^the neighbour 203\.0\.113\.9 .*dev br-new/),
  ]);
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
      /^the route default via 203\.0\.113\.2 on br-lab is not netctl's, and goes with the bridge {2}\[route-lost\]/,
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
    expect.stringContaining('[lent-lost]'),
    expect.stringMatching(
      /^the neighbour 203\.0\.113\.9 lladdr 02:00:00:00:00:99 nud permanent on br-lab .*\[bridge-neighbour\] — ip neigh replace 203\.0\.113\.9 lladdr 02:00:00:00:00:99 dev eth1 nud permanent$/,
    ),
  ]);
});

test('an address that somebody puts before one that is given back, on the interface itself, is no loss', () => {
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
        /^the address 203\.0\.113\.11\/24 on br-lab is not netctl's, and goes with the bridge {2}\[bridge-address\] — ip address add 203\.0\.113\.11\/24 brd 203\.0\.113\.255 dev INTERFACE$/,
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

describe('a route that somebody has put in the place of one that came along', () => {
  const both = (deeds: readonly string[]): void => {
    given(
      'ip address add 198.51.100.2/24 dev eth2',
      'ip route add 10.7.0.0/16 via 203.0.113.3 metric 50 table 77',
      'ip -6 address add 2001:db8::11/64 dev eth1 nodad',
      'ip -6 route add default via 2001:db8::1',
    );
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    given(...deeds);
  };
  const routes = (): readonly string[] =>
    lab
      .ip(lab.host, 'route show table all')
      .split('\n')
      .filter((line) => / via /.test(line))
      .map((line) => line.trim())
      .sort();

  for (const [name, back, leave] of [
    ['that bridge leaves', 'eth1', () => lab.netctl(['destroy', '--yes'])],
    [
      'that bridge leaves, and the store is lost',
      'eth1',
      () => {
        for (const name of ['allocations.json', 'host.json'])
          for (const path of [lab.state(name), lab.run(name)]) rmSync(path);
        return lab.netctl(['destroy', '--yes']);
      },
    ],
    [
      'its network leaves the spec',
      'eth1',
      () => lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: NONE }),
    ],
    ['nothing changes', 'br-lab', () => lab.netctl(['apply', '--yes'], { spec: SPEC })],
  ] as const)
    test(`stays in it when ${name}: by the same device, and by another`, () => {
      both([
        'ip route replace default via 198.51.100.1 dev eth2',
        'ip route replace 10.7.0.0/16 via 203.0.113.4 dev br-lab metric 50 table 77',
        'ip -6 route replace default via 2001:db8::2 dev br-lab',
      ]);
      expect(must(lab.netctl(['plan'], { spec: SPEC })).out).toContain('nothing to do');
      const ended = must(leave());
      expect(ended.err).not.toMatch(/is gone|route-foreign/);
      expect(routes()).toEqual([
        `10.7.0.0/16 via 203.0.113.4 dev ${back} table 77 metric 50`,
        'default via 198.51.100.1 dev eth2',
        `default via 2001:db8::2 dev ${back} metric 1024 pref medium`,
      ]);
    });

  test('one that is only removed is drift: it is made again', () => {
    both(['ip route del default', 'ip route del 10.7.0.0/16 table 77']);
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    expect(routes().filter((line) => !line.includes('2001:'))).toEqual([
      '10.7.0.0/16 via 203.0.113.3 dev br-lab table 77 proto 117 metric 50',
      'default via 203.0.113.1 dev br-lab proto 117',
    ]);
  });
});

test('killed in the middle of the way back, with what it runs, netctl knows what was put on the bridge', () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  given('ip address add 10.9.0.1/24 dev br-lab', 'ip route add 10.1.0.0/16 via 203.0.113.9');
  const real = must(lab.in(lab.host, ['sh', '-c', 'command -v ip'])).out.trim();
  mkdirSync(lab.path('bin'));
  writeFileSync(
    lab.path('bin/ip'),
    `#!/bin/bash
case " $* " in *" -batch "*) ;; *) exec ${real} "$@" ;; esac
lines=$(cat)
grep -q nomaster <<<"$lines" || exec ${real} "$@" <<<"$lines"
sed '/route add default/,$d' <<<"$lines" | ${real} "$@"
kill -9 $PPID
`,
  );
  chmodSync(lab.path('bin/ip'), 0o755);
  expect(
    lab.netctl(['destroy', '--yes'], { env: { PATH: `${lab.path('bin')}:${process.env['PATH'] ?? ''}` } }).code,
  ).not.toBe(0);
  expect(lab.ip(lab.host, 'route show 10.1.0.0/16')).toBe('');
  must(lab.netctl(['destroy', '--yes']));
  expect(whole(lab).join('\n')).toMatch(/10\.9\.0\.1\/24 [^]*10\.1\.0\.0\/16 via 203\.0\.113\.9 dev eth1/);
});
