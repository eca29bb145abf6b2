// test/generations/image.test.ts — which lines of a host's rules are looked at: netctl's, wherever they are, and nobody else's.
import { expect, test } from 'vitest';
import { imageOf } from '../../src/generations/image.ts';

const rulesOf = (rules: string): readonly string[] => imageOf({ links: '', routes: [], rules, files: new Map(), processes: [] })['rules'] ?? [];

test('chains, rules and jumps of ours, without their counters', () => {
  expect(rulesOf(`*nat
:POSTROUTING ACCEPT [3:180]
:netctl-snat - [0:0]
-A POSTROUTING -m comment --comment "netctl:1a2b3c4d networks.blue" -j netctl-snat
-A OUTPUT -m comment --comment netctl:1a2b3c4d -j ACCEPT
-A netctl-snat -s 10.0.0.0/24 -j SNAT --to-source 192.0.2.1
COMMIT
`)).toEqual([
    'nat :netctl-snat -',
    'nat -A POSTROUTING -m comment --comment "netctl:1a2b3c4d networks.blue" -j netctl-snat',
    'nat -A OUTPUT -m comment --comment netctl:1a2b3c4d -j ACCEPT',
    'nat -A netctl-snat -s 10.0.0.0/24 -j SNAT --to-source 192.0.2.1',
  ]);
});

test('what others call by our name is theirs', () => {
  expect(rulesOf(`*filter
:before-netctl-in - [0:0]
-A FORWARD -i netctl0 -j before-netctl-in
-A FORWARD -m comment --comment "beside netctl" -j ACCEPT
-A FORWARD -m comment --comment "not netctl: ours" -j ACCEPT
COMMIT
`)).toEqual([]);
});
