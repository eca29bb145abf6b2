// test/kernel/silent.test.ts — what of a host makes instances get no answers beside its firewalls' drops: ARP that is
// not answered, packets that are not tracked, devices that let nothing through, IPsec that blocks. It is so, it is
// said, and what is said mends it.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Lab, must } from './lab.ts';

const FAR = '192.0.2.99';
const [FLOATING, ELSEWHERE] = ['203.0.113.70', '192.0.2.40'];
const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks:
  lab: { mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24 }
  plain: { mode: flat, interface: null, cidr: 192.168.52.0/24 }
pools: { public: { ranges: [203.0.113.64/27] }, far: { ranges: [192.0.2.32/28], interface: eth2 } }
instances:
  g1: { nics: [{ network: lab, address: 192.168.50.10, floating: [${FLOATING}, ${ELSEWHERE}], device: { type: veth, name: v-g1, netns: G1 } }] }
  p1: { nics: [{ network: plain, address: 192.168.52.10, device: { type: veth, name: v-p1, netns: P1 } }] }
  p2: { nics: [{ network: plain, address: 192.168.52.11, device: { type: veth, name: v-p2, netns: P2 } }] }
`;

let lab: Lab;
let guests: readonly [string, string, string];
beforeAll(() => {
  lab = new Lab();
  guests = [lab.namespace('g1'), lab.namespace('p1'), lab.namespace('p2')];
  const [g1, p1, p2] = guests;
  lab.ip(lab.world, `address add ${FAR}/32 dev lo`);
  // Somebody in the network of the second pool, of which the host's eth2 has no address.
  lab.ip(lab.world, 'address add 192.0.2.33/28 dev far2');
  must(
    lab.in(lab.host, [
      'sysctl',
      '-q',
      '-w',
      'net.ipv4.conf.all.rp_filter=0',
      'net.ipv4.conf.eth2.rp_filter=0',
      'net.ipv4.conf.eth1.rp_filter=0',
    ]),
  );
  must(lab.netctl(['apply', '--yes'], { spec: SPEC.replace('G1', g1).replace('P1', p1).replace('P2', p2) }));
  lab.ip(g1, 'address add 192.168.50.10/24 dev eth0');
  lab.ip(g1, 'route add default via 192.168.50.1');
  lab.ip(p1, 'address add 192.168.52.10/24 dev eth0');
  lab.ip(p2, 'address add 192.168.52.11/24 dev eth0');
});
afterAll(() => {
  lab.close();
});

const host = (script: string): void => {
  must(lab.in(lab.host, ['sh', '-ec', script]));
};
const reaches = (from: string, to: string): boolean =>
  lab.in(from, ['ping', '-n', '-c', '1', '-W', '1', to]).code === 0;

/** Everybody has to ask by ARP first. */
function traffic(): Readonly<Record<'gateway' | 'out' | 'in' | 'between', boolean>> {
  const [guest, one] = guests;
  for (const name of [...guests, lab.host, lab.world]) lab.ip(name, 'neigh flush all');
  return {
    gateway: reaches(guest, '192.168.50.1'),
    out: reaches(guest, FAR),
    in: reaches(lab.world, FLOATING),
    between: reaches(one, '192.168.52.11'),
  };
}

interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
const found = (verb = 'plan'): readonly Finding[] =>
  (JSON.parse(lab.netctl([verb, '-o', 'json']).out) as { readonly conflicts: readonly Finding[] }).conflicts;

const ALL = { gateway: true, out: true, in: true, between: true };
const DEAF = { ...ALL, gateway: false, out: false, in: false };
const chain = (table: string, base: string, ...rules: readonly string[]): string =>
  `nft -f - <<E\ntable ${table} {\n chain c {\n ${base}\n ${rules.join('\n ')}\n }\n}\nE`;
const nft = (text: string): string => `nft -f - <<'E'\n${text}\nE`;
const answers = (message: string): string => message.replace(/^(lab|plain): /, '');

describe('what stops instances', () => {
  for (const [name, deed, stopped, said, undo] of [
    [
      'ARP shut by its policy',
      chain('arp f', 'type filter hook input priority 0; policy drop;'),
      DEAF,
      [
        'foreign-policy: ARP requests for the host and ARP of neighbours outside are dropped by the policy drop of chain c of table arp f (nft)',
      ],
      'nft delete table arp f',
    ],
    [
      'ARP of its range, by arptables',
      'arptables -A INPUT -s 192.168.50.0/24 -i br-lab -j DROP',
      DEAF,
      [
        /^foreign-drop: ARP requests for the host are dropped by a rule in chain INPUT of table arp filter \(nft\): iifname "br-lab" arp htype 1 .*arp saddr ip 192.168.50.0\/24 counter drop$/,
      ],
      'arptables -F; nft delete table arp filter',
    ],
    [
      'ARP replies',
      chain('arp f', 'type filter hook output priority 0;', 'oifname "br-*" arp operation reply drop'),
      DEAF,
      [
        'foreign-drop: ARP replies of the host are dropped by a rule in chain c of table arp f (nft): oifname "br-*" arp operation reply drop',
      ],
      'nft delete table arp f',
    ],
    [
      'ARP at the ingress of its bridge',
      chain('netdev f', 'type filter hook ingress device "br-lab" priority 0;', 'ether type arp drop'),
      DEAF,
      [
        'foreign-drop: ARP requests for the host are dropped by a rule in chain c of table netdev f (nft): ether type arp drop',
      ],
      'nft delete table netdev f',
    ],
    [
      'all at the egress of its bridge',
      chain('netdev f', 'type filter hook egress device "br-lab" priority 0; policy drop;'),
      DEAF,
      [
        'foreign-policy: ARP replies of the host, DHCP replies, DNS replies, replies from outside and packets to floating addresses are dropped by the policy drop of chain c of table netdev f (nft)',
      ],
      'nft delete table netdev f',
    ],
    [
      'what leaves by the uplink',
      chain('netdev f', 'type filter hook egress device "eth1" priority 0;', 'ip protocol icmp drop'),
      { ...ALL, out: false, in: false },
      [
        'foreign-drop: packets of instances to the outside (ICMP) and replies from floating addresses (ICMP) are dropped by a rule in chain c of table netdev f (nft): ip protocol icmp drop',
      ],
      'nft delete table netdev f',
    ],
    [
      'a list of ranges that nobody is to come from',
      nft(`table inet f {
 set bogons { type ipv4_addr; flags interval; counter; elements = { 10.0.0.0/8, 192.168.0.0-192.168.51.255 }; }
 chain c { type filter hook forward priority 0; ip saddr @bogons drop; }
}`),
      { ...ALL, out: false, in: false },
      [
        'foreign-drop: packets of instances to the outside and replies from floating addresses are dropped by a rule in chain c of table inet f (nft): ip saddr @bogons drop',
      ],
      'nft delete table inet f',
    ],
    [
      'half a network, with all instances in it',
      chain('ip f', 'type filter hook forward priority 0;', 'ip saddr 192.168.50.0/25 drop'),
      { ...ALL, out: false, in: false },
      [
        'foreign-drop: packets of instances to the outside and replies from floating addresses are dropped by a rule in chain c of table ip f (nft): ip saddr 192.168.50.0/25 drop',
      ],
      'nft delete table ip f',
    ],
    [
      'a TTL that ends here',
      'iptables -t mangle -A PREROUTING -i br-lab -j TTL --ttl-set 1',
      { ...ALL, out: false, in: false },
      [
        'foreign-drop: packets of instances to the outside and replies from floating addresses are dropped by a rule in chain PREROUTING of table mangle (iptables): -A PREROUTING -i br-lab -j TTL --ttl-set 1',
      ],
      'iptables -t mangle -F PREROUTING',
    ],
    [
      'floating addresses, where they leave by the uplink',
      chain('netdev f', 'type filter hook egress device "eth1" priority 0;', 'ip saddr 203.0.113.64/27 drop'),
      { ...ALL, out: false, in: false },
      [
        'foreign-drop: packets of instances to the outside and replies from floating addresses are dropped by a rule in chain c of table netdev f (nft): ip saddr 203.0.113.64/27 drop',
      ],
      'nft delete table netdev f',
    ],
    [
      "all that leaves but the host's own",
      chain('ip f', 'type filter hook postrouting priority 300;', 'oifname "eth1" ip saddr != 203.0.113.11 drop'),
      { ...ALL, out: false, in: false },
      [
        'foreign-drop: packets of instances to the outside and replies from floating addresses are dropped by a rule in chain c of table ip f (nft): oifname "eth1" ip saddr != 203.0.113.11 drop',
      ],
      'nft delete table ip f',
    ],
    [
      'packets of any length',
      nft(`table ip f {
 chain c { type filter hook forward priority 0; oifname "eth1" meta length 0-65535 ip dscp cs0 tcp dport >= 0 drop; oifname "eth1" ip length > 20 drop; }
}`),
      { ...ALL, out: false, in: false },
      [
        'foreign-drop: packets of instances to the outside (TCP) and replies from floating addresses (TCP) are dropped by a rule in chain c of table ip f (nft): oifname "eth1" meta length 0-65535 ip dscp cs0 tcp dport >= 0 drop',
        'foreign-drop: packets of instances to the outside (UDP, ICMP) and replies from floating addresses (UDP, ICMP) are dropped by a rule in chain c of table ip f (nft): oifname "eth1" ip length > 20 drop',
      ],
      'nft delete table ip f',
    ],
    [
      'arp_ignore of its bridge',
      'sysctl -q -w net.ipv4.conf.br-lab.arp_ignore=8',
      { ...DEAF, in: true },
      [
        'arp-unanswered: net.ipv4.conf.br-lab.arp_ignore is 8: this host replies to no ARP request on br-lab, and instances do not find it',
      ],
      'sysctl -q -w net.ipv4.conf.br-lab.arp_ignore=0',
    ],
    [
      'arp_ignore of all',
      'sysctl -q -w net.ipv4.conf.all.arp_ignore=8',
      DEAF,
      [
        'arp-unanswered: net.ipv4.conf.all.arp_ignore is 8: this host replies to no ARP request on br-lab, and instances do not find it',
        'arp-unanswered: net.ipv4.conf.all.arp_ignore is 8: this host replies to no ARP requests for floating addresses on eth1',
        'arp-unanswered: net.ipv4.conf.all.arp_ignore is 8: this host replies to no ARP requests for floating addresses on eth2',
      ],
      'sysctl -q -w net.ipv4.conf.all.arp_ignore=0',
    ],
    [
      'a bridge without ARP',
      'ip link set dev br-lab arp off',
      DEAF,
      [
        'arp-unanswered: br-lab is without ARP: this host replies to no ARP request on br-lab, and instances do not find it',
      ],
      'ip link set dev br-lab arp on',
    ],
    [
      "another MAC for an instance's address, for good",
      'ip neigh replace 192.168.50.10 lladdr 02:00:00:00:00:99 dev br-lab nud permanent',
      DEAF,
      [
        /^neighbour-wrong: by permanent neighbours that somebody has put on br-lab, 192\.168\.50\.10 is 02:00:00:00:00:99 and not g1\/lab's .*: what this host sends and routes there reaches no instance$/,
      ],
      'ip neigh del 192.168.50.10 dev br-lab',
    ],
    [
      'IPsec that blocks what no policy is for',
      'ip xfrm policy setdefault fwd block',
      { ...ALL, out: false, in: false },
      [
        /^ipsec-block: packets of instances to the outside, replies from outside, packets to floating addresses and replies from floating addresses are dropped by IPsec's default policy for fwd, block \(ip xfrm policy getdefault\)$/,
      ],
      'ip xfrm policy flush; ip xfrm policy setdefault fwd accept',
    ],
    [
      'an IPsec policy that blocks',
      'ip xfrm policy add src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd action block priority 100',
      { ...ALL, out: false, in: false },
      [
        'ipsec-block: packets of instances to the outside and replies from floating addresses are dropped by the IPsec policy src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd action block (ip xfrm policy)',
      ],
      'ip xfrm policy flush',
    ],
    [
      'a tunnel in whose selector the network lies',
      'ip xfrm policy add src 0.0.0.0/0 dst 192.168.0.0/16 dir out priority 100 tmpl src 203.0.113.11 dst 203.0.113.1 proto esp reqid 1 mode tunnel',
      { ...ALL, gateway: false, out: false, in: false },
      [
        /^ipsec-tunnel: .* are sent into a tunnel by the IPsec policy src 0\.0\.0\.0\/0 dst 192\.168\.0\.0\/16 dir out \(ip xfrm policy\)$/,
      ],
      'ip xfrm policy flush',
    ],
    [
      'one that nothing comes before',
      'ip xfrm policy add src 192.168.0.0/16 dst 0.0.0.0/0 dir out action block',
      { ...ALL, gateway: false, out: false, in: false },
      [
        /^ipsec-block: .* are dropped by the IPsec policy src 192.168.0.0\/16 dst 0.0.0.0\/0 dir out action block \(ip xfrm policy\)$/,
      ],
      'ip xfrm policy flush',
    ],
    // A ping of a floating address is answered all the same: by the host in the place of the instance, or from another
    // address.
    [
      'nothing tracked, by iptables',
      'iptables -t raw -A PREROUTING -j CT --notrack',
      { ...ALL, out: false },
      [
        'untracked: packets of instances to the outside, replies from outside, packets to floating addresses and replies from floating addresses are exempted from connection tracking, and so not translated, by a rule in chain PREROUTING of table raw (iptables): -A PREROUTING -j CT --notrack',
      ],
      'iptables -t raw -F PREROUTING',
    ],
    [
      'accepted before it is translated',
      'iptables -t nat -I POSTROUTING -s 192.168.0.0/16 -j ACCEPT',
      { ...ALL, out: false },
      [
        "not-translated: packets of instances to the outside are accepted before netctl's rules, and so not translated, by a rule in chain POSTROUTING of table nat (iptables): -A POSTROUTING -s 192.168.0.0/16 -j ACCEPT",
      ],
      'iptables -t nat -D POSTROUTING -s 192.168.0.0/16 -j ACCEPT',
    ],
    [
      'translated by somebody else first',
      'iptables -t nat -I PREROUTING -d 203.0.113.0/24 -j DNAT --to-destination 192.0.2.99',
      { ...ALL, in: false },
      [
        "translated-elsewhere: packets to floating addresses are translated by others before netctl's rules, by a rule in chain PREROUTING of table nat (iptables): -A PREROUTING -d 203.0.113.0/24 -j DNAT --to-destination 192.0.2.99",
      ],
      'iptables -t nat -D PREROUTING -d 203.0.113.0/24 -j DNAT --to-destination 192.0.2.99',
    ],
    [
      'its range not tracked, by nft',
      chain('ip f', 'type filter hook prerouting priority -300;', 'ip saddr 192.168.50.0/24 notrack'),
      { ...ALL, out: false },
      [
        'untracked: packets of instances to the outside and replies from floating addresses are exempted from connection tracking, and so not translated, by a rule in chain c of table ip f (nft): ip saddr 192.168.50.0/24 notrack',
      ],
      'nft delete table ip f',
    ],
    [
      'in a zone by the uplink',
      'iptables -t raw -A PREROUTING -i eth1 -j CT --zone 5; conntrack -F',
      { ...ALL, out: false },
      [
        'conntrack-zone: replies from outside and packets to floating addresses are put into another conntrack zone than packets of the other direction, and so replies are not translated back, by a rule in chain PREROUTING of table raw (iptables): -A PREROUTING -i eth1 -j CT --zone 5',
      ],
      'iptables -t raw -F PREROUTING; conntrack -F',
    ],
    [
      'its range in a zone for answers, by nft',
      `${chain('ip f', 'type filter hook prerouting priority -300;', 'iifname "br-lab" ct reply zone set 5')}\nconntrack -F`,
      { ...ALL, out: false },
      [
        'conntrack-zone: packets of instances to the outside and replies from floating addresses are put into another conntrack zone than packets of the other direction, and so replies are not translated back, by a rule in chain c of table ip f (nft): iifname "br-lab" ct reply zone set 5',
      ],
      'nft delete table ip f; conntrack -F',
    ],
    [
      'ports isolated from each other',
      'bridge link set dev v-p1 isolated on; bridge link set dev v-p2 isolated on',
      { ...ALL, between: false },
      [
        'port-barred: ports v-p1, v-p2 of br-plain are isolated from each other: what instances there send one another is dropped',
      ],
      'bridge link set dev v-p1 isolated off; bridge link set dev v-p2 isolated off',
    ],
    [
      'a port that is disabled',
      'bridge link set dev v-g1 state 0',
      DEAF,
      ['port-barred: port v-g1 of br-lab does not forward: what comes by it is dropped, and nothing is sent by it'],
      'bridge link set dev v-g1 state 3',
    ],
    [
      'a port to which nothing is sent',
      'bridge link set dev v-g1 learning off flood off; bridge fdb flush dev br-lab dynamic',
      DEAF,
      [
        'port-barred: port v-g1 of br-lab neither learns nor floods: what is for who is behind it is not sent there, unless `bridge fdb` has its MAC',
      ],
      'bridge link set dev v-g1 learning on flood on',
    ],
    [
      'a port that is locked',
      'bridge link set dev v-g1 locked on; bridge fdb flush dev br-lab dynamic',
      DEAF,
      [
        'port-barred: port v-g1 of br-lab is locked: what comes by it is dropped, unless `bridge fdb` has its sender there',
      ],
      'bridge link set dev v-g1 locked off',
    ],
  ] as const) {
    test(name, () => {
      expect([traffic(), found()]).toEqual([ALL, []]);
      onTestFinished(() => {
        host(`${undo}\n:`);
      });
      host(deed);
      expect(traffic()).toEqual(stopped);
      const findings = found();
      expect(findings.map(({ code, message }) => `${code}: ${answers(message)}`)).toEqual(
        said.map((words) => (typeof words === 'string' ? words : (expect.stringMatching(words) as string))),
      );
      expect(found('status')).toEqual(findings);
      expect(lab.netctl(['status']).code).toBe(2);
      for (const hint of new Set(findings.flatMap(({ hint: one }) => one ?? [])))
        host(hint.replace(/^(if nobody needs it|have it behind netctl's): /, ''));
      if (findings.every(({ hint }) => hint !== undefined)) expect([traffic(), found()]).toEqual([ALL, []]);
    });
  }
});

test('names are not asked for by whom a list does not name', () => {
  const asks = (): string => lab.resolves(guests[0], 'g1.novalocal', '192.168.50.1');
  expect([asks(), found()]).toEqual(['192.168.50.10', []]);
  onTestFinished(() => {
    host('nft delete table inet f');
  });
  host(
    nft(`table inet f {
 set mgmt { type ipv4_addr . inet_service; flags timeout; elements = { 10.1.1.1 . 53 timeout 1h }; }
 chain c { type filter hook input priority 0; iifname "br-lab" ip saddr . udp dport != @mgmt drop; }
}`),
  );
  expect(asks()).toBe('');
  const findings = found();
  expect(findings.map(({ message }) => message)).toEqual([
    'lab: DHCP requests and DNS requests (UDP) are dropped by a rule in chain c of table inet f (nft): iifname "br-lab" ip saddr . udp dport != @mgmt drop',
  ]);
  host(findings[0]?.hint ?? '');
  expect([asks(), found()]).toEqual(['192.168.50.10', []]);
});

describe('what does not', () => {
  for (const [name, deed, undo] of [
    [
      'the same at another device',
      `ip link add eth9 type bridge\n${chain('netdev f', 'type filter hook ingress device "eth9" priority 0; policy drop;')}\n${chain('netdev g', 'type filter hook egress devices = { eth9 } priority 0; policy drop;')}`,
      'nft delete table netdev f; nft delete table netdev g; ip link del eth9',
    ],
    [
      "ARP of one guest's MAC",
      chain(
        'arp f',
        'type filter hook input priority 0;',
        'arp saddr ether 02:00:00:00:00:99 drop',
        'iifname "eth9" drop',
      ),
      'nft delete table arp f',
    ],
    [
      'addresses that answer where they are only',
      'sysctl -q -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2',
      'sysctl -q -w net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.all.arp_announce=0',
    ],
    [
      "and by no address of the host's alone",
      'sysctl -q -w net.ipv4.conf.all.arp_ignore=3',
      'sysctl -q -w net.ipv4.conf.all.arp_ignore=0',
    ],
    [
      'and of a near network',
      'sysctl -q -w net.ipv4.conf.br-lab.arp_ignore=2 net.ipv4.conf.eth1.arp_ignore=2 net.ipv4.conf.eth1.arp_filter=1 net.ipv4.conf.br-lab.arp_filter=1',
      'sysctl -q -w net.ipv4.conf.br-lab.arp_ignore=0 net.ipv4.conf.eth1.arp_ignore=0 net.ipv4.conf.eth1.arp_filter=0 net.ipv4.conf.br-lab.arp_filter=0',
    ],
    [
      'IPsec to somebody',
      'ip xfrm policy add src 192.168.50.0/24 dst 10.9.0.0/16 dir fwd action block; ip xfrm policy add src 10.0.0.0/8 dst 0.0.0.0/0 dir out action block',
      'ip xfrm policy flush',
    ],
    [
      'IPsec that lets them through first',
      'ip xfrm policy setdefault fwd block; ip xfrm policy add src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd; ip xfrm policy add src 0.0.0.0/0 dst 203.0.113.0/24 dir fwd',
      'ip xfrm policy flush; ip xfrm policy setdefault fwd accept',
    ],
    [
      'who stands in long lists, comes too often, or to others',
      nft(`table inet f {
 set bad { type ipv4_addr; flags timeout; elements = { ${Array.from({ length: 5000 }, (_, i) => `11.${i >> 8}.${i % 256}.7 timeout 4h`).join(', ')} }; }
 set often { type ipv4_addr; flags dynamic; size 65535; timeout 1m; }
 set lan { type ipv4_addr; flags interval; elements = { 192.168.50.0/24 }; }
 set udpok { type inet_service; flags interval; elements = { 53, 67-68 }; }
 chain c { type filter hook forward priority 0; policy drop; ip saddr @bad drop; add @often { ip saddr limit rate over 1000/second } drop; ip saddr @lan accept; ip daddr @lan accept; iifname "br-plain" accept; }
 chain d { type filter hook input priority 0; policy drop; udp dport @udpok accept; ct state established accept; meta l4proto { tcp, icmp } accept; }
}`),
      'nft delete table inet f',
    ],
    [
      'what is not translated, where all is',
      `${chain('netdev f', 'type filter hook egress device "eth1" priority 0;', 'ip saddr 192.168.0.0/16 drop')}\n${chain('ip g', 'type filter hook postrouting priority 300;', 'oifname "eth1" ip saddr != { 203.0.113.11, 203.0.113.70 } drop')}`,
      'nft delete table netdev f; nft delete table ip g',
    ],
    [
      'a table that sleeps',
      nft('table inet f { flags dormant; chain c { type filter hook forward priority 0; policy drop; }; }'),
      'nft delete table inet f',
    ],
    [
      'exempted too late',
      chain('ip f', 'type filter hook prerouting priority -150;', 'notrack'),
      'nft delete table ip f',
    ],
    [
      'both directions in one zone',
      'iptables -t raw -A PREROUTING -i eth+ -j CT --zone 5; iptables -t raw -A PREROUTING -i br-lab -j CT --zone 5; conntrack -F',
      'iptables -t raw -F PREROUTING; conntrack -F',
    ],
    [
      'all in one zone',
      'iptables -t raw -A PREROUTING -j CT --zone 5; conntrack -F',
      'iptables -t raw -F PREROUTING; conntrack -F',
    ],
    [
      'a zone for requests',
      'iptables -t raw -A PREROUTING -i eth1 -j CT --zone-orig 5; conntrack -F',
      'iptables -t raw -F PREROUTING; conntrack -F',
    ],
    [
      'others exempted',
      'iptables -t raw -A PREROUTING -i eth9 -j CT --notrack; iptables -t raw -A PREROUTING -p udp --dport 53 -j CT --notrack',
      'iptables -t raw -F PREROUTING',
    ],
  ] as const) {
    test(name, () => {
      onTestFinished(() => {
        host(undo);
      });
      host(deed);
      expect([traffic(), found()]).toEqual([ALL, []]);
    });
  }
});

describe('who asks for a floating address in a network that its interface is not in', () => {
  const far = ', and eth2 has no address in the network of its floating addresses: this host may not reply to';
  for (const [setting, value, words] of [
    ['arp_ignore', 2, far],
    ['arp_filter', 1, far],
    ['arp_ignore', 8, ': this host replies to no'],
  ] as const) {
    test(`may find no answer by ${setting} ${value}`, () => {
      const asked = (): boolean => {
        lab.ip(lab.world, 'neigh flush all');
        lab.in(lab.world, ['ping', '-n', '-c', '1', '-W', '1', ELSEWHERE]);
        return !/FAILED|INCOMPLETE/.test(lab.ip(lab.world, `neigh show ${ELSEWHERE}`));
      };
      expect(asked()).toBe(true);
      host(`sysctl -q -w net.ipv4.conf.eth2.${setting}=${value}`);
      expect(asked()).toBe(false);
      const findings = found();
      expect(findings.map(({ message }) => message)).toEqual([
        `lab: net.ipv4.conf.eth2.${setting} is ${value}${words} ARP requests for floating addresses on eth2`,
      ]);
      host(findings[0]?.hint ?? '');
      expect([asked(), found()]).toEqual([true, []]);
    });
  }
});
