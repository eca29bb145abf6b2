// test/kinds/flow/flow.test.ts — whose connections are cut: which pairs there were, which still have any, and that
// nobody else's are touched.
import { describe, expect, test } from 'vitest';
import { iptables as firewall } from '../../../src/kinds/chain/iptables/index.ts';
import { pairsOf } from '../../../src/kinds/chain/pairs.ts';
import { createFlowKind } from '../../../src/kinds/flow/index.ts';
import type { Flow } from '../../../src/kinds/flow/model.ts';
import { createConntrack } from '../../fake-host/conntrack.ts';
import type { Connection } from '../../fake-host/conntrack.ts';
import { FakeHost } from '../../fake-host/index.ts';
import { createIptables } from '../../fake-host/iptables.ts';

const flow = createFlowKind(pairsOf(firewall));
const pair = (floating: string, fixed: string): Flow => ({ kind: 'flow', floating, fixed });
const inbound = (floating: string, fixed: string): Connection => ({
  from: '192.0.2.7',
  to: floating,
  answers: fixed,
  answered: '192.0.2.7',
});
const outbound = (floating: string, fixed: string): Connection => ({
  from: fixed,
  to: '192.0.2.9',
  answers: '192.0.2.9',
  answered: floating,
});

function hostOf({
  rules = [],
  connections = [],
}: {
  readonly rules?: readonly string[];
  readonly connections?: readonly Connection[];
}): { readonly host: FakeHost; readonly left: () => readonly Connection[] } {
  const [iptables, conntrack] = [createIptables(), createConntrack()];
  iptables.load(['*nat', ':netctl-dnat-198.51.100.0 - [0:0]', ...rules, 'COMMIT', ''].join('\n'));
  conntrack.connections = connections;
  return {
    host: new FakeHost({ tools: { 'iptables-save': iptables.save, conntrack: conntrack.tool, perl: conntrack.many } }),
    left: () => conntrack.connections,
  };
}

const rule = (floating: string, fixed: string): string =>
  `-A netctl-dnat-198.51.100.0 -d ${floating}/32 -m comment --comment "netctl:1a2b3c4d why" -j DNAT --to-destination ${fixed}`;

describe('which there are', () => {
  for (const [name, host, wanted, memory, found] of [
    ['what may be is there, used or not', {}, [pair('198.51.100.17', '10.0.0.3')], {}, ['198.51.100.17 10.0.0.3']],
    [
      'what has rules and may be no more',
      { rules: [rule('198.51.100.17', '10.0.0.3')] },
      [pair('198.51.100.17', '10.0.0.4')],
      {},
      ['198.51.100.17 10.0.0.4', '198.51.100.17 10.0.0.3'],
    ],
    [
      'what was put down and still has connections from outside',
      { connections: [inbound('198.51.100.17', '10.0.0.3')] },
      [],
      { '198.51.100.17 10.0.0.3': '' },
      ['198.51.100.17 10.0.0.3'],
    ],
    [
      'or to the outside',
      { connections: [outbound('198.51.100.17', '10.0.0.3')] },
      [],
      { '198.51.100.17 10.0.0.3': '' },
      ['198.51.100.17 10.0.0.3'],
    ],
    [
      'not what was put down and has none',
      { connections: [inbound('198.51.100.17', '10.0.0.4'), outbound('198.51.100.18', '10.0.0.3')] },
      [],
      { '198.51.100.17 10.0.0.3': '' },
      [],
    ],
    [
      'not what was put down and may be again',
      {},
      [pair('198.51.100.17', '10.0.0.3')],
      { '198.51.100.17 10.0.0.3': '' },
      ['198.51.100.17 10.0.0.3'],
    ],
    [
      "not others' translations",
      { rules: [':theirs - [0:0]', rule('198.51.100.17', '10.0.0.3').replace('netctl-dnat-198.51.100.0', 'theirs')] },
      [],
      {},
      [],
    ],
  ] as const) {
    test(name, async () =>
      expect((await flow.observe(hostOf(host).host, wanted, memory)).map((one) => flow.key(one))).toEqual(found),
    );
  }
});

describe('what is cut', () => {
  for (const [name, count] of [
    ['one', 1],
    ['many', 40],
  ] as const) {
    test(`${name}: both directions, and nobody else's`, async () => {
      const gone = Array.from({ length: count }, (_, i) => pair(`198.51.100.${i + 1}`, `10.0.0.${i + 1}`));
      const others = [
        inbound('198.51.100.1', '10.0.0.99'),
        outbound('198.51.100.99', '10.0.0.1'),
        { from: '10.0.0.1', to: '10.0.0.2', answers: '10.0.0.2', answered: '10.0.0.1' },
      ];
      const { host, left } = hostOf({
        connections: [
          ...others,
          ...gone.flatMap(({ floating, fixed }) => [inbound(floating, fixed), outbound(floating, fixed)]),
        ],
      });
      const steps = flow.steps(gone.map((before) => ({ verb: 'delete', ref: `flow ${flow.key(before)}`, before })));
      for (const { ops } of steps) for (const op of ops) await host.perform(op);
      expect(left()).toEqual(others);
      expect(host.ops).toBe(1);
    });
  }
  test('what begins to be allowed needs nothing', () => {
    const after = pair('198.51.100.17', '10.0.0.3');
    expect(flow.steps([{ verb: 'create', ref: `flow ${flow.key(after)}`, after }]).flatMap(({ ops }) => ops)).toEqual(
      [],
    );
  });
  test('what is to be cut is put down before', () => {
    const before = pair('198.51.100.17', '10.0.0.3');
    expect(flow.recordBefore?.([{ verb: 'delete', ref: 'flow 198.51.100.17 10.0.0.3', before }])).toEqual({
      '198.51.100.17 10.0.0.3': 'to be cut',
    });
  });
});

test('which leads where, and first what an instance is seen as', async () => {
  const seen =
    '-A netctl-snat-10.0.0.0 -s 10.0.0.3/32 -o eth1 -m comment --comment "netctl:1a2b3c4d why" -j SNAT --to-source 198.51.100.19';
  const half = seen.replace('.19', '.20');
  const foreign = rule('198.51.100.21', '10.0.0.3').replace('netctl-dnat-198.51.100.0', 'others-dnat');
  const service = rule('169.254.169.254', '10.0.0.5:8775').replace('-m comment', '-p tcp -m tcp --dport 80 -m comment');
  const { host } = hostOf({
    rules: [
      ':others-dnat - [0:0]',
      ':netctl-snat-10.0.0.0 - [0:0]',
      ...[rule('198.51.100.18', '10.0.0.3'), rule('198.51.100.19', '10.0.0.3'), seen, half, foreign, service],
    ],
  });
  expect(await pairsOf(firewall).firstAsSeen(host)).toEqual([
    { floating: '198.51.100.19', fixed: '10.0.0.3' },
    { floating: '198.51.100.18', fixed: '10.0.0.3' },
  ]);
});
