// test/kernel/uplinks/elsewhere.test.ts — what netctl has borrowed, and somebody has put into another bridge since: it
// is taken out of that by nobody but him.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: { type: external, name: xt0 } }] }
`;
const OTHER = ['ip link add br-ex type bridge', 'ip link set br-ex up'];

function given(...commands: readonly string[]): void {
  for (const command of commands) must(lab.in(lab.host, ['sh', '-e', '-c', command]));
}

const inOther = (): string => lab.ip(lab.host, '-br link show master br-ex').replaceAll(/^(\w+).*\n/gm, '$1 ');

describe('an interface', () => {
  beforeEach(() => {
    given('ip tuntap add dev xt0 mode tap', ...OTHER);
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    given('ip link set eth1 master br-ex');
  });

  for (const [name, verb, spec] of [
    ['destroy', ['destroy', '--yes'], null],
    ['an apply without it', ['apply', '--yes', '--allow-mass-delete'], SPEC.replace('eth1', 'null')],
    ['an apply with it', ['apply', '--yes'], SPEC],
  ] as const)
    test(`${name} is refused, and changes nothing`, () => {
      const before = lab.snapshot();
      expect(lab.netctl(verb, { spec })).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          /error: eth1 is (in|a port of the bridge) br-ex[^]*\[uplink-in-use\][^]*hint: `ip link set dev eth1 nomaster`/,
        ) as string,
      });
      expect(lab.snapshot()).toBe(before);
    });

  test('that is taken out of it is restored', () => {
    given('ip link set eth1 nomaster');
    must(lab.netctl(['destroy', '--yes'], { spec: null }));
    expect(lab.ip(lab.host, '-br -4 address show eth1')).toContain('203.0.113.11/24');
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  });
});

test('an interface comes out of it where nobody confirms the apply that borrowed it, and that is said', () => {
  given('ip tuntap add dev xt0 mode tap', ...OTHER);
  must(lab.netctl(['apply', '--yes', '--confirm-timeout', '300s', '--no-wait'], { spec: SPEC }));
  given('ip link set eth1 master br-ex');
  expect(lab.netctl(['rollback', '--yes'], { spec: null })).toMatchObject({
    code: 0,
    err: expect.stringMatching(/warning: eth1 is in br-ex by now[^]*\[uplink-in-use\]/) as string,
  });
  expect(inOther()).toBe('');
  expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
});

test('an interface that is in it since the host was rebooted stays there', () => {
  given('ip tuntap add dev xt0 mode tap');
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  lab.reboot({ processes: 'end' });
  given('ip address flush dev eth1', ...OTHER, 'ip link set eth1 master br-ex');
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(inOther()).toBe('eth1 ');
});

describe('a guest’s device', () => {
  beforeEach(() => {
    given('ip tuntap add dev xt0 mode tap', ...OTHER);
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    given('ip link set xt0 master br-ex');
  });

  for (const [name, verb, spec] of [
    ['destroy', ['destroy', '--yes'], null],
    ['an apply without it', ['apply', '--yes', '--allow-mass-delete'], SPEC.slice(0, SPEC.indexOf('instances'))],
  ] as const)
    test(`${name} leaves it there, and says so`, () => {
      expect(lab.netctl(verb, { spec })).toMatchObject({
        code: 0,
        err: expect.stringMatching(/warning: xt0 is in br-ex by now[^]*\[device-changed\]/) as string,
      });
      expect(inOther()).toBe('xt0 ');
    });

  test('an apply with it takes it, and restores it there', () => {
    expect(lab.netctl(['apply', '--yes'], { spec: SPEC })).toMatchObject({
      code: 0,
      err: expect.stringContaining('[device-changed]') as string,
    });
    expect(inOther()).toBe('');
    expect(lab.netctl(['plan'], { spec: SPEC })).toMatchObject({
      out: expect.stringContaining('nothing to do') as string,
    });
    must(lab.netctl(['destroy', '--yes'], { spec: null }));
    expect(inOther()).toBe('xt0 ');
  });
});
