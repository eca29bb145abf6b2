// test/kernel/uplinks/renewed.test.ts — routes and addresses of an interface that somebody makes again while it is
// borrowed, as DHCP clients and network managers do.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';
import { whole } from './whole.ts';

const SPEC =
  'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, snat: false }\n';
const RENAMED = SPEC.replace('br-lab', 'br-new');
const RENEWED = 'ip route replace default via 203.0.113.1 dev br-lab proto dhcp metric 100';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

function given(...commands: readonly string[]): void {
  for (const command of commands) must(lab.in(lab.host, ['sh', '-e', '-c', command]));
}

function applied(spec = SPEC): void {
  expect(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec })).toMatchObject({ code: 0, err: '' });
  expect(lab.netctl(['plan'], { spec }).out).toMatch(/: nothing to do\n$/);
}

const ways = (): string => lab.ip(lab.host, 'route show default').replaceAll(' \n', '\n');

describe('a default route that a DHCP client has renewed on the bridge', () => {
  let before: readonly string[];
  beforeEach(() => {
    given('ip route replace default via 203.0.113.1 dev eth1 proto dhcp metric 100', 'ip route del default metric 0');
    before = whole(lab, 'eth1');
    applied();
    given(RENEWED);
  });
  afterEach(() => {
    expect(lab.netctl(['destroy', '--yes'], { spec: null })).toMatchObject({ code: 0, err: '' });
    expect(whole(lab, 'eth1')).toEqual(before);
  });

  test('stays as he made it', () => {
    applied();
    expect(ways()).toBe('default via 203.0.113.1 dev br-lab proto dhcp metric 100\n');
  });

  for (const [name, deed] of [
    ['went down and came up', 'ip link set br-lab down; ip link set br-lab up'],
    ['was deleted', 'ip link del br-lab'],
    ['was emptied', 'ip address flush dev br-lab'],
  ] as const)
    test(`is there again after the bridge ${name}`, () => {
      applied();
      given(deed);
      applied();
      expect(ways()).toMatch(/^default via 203\.0\.113\.1 dev br-lab .*metric 100\n$/);
    });

  test('goes along to another bridge', () => {
    applied(RENAMED);
    expect(ways()).toMatch(/^default via 203\.0\.113\.1 dev br-new .*metric 100\n$/);
  });

  test('and comes back where nobody confirms that', () => {
    expect(
      lab.netctl(['apply', '--yes', '--allow-mass-delete', '--confirm-timeout', '1s'], { spec: RENAMED }),
    ).toMatchObject({ code: 5, err: expect.stringContaining('The host is as it was before') as string });
    expect(ways()).toBe('default via 203.0.113.1 dev br-lab proto dhcp metric 100\n');
  });

  test('is on the interface after a roll-back', () => {
    expect(lab.netctl(['rollback', '--yes'], { spec: null })).toMatchObject({
      code: 0,
      err: expect.not.stringContaining('route-lost') as string,
    });
    expect(ways()).toBe('default via 203.0.113.1 dev eth1 proto dhcp metric 100\n');
  });
});

test('the route to its network, as NetworkManager makes it again, comes back before what needs it', () => {
  given(
    'ip address flush dev eth1',
    'ip address add 203.0.113.11/24 brd + dev eth1 noprefixroute',
    'ip route add 203.0.113.0/24 dev eth1 proto kernel scope link src 203.0.113.11 metric 100',
    'ip route add default via 203.0.113.1 dev eth1 proto static metric 100',
  );
  const before = whole(lab, 'eth1');
  applied();
  given('ip route replace 203.0.113.0/24 dev br-lab proto kernel scope link src 203.0.113.11 metric 100');
  applied();
  expect(lab.netctl(['destroy', '--yes'], { spec: null })).toMatchObject({ code: 0, err: '' });
  expect(whole(lab, 'eth1')).toEqual(before);
});

test('an interface that somebody takes out of its bridge, with its address, keeps its default route', () => {
  const before = whole(lab, 'eth1');
  applied();
  given(
    'ip link set eth1 nomaster',
    'ip address del 203.0.113.11/24 dev br-lab',
    'ip address add 203.0.113.11/24 brd + dev eth1',
  );
  applied();
  expect(ways()).toBe('default via 203.0.113.1 dev br-lab proto 117\n');
  expect(lab.netctl(['destroy', '--yes'], { spec: null })).toMatchObject({ code: 0, err: '' });
  expect(whole(lab, 'eth1')).toEqual(before);
});

describe('an IPv6 gateway by its link-local address', () => {
  beforeEach(() => {
    lab.ip(lab.world, '-6 address add fe80::1/64 dev far1 nodad');
    given('ip -6 address add 2001:db8:5::2/64 dev eth1 nodad', 'ip -6 route add default via fe80::1 dev eth1');
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  });

  for (const [name, spec, link] of [
    ['another bridge', RENAMED, 'br-new'],
    ['no bridge', SPEC.replace('eth1', 'null'), 'eth1'],
    ['no bridge, where another interface takes its place', SPEC.replace('eth1', 'eth2'), 'eth1'],
    ['no bridge, with the last network', 'apiVersion: netctl/v1\nnetworks: {}\n', 'eth1'],
  ] as const)
    test(`is asked where its interface goes: into ${name}`, () => {
      expect(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec })).toMatchObject({ code: 0 });
      expect(lab.ip(lab.host, '-6 route show default')).toContain(`default via fe80::1 dev ${link} `);
    });
});
