// test/kernel/uplinks/neighbours-by-now.test.ts — a permanent neighbour that came with an interface, and that somebody
// has made another on the bridge.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const SPEC =
  'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, snat: false }\n';

function given(...commands: readonly string[]): void {
  for (const command of commands) must(lab.in(lab.host, ['sh', '-e', '-c', command]));
}

function applied(spec = SPEC): string {
  const { code, err } = lab.netctl(['apply', '--yes'], { spec });
  expect([code, err]).toEqual([0, expect.any(String)]);
  expect(lab.netctl(['plan'], { spec }).out).toMatch(/: nothing to do\n$/);
  return err;
}

function destroyed(): void {
  const { code, err } = lab.netctl(['destroy', '--yes'], { spec: null });
  expect([code, err]).toEqual([0, expect.any(String)]);
}

const [OLD, NEW] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b'];
const replaced = `ip neigh replace 203.0.113.1 lladdr ${NEW} dev br-lab nud permanent`;
const permanent = (): string => lab.ip(lab.host, 'neigh show nud permanent');
const went = (): void => {
  lab.ip(lab.world, `link set far1 address ${NEW}`);
  given(replaced);
};
beforeEach(() => {
  lab.ip(lab.world, `link set far1 address ${OLD}`);
  given(`ip neigh replace 203.0.113.1 lladdr ${OLD} dev eth1 nud permanent`);
});

test('that somebody has replaced stays so, is said once, and goes to the interface', () => {
  applied();
  went();
  expect(applied()).toMatch(
    /warning: the neighbour 203\.0\.113\.1, which came with eth1 at 02:00:00:00:00:0a, is at 02:00:00:00:00:0b on br-lab by now[^]*\[uplink-changed\]/,
  );
  expect(lab.netctl(['apply', '--yes'], { spec: SPEC }).err).toBe('');
  destroyed();
  expect(permanent()).toContain(`203.0.113.1 dev eth1 lladdr ${NEW} PERMANENT \n`);
  expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
});

for (const [name, verb, spec] of [
  ['destroy', ['destroy', '--yes'], null],
  ['an apply without the uplink', ['apply', '--yes', '--allow-mass-delete'], SPEC.replace('eth1', 'null')],
] as const)
  test(`goes so with ${name} at once`, () => {
    applied();
    went();
    expect(lab.netctl(verb, { spec })).toMatchObject({
      code: 0,
      err: expect.stringContaining('[uplink-changed]') as string,
    });
    expect(permanent()).toContain(`203.0.113.1 dev eth1 lladdr ${NEW} PERMANENT \n`);
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  });

test('goes so where the apply that borrowed the interface is rolled back', () => {
  must(lab.netctl(['apply', '--yes', '--confirm-timeout', '300s', '--no-wait'], { spec: SPEC }));
  went();
  expect(lab.netctl(['rollback', '--yes'], { spec: null })).toMatchObject({
    code: 0,
    err: expect.stringContaining('[uplink-changed]') as string,
  });
  expect(permanent()).toContain(`203.0.113.1 dev eth1 lladdr ${NEW} PERMANENT \n`);
  expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
});

test('that somebody has removed, and that is elsewhere, does not come back', () => {
  applied();
  lab.ip(lab.world, `link set far1 address ${NEW}`);
  given('ip neigh del 203.0.113.1 dev br-lab');
  expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  expect(applied()).toContain('the neighbour 203.0.113.1, which came with eth1, is on br-lab no more');
  destroyed();
  expect(permanent()).not.toContain('203.0.113.1 ');
  expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
});

describe('that the kernel flushes with the MAC of the bridge, as it follows that of the interface,', () => {
  beforeEach(() => {
    given(`ip neigh add 203.0.113.8 lladdr ${NEW} dev eth1 nud permanent`, 'ip neigh add proxy 203.0.113.7 dev eth1');
    applied();
    given('ip link set eth1 address 02:00:00:00:00:77');
  });
  const are = (mac: string): void => {
    expect(lab.ip(lab.host, 'link show br-lab')).toContain(`link/ether ${mac} `);
    for (const entry of [
      `203.0.113.1 dev br-lab lladdr ${OLD} PERMANENT`,
      `203.0.113.8 dev br-lab lladdr ${NEW} PERMANENT`,
    ])
      expect(permanent()).toContain(entry);
    expect(lab.ip(lab.host, 'neigh show proxy')).toContain('203.0.113.7 dev br-lab');
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  };

  test('are there again after one apply, which says it before', () => {
    const planned = [...lab.netctl(['plan'], { spec: SPEC }).out.matchAll(/^ {2}± neighbour (\S+) on br-lab/gm)]
      .map(([, ip]) => ip)
      .sort();
    expect(planned).toEqual(['203.0.113.1', '203.0.113.8']);
    expect(applied()).toBe('');
    are('02:00:00:00:00:77');
    destroyed();
    for (const ip of ['203.0.113.1', '203.0.113.8']) expect(permanent()).toContain(`${ip} dev eth1 `);
  });

  test('are there again where that apply is rolled back', () => {
    must(lab.netctl(['apply', '--yes', '--confirm-timeout', '300s', '--no-wait'], { spec: SPEC }));
    expect(lab.netctl(['rollback', '--yes'], { spec: null })).toMatchObject({
      code: 0,
      err: expect.stringContaining('The host is as it was before') as string,
    });
    are('02:00:00:00:00:e1');
  });
});
