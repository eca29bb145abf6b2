// test/kernel/names-upstream.test.ts — the way from netctl's own dnsmasq to whom it asks: names of the outside are dead
// where a firewall is in it, and that is said, with the command that mends it.
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
let guest: string;
beforeAll(() => {
  lab = new Lab();
  guest = lab.namespace('g1');
  must(
    lab.in(lab.world, [
      'dnsmasq',
      '--conf-file=',
      '--user=root',
      '--no-hosts',
      '--no-resolv',
      '--bind-interfaces',
      '--listen-address=203.0.113.1',
      '--address=/ext.example/192.0.2.7',
      `--pid-file=${lab.path('world.pid')}`,
    ]),
  );
  const spec = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24, dns: [203.0.113.1] } }
instances: { g1: { nics: [{ network: lab, address: 192.168.50.10, device: { type: veth, name: v-g1, netns: ${guest} } }] } }
`;
  must(lab.netctl(['apply', '--yes'], { spec }));
  lab.ip(guest, 'address add 192.168.50.10/24 dev eth0');
});
afterAll(() => {
  lab.close();
});

const host = (script: string): void => {
  must(lab.in(lab.host, ['sh', '-ec', script]));
};
const names = (): readonly string[] =>
  ['g1.novalocal', 'ext.example'].map(
    (name) =>
      /^Name:.*\nAddress.*:\s*(\S+)$/m.exec(
        lab.in(guest, ['timeout', '3', 'busybox', 'nslookup', '-type=a', name, '192.168.50.1']).out,
      )?.[1] ?? '',
  );

interface Finding {
  readonly message: string;
  readonly hint?: string;
}
const found = (): readonly Finding[] =>
  (JSON.parse(lab.netctl(['plan', '-o', 'json']).out) as { readonly conflicts: readonly Finding[] }).conflicts;
const [asks, hears] = ['lab: DNS requests to servers upstream', 'lab: DNS replies of servers upstream'];
const nft = (hook: string, ...rules: readonly string[]): string =>
  `nft -f - <<E\ntable inet f {\n chain c {\n type filter hook ${hook} priority 0;\n ${rules.join('\n ')}\n }\n}\nE`;

for (const [name, deed, said, undo] of [
  [
    'a policy that lets out the web alone',
    'iptables -A OUTPUT -o br-lab -j ACCEPT; iptables -A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT; iptables -A OUTPUT -p tcp -m multiport --dports 80,443 -j ACCEPT; iptables -P OUTPUT DROP',
    asks,
    'iptables -F OUTPUT; iptables -P OUTPUT ACCEPT',
  ],
  ['a rule', 'iptables -A OUTPUT -o eth1 -p udp --dport 53 -j DROP', asks, 'iptables -F OUTPUT'],
  [
    'a rule for answers',
    'iptables -t raw -A PREROUTING -p udp --sport 53 -j DROP',
    hears,
    'iptables -t raw -F PREROUTING',
  ],
  ['nft, where it leaves', nft('output', 'oifname eth1 ip saddr 203.0.113.11 drop'), asks, 'nft delete table inet f'],
  [
    'nft, where answers come in',
    nft('input', 'iifname eth1 udp dport != { 22, 123 } drop'),
    hears,
    'nft delete table inet f',
  ],
  [
    'a filter at the interface',
    'nft add table netdev f; nft \'add chain netdev f c { type filter hook egress device "eth1" priority 0; }\'; nft add rule netdev f c udp dport 53 drop',
    asks,
    'nft delete table netdev f',
  ],
] as const) {
  test(name, () => {
    expect([names(), found()]).toEqual([['192.168.50.10', '192.0.2.7'], []]);
    onTestFinished(() => {
      host(undo);
    });
    host(deed);
    expect(names()).toEqual(['192.168.50.10', '']);
    const findings = found();
    expect(findings.map(({ message }) => message.replace(/ are dropped by .*$/, ''))).toEqual([said]);
    expect(lab.netctl(['status']).code).toBe(2);
    for (const { hint = '' } of findings) host(hint);
    expect([names(), found()]).toEqual([['192.168.50.10', '192.0.2.7'], []]);
  });
}

test('others are asked by nobody', () => {
  onTestFinished(() => {
    host('iptables -F OUTPUT; iptables -P OUTPUT ACCEPT');
  });
  host(
    'iptables -A OUTPUT -o br-lab -j ACCEPT; iptables -A OUTPUT -p udp --dport 53 -d 203.0.113.0/24 -j ACCEPT; iptables -P OUTPUT DROP; iptables -A OUTPUT -o eth1 -p udp --dport 53 -j DROP',
  );
  expect([names(), found()]).toEqual([['192.168.50.10', '192.0.2.7'], []]);
});
