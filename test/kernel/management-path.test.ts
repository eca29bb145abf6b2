// test/kernel/management-path.test.ts — an operator on the uplink that goes into a bridge, and guests in a network that
// goes: said first, done only with a yes.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must, spawn } from './lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const spec = (rest = ''): string => `apiVersion: netctl/v1
networks:
  office: { mode: flat, bridge: br0, interface: eth1, cidr: 203.0.113.0/24, gateway: 203.0.113.1 }
${rest}`;
const SSH_CONNECTION = '198.51.100.7 50022 203.0.113.11 22';
const SAID = 'your SSH session from 198.51.100.7 arrives at 203.0.113.11 on eth1, and this plan touches its way: it ';

test('without --yes nothing is changed; with it the session goes on over the bridge', () => {
  const before = lab.snapshot();
  const refused = lab.netctl(['apply'], { spec: spec(), env: { SSH_CONNECTION } });
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(SAID);
  expect(refused.err).toContain('changes link eth1 into br0');
  expect(refused.err).toContain('the plan needs confirmation (management-path)');
  expect(lab.snapshot()).toBe(before);

  const done = must(lab.netctl(['apply', '--yes'], { spec: spec(), env: { SSH_CONNECTION } }));
  expect(done.err).toContain(SAID);
  expect(lab.pings(lab.world, '203.0.113.11')).toBe(true);
  // From now on it comes in by the bridge, and a guest more is nothing to it.
  const more = must(
    lab.netctl(['apply'], {
      spec: spec('instances: { vm-1: { nics: [{ network: office, address: 203.0.113.77 }] } }\n'),
      env: { SSH_CONNECTION },
    }),
  );
  expect(more.err).not.toContain('management-path');
  expect(must(lab.netctl(['destroy', '--yes'], { spec: null, env: { SSH_CONNECTION } })).err).toContain(
    'arrives at 203.0.113.11 on br0',
  );
});

test('sudo hides the session, and whoever started it does not', () => {
  const argv = [...lab.command(), ...lab.argumentsFor(['plan'], spec())];
  expect(must(spawn(['env', '-u', 'SSH_CONNECTION', ...argv])).err).not.toContain('management-path');
  expect(
    must(spawn(['sh', '-c', 'env -u SSH_CONNECTION "$@"; exit $?', 'sh', ...argv], { env: { SSH_CONNECTION } })).err,
  ).toContain(SAID);
});

test('a session that did not come in by this host is not spoken of', () => {
  expect(
    must(lab.netctl(['plan'], { spec: spec(), env: { SSH_CONNECTION: '198.51.100.7 50022 192.0.2.11 22' } })).err,
  ).toBe('');
});

test("a network of ours that would take the operator's packets is one of them", () => {
  const { err } = must(
    lab.netctl(['plan'], {
      spec: 'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, interface: null, cidr: 198.51.100.0/24 }\n',
      env: { SSH_CONNECTION },
    }),
  );
  expect(err).toContain('adds address 198.51.100.1/24 on br-lab');
});

test("a network goes while somebody's device is in its bridge: named, and done only with --yes", () => {
  const two = spec(
    '  lab: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24, bridge: br1 }\ninstances: { vm-1: { nics: [{ network: lab }] } }\n',
  );
  must(lab.netctl(['apply', '--yes'], { spec: two }));
  lab.ip(lab.host, 'link add name vnet0 type veth peer name vnet0p');
  lab.ip(lab.host, 'link set dev vnet0 master br1');
  const refused = lab.netctl(['apply', '--allow-mass-delete'], { spec: spec() });
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.err).toContain('bridge br1 is deleted, but 2 devices of instances are in it: tap-vm-1 and vnet0');
  expect(lab.ip(lab.host, 'link show master br1')).toContain('vnet0');
  must(lab.netctl(['apply', '--allow-mass-delete', '--yes'], { spec: spec() }));
  expect(lab.ip(lab.host, 'link show dev vnet0')).not.toContain('master');
});

test("an apply that cuts off what answered before is rolled back by itself; what was silent before is nobody's loss", () => {
  must(lab.netctl(['apply', '--yes'], { spec: spec() }));
  const before = lab.snapshot();
  // The host takes the gateway's address for a floating one of its own.
  const cut = (probes: string): string =>
    `${spec().replace('cidr: 203.0.113.0/24, gateway: 203.0.113.1', 'cidr: 192.168.9.0/24')}  lab: { mode: flat-dhcp, interface: null, cidr: 192.168.8.0/24 }\npools: { gone: { ranges: [203.0.113.1], interface: br0 } }\ninstances: { vm-1: { nics: [{ network: lab, floating: [203.0.113.1] }] } }\n${probes}`;
  const taken = lab.netctl(['apply', '--yes'], {
    spec: cut('probes: [{ ping: 203.0.113.1, timeout: 1s }, { ping: 203.0.113.99, timeout: 200ms }]\n'),
  });
  expect(taken.err).toContain('ping 203.0.113.1 no longer answers');
  expect(taken.err).not.toContain('203.0.113.99');
  expect(taken.code).toBe(3);
  expect(lab.snapshot()).toBe(before);
  expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  // Unasked, the gateway is one of those.
  const unasked = lab.netctl(['apply', '--yes'], { spec: cut('') });
  expect([unasked.code, unasked.err]).toEqual([
    3,
    expect.stringContaining('default gateway 203.0.113.1 no longer answers'),
  ]);
  expect(lab.snapshot()).toBe(before);
});
