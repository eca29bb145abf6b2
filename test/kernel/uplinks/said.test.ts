// test/kernel/uplinks/said.test.ts — what hangs on a real interface that is to be borrowed: refused with nothing
// changed, or said and asked.
import { chmodSync, mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';
import type { Ended } from '../lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
  lab.ip(lab.world, 'address add 2001:db8::1/64 dev far1 nodad');
});
afterEach(() => {
  lab.close();
});

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat, bridge: br-lab, interface: eth1, cidr: 203.0.113.0/24, gateway: 203.0.113.1 }
`;

/** All that the kernel and its tools say of the host, but what comes and goes by itself. */
function whole(): string {
  return [
    'ip -d addr',
    'ip route show table all',
    'ip -6 route show table all',
    'ip rule',
    'ip -6 rule',
    'ip neigh show nud permanent',
    'ip neigh show proxy',
    'ip nexthop',
    'tc qdisc',
    'sysctl -ar ^net.ipv4.conf',
    'iptables-save',
    'ip6tables-save',
    'nft list ruleset',
  ]
    .map((command) =>
      lab
        .in(lab.host, command.split(' '))
        .out.replaceAll(/^#.*|\[\d+:\d+\]|(valid_lft|preferred_lft|expires) \w+/gm, ''),
    )
    .join('\n');
}

function given(...commands: readonly string[]): void {
  for (const command of commands) must(lab.in(lab.host, ['sh', '-e', '-c', command]));
}

/** Each diagnostic's first line, without its place, which is to be the spec's. */
function toldBy({ err }: Ended): readonly string[] {
  const lines = err.split('\n').filter((line) => /(error|warning): .*\[uplink-[a-z0-9-]+\]$/.test(line));
  for (const line of lines) expect(line).toMatch(/spec\.yaml:3:\d+: /);
  return lines.map((line) => line.replace(/^.*spec\.yaml:3:\d+: /, ''));
}

describe('refused, and nothing is changed', () => {
  for (const [name, deeds, said] of [
    [
      'a port of a bridge of others',
      ['ip link add br9 type bridge', 'ip link set eth1 master br9'],
      /^error: eth1 is a port of the bridge br9, which is not netctl's/,
    ],
    [
      'next-hop objects, alone and in a group',
      [
        'ip nexthop add id 5 via 203.0.113.7 dev eth1',
        'ip nexthop add id 6 group 5',
        'ip route add 198.51.100.0/24 nhid 5',
      ],
      /^error: route 198\.51\.100\.0\/24 nhid 5 .* uses a next-hop object.*\[uplink-route\]\nerror: next-hop object 5 .*\nerror: next-hop object 6 is a group/,
    ],
    [
      'a route with several ways, in another table',
      ['ip route add 198.51.100.0/24 table 7 nexthop via 203.0.113.7 nexthop via 203.0.113.8'],
      /^error: route 198\.51\.100\.0\/24 table 7 .* has several ways/,
    ],
    [
      'a route that encapsulates',
      ['ip route add 198.51.100.0/24 encap ip id 100 dst 10.0.0.1 dev eth1'],
      /^error: route 198\.51\.100\.0\/24 encap ip id 100 .* encapsulates what it sends/,
    ],
    [
      'a route for single sources',
      ['ip -6 addr add 2001:db8::1/64 dev eth1 nodad', 'ip -6 route add 2001:db8:3::/64 from 2001:db8:9::/64 dev eth1'],
      /^error: route 2001:db8:3::\/64 from .* is for single sources/,
    ],
    [
      'an address that another host has',
      [
        'sysctl -qw net.ipv6.conf.eth1.accept_dad=1',
        'ip address add 2001:db8::1/64 dev eth1',
        'for i in $(seq 60); do ip -6 address show dev eth1 | grep -q dadfailed && exit; sleep 0.1; done; exit 1',
      ],
      /^error: another host has 2001:db8::1\/64 of eth1 \(dadfailed\)/,
    ],
    [
      'an address of which that is being asked',
      [
        'sysctl -qw net.ipv6.conf.eth1.accept_dad=1 net.ipv6.conf.eth1.dad_transmits=100',
        'ip address add 2001:db8::2/64 dev eth1',
      ],
      /^error: whether another host has 2001:db8::2\/64 of eth1 is being asked \(tentative\)/,
    ],
    [
      'one address with two prefix lengths',
      ['ip address add 203.0.113.11/16 dev eth1'],
      /^error: eth1 has 203\.0\.113\.11 with two prefix lengths, \/24 and \/16/,
    ],
    [
      'an address that is not in table local',
      ['ip route del local 203.0.113.11 table local'],
      /^error: 203\.0\.113\.11 on eth1 has no route `local 203\.0\.113\.11` in table local/,
    ],
    [
      'a broadcast that is not there',
      ['ip route del broadcast 203.0.113.255 table local'],
      /^error: 203\.0\.113\.11 on eth1 has no route `broadcast 203\.0\.113\.255` in table local/,
    ],
    [
      'a neighbour without ARP',
      ['ip neigh add 203.0.113.2 lladdr 02:00:00:00:00:99 dev eth1 nud noarp'],
      /^error: neighbour 203\.0\.113\.2 .* nud noarp is of a state/,
    ],
  ] as const) {
    test(name, () => {
      given(...deeds);
      const before = whole();
      const plan = lab.netctl(['plan'], { spec: SPEC });
      expect([plan.code, toldBy(plan).join('\n')]).toEqual([1, expect.stringMatching(said)]);
      const apply = lab.netctl(['apply', '--yes'], { spec: SPEC });
      expect([apply.code, apply.err]).toEqual([1, expect.stringContaining('nothing was changed')]);
      expect(whole()).toBe(before);
    });
  }

  test('a macvlan on it in another network namespace', () => {
    given(`ip link add mv0 link eth1 type macvlan mode bridge && ip link set mv0 netns ${lab.world}`);
    const plan = lab.netctl(['plan'], { spec: SPEC });
    expect([plan.code, toldBy(plan)]).toEqual([
      1,
      [
        `error: mv0 (macvlan) in the network namespace /run/netns/${lab.world} depends on eth1: it gets the packets that come in by it, and the kernel lets only one have them  [uplink-shared]`,
      ],
    ]);
    // It is as the kernel has it.
    given('ip link add br9 type bridge && ! ip link set dev eth1 master br9', 'ip link del br9');
    must(lab.in(lab.world, ['ip', 'link', 'del', 'mv0']));
    expect(lab.netctl(['plan'], { spec: SPEC }).code).toBe(0);
  });

  for (const [name, deed, said] of [
    ['a bridge', 'ip link add dock0 type bridge', /^error: the kernel puts dock0 in no bridge: it is a bridge itself/],
    [
      'a tun',
      'ip tuntap add dock0 mode tun',
      /^error: the kernel puts dock0 in no bridge: it has no Ethernet link layer \(tun, none\)/,
    ],
  ] as const) {
    test(name, () => {
      given(deed);
      const spec = SPEC.replace('interface: eth1', 'interface: dock0');
      const before = whole();
      const plan = lab.netctl(['plan'], { spec });
      expect([plan.code, toldBy(plan).join('\n')]).toEqual([1, expect.stringMatching(said)]);
      expect([lab.netctl(['apply', '--yes'], { spec }).code, whole()]).toEqual([1, before]);
    });
  }
});

/** An `ip` that says more of some records, as a newer one would: by a script of sed, in one sort of listing. */
function newerIp(listing: string, script: string): Readonly<Record<string, string>> {
  mkdirSync(lab.path('bin'));
  chmodSync(
    lab.write(
      'bin/ip',
      `#!/bin/sh
case "$1 $*" in netns*) ;; *"${listing}"*) /sbin/ip "$@" | sed '${script}'; exit ;; esac
exec /sbin/ip "$@"
`,
    ),
    0o755,
  );
  return { PATH: `${lab.path('bin')}:${process.env['PATH'] ?? ''}` };
}

describe('an attribute that netctl does not know', () => {
  const neighbour = 'ip neigh add 203.0.113.5 lladdr 02:00:00:00:00:99 dev eth1 nud permanent';
  for (const [name, when, from, to, code, said] of [
    [
      'of an address',
      'addr show',
      '"local":"203.0.113.11"',
      '"local":"203.0.113.11","colour":"red"',
      1,
      /^error: ip prints `colour` of address 203\.0\.113\.11\/24 /,
    ],
    [
      'of a route',
      'route show',
      '"dst":"default"',
      '"dst":"default","colour":{"red":1}',
      1,
      /^error: ip prints `colour` of route default via 203\.0\.113\.1 /,
    ],
    [
      'of a neighbour',
      'neigh show',
      '"dst":"203.0.113.5"',
      '"dst":"203.0.113.5","colour":"red"',
      1,
      /^error: ip prints `colour` of neighbour 203\.0\.113\.5 /,
    ],
    [
      'of a policy rule',
      'rule show',
      '"iif":"eth1"',
      '"iif":"eth1","colour":"red"',
      0,
      /warning: ip prints `colour` of policy rule /,
    ],
    [
      'of its kind',
      'addr show',
      '"info_kind":"veth"',
      '"info_kind":"veth","colour":"red"',
      0,
      /^warning: ip prints `linkinfo\.colour` of eth1, /,
    ],
    [
      'of its multicast groups',
      'maddr show',
      '"family":"inet","address":"224.0.0.1"',
      '"family":"inet","address":"224.0.0.1","colour":1',
      0,
      /^warning: ip prints `colour` of a multicast group on eth1, /,
    ],
    [
      'of the interface',
      'addr show',
      '"ifname":"eth1"',
      '"ifname":"eth1","colour":"red"',
      0,
      /^warning: ip prints `colour` of eth1, /,
    ],
  ] as const) {
    test(name, () => {
      given(neighbour, 'ip rule add iif eth1 table 100');
      const env = newerIp(when, `s|${from}|${to}|g`);
      const before = whole();
      const plan = lab.netctl(['plan'], { spec: SPEC, env });
      expect([
        plan.code,
        toldBy(plan)
          .filter((line) => line.includes('colour'))
          .join('\n'),
      ]).toEqual([code, expect.stringMatching(said)]);
      // Without a yes; with a refusal, none would help.
      const apply = lab.netctl(['apply', ...(code === 1 ? ['--yes'] : [])], { spec: SPEC, env });
      expect([apply.code, whole()]).toEqual([1, before]);
    });
  }

  test('of another interface does not matter', () => {
    given('ip addr add 198.51.100.1/24 dev eth2', 'ip route add 10.0.0.0/8 via 198.51.100.2');
    const env = newerIp(
      'show',
      ['"dst":"10.0.0.0/8"', '"local":"198.51.100.1"', '"ifname":"eth2"']
        .map((record) => `s|${record}|${record},"colour":1|`)
        .join(';'),
    );
    expect(toldBy(lab.netctl(['plan'], { spec: SPEC, env }))).toEqual([]);
  });
});

/** With its carrier the kernel sets IPv6's MTU, and that comes a moment later. */
const UP = 'timeout 10 sh -c "until ip link show dev eth1 | grep -q \'state UP\'; do sleep 0.05; done"';

describe('said, and asked', () => {
  for (const [name, deeds, code, said] of [
    [
      'rules of iptables',
      ['iptables -A INPUT -i eth1 -p tcp --dport 22 -j ACCEPT', 'iptables -t nat -A POSTROUTING -o eth+ -j MASQUERADE'],
      'uplink-rules',
      /2 rules of others name eth1, and what comes and goes by it will come and go by br-lab: .*`iptables -t nat -A POSTROUTING -o eth\+ -j MASQUERADE` translates no sources any more/,
    ],
    [
      'of ip6tables',
      ['ip6tables -A INPUT ! -i eth1 -j DROP'],
      'uplink-rules',
      /`ip6tables -A INPUT ! -i eth1 -j DROP` will match packets that it was to leave alone/,
    ],
    [
      'of iptables-legacy',
      ['iptables-legacy -A INPUT -i eth1 -j ACCEPT', 'iptables -N mine'],
      'uplink-rules',
      /`iptables-legacy -A INPUT -i eth1 -j ACCEPT` accepts nothing/,
    ],
    [
      'of nft, by name and by set',
      [
        'nft add table inet f',
        "nft 'add chain inet f input { type filter hook input priority 0; }'",
        "nft 'add set inet f ifs { type ifname; elements = { eth1, eth7 }; }'",
        'nft add rule inet f input iifname eth1 accept',
        'nft add rule inet f input iifname @ifs drop',
      ],
      'uplink-rules',
      /2 rules of others name eth1.*`nft inet f input: iifname @ifs drop` drops nothing/,
    ],
    [
      'rules for other bridges, by a pattern, and for its own, by name',
      [
        'iptables -A INPUT -i br-+ -j ACCEPT',
        'iptables -A INPUT -i br-lab -p tcp --dport 22 -j ACCEPT',
        'nft add table inet f',
        "nft 'add chain inet f input { type filter hook input priority 0; }'",
        'nft \'add rule inet f input iifname "br-*" drop\'',
        'nft \'add rule inet f input iifname "docker*" drop\'',
      ],
      'uplink-bridge-rules',
      /3 rules of others mean br-lab, by its name or a pattern, and not eth1, .*: `iptables -A INPUT -i br-\+ -j ACCEPT`.*`iptables -A INPUT -i br-lab -p tcp -m tcp --dport 22 -j ACCEPT`.* `nft inet f input: iifname "br-\*" drop`/,
    ],
    [
      'rules that match by the port of a bridge, or by what is one',
      [
        'iptables -A INPUT -m physdev --physdev-in eth1 -j ACCEPT',
        'iptables -A INPUT -m physdev --physdev-in eth7 -j ACCEPT',
        'iptables -A FORWARD -m physdev --physdev-is-bridged -j ACCEPT',
        'nft add table inet f',
        "nft 'add chain inet f input { type filter hook input priority 0; }'",
        'nft \'add rule inet f input meta iifkind { "bridge", "veth" } accept\'',
      ],
      'uplink-port-rules',
      /2 rules of others match by the port .*: `iptables -A INPUT -m physdev --physdev-in eth1 -j ACCEPT`.* `nft inet f input: meta iifkind \{[^}]*"bridge"[^}]*\} accept`/,
    ],
    [
      'policy rules',
      ['ip rule add iif eth1 table 100', 'ip -6 rule add oif eth1 table 100'],
      'uplink-policy-rule',
      /these 2 policy rules match none of them any more: priority \d+ from all iif eth1 lookup 100; /,
    ],
    [
      'a lease',
      ['ip addr add 203.0.113.12/24 dev eth1 valid_lft 600 preferred_lft 500'],
      'uplink-lease',
      /203\.0\.113\.12\/24 dev eth1 valid_lft \d+ preferred_lft \d+: for a limited time, by a DHCP client\. On br-lab nobody renews it/,
    ],
    [
      'a queue',
      ['tc qdisc replace dev eth1 root tbf rate 100mbit burst 15400 latency 50ms'],
      'uplink-queue',
      /eth1 has qdisc tbf /,
    ],
    ['multicast', ['ip maddr add 33:33:00:00:00:05 dev eth1'], 'uplink-join', /listen to 33:33:00:00:00:05/],
    [
      'an IPv6 token',
      ['ip token set ::5 dev eth1'],
      'uplink-token',
      /IPv6 token, and br-lab has none: ip token set ::5 dev eth1/,
    ],
    [
      'address labels',
      ['ip addrlabel add prefix 2001:db8::/32 dev eth1 label 77'],
      'uplink-label',
      /br-lab has none: ip addrlabel add prefix 2001:db8::\/32 dev eth1 label 77/,
    ],
    [
      'MPTCP endpoints',
      ['ip mptcp endpoint add 203.0.113.11 dev eth1 subflow'],
      'uplink-endpoint',
      /br-lab has none: ip mptcp endpoint add 203\.0\.113\.11 dev eth1 subflow/,
    ],
    [
      'an MTU for IPv6 alone',
      [UP, 'sysctl -qw net.ipv6.conf.eth1.mtu=1400'],
      'uplink-ipv6-mtu',
      /eth1 has an MTU of 1400 for IPv6 alone, and br-lab has that of the device/,
    ],
    [
      'a tunnel',
      ['ip link add vx0 type vxlan id 7 dev eth1 dstport 4789'],
      'uplink-tunnel',
      /vx0 \(vxlan\) sends by eth1/,
    ],
  ] as const) {
    test(name, () => {
      given(...deeds);
      const before = whole();
      const plan = lab.netctl(['plan'], { spec: SPEC });
      expect([plan.code, toldBy(plan)]).toEqual([
        0,
        [expect.stringMatching(new RegExp(`^warning: .*${said.source}.*\\[${code}\\]$`))],
      ]);
      const apply = lab.netctl(['apply'], { spec: SPEC });
      expect([apply.code, apply.err, whole()]).toEqual([
        1,
        expect.stringContaining(`the plan needs confirmation (${code})`),
        before,
      ]);
    });
  }

  test('who looks after it', () => {
    given('setsid busybox udhcpc -f -i eth1 -s /bin/true >/dev/null 2>&1 </dev/null &');
    expect(toldBy(lab.netctl(['plan'], { spec: SPEC }))).toEqual([
      expect.stringMatching(/^warning: udhcpc configures eth1 by itself/),
    ]);
  });

  test("nothing of one that has no more than a host's interface has", () =>
    expect(toldBy(lab.netctl(['plan'], { spec: SPEC }))).toEqual([]));
});

test("the mends of rules keep the host's service open", () => {
  given(
    'iptables -P INPUT DROP',
    'iptables -A INPUT -p icmp -j ACCEPT',
    'iptables -A INPUT -i eth1 -p tcp --dport 22 -j ACCEPT',
    'iptables -A INPUT -p tcp -j REJECT',
    'setsid busybox nc -ll -p 22 -e /bin/cat >/dev/null 2>&1 </dev/null &',
    'for i in $(seq 100); do ss -Hltn | grep -q ":22 " && exit; sleep 0.05; done; exit 1',
  );
  const reaches = (): boolean =>
    lab.in(lab.world, ['timeout', '2', 'bash', '-c', 'exec 3<>/dev/tcp/203.0.113.11/22']).code === 0;
  expect(reaches()).toBe(true);
  const planned = lab.netctl(['plan', '-o', 'json'], { spec: SPEC });
  const { warnings } = JSON.parse(planned.out) as {
    readonly warnings: readonly { readonly code: string; readonly details: readonly string[] }[];
  };
  expect(warnings.map(({ code }) => code)).toEqual(['uplink-rules']);
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  expect(reaches()).toBe(false);
  given(...(warnings[0]?.details ?? []).filter((line) => line.startsWith('iptables ')));
  expect(reaches()).toBe(true);
});

test('of what is in its bridge, nothing more is read or said', () => {
  given('ip rule add iif eth1 table 100');
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  mkdirSync(lab.path('bin'));
  const log = lab.path('calls');
  for (const tool of ['ip', 'tc', 'nft', 'grep', 'iptables-save', 'ip6tables-save']) {
    chmodSync(
      lab.write(
        `bin/${tool}`,
        `#!/bin/sh\necho "${tool} $*" >>${log}\nPATH=/usr/sbin:/usr/bin:/sbin:/bin exec ${tool} "$@"\n`,
      ),
      0o755,
    );
  }
  const again = lab.netctl(['apply'], { spec: SPEC, env: { PATH: `${lab.path('bin')}:${process.env['PATH'] ?? ''}` } });
  expect([again.code, toldBy(again)]).toEqual([0, []]);
  expect(
    lab.in(lab.host, [
      'sh',
      '-c',
      `grep -E ' -d -N -j rule show|nexthop|maddr|neigh show (nud all|proxy)|qdisc|ip6tables|ruleset|^grep' ${log}; :`,
    ]).out,
  ).toBe('');
});
