// test/conflicts/queues.test.ts — rules that ask a program about packets, whether one listens or not.
import { expect, test } from 'vitest';
import { found } from './around.ts';
import type { Around } from './around.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
instances: { vm-1: { nics: [{ network: lab, device: { type: tap } }] } }
`;
const QUEUES = '/proc/net/netfilter/nfnetlink_queue';
const iptables = (rule: string): Around => ({
  rules: `*mangle\n:PREROUTING ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n-A FORWARD ${rule}\nCOMMIT\n`,
});
const inNft = (value: unknown): Around => ({
  tables: {
    'inet t': JSON.stringify({
      nftables: [
        { table: { family: 'inet', name: 't' } },
        {
          chain: { family: 'inet', table: 't', name: 'c', type: 'filter', hook: 'forward', prio: 0, policy: 'accept' },
        },
        { rule: { family: 'inet', table: 't', chain: 'c', handle: 10, expr: [{ queue: value }] } },
      ],
    }),
  },
});
const heard = (around: Around, ...queues: readonly number[]): Around => ({
  ...around,
  settings: { [QUEUES]: queues.map((queue) => `${queue}  1234     0 2 65531     0     0        0  1`) },
});
const saying = (why: string): unknown => [
  expect.stringMatching(
    new RegExp(
      `^lab: packets of instances to the outside and replies from outside are dropped by a rule in chain FORWARD of table mangle \\(iptables\\): .*${why}$`,
    ),
  ),
];
const messages = async (around: Around): Promise<readonly string[]> =>
  (await found(SPEC, around)).filter(({ code }) => code === 'foreign-drop').map(({ message }) => message);
for (const [name, around, expected] of [
  ['and does not listen', iptables('-j NFQUEUE --queue-num 7'), saying(' \\(no program listens to queue 7\\)')],
  [
    'of another queue',
    heard(iptables('-j NFQUEUE --queue-num 7'), 6, 70),
    saying(' \\(no program listens to queue 7\\)'),
  ],
  ['of the first', iptables('-j NFQUEUE'), saying('queue 0\\)')],
  ['by the old name', iptables('-j QUEUE'), saying('queue 0\\)')],
  ['of several', heard(iptables('-j NFQUEUE --queue-balance 0:2'), 0, 2), saying('queues 0 to 2\\)')],
  ['and listens', heard(iptables('-j NFQUEUE --queue-num 7'), 7), []],
  ['each of several', heard(iptables('-j NFQUEUE --queue-balance 0:2'), 0, 1, 2), []],
  ['or not, where that is allowed', iptables('-j NFQUEUE --queue-num 7 --queue-bypass'), []],
  ["of packets that are no guests'", iptables('-i eth7 -j NFQUEUE --queue-num 7'), []],
  ['of nftables', inNft({ num: 7 }), [expect.stringContaining('(no program listens to queue 7)')]],
  ['of nftables, of several', inNft({ num: { range: [0, 3] } }), [expect.stringContaining('queues 0 to 3)')]],
  ['of nftables, the first', inNft(null), [expect.stringContaining('queue 0)')]],
  ['of nftables, and listens', heard(inNft({ num: { range: [0, 1] }, flags: 'fanout' }), 0, 1), []],
  ['of nftables, or not', inNft({ num: 7, flags: ['bypass', 'fanout'] }), []],
] as const)
  test(name, async () => expect(await messages(around)).toEqual(expected));

test('there is no rule to be put before it: a way out is that it listens, or need not', async () => {
  expect((await found(SPEC, iptables('-j NFQUEUE --queue-num 7'))).map(({ hint }) => hint)).toEqual([
    'start the program that is to listen, or have packets pass without it: `--queue-bypass` in the rule',
  ]);
});
