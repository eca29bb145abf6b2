// test/kernel/dhcp-config.test.ts — an operator's own dnsmasq configuration: what is wrong with it costs no guest its server.
import { mkdirSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
let guest: string;
beforeEach(() => {
  lab = new Lab();
  guest = lab.namespace('g1');
});
afterEach(() => { lab.close(); });

const specFor = (dhcp = '{}'): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, dhcp: ${dhcp} }
instances:
  vm: { nics: [{ network: lab, device: { type: veth, name: v-1, netns: ${guest} } }] }
`;
const servers = (): readonly number[] => lab.processes().filter(({ command }) => command.includes('dnsmasq')).map(({ pid }) => pid);

test('one that dnsmasq cannot read, or that is none, is known while the server runs on', () => {
  must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
  const running = servers();
  expect(running).toHaveLength(1);
  for (const config of [lab.write('bad.conf', 'no-such-word=1\n'), lab.path('missing.conf')]) {
    const applied = lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${config} }`) });
    expect(applied.code).toBe(1);
    expect(applied.err + applied.out).toContain(config);
    expect(servers()).toEqual(running);
  }
  expect(lab.lease(guest)['ip']).toBe('192.168.50.2');
});

test('one with which dnsmasq does not start: the server before runs again, and that is said', () => {
  must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
  const before = servers();
  const applied = lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${lab.write('unfit.conf', 'interface=nowhere0\n')} }`) });
  expect(applied.code).toBe(1);
  expect(applied.err + applied.out).toMatch(/unknown interface nowhere0[^]*the one before runs again/);
  expect(servers()).toHaveLength(1);
  expect(servers()).not.toEqual(before);
  expect(lab.lease(guest)['ip']).toBe('192.168.50.2');
  must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
});

test('one in a directory of netctl’s own is refused, also by a link', () => {
  mkdirSync(lab.state(''), { recursive: true });
  symlinkSync(lab.state(''), lab.path('aside'));
  for (const config of [lab.state('own.conf'), lab.path('aside/networks/own.conf')]) {
    const applied = lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${config} }`) });
    expect(applied).toMatchObject({ code: 65, err: expect.stringMatching(/spec\.yaml:3:\d+: error: dhcp\.config .* \[config-inside\][^]*hint: /) as string });
    expect(servers()).toEqual([]);
  }
});

test('one that has the server run as somebody else: it is ended, the one before runs again, and nothing is left of it', () => {
  const config = lab.write('user.conf', 'user=nobody\n');
  const first = lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${config} }`) });
  expect([first.code, first.err + first.out, servers()]).toEqual([1, expect.stringMatching(/it runs as user \d+, and not as root/) as string, []]);
  must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
  const second = lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${config} }`) });
  expect([second.code, second.err + second.out]).toEqual([1, expect.stringMatching(/it runs as user \d+, and not as root[^]*the one before runs again/) as string]);
  expect(servers()).toHaveLength(1);
  expect(lab.lease(guest)['ip']).toBe('192.168.50.2');
  must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(servers()).toEqual([]);
});
