// test/kernel/way-out.test.ts — a host whose routes or rules send instances' packets where they get no answers: it is
// so, it is said, and what is said mends it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const FAR = '192.0.2.99';
const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24 } }
instances: { g1: { nics: [{ network: lab, address: 192.168.50.10, device: { type: veth, name: v-g1, netns: NETNS } }] } }
`;

let lab: Lab;
let guest: string;
beforeAll(() => {
  lab = new Lab();
  guest = lab.namespace('g1');
  lab.ip(lab.host, 'address add 198.51.100.11/24 dev eth2');
  lab.ip(lab.world, 'address add 198.51.100.1/24 dev far2');
  lab.ip(lab.world, `address add ${FAR}/32 dev lo`);
  must(lab.netctl(['apply', '--yes'], { spec: SPEC.replace('NETNS', guest) }));
  lab.ip(guest, 'address add 192.168.50.10/24 dev eth0');
  lab.ip(guest, 'route add default via 192.168.50.1');
});
afterAll(() => {
  lab.close();
});

const host = (script: string): void => {
  must(lab.in(lab.host, ['sh', '-ec', script]));
};
const reaches = (): boolean => lab.in(guest, ['ping', '-n', '-c', '1', '-W', '1', FAR]).code === 0;
interface Finding {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
const findings = (verb: string): readonly Finding[] =>
  (JSON.parse(lab.netctl([verb, '-o', 'json']).out) as { readonly conflicts: readonly Finding[] }).conflicts.filter(
    ({ code }) => code.endsWith('way-out') || code === 'no-snat',
  );

describe('sent elsewhere', () => {
  const TUNNEL = 'ip route add 0.0.0.0/1 via 198.51.100.1 dev eth2; ip route add 128.0.0.0/1 via 198.51.100.1 dev eth2';
  for (const [name, deed, undo, words] of [
    [
      'by the default route',
      'ip route replace default via 198.51.100.1 dev eth2',
      'ip route replace default via 203.0.113.1',
      'route 0.0.0.0/0 via 198.51.100.1 dev eth2',
    ],
    [
      'by a tunnel for everything',
      TUNNEL,
      TUNNEL.replaceAll('add', 'del'),
      'route 0.0.0.0/1 via 198.51.100.1 dev eth2',
    ],
    [
      'by a rule for its range',
      'ip route add default via 198.51.100.1 table 100; ip rule add from 192.168.50.0/24 lookup 100',
      'ip rule del lookup 100; ip route flush table 100',
      'route 0.0.0.0/0 via 198.51.100.1 dev eth2 table 100 by the rule 32765: from 192.168.50.0/24 lookup 100',
    ],
    [
      'by a rule for its bridge',
      'ip route add default via 198.51.100.1 table 100; ip rule add iif br-lab lookup 100',
      'ip rule del lookup 100; ip route flush table 100',
      'route 0.0.0.0/0 via 198.51.100.1 dev eth2 table 100 by the rule 32765: from all iif br-lab lookup 100',
    ],
    [
      'as wg-quick does',
      'ip route add default via 198.51.100.1 table 51820; ip rule add not fwmark 51820 lookup 51820; ip rule add lookup main suppress_prefixlength 0',
      'ip rule del lookup 51820; ip rule del lookup main suppress_prefixlength 0; ip route flush table 51820',
      'route 0.0.0.0/0 via 198.51.100.1 dev eth2 table 51820 by the rule 32765: not from all fwmark 0xca6c lookup 51820',
    ],
  ] as const) {
    test(name, () => {
      expect([reaches(), findings('plan')]).toEqual([true, []]);
      host(deed);
      expect(reaches()).toBe(false);
      const found = findings('plan');
      expect(found.map(({ code, message }) => `${code}: ${message}`)).toEqual([
        `other-way-out: lab: what instances send to the outside leaves by eth2 (${words}) and not by eth1 (publicInterface), where it is not source-NATed: replies come back only if somebody routes 192.168.50.0/24 to this host`,
      ]);
      expect(findings('status')).toEqual(found);
      expect(lab.netctl(['status']).code).toBe(2);
      expect(must(lab.netctl(['apply', '--yes'])).err).toContain('[other-way-out]');
      const nat = found[0]?.hint?.split(': ').at(-1) ?? '';
      host(nat);
      expect([reaches(), findings('plan')]).toEqual([true, []]);
      host(`${nat.replace('-A', '-D')}; ${undo}`);
    });
  }
});

describe('sent nowhere', () => {
  for (const [name, deed, undo, words] of [
    [
      'by a black hole',
      'ip route replace blackhole default',
      'ip route del blackhole default; ip route add default via 203.0.113.1',
      'ends at the route blackhole 0.0.0.0/0',
    ],
    [
      'by a rule for its bridge',
      'ip rule add iif br-lab prohibit',
      'ip rule del iif br-lab',
      'ends at the rule 32765: from all iif br-lab prohibit',
    ],
    [
      'past the main table',
      'ip rule add iif br-lab goto 32767',
      'ip rule del iif br-lab',
      'ends at the rule 32765: from all iif br-lab goto 32767',
    ],
    [
      'because the way out is for the host alone',
      'ip route del default; ip route add default via 203.0.113.1 table 100; ip rule add from 203.0.113.11 lookup 100',
      'ip rule del lookup 100; ip route flush table 100; ip route add default via 203.0.113.1',
      'has no route: the route 0.0.0.0/0 via 203.0.113.1 dev eth1 table 100 by the rule 32765: from 203.0.113.11/32 lookup 100 is not for them',
    ],
  ] as const) {
    test(name, () => {
      expect([reaches(), findings('plan')]).toEqual([true, []]);
      host(deed);
      expect(reaches()).toBe(false);
      expect(findings('plan').map(({ code, message }) => `${code}: ${message}`)).toEqual([
        `no-way-out: lab: what instances send to the outside ${words}`,
      ]);
      expect(lab.netctl(['status']).code).toBe(2);
      host(undo);
    });
  }

  test('and with all that somebody else led elsewhere gone, nothing is said', () =>
    expect([reaches(), findings('status'), lab.netctl(['status']).code]).toEqual([true, [], 0]));
});

describe('sent out as it is', () => {
  test('by a host that names no public interface, until it names the one that is said', () => {
    const spec = SPEC.replace('NETNS', guest);
    expect(must(lab.netctl(['apply', '--yes'], { spec: spec.replace(/^hosts.*\n/m, '') })).err).toContain('[no-snat]');
    expect(reaches()).toBe(false);
    const found = findings('plan');
    expect(found.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'no-snat: nothing of lab is source-NATed, because no publicInterface is named for this host: what instances send to the outside leaves by eth1 as it is, and replies come back only if a router knows the way to 192.168.50.0/24',
    ]);
    expect([findings('status'), lab.netctl(['status']).code]).toEqual([found, 0]);
    const hosts = found[0]?.hint?.split(';')[0] ?? '';
    must(lab.netctl(['apply', '--yes'], { spec: spec.replace(/^hosts.*$/m, hosts) }));
    expect([reaches(), findings('plan')]).toEqual([true, []]);
  });

  test('which a router may know the way back to', () => {
    must(
      lab.netctl(['apply', '--yes'], {
        spec: SPEC.replace('NETNS', guest)
          .replace(/^hosts.*\n/m, '')
          .replace('/24 }', '/24, snat: false }'),
      }),
    );
    lab.ip(lab.world, 'route add 192.168.50.0/24 via 203.0.113.11');
    expect([reaches(), findings('plan')]).toEqual([true, []]);
  });
});
