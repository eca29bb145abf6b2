// test/kernel/readdressed.test.ts — a network gets another range while its guest holds a lease: the lease is released
// to the server that gave it, and the guest gets an address of the new range.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
let guest: string;
beforeEach(() => {
  lab = new Lab();
  guest = lab.namespace('vm-1');
});
afterEach(() => {
  lab.close();
});

const specOf = (cidr: string, bridge = 'br-lab'): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: ${bridge}, interface: null, cidr: ${cidr}, snat: false }
instances:
  vm-1: { nics: [{ network: lab, device: { type: veth, name: v-vm-1, netns: ${guest} } }] }
`;
const leases = (): string => must(lab.in(lab.host, ['cat', lab.state('networks/lab/leases')])).out;

for (const [name, cidr, bridge, first] of [
  ['another range', '192.168.60.0/24', 'br-lab', '192.168.60.2'],
  ['another range on another bridge', '192.168.60.0/24', 'br-new', '192.168.60.2'],
  ['a wider range, in which the guest has another address', '192.168.0.0/16', 'br-lab', undefined],
] as const)
  for (const how of [[], ['--atomic']])
    test(`${name}${how.length === 0 ? '' : ', all or nothing'}`, () => {
      must(lab.netctl(['apply', '--yes'], { spec: specOf('192.168.50.0/24') }));
      expect(lab.lease(guest)).toMatchObject({ ip: '192.168.50.2' });
      expect(leases()).toContain(' 192.168.50.2 ');
      must(lab.netctl(['apply', '--yes', ...how], { spec: specOf(cidr, bridge) }));
      expect(lab.netctl(['status'], { spec: specOf(cidr, bridge) }).code).toBe(0);
      if (first === undefined) return;
      expect(leases()).not.toContain(' 192.168.50.2 ');
      expect(lab.lease(guest)).toMatchObject({ ip: first, router: '192.168.60.1' });
    });

test('to be confirmed, and confirmed', () => {
  must(lab.netctl(['apply', '--yes'], { spec: specOf('192.168.50.0/24') }));
  lab.lease(guest);
  must(lab.netctl(['apply', '--yes', '--confirm-timeout', '300s', '--no-wait'], { spec: specOf('192.168.60.0/24') }));
  must(lab.netctl(['confirm'], { spec: null }));
  expect(lab.netctl(['status'], { spec: specOf('192.168.60.0/24') }).code).toBe(0);
  expect(lab.lease(guest)).toMatchObject({ ip: '192.168.60.2' });
});

test('and rolled back: the guest has the address again that it had', () => {
  must(lab.netctl(['apply', '--yes'], { spec: specOf('192.168.50.0/24') }));
  lab.lease(guest);
  must(lab.netctl(['apply', '--yes', '--confirm-timeout', '300s', '--no-wait'], { spec: specOf('192.168.60.0/24') }));
  must(lab.netctl(['rollback', '--yes'], { spec: null }));
  expect(lab.netctl(['status'], { spec: specOf('192.168.50.0/24') }).code).toBe(0);
  expect(lab.lease(guest)).toMatchObject({ ip: '192.168.50.2' });
});
