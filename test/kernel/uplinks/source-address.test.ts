// test/kernel/uplinks/source-address.test.ts — a network that is the one which its uplink is in: from which address the host speaks to its neighbours.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

const spec = (server: string): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 203.0.113.0/24, allocate: [203.0.113.64/27], gateway: 203.0.113.1, dhcp: { server: ${server} } }
instances:
  vm-1: { nics: [{ network: lab }] }
`;

let lab: Lab;
beforeEach(() => { lab = new Lab(); });
afterEach(() => { lab.close(); });

const source = (ip: string): string => /src (\S+)/.exec(lab.ip(lab.host, `route get ${ip}`))?.[1] ?? '';

test('from the network\'s own, which plan says; beyond it, and again afterwards, from the host\'s', () => {
  expect(lab.netctl(['plan'], { spec: spec('203.0.113.40') })).toMatchObject({ code: 0, err: expect.stringMatching(/warning: connections that the host begins to 203\.0\.113\.0\/24 will come from 203\.0\.113\.40, .*, and come from 203\.0\.113\.11 now.*\[uplink-source-address\]/) as string });
  const applied = must(lab.netctl(['apply', '--yes'], { spec: spec('203.0.113.40') }));
  expect(applied.err).toContain('hint: `dhcp: { server: 203.0.113.11 }`');
  expect([source('203.0.113.99'), source('192.0.2.1')]).toEqual(['203.0.113.40', '203.0.113.11']);
  // It is so by now.
  expect(lab.netctl(['plan'], { spec: spec('203.0.113.40') }).err).not.toContain('uplink-source-address');
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(source('203.0.113.99')).toBe('203.0.113.11');
});

test('by the way out that it says, from the host\'s own throughout', () => {
  const applied = must(lab.netctl(['apply', '--yes'], { spec: spec('203.0.113.11') }));
  expect(applied.err).not.toContain('uplink-source-address');
  expect([source('203.0.113.99'), source('192.0.2.1')]).toEqual(['203.0.113.11', '203.0.113.11']);
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(source('203.0.113.99')).toBe('203.0.113.11');
});
