// test/house/router-watched.test.ts — a hint of a namespace has that one read, and no other.
import { expect, test } from 'vitest';
import { observe, observeAgain } from '../../src/core/observe.ts';
import type { HostReader, State } from '../../src/core/resource.ts';
import type { Hint } from '../../src/core/hint.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import { createWhole } from '../fake-host/whole.ts';
import type { Whole } from '../fake-host/whole.ts';
import { PATHS } from '../world.ts';

const kinds = kindsFor(PATHS);
const nothing: State = new Map();

function subject(): { readonly whole: Whole; readonly host: HostReader; readonly entered: Set<string> } {
  const whole = createWhole();
  for (const name of ['netctl-a', 'netctl-b'])
    whole.ip.do(
      `netns add ${name}`,
      `netns exec ${name} ip link set dev lo up`,
      `netns exec ${name} ip link add name br0 group 117 type bridge`,
    );
  const entered = new Set<string>();
  const host: HostReader = {
    read: (argv, netns) => {
      if (netns !== undefined) entered.add(netns);
      return whole.host.read(argv, netns);
    },
    files: (path) => whole.host.files(path),
    processes: (having, netns) => whole.host.processes(having, netns),
  };
  return { whole, host, entered };
}

async function seen(host: HostReader, before: State, ...hints: readonly Hint[]): Promise<State> {
  return await observeAgain(host, nothing, kinds, {}, { observed: before, wanted: nothing }, hints);
}

test('what went in it is seen by its sign, and what is in the other stays as it was', async () => {
  const { whole, host } = subject();
  const before = await observe(host, nothing, kinds, {});
  expect([...before.keys()]).toEqual([
    'netns netctl-a',
    'netns netctl-b',
    'netns/link netctl-a br0',
    'netns/link netctl-b br0',
  ]);
  for (const name of ['netctl-a', 'netctl-b']) whole.ip.do(`netns exec ${name} ip link del dev br0`);
  const after = await seen(host, before, { subsystem: 'in-namespaces', name: 'netctl-a' });
  expect([...after.keys()]).toEqual(['netns netctl-a', 'netns netctl-b', 'netns/link netctl-b br0']);
});

test('a sign of the host enters none', async () => {
  const { host, entered } = subject();
  const before = await observe(host, nothing, kinds, {});
  entered.clear();
  await seen(host, before, { subsystem: 'links', name: 'eth1' }, { subsystem: 'routes' }, { subsystem: 'rules' });
  expect([...entered]).toEqual([]);
});

test('a namespace that is gone is gone with all that was in it', async () => {
  const { whole, host } = subject();
  const before = await observe(host, nothing, kinds, {});
  whole.ip.do('netns del netctl-a');
  const after = await seen(host, before, { subsystem: 'namespaces', name: 'netctl-a' });
  expect([...after.keys()]).toEqual(['netns netctl-b', 'netns/link netctl-b br0']);
});
