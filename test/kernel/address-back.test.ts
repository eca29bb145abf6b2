// test/kernel/address-back.test.ts — an address of the host's own that somebody has taken from a bridge: an apply
// brings it back, and what is sent from it again is no loss.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, snat: false }
`;

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
  lab.ip(lab.world, 'address add 2001:db8::1/64 dev far1 nodad');
  lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
  lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1 nodad');
  lab.ip(lab.host, '-6 route add default via 2001:db8::1');
  lab.in(lab.host, ['sysctl', '-q', '-w', 'net.ipv4.conf.all.promote_secondaries=1']);
});
afterEach(() => {
  lab.close();
});

const FIRST = 'dev br-lab 203.0.113.11/24';
for (const [name, beside, taken, source, then] of [
  ['with netctl’s own left', [], [FIRST, 'dev br-lab 203.0.113.12/24'], 'src 192.168.50.1', 'src 203.0.113.11'],
  [
    'with one of another interface left',
    ['dev eth2 198.51.100.5/24'],
    [FIRST, 'dev br-lab 203.0.113.12/24', 'dev br-lab 192.168.50.1/24'],
    'src 198.51.100.5',
    'src 203.0.113.11',
  ],
  [
    'of IPv6, with one of another interface left',
    ['dev eth2 2001:db8:1::5/64'],
    ['dev br-lab 2001:db8::11/64'],
    'src 2001:db8:1::5',
    'src 2001:db8::11',
  ],
] as const) {
  test(name, () => {
    const way = (): readonly string[] =>
      lab
        .in(lab.host, [
          'ip',
          source.includes(':') ? '-6' : '-4',
          'route',
          'get',
          source.includes(':') ? '3fff::1' : '192.0.2.1',
        ])
        .out.match(/\b(via|dev|src) \S+/g) ?? [];
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    for (const words of beside) lab.ip(lab.host, `address add ${words} nodad`);
    const addresses = lab.ip(lab.host, 'address show dev br-lab');
    for (const words of taken) lab.ip(lab.host, `address del ${words}`);
    // Somebody goes on speaking from what is left.
    if (way().length === 0) lab.ip(lab.host, 'route replace default via 203.0.113.1 dev br-lab onlink');
    expect(way()).toContain(source);
    const { code, err, out } = lab.netctl(['apply', '--yes']);
    expect([code, err], out).toEqual([0, '']);
    expect(way()).toContain(then);
    expect(
      lab
        .ip(lab.host, 'address show dev br-lab')
        .match(/inet6? [0-9a-f.:/]+/g)
        ?.sort(),
    ).toEqual(addresses.match(/inet6? [0-9a-f.:/]+/g)?.sort());
  });
}
