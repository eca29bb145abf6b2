// test/commands/conflicts.test.ts — what others have on a host that stops traffic is said by plan, apply and status,
// and holds up no apply.
import { expect, test } from 'vitest';
import { plan } from '../../src/commands/plan/run.ts';
import { status } from '../../src/commands/status/run.ts';
import type { World } from '../../src/pipeline/world.ts';
import { createWhole } from '../fake-host/whole.ts';
import type { Whole } from '../fake-host/whole.ts';
import { applied, worldOf } from '../world.ts';
import type { TestWorld } from '../world.ts';

const SPEC = `apiVersion: netctl/v1
networks: { plain: { mode: flat, cidr: 192.168.52.0/24, interface: null } }
instances:
  vm-1: { nics: [{ network: plain, device: { type: tap } }] }
  vm-2: { nics: [{ network: plain, device: { type: tap } }] }
`;
const told = `spec.yaml:2:20: warning: plain: packets between instances are dropped by the policy DROP of chain FORWARD of table filter (iptables), where br_netfilter leads them  [bridge-netfilter]
  2 | networks: { plain: { mode: flat, cidr: 192.168.52.0/24, interface: null } }
    |                    ^
  hint: iptables -I FORWARD -i br-plain -o br-plain -j ACCEPT
`;
const NO_OPTIONS = { detailedExitcode: false, commands: false, netns: undefined };

function blocked(): Whole {
  const whole = createWhole();
  whole.iptables.load('*filter\n:FORWARD DROP [0:0]\nCOMMIT\n');
  for (const tool of ['arptables', 'ip6tables', 'iptables'])
    whole.host.disk.write(`/proc/sys/net/bridge/bridge-nf-call-${tool}`, '1\n', 0o644);
  return whole;
}

function on({ host }: Whole, rest: Partial<World> = {}): TestWorld {
  return worldOf({ driver: host, spec: { 'spec.yaml': SPEC } }, rest);
}

test('plan, apply and status say it; plan and apply do what they do, and status does not call it well', async () => {
  const whole = blocked();
  const before = on(whole);
  expect([await plan(before, NO_OPTIONS), before.said.err]).toEqual([0, told]);
  const during = on(whole);
  expect([await applied(during), during.said.err]).toEqual([0, told]);
  const after = worldOf({ driver: whole.host, store: during.store, spec: { 'spec.yaml': SPEC } });
  expect([await status(after), after.said.err]).toEqual([2, told]);
  expect(after.said.out).toContain('in sync with the spec; traffic is blocked by what others have on this host');
  expect(after.said.out).toMatch(/plain +flat .* blocked: bridge-netfilter\n/);
  expect(after.said.out).toMatch(/vm-1\/plain .* blocked: bridge-netfilter\n/);
  expect(await applied(after)).toBe(0);
});

test('as data', async () => {
  const world = on(blocked(), { output: 'json' });
  await plan(world, NO_OPTIONS);
  expect(JSON.parse(world.said.out)).toMatchObject({
    kind: 'Plan',
    conflicts: [
      {
        code: 'bridge-netfilter',
        severity: 'warning',
        file: 'spec.yaml',
        line: 2,
        also: [],
        hint: 'iptables -I FORWARD -i br-plain -o br-plain -j ACCEPT',
      },
    ],
  });
});

test('without anybody it is nothing', async () => {
  const world = on(createWhole(), { output: 'json' });
  await plan(world, NO_OPTIONS);
  expect(JSON.parse(world.said.out)).toMatchObject({ conflicts: [] });
  expect(world.said.err).toBe('');
});
