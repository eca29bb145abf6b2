// test/kernel/main-job.test.ts — the main job from end to end, with real guests: spec, apply, DHCP, ping, DNS, change,
// destroy.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

describe('two guests, then three, on a network with the uplink', () => {
  let lab: Lab;
  let guests: readonly string[];
  let before: string;
  const spec = (...names: readonly string[]): string => `apiVersion: netctl/v1
networks:
  lab:
    mode: flat-dhcp
    interface: eth1
    cidr: 192.168.50.0/24
    mtu: 1400
    domain: example.test
    dhcp: { leaseTime: 1h, options: ["option:ntp-server,192.168.50.1"] }
instances:
${names.map((name) => `  ${name}: { nics: [{ network: lab, device: { type: veth, name: v-${name}, netns: ${lab.host.replace(/host$/, name)} } }] }`).join('\n')}
`;
  beforeAll(() => {
    lab = new Lab({ spawns: true });
    guests = ['vm-1', 'vm-2', 'vm-3'].map((name) => lab.namespace(name));
    before = lab.snapshot();
  });
  afterAll(() => {
    lab.close();
  });

  test('apply makes the host, and a second plan is empty', () => {
    const applied = must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-2') }));
    expect(applied.out).toContain('+ link');
    expect(must(lab.netctl(['plan', '--detailed-exitcode'])).out).toBe(
      'vm: nothing to do\n'.replace('vm', hostnameOf(applied.out)),
    );
  });

  test('guests get exactly the addresses that the plan names, and what the spec says', () => {
    for (const [i, guest] of guests.slice(0, 2).entries()) {
      expect(lab.lease(guest)).toMatchObject({
        ip: `192.168.50.${2 + i}`,
        mask: '24',
        router: '192.168.50.1',
        dns: '192.168.50.1',
        domain: 'example.test',
        lease: '3600',
        mtu: '1400',
        ntpsrv: '192.168.50.1',
        serverid: '192.168.50.1',
      });
    }
  });

  test('they reach the gateway and each other, and know each other by name', () => {
    const [one = '', two = ''] = guests;
    expect(lab.pings(one, '192.168.50.1')).toBe(true);
    expect(lab.pings(one, '192.168.50.3')).toBe(true);
    expect(lab.pings(two, '192.168.50.2')).toBe(true);
    expect(lab.resolves(one, 'vm-2.example.test', '192.168.50.1')).toBe('192.168.50.3');
    expect(lab.resolves(two, 'vm-1', '192.168.50.1')).toBe('192.168.50.2');
  });

  test('the host itself still reaches the world', () => {
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
    expect(lab.pings(lab.world, '203.0.113.11')).toBe(true);
  });

  test('one instance more touches that instance alone, and is served without a restart', () => {
    const server = lab.processes();
    const plan = must(lab.netctl(['plan', '--commands'], { spec: spec('vm-1', 'vm-2', 'vm-3') })).out;
    expect(plan).toContain('v-vm-3');
    expect(plan).not.toMatch(/iptables|v-vm-[12]|eth1/);
    must(lab.netctl(['apply', '--yes']));
    expect(lab.processes()).toEqual(server);
    expect(lab.lease(guests[2] ?? '')).toMatchObject({ ip: '192.168.50.4' });
    expect(lab.resolves(guests[0] ?? '', 'vm-3', '192.168.50.1')).toBe('192.168.50.4');
  });

  test('an instance that goes gives its lease back, and its address rests', () => {
    must(lab.netctl(['apply', '--yes'], { spec: spec('vm-1', 'vm-3') }));
    expect(must(lab.in(lab.host, ['cat', lab.state('networks/lab/leases')])).out).not.toContain('192.168.50.3 ');
    must(
      lab.netctl(['apply', '--yes'], {
        spec: spec('vm-1', 'vm-3', 'vm-4').replace(/netns: \S+vm-4/, `netns: ${guests[1] ?? ''}`),
      }),
    );
    expect(lab.lease(guests[1] ?? '')).toMatchObject({ ip: '192.168.50.5' });
  });

  test('destroy gives the host back as it was', () => {
    must(lab.netctl(['destroy', '--yes']));
    expect(lab.snapshot()).toBe(before);
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  });
});

function hostnameOf(plan: string): string {
  return plan.slice(0, plan.indexOf(':'));
}
