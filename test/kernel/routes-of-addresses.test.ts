// test/kernel/routes-of-addresses.test.ts — what the kernel makes for an address in its tables, and somebody takes
// away: named, and put back as the kernel had it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, snat: false }
  shut: { mode: flat-dhcp, bridge: br-shut, interface: null, cidr: 10.20.0.0/24, snat: false }
`;

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
  lab.ip(lab.world, 'address add 2001:db8::1/64 dev far1 nodad');
  lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
  lab.ip(lab.host, 'address add 198.51.100.7 peer 198.51.100.8/32 dev eth1');
  lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1 nodad');
  lab.ip(lab.host, 'address add 2001:db8:5::1 peer 2001:db8:5::2/128 dev eth1 nodad');
  lab.ip(lab.host, '-6 route add default via 2001:db8::1 src 2001:db8::11');
});
afterEach(() => {
  lab.close();
});

/** Of both families and every table. */
function tables(): readonly string[] {
  const all = ['-4', '-6'].flatMap((family) => lab.ip(lab.host, `-d -N ${family} route show table all`).split('\n'));
  return all
    .map((line) => line.replaceAll(/ (linkdown|dead)\b/g, '').trimEnd())
    .filter((line) => line !== '')
    .sort();
}

test.each([
  [
    'every IPv4 route of a bridge',
    ['route flush dev br-lab'],
    [
      '203.0.113.11/24 on br-lab (its route is missing)',
      '192.168.50.1/24 on br-lab (its route is missing)',
      '198.51.100.7/32 peer 198.51.100.8 on br-lab (its route is missing)',
    ],
  ],
  ['the way to one network', ['route del 192.168.50.0/24'], ['192.168.50.1/24 on br-lab (its route is missing)']],
  [
    'the way to a network without a guest',
    ['route del 10.20.0.0/24'],
    ['10.20.0.1/24 on br-shut (its route is missing)'],
  ],
  [
    'the entry of a gateway',
    ['route del table local local 192.168.50.1'],
    ['192.168.50.1/24 on br-lab (its entry in table local is missing)'],
  ],
  [
    'the entry of a secondary',
    ['route del table local local 203.0.113.12'],
    ['203.0.113.12/24 on br-lab (its entry in table local is missing)'],
  ],
  [
    'all of a bridge in table local',
    ['route flush table local dev br-lab'],
    [
      '203.0.113.12/24 on br-lab (its entry in table local is missing)',
      '203.0.113.11/24 on br-lab (its entry in table local is missing)',
    ],
  ],
  [
    'the way to an IPv6 network',
    ['-6 route del 2001:db8::/64 dev br-lab'],
    ['2001:db8::11/64 on br-lab (its route is missing)'],
  ],
  [
    'the entry of an IPv6 address',
    ['-6 route del table local local 2001:db8::11 dev br-lab'],
    ['2001:db8::11/64 on br-lab (its entry in table local is missing)'],
  ],
  [
    'the way to the other end of an IPv6 address',
    ['-6 route del 2001:db8:5::2 dev br-lab'],
    ['2001:db8:5::1/128 peer 2001:db8:5::2 on br-lab (its route is missing)'],
  ],
])('%s', (_name, damages, named) => {
  const found = tables();
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  const settled = tables();
  for (const damage of damages) lab.ip(lab.host, damage);
  const status = lab.netctl(['status']);
  expect(status.code).toBe(2);
  for (const line of named) expect(status.out).toContain(line);
  expect(lab.netctl(['apply', '--yes'])).toMatchObject({ code: 0, err: '' });
  expect(tables()).toEqual(settled);
  expect([lab.netctl(['status']).code, lab.netctl(['plan', '--detailed-exitcode']).code]).toEqual([0, 0]);
  expect([lab.pings(lab.host, '203.0.113.1'), lab.pings(lab.host, '2001:db8::1')]).toEqual([true, true]);
  // As the kernel's own they go with their addresses.
  must(lab.netctl(['destroy', '--yes']));
  expect(tables()).toEqual(found);
});

test.each([
  [
    'a route that somebody has put in its place',
    ['route flush 192.168.50.0/24 dev br-lab', 'route add 192.168.50.0/24 dev br-lab metric 400'],
  ],
  ['one that drops instead', ['route del 10.20.0.0/24', 'route add blackhole 10.20.0.0/24']],
  ['another interface’s own', ['address add 172.16.0.1/24 dev eth2', 'route flush dev eth2']],
  ['a bridge without a carrier', []],
])('%s is nobody’s fault', (_name, lines) => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  for (const line of lines) lab.ip(lab.host, line);
  if (lines.length === 0) lab.ip(lab.world, 'link set dev far1 down');
  const left = tables();
  // Otherwise it may be: a bridge without a carrier blocks its network.
  expect(lab.netctl(['status']).out).not.toContain('is missing');
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
  must(lab.netctl(['apply', '--yes']));
  expect(tables()).toEqual(left);
});
