// test/releases/words.ts — what each tool that netctl reads prints of one and the same host, and what netctl makes of
// it: equal, whatever the release.
import { readFileSync } from 'node:fs';
import { DriverError } from '../../src/core/resource.ts';
import type { HostReader } from '../../src/core/resource.ts';
import { CHAINS, chainsIn, imageOf } from '../../src/generations/image.ts';
import { parseFdb, READ_FDB } from '../../src/iproute2/fdb.ts';
import { parseLinks, READ_LINKS } from '../../src/iproute2/links.ts';
import { modesOf, READ_MODES } from '../../src/iproute2/modes.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import { readRecords } from '../../src/iproute2/fields.ts';
import { neighbourIn, READ_NEIGHBOURS, READ_PROXIES } from '../../src/iproute2/neighbours.ts';
import { parseSave as bridgeChainsIn } from '../../src/kinds/bridge-chain/parse.ts';
import { parseSave as chainsOfOurs } from '../../src/kinds/chain/iptables/parse.ts';
import { translatedIn } from '../../src/kinds/chain/iptables/translated.ts';
import { connectedPairs } from '../../src/kinds/flow/parse.ts';
import { sysctl } from '../../src/kinds/sysctl/index.ts';
import { tablesOf } from '../../src/conflicts/iptables.ts';
import type { Table } from '../../src/conflicts/model.ts';
import { itemsOf, tableOf } from '../../src/conflicts/nft.ts';
import { parsePolicies, READ_RULES } from '../../src/iproute2/policy.ts';
import { READ_CHAINS, tablesIn } from '../../src/iptables/nft-reads.ts';
import { listeningOf, READ_SOCKETS } from '../../src/pipeline/preflight/listening.ts';
import { judge } from '../../src/uplinks/judge.ts';
import { readUplinks } from '../../src/uplinks/uplinks.ts';

/** By the command: what it printed. */
export type Words = Readonly<Record<string, string>>;

/** As test/kernel/words.test.ts has recorded them there. */
export function wordsOf(release: 12 | 13): Words {
  return JSON.parse(readFileSync(new URL(`debian-${release}.json`, import.meta.url), 'utf8')) as Words;
}

/** Floating addresses, a gateway outside, a guest of each sort of network. */
export const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1, sourceAddress: 203.0.113.11 } }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24 }
  office: { mode: flat-dhcp, bridge: br-office, interface: eth2, cidr: 10.0.0.0/24, gateway: 10.0.0.1, dhcp: { server: 10.0.0.9 }, snatTo: [192.0.2.0/24] }
pools: { public: { ranges: [203.0.113.64/27] } }
instances:
  vm-1: { nics: [{ network: lab, address: 192.168.50.5, floating: [203.0.113.70] }] }
  vm-2: { nics: [{ network: office, address: 10.0.0.20, floating: [203.0.113.71] }] }
`;

/** What else the host has: of all that netctl reads, something. */
export const BESIDE: readonly string[] = [
  'ip address add 10.9.9.1 peer 10.9.9.2 dev eth1',
  'ip address add 10.9.8.1/24 dev eth1 noprefixroute label eth1:x',
  'ip -6 address add 2001:db8::1/64 dev eth1 nodad',
  'ip route add 198.51.100.0/24 via 203.0.113.1 mtu lock 1400 advmss 1300',
  'ip route add 198.51.101.0/24 table 100 nexthop via 203.0.113.1 weight 2 nexthop via 203.0.113.2',
  'ip route add 198.51.102.0/24 via inet6 fe80::9 dev eth1',
  'ip route add blackhole 198.51.106.0/24',
  'ip route add 198.51.104.0/24 via 203.0.113.4 realms 3/4 src 203.0.113.11 table 7 tos 8',
  'ip -6 route add default via fe80::1 dev eth1',
  'ip rule add iif eth1 to 10.9.0.0/16 table 100 priority 90',
  'ip rule add oif eth1 table 101 fwmark 0x3/0xf priority 99',
  'ip rule add not from 10.9.0.0/16 prohibit priority 32768',
  'ip -6 rule add from 2001:db8::/64 iif eth1 table 100 priority 97',
  'ip neigh add 203.0.113.5 lladdr 02:00:00:00:00:99 dev eth1 nud permanent',
  'ip neigh add proxy 203.0.113.9 dev eth1',
  'ip nexthop add id 5 via 203.0.113.7 dev eth1',
  'ip maddr add 33:33:00:00:00:05 dev eth1',
  'ip link add name vx0 type vxlan id 5 dev eth1 dstport 4789',
  'ip link property add dev eth1 altname enp1s0f0',
  'tc qdisc add dev eth1 clsact',
  'bridge fdb add 02:00:00:00:00:77 dev eth2 master dynamic',
  'ip xfrm policy add src 10.9.0.0/24 dst 10.8.0.0/24 dev eth1 dir out priority 5',
  'sysctl -q -w net.ipv4.conf.eth1.rp_filter=2 net.ipv4.conf.eth1.accept_local=1',
  'iptables -A INPUT -i eth1 -p tcp -m multiport --dports 22,80:90 -m conntrack --ctstate NEW,RELATED -m comment --comment "two words" -j ACCEPT',
  'iptables -A FORWARD ! -s 10.9.0.0/16 -m limit --limit 5/sec -m mark ! --mark 0x1/0xf -j REJECT --reject-with icmp-port-unreachable',
  'iptables -t nat -A POSTROUTING -o eth1 -s 10.9.0.0/16 -j MASQUERADE',
  'iptables -N other',
  'iptables -A OUTPUT -m addrtype --dst-type LOCAL -g other',
  'ebtables-nft -A FORWARD -p IPv4 --ip-src ! 10.9.0.0/16 -j DROP',
  `nft -f - <<'X'
table inet mine {
  set ports { type inet_service; flags interval; elements = { 22, 80-90 } }
  chain input { type filter hook input priority 10; policy accept; iifname { "eth1", "eth2" } tcp dport @ports ct state new counter accept; meta mark & 0xf == 0x1 drop; fib saddr . iif oif missing drop; }
  chain forward { type filter hook forward priority 10; policy drop; iifname "br-*" accept; oifname vmap { "eth1" : jump more, "lo" : drop }; ip saddr 10.9.0.0/16 reject with icmp port-unreachable; }
  chain more { ct status dnat accept; udp dport 4789 notrack; limit rate 5/second accept; }
}
X`,
  'conntrack -I -p udp -s 192.0.2.1 -d 203.0.113.70 --sport 5 --dport 6 -r 192.168.50.5 -q 192.0.2.1 --reply-port-src 6 --reply-port-dst 5 --timeout 600',
];

/** By the tool's command: what netctl makes of what it prints. */
const READ: readonly (readonly [argv: readonly string[], meaning: (text: string) => unknown])[] = [
  [
    READ_LINKS,
    (text) =>
      parseLinks(text).map(({ index: _, mac, addresses, ...link }) => ({
        ...link,
        ...(isGiven(mac) ? { mac } : {}),
        addresses: addresses.filter(({ automatic }) => !automatic),
      })),
  ],
  [READ_MODES, modesOf],
  [READ_ALL_ROUTES, parseRouteLines],
  [READ_RULES, parsePolicies],
  [READ_NEIGHBOURS, (text) => readRecords(text).map(neighbourIn)],
  [READ_PROXIES, (text) => readRecords(text).map(neighbourIn)],
  [READ_FDB, (text) => [...parseFdb(text)].map(([bridge, macs]) => [bridge, [...macs].filter(isGiven)])],
  [
    ['iptables-save'],
    (text) => [
      chainsOfOurs(text, {}).map(({ table, name, rules }) => [table, name, rules.map(({ tag }) => tag)]),
      translatedIn(text, 'destination'),
      translatedIn(text, 'source'),
      ...tablesOf(text, 'iptables', []).map(judged),
    ],
  ],
  [['ebtables-nft-save'], bridgeChainsIn],
  [
    READ_CHAINS,
    (text) => [
      tablesIn(text),
      chainsIn(text),
      imageOf({ links: '', routes: '', rules: '', chains: text, files: new Map(), processes: [] })[CHAINS],
    ],
  ],
  [
    ['nft', '-j', 'list', 'table', 'inet', 'mine'],
    (text) =>
      [tableOf({ text, items: itemsOf(text), isWhole: true, devices: new Map() })].map((table) =>
        table === undefined ? table : judged(table),
      ),
  ],
  [['conntrack', '-L'], (text) => connectedPairs(text, ['203.0.113.70 192.168.50.5', '203.0.113.71 10.0.0.20'])],
  [READ_SOCKETS, (text) => listeningOf(text, new Set()).toSorted((a, b) => (a.address < b.address ? -1 : 1))],
];

const SETTINGS = ['net.ipv4.ip_forward', 'net.ipv4.conf.eth1.rp_filter', 'net.ipv6.conf.br-lab.accept_ra'];

/** By the command, or what it is about. */
export async function meanings(host: HostReader): Promise<Readonly<Record<string, unknown>>> {
  const read = READ.map(async ([argv, meaning]) => [argv.join(' '), meaning(await host.read(argv))] as const);
  const settings = sysctl.observe(
    host,
    SETTINGS.map((name) => ({ kind: 'sysctl', name, value: '' })),
    {},
  );
  const { snapshots, interfaceRules, bound, elsewhere } = await readUplinks(host, ['eth1']);
  const uplink = [...snapshots.values()].flatMap((snapshot) =>
    [...judge(snapshot, { bridge: 'br-lab', carries: 1500, interfaceRules, bound, elsewhere })].map(
      ({ code, message }) => `${code}: ${message}`,
    ),
  );
  return { ...Object.fromEntries(await Promise.all(read)), settings: await settings, uplink };
}

/** Else the kernel has taken one at random. */
function isGiven(mac: string | undefined): boolean {
  return /^(02:00|fa:16):/.test(mac ?? '');
}

function judged({ chains, ...table }: Table): unknown {
  return [table, [...chains].map(([name, { rules, base }]) => [name, base, rules.map((rule) => rule.meaning())])];
}

/** Keeps what is read. */
export function recording(host: HostReader, words: Map<string, string>): HostReader {
  return {
    async read(argv) {
      try {
        const text = await host.read(argv);
        words.set(argv.join(' '), text);
        return text;
      } catch (error) {
        if (error instanceof DriverError) words.set(argv.join(' '), `FAILED ${error.stderr}`);
        throw error;
      }
    },
    files: async () => await Promise.resolve(new Map()),
    processes: async () => await Promise.resolve([]),
  };
}

/** A host that says what was recorded. */
export function recorded(words: Words): HostReader {
  return {
    async read(argv) {
      const text = words[argv.join(' ')];
      if (text === undefined) throw new Error(`nobody recorded what ${argv.join(' ')} prints`);
      if (text.startsWith('FAILED '))
        throw new DriverError(argv.join(' '), { exitCode: 1, stderr: text.slice('FAILED '.length) });
      return await Promise.resolve(text);
    },
    files: async () => await Promise.resolve(new Map()),
    processes: async () => await Promise.resolve([]),
  };
}
