// test/vm/module.test.ts — br_netfilter, where the kernel has it as a module: loaded, and no bridge but ours notices.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, must, spawn } from '../kernel/lab.ts';

const SETTING = '/proc/sys/net/bridge/bridge-nf-call-iptables';
let loaded = false;
let lab: Lab;
beforeAll(() => {
  // Whatever ran before may have loaded it.
  spawn(['modprobe', '-r', 'br_netfilter']);
  loaded = spawn(['test', '-e', SETTING]).code === 0;
  lab = new Lab();
});
afterAll(() => {
  lab.close();
});

test('a floating address puts its own bridge under iptables, and no other of the host or of the machine', () => {
  must(
    lab.netctl(['apply', '--yes'], {
      spec: `apiVersion: netctl/v1
hosts: { h: { publicInterface: eth1 } }
networks:
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 }
  red: { mode: flat-dhcp, interface: null, cidr: 10.0.2.0/24 }
pools: { public: { ranges: [203.0.113.64/28] } }
instances:
  one: { nics: [{ network: blue, floating: [{ pool: public }] }, { network: red }] }
`,
    }),
  );
  const flags = (bridge: string): string =>
    / nf_call_iptables \d/.exec(lab.ip(lab.host, `-d link show dev ${bridge}`))?.[0] ?? '';
  expect([flags('br-blue'), flags('br-red')]).toEqual([' nf_call_iptables 1', ' nf_call_iptables 0']);
  // Where it was there before, it is as it was.
  if (loaded) return;
  expect([must(lab.in(lab.host, ['cat', SETTING])).out, must(spawn(['cat', SETTING])).out]).toEqual(['0\n', '0\n']);
});
