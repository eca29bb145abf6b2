// test/kernel/rp-filter.test.ts — a kernel that asks where answers would go (rp_filter), and routing tables beside
// main: what it drops is said, and nothing else.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const [FLOATING, FAR] = ['203.0.113.70', '192.0.2.99'];
const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24 } }
pools: { public: { ranges: [203.0.113.64/27] } }
instances: { g1: { nics: [{ network: lab, address: 192.168.50.10, floating: [${FLOATING}], device: { type: veth, name: v-g1, netns: NETNS } }] } }
`;

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
  const guest = lab.namespace('g1');
  lab.ip(lab.host, 'address add 198.51.100.11/24 dev eth2');
  lab.ip(lab.world, 'address add 198.51.100.1/24 dev far2');
  lab.ip(lab.world, `address add ${FAR}/32 dev lo`);
  // Only the host is to ask.
  must(
    lab.in(lab.world, [
      'sysctl',
      '-qw',
      'net.ipv4.conf.all.rp_filter=0',
      'net.ipv4.conf.far1.rp_filter=0',
      'net.ipv4.conf.far2.rp_filter=0',
    ]),
  );
  host('ip route add default via 198.51.100.1 dev eth2 table 77');
  must(lab.netctl(['apply', '--yes'], { spec: SPEC.replace('NETNS', guest) }));
  lab.ip(guest, 'address add 192.168.50.10/24 dev eth0');
  lab.ip(guest, 'route add default via 192.168.50.1');
  host('ip route add 192.168.50.0/24 dev br-lab table 77');
  host('sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth1.rp_filter=1');
});
afterAll(() => {
  lab.close();
});

const host = (script: string): void => {
  must(lab.in(lab.host, ['sh', '-ec', script]));
};
const reaches = (): boolean => lab.in(lab.world, ['ping', '-n', '-c', '1', '-W', '1', '-I', FAR, FLOATING]).code === 0;
interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
const found = (): readonly Finding[] =>
  (JSON.parse(lab.netctl(['status', '-o', 'json']).out) as { readonly conflicts: readonly Finding[] }).conflicts.filter(
    ({ code }) => code === 'rp-filter',
  );

const LOST =
  'what comes by eth1 for floating addresses of lab is dropped, but for what the host has a route to by eth1';
for (const [name, rule, words] of [
  ['a table that no rule leads to', '', undefined],
  ['a rule for another address of the host', 'from 198.51.100.11 pref 100', undefined],
  ['a rule for floating addresses, which instances do not have', 'from 203.0.113.64/27 pref 100', undefined],
  ['a rule for everything', 'from all pref 100', ''],
  ['a rule for what comes by its bridge', 'iif br-lab pref 100', ' by the rule 100: from all iif br-lab lookup 77'],
  ['a rule for instances', 'from 192.168.50.0/24 pref 100', ' by the rule 100: from 192.168.50.0/24 lookup 77'],
] as const) {
  test(name, () => {
    if (rule !== '') host(`ip rule add ${rule} lookup 77`);
    const said = found();
    expect([said.map(({ message }) => message), reaches()]).toEqual(
      words === undefined
        ? [[], true]
        : [
            [
              `net.ipv4.conf.eth1.rp_filter is 1, and replies go by eth2 (route 0.0.0.0/0 via 198.51.100.1 dev eth2 table 77${words}): ${LOST}`,
            ],
            false,
          ],
    );
    if (words !== undefined) {
      expect(lab.netctl(['status']).code).toBe(2);
      host(said[0]?.hint ?? '');
      expect([found(), reaches()]).toEqual([[], true]);
      host('sysctl -qw net.ipv4.conf.eth1.rp_filter=1');
    }
    if (rule !== '') host(`ip rule del ${rule} lookup 77`);
  });
}
