// test/conflicts/nft-expressions.test.ts — what a rule of nftables asks of a packet: does it stop traffic of ours?
import { expect, test } from 'vitest';
import { accept, back, ct, drop, match, meta, out, payload, told } from './nft-scene.ts';
import type { Held } from './nft-scene.ts';

const reject = { reject: { type: 'icmp', expr: 'host-prohibited' } };

for (const [name, rules, what] of [
  ['a device', [[match(meta('iifname'), 'br-lab'), drop]], [`${out} are dropped`]],
  ['devices of a name', [[match(meta('oifname'), { set: ['docker0', 'br-*'] }), drop]], [`${back} are dropped`]],
  ['another device', [[match(meta('iif'), 'docker0'), drop]], []],
  [
    'any but the uplink',
    [[match(meta('iifname'), 'eth1', '!='), { log: { prefix: 'x' } }, { counter: { packets: 0, bytes: 0 } }, reject]],
    [`${out} are dropped`],
  ],
  [
    'our range among others',
    [
      [
        match(payload('ip', 'saddr'), {
          set: [{ range: ['10.0.0.1', '10.0.0.9'] }, { prefix: { addr: '192.168.0.0', len: 16 } }],
        }),
        drop,
      ],
    ],
    [`${out} are dropped`],
  ],
  [
    'all but private ranges',
    [[match(payload('ip', 'daddr'), { prefix: { addr: '10.0.0.0', len: 8 } }, '!='), reject]],
    [`${out} and ${back} are dropped`],
  ],
  ['one address', [[match(payload('ip', 'saddr'), '192.168.50.4'), drop]], []],
  [
    'IPv6',
    [
      [match(meta('nfproto'), 'ipv6'), drop],
      [match(payload('ip6', 'daddr'), '::1'), drop],
    ],
    [],
  ],
  [
    'answers accepted',
    [[match(ct('state'), ['established', 'related'], 'in'), accept], [drop]],
    [`${out} are dropped`],
  ],
  [
    'by a map of states',
    [
      [
        {
          vmap: {
            key: ct('state'),
            data: {
              set: [
                ['invalid', drop],
                ['established', accept],
                ['related', accept],
                ['new', { jump: { target: 'theirs' } }],
              ],
            },
          },
        },
      ],
    ],
    [`${out} are dropped`],
  ],
  [
    'a protocol',
    [[match(meta('l4proto'), { set: ['tcp', 'udp'] }), drop]],
    [`${out} (TCP, UDP) and ${back} (TCP, UDP) are dropped`],
  ],
  [
    'a protocol by its field',
    [[match(payload('ip', 'protocol'), 'icmp'), drop]],
    [`${out} (ICMP) and ${back} (ICMP) are dropped`],
  ],
  ['ports', [[match(payload('tcp', 'dport'), { set: [25, { range: [135, 139] }] }), drop]], []],
  [
    'all but some ports',
    [
      [match(payload('tcp', 'dport'), { set: [80, 443] }), accept],
      [match(payload('tcp', 'dport'), { range: [1, 65_535] }), drop],
    ],
    [`${out} (TCP) and ${back} (TCP) are dropped`],
  ],
  [
    'ports in an order',
    [[match(payload('tcp', 'dport'), 0, '>'), drop]],
    [`${out} (TCP) and ${back} (TCP) are dropped`],
  ],
  ['some ports in an order', [[match(payload('tcp', 'dport'), 1024, '<'), drop]], []],
  [
    'any length',
    [[match(meta('length'), { range: [0, 65_535] }), match(meta('iifname'), 'br-lab'), drop]],
    [`${out} are dropped`],
  ],
  ['long ones', [[match(payload('ip', 'length'), 1400, '>'), drop]], []],
  [
    'a life that most have',
    [[match(payload('ip', 'ttl'), 65, '<'), match(meta('iifname'), 'br-lab'), drop]],
    [`${out} may be dropped`],
  ],
  ['a short life', [[match(payload('ip', 'ttl'), 2, '<'), drop]], []],
  ['no class', [[match(payload('ip', 'dscp'), 'cs0'), match(meta('iifname'), 'br-lab'), drop]], [`${out} are dropped`]],
  ['a class', [[match(payload('ip', 'dscp'), 'ef'), drop]], []],
  [
    'fragments',
    [
      [match({ '&': [payload('ip', 'frag-off'), 0x1fff] }, 0, '!='), drop],
      [match({ '&': [payload('ip', 'frag-off'), 0x3fff] }, 0, '!='), drop],
    ],
    [],
  ],
  [
    'what is whole',
    [[match({ '&': [payload('ip', 'frag-off'), 0x1fff] }, 0), match(meta('iifname'), 'br-lab'), drop]],
    [`${out} are dropped`],
  ],
  [
    'what must not be fragmented',
    [[match({ '&': [payload('ip', 'frag-off'), 0x4000] }, 0, '!='), match(meta('iifname'), 'br-lab'), drop]],
    [`${out} may be dropped`],
  ],
  ['pings', [[match(payload('icmp', 'type'), 'echo-request'), drop]], [`${out} (ICMP) are dropped`]],
  ['all but pings', [[match(payload('icmp', 'type'), 'echo-request', '!='), drop]], [`${back} (ICMP) are dropped`]],
  [
    'what has other flags',
    [[match({ '&': [payload('tcp', 'flags'), ['fin', 'syn', 'rst', 'ack']] }, 'syn', '!='), drop]],
    [`${back} (TCP) are dropped`],
  ],
  [
    'two questions, one of UDP, of which the answer is to be another',
    [
      [
        match(
          { concat: [payload('ip', 'saddr'), payload('udp', 'dport')] },
          { set: [{ concat: ['10.1.1.1', 53] }] },
          '!=',
        ),
        drop,
      ],
    ],
    [`${out} (UDP) and ${back} (UDP) are dropped`],
  ],
  [
    'connections first',
    [[match({ '&': [payload('tcp', 'flags'), ['fin', 'syn', 'rst', 'ack']] }, 'syn'), drop]],
    [`${out} (TCP) are dropped`],
  ],
  [
    'what is marked',
    [
      [match(meta('mark'), 5), drop],
      [match({ '&': [meta('mark'), 256] }, 256), drop],
    ],
    [],
  ],
  ['what is not', [[match({ '&': [meta('mark'), 256] }, 0), drop]], [`${out} and ${back} are dropped`]],
  [
    'what may be marked',
    [[{ mangle: { key: meta('mark'), value: 1 } }], [match(meta('mark'), 5), drop]],
    [`${out} and ${back} may be dropped`],
  ],
  ['too much', [[{ limit: { rate: 5, per: 'second', inv: true } }, drop]], []],
  ['what cannot be told', [[match(meta('skuid'), 0), drop]], [`${out} and ${back} may be dropped`]],
  [
    'at some hours',
    [[match(meta('hour'), { range: ['08:00', '19:00'] }), drop]],
    [`${out} and ${back} may be dropped`],
  ],
  ['since a time', [[match(meta('time'), '2020-01-01 00:00:00', '>'), drop]], [`${out} and ${back} may be dropped`]],
  ['after some bytes', [[match(ct('bytes'), 1000, '>'), drop]], [`${out} and ${back} may be dropped`]],
  [
    'bits at a place',
    [[match({ payload: { base: 'nh', offset: 96, len: 20 } }, 0xc0a83), drop]],
    [`${out} and ${back} may be dropped`],
  ],
  ['version 4', [[match(payload('ip', 'version'), 4), drop]], [`${out} and ${back} are dropped`]],
  ['version 6', [[match(payload('ip', 'version'), 6), drop]], []],
  ['without options', [[match(payload('ip', 'hdrlength'), 5), drop]], [`${out} and ${back} are dropped`]],
  ['with options', [[match(payload('ip', 'hdrlength'), 5, '>'), drop]], []],
  ['addresses from one on', [[match(payload('ip', 'saddr'), '192.168.0.0', '>='), drop]], [`${out} are dropped`]],
  ['addresses below one', [[match(payload('ip', 'saddr'), '192.168.50.0', '<'), drop]], [`${back} are dropped`]],
  ['of another tool', [[{ xt: { type: 'match', name: 'statistic' } }, drop]], [`${out} and ${back} may be dropped`]],
  ['without a way back', [[match({ fib: { result: 'oif', flags: ['saddr', 'iif'] } }, false), drop]], []],
  ['for the host itself', [[match({ fib: { result: 'type', flags: ['daddr'] } }, 'local'), drop]], []],
  [
    'for others',
    [[match({ fib: { result: 'type', flags: ['daddr'] } }, 'local', '!='), drop]],
    [`${out} and ${back} are dropped`],
  ],
  [
    'two questions at once',
    [
      [
        match(
          { concat: [payload('ip', 'saddr'), meta('iifname')] },
          { set: [{ concat: [{ prefix: { addr: '192.168.50.0', len: 24 } }, 'br-lab'] }] },
        ),
        drop,
      ],
    ],
    [`${out} are dropped`],
  ],
  [
    'two questions about others',
    [[match({ concat: [payload('ip', 'saddr'), meta('iifname')] }, { set: [{ concat: ['10.1.1.1', 'eth0'] }] }), drop]],
    [],
  ],
  ['addresses that somebody listed', [[match(payload('ip', 'saddr'), '@bad'), drop]], []],
  ['a jump', [[match(meta('iifname'), 'br-lab'), { jump: { target: 'theirs' } }]], [`${out} are dropped`]],
  ['after an accept', [[accept], [drop]], []],
] as const satisfies readonly (readonly [string, Held['rules'], readonly string[]])[]) {
  test(name, async () => expect(await told({ rules })).toEqual(what));
}
