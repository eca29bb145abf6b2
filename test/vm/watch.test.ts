// test/vm/watch.test.ts — VLAN devices under a running watch: what somebody does to them is undone, and the guests
// reach the trunk again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab } from '../kernel/lab.ts';
import { RunningWatch } from '../kernel/watch/running.ts';

describe('a tenant on a trunk', () => {
  let lab: Lab;
  let guest: string;
  let settled: string;
  let watch: RunningWatch;

  beforeAll(async () => {
    lab = new Lab();
    guest = lab.namespace('a');
    lab.ip(lab.world, 'link add link far2 name vlan100 type vlan id 100');
    lab.ip(lab.world, 'address add 10.1.0.12/24 dev vlan100');
    lab.ip(lab.world, 'link set dev vlan100 up');
    lab.write(
      'spec.yaml',
      `apiVersion: netctl/v1
hosts: { h1: { vlanInterface: eth2 } }
networks:
  blue: { mode: vlan, vlan: 100, cidr: 10.1.0.0/24 }
instances:
  a: { nics: [{ network: blue, address: 10.1.0.11, device: { type: veth, netns: ${guest} } }] }
`,
    );
    watch = new RunningWatch(lab);
    await watch.says('ready');
    lab.ip(guest, 'address add 10.1.0.11/24 dev eth0');
    settled = lab.snapshot();
  });
  afterAll(async () => {
    await watch.end();
    lab.close();
  });

  for (const [what, lines] of [
    ['deleted', ['link del dev vlan100']],
    ['down', ['link set dev vlan100 down']],
    ['out of its bridge', ['link set dev vlan100 nomaster']],
    ['with hairpin', ['link set dev vlan100 type bridge_slave hairpin on']],
    ['on a parent that is down', ['link set dev eth2 down']],
    ['in a bridge that was deleted', ['link del dev br100']],
  ] as const) {
    test(`a VLAN device ${what} is put right`, async () => {
      const before = watch.said.filter(({ event }) => event === 'applied').length;
      for (const line of lines) lab.ip(lab.host, line);
      await watch.says('applied', { times: before + 1 });
      await watch.until(() => lab.snapshot() === settled, 'the host is as it was');
      expect(lab.pings(guest, '10.1.0.12')).toBe(true);
    });
  }
});
