// test/features/metadata/flows.test.ts — who reaches the metadata service, where it is, and as whom.
import { describe, expect, test } from 'vitest';
import { Bench } from '../../commands/bench.ts';
import { flows, wantedOf } from '../flows.ts';

const spec = (metadata: string): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1, sourceAddress: 203.0.113.11, metadata: ${metadata} } }
networks:
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 }
  dark: { mode: flat-dhcp, interface: null, cidr: 10.0.2.0/24, metadata: false }
  lone: { mode: flat-dhcp, interface: null, cidr: 10.0.3.0/24, gateway: null }
`;

describe('on the host’s loopback', () => {
  flows(spec('{ address: 127.0.0.1 }'), [
    ['a guest', 'br-blue: 10.0.1.2 → 169.254.169.254:80/tcp', 'dnat 10.0.1.1:8775, accept'],
    ['a guest without a gateway', 'br-lone: 10.0.3.2 → 169.254.169.254:80/tcp', 'dnat 10.0.3.1:8775, accept'],
    ['a guest that has none', 'br-dark: 10.0.2.2 → 169.254.169.254:80/tcp', 'drop'],
    ['another port', 'br-blue: 10.0.1.2 → 169.254.169.254:8775/tcp', 'drop'],
    ['the service itself, past its address', 'br-blue: 10.0.1.2 → 10.0.1.1:8775/tcp', 'policy'],
    ['another port of the host', 'br-blue: 10.0.1.2 → 10.0.1.1:22/tcp', 'policy'],
    ['with the address of another network', 'br-blue: 10.0.2.2 → 169.254.169.254:80/tcp', 'drop'],
    ['from outside', 'eth1: 198.51.100.7 → 169.254.169.254:80/tcp', 'drop'],
    ['from outside, as a guest', 'eth1: 10.0.1.2 → 169.254.169.254:80/tcp', 'drop'],
    ['the service itself, from outside', 'eth1: 198.51.100.7 → 203.0.113.11:8775/tcp on host', 'policy'],
    ['the host itself', 'host: 127.0.0.1 → 169.254.169.254:80/tcp', 'policy'],
  ]);
});

describe('at an address of the host', () => {
  flows(spec('{ address: 203.0.113.11, port: 80 }'), [
    ['a guest', 'br-blue: 10.0.1.2 → 169.254.169.254:80/tcp on host', 'dnat 203.0.113.11:80, accept'],
    ['a guest that has none', 'br-dark: 10.0.2.2 → 203.0.113.11:80/tcp on host', 'policy'],
    ['another port there', 'br-blue: 10.0.1.2 → 203.0.113.11:22/tcp on host', 'policy'],
    ['from outside', 'eth1: 198.51.100.7 → 203.0.113.11:80/tcp on host', 'policy'],
  ]);
});

describe('on another machine', () => {
  flows(spec('{ address: 192.0.2.80 }'), [
    ['a guest, seen as itself', 'br-blue: 10.0.1.2 → 169.254.169.254:80/tcp on eth1', 'dnat 192.0.2.80:8775, accept'],
    [
      'a guest that has none is source-NATed',
      'br-dark: 10.0.2.2 → 192.0.2.80:8775/tcp on eth1',
      'accept, snat 203.0.113.11',
    ],
    [
      'of a network that is not forwarded',
      'br-lone: 10.0.3.2 → 169.254.169.254:80/tcp on eth1',
      'dnat 192.0.2.80:8775, drop',
    ],
  ]);
});

describe('169.254.169.254', () => {
  const bound = 'inet 169.254.169.254/32 metric 117 scope link';
  const wish = spec('{ address: 127.0.0.1 }');
  test('is on the loopback, and goes', async () => {
    const bench = new Bench('interface eth1\naddress add 203.0.113.11/24 dev eth1\n');
    await bench.apply(wish);
    expect(bench.scene.whole.ip.snapshot()).toContain(
      `lo: loopback up mtu 65536 mac 00:00:00:00:00:00\n    ${bound}\n`,
    );
    await bench.destroy();
    expect(bench.scene.whole.ip.snapshot()).not.toContain('169.254');
  });
  for (const [name, line] of [
    ['somebody has it there', 'address add 169.254.169.254/32 scope link dev lo'],
    ['somebody has it elsewhere', 'address add 169.254.169.254/32 dev eth1'],
    ['the host reaches its own cloud there', 'route add 169.254.169.254 via 203.0.113.1 dev eth1 proto static'],
  ] as const)
    test(`is left alone where ${name}; guests are redirected all the same`, async () => {
      const bench = new Bench(`interface eth1\naddress add 203.0.113.11/24 dev eth1\n${line}\n`);
      expect(await bench.apply(wish)).toMatchObject({ code: 0, err: '' });
      expect(bench.scene.whole.ip.snapshot()).not.toContain(bound);
      expect(bench.scene.whole.iptables.text()).toContain('-j REDIRECT --to-ports 8775');
      expect((await bench.plan(wish)).out).toBe('h1: nothing to do\n');
    });
});

for (const [name, text] of [
  ['no service', spec('{}').replace(', metadata: {}', '')],
  ['no network that asks for one', spec('{}').replaceAll(/ {2}(blue|lone): .*\n/g, '')],
] as const)
  test(`${name}: nothing of it`, async () => {
    expect(JSON.stringify([...(await wantedOf(text))])).not.toContain('169.254');
  });
