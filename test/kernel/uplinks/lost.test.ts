// test/kernel/uplinks/lost.test.ts — an uplink whose originals are lost with all that netctl kept: it gets what its
// bridge has, with every attribute.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

let lab: Lab;

beforeAll(() => {
  lab = new Lab();
  for (const line of [
    'addr flush dev eth1 scope global',
    // As NetworkManager does it: the route to the network is its own.
    'addr add 203.0.113.11/24 brd + dev eth1 noprefixroute',
    'route add 203.0.113.0/24 dev eth1 scope link src 203.0.113.11 metric 100',
    'route add default via 203.0.113.1 dev eth1 metric 100',
    'addr add 203.0.114.11/24 brd + dev eth1 metric 77',
    'addr add 10.1.0.1 peer 10.1.0.2/32 dev eth1',
    'addr add 169.254.7.7/16 dev eth1 scope link',
    'addr add 203.0.115.14/24 dev eth1 preferred_lft 0',
    'addr add 2001:db8::11/64 dev eth1 noprefixroute nodad',
    'route add 2001:db8::/64 dev eth1 metric 100',
  ])
    lab.ip(lab.host, line);
});
afterAll(() => {
  lab.close();
});

/**
 * Two things no bridge tells: who had added a route (they are static then), and whether it was asked if another has an
 * IPv6 address, which it is not on a bridge.
 */
function look(): readonly string[] {
  return ['addr show dev eth1', '-4 route show table all dev eth1', '-6 route show table all dev eth1']
    .flatMap((query) => must(lab.in(lab.host, ['ip', '-o', ...query.split(' ')])).out.split('\n'))
    .filter((line) => !line.includes('fe80:') && !line.includes('ff00::'))
    .map((line) => line.replace(/ proto (static|boot)| nodad/, '').trim());
}

test('the addresses and routes that the bridge has are restored with all attributes, and nobody is blamed', () => {
  const before = look();
  must(
    lab.netctl(['apply', '--yes'], {
      spec: `apiVersion: netctl/v1
networks: { lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 } }
`,
    }),
  );
  for (const name of ['state', 'run']) rmSync(lab.path(name), { recursive: true });
  const { err } = must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(err).toContain('[originals-lost]');
  expect(err).not.toContain('[bridge-address]');
  expect(look()).toEqual(before);
});
