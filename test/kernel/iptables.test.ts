// test/kernel/iptables.test.ts — both backends of the real iptables keep the contract; counters of rules that stay live
// on.
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { renderRestore } from '../../src/kinds/chain/iptables/restore.ts';
import { parseSave } from '../../src/kinds/chain/iptables/parse.ts';
import { iptablesContract } from '../contracts/iptables.ts';
import { createNamespaces } from './namespaces.ts';

const namespaces = createNamespaces('ipt');
afterAll(() => namespaces.removeAll());

function run(
  netns: string,
  argv: readonly string[],
  input = '',
): { readonly code: number | null; readonly out: string } {
  const { status, stdout } = spawnSync('ip', ['netns', 'exec', netns, ...argv], {
    input,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return { code: status, out: stdout };
}

for (const backend of ['nft', 'legacy'] as const) {
  const [save, restore] = [`iptables-${backend}-save`, `iptables-${backend}-restore`];
  iptablesContract(`iptables ${backend}`, () => {
    const netns = namespaces.add();
    return {
      save: () => run(netns, [save]).out,
      restore: (text) => run(netns, [restore, '-w', '5', '--noflush'], text).code === 0,
    };
  });

  describe(`iptables ${backend}`, () => {
    test('keeps the counters of rules that stay when others are edited around them', () => {
      const netns = namespaces.add();
      const ports = (...all: readonly number[]): string =>
        [
          '*filter',
          ':netctl-x - [0:0]',
          '[7:700] -I OUTPUT -j netctl-x',
          ...all.map((port) => `[${port}:1] -A netctl-x -p udp -m udp --dport ${port} -j ACCEPT`),
          'COMMIT',
          '',
        ].join('\n');
      expect(run(netns, [restore, '-w', '5', '--noflush', '--counters'], ports(1, 2, 3, 4)).code).toBe(0);
      const [before] = parseSave(run(netns, [save]).out, {}).filter(({ name }) => name === 'netctl-x');
      if (before === undefined) throw new Error('the chain is not there');
      const after = {
        ...before,
        rules: before.rules.map((rule, i) => ({ ...rule, tag: `${i}` })).filter((_, i) => i !== 1),
      };
      const text = renderRestore([
        {
          verb: 'update',
          ref: 'chain filter/netctl-x',
          before: { ...before, rules: before.rules.map((rule, i) => ({ ...rule, tag: `${i}` })) },
          after,
        },
      ]);
      expect(run(netns, [restore, '-w', '5', '--noflush'], text).code).toBe(0);
      expect([...run(netns, [save, '-c']).out.matchAll(/^\[(\d+):\d+\] -A/gm)].map(([, packets]) => packets)).toEqual([
        '7',
        '1',
        '3',
        '4',
      ]);
    });
  });
}
