// test/specfile/schema.test.ts — what the JSON Schema refuses, in the operator's words: each mistake, and the line and
// column where it is shown.
import { expect, test } from 'vitest';
import { problemsOf, A, lab, vm } from './problems.ts';

for (const [name, text, problems] of [
  [
    'no apiVersion, and the rest checked all the same',
    'networks:\n  lab:\n    mode: flat-dhcp\n    cidr: 10.0.0.1/24\n',
    ['1:1 missing-key', '4:11 host-bits'],
  ],
  [
    'another apiVersion, and the rest checked all the same',
    'apiVersion: netctl/v2\nhots: {}\n',
    ['1:13 wrong-value', '2:1 unknown-key'],
  ],
  ['an unknown key', lab('    gatway: 10.0.0.1\n'), ['6:5 unknown-key']],
  ['an unknown key at the top', A + 'network: {}\n', ['2:1 unknown-key']],
  ['a missing key, at what lacks it', A + 'networks:\n  lab:\n    mode: flat-dhcp\n', ['3:3 missing-key']],
  ['a missing key in braces', A + 'networks:\n  lab: { mode: flat-dhcp }\n', ['3:8 missing-key']],
  [
    'a missing key in a list, and its neighbours checked',
    vm('      - address: 10.0.0.3\n      - network: lab\n        address: 10.0.1.1\n'),
    ['10:9 missing-key', '12:18 address-outside, also 5:11'],
  ],
  ['a map left empty', A + 'networks:\n', ['2:1 wrong-type']],
  ['a value left empty', A + 'networks:\n  lab:\n    mode: flat-dhcp\n    cidr:\n', ['5:5 wrong-type']],
  ['text for a list', A + 'defaults:\n  dns: 8.8.8.8\n', ['3:8 wrong-type']],
  ['a list for text', A + 'defaults:\n  domain: [a]\n', ['3:11 wrong-type']],
  ['a map for a list', A + 'instances:\n  vm:\n    nics: { network: lab }\n', ['4:11 wrong-type']],
  ['a quoted number', A + 'defaults: { mtu: "1500" }\n', ['2:18 wrong-type']],
  ['a mode that is none', A + 'networks:\n  lab:\n    mode: flatdhcp\n    cidr: 10.0.0.0/24\n', ['4:11 wrong-value']],
  ['a device without a type', vm('        device: { name: tap0 }\n'), ['10:17 missing-key']],
  ['a device of no type there is', vm('        device: { type: tun }\n'), ['10:25 wrong-value']],
  ['a veth without its namespace', vm('        device: { type: veth }\n'), ['10:17 missing-key']],
  ['an external device without a name', vm('        device: { type: external }\n'), ['10:17 missing-key']],
  ['a namespace for a tap', vm('        device: { type: tap, netns: g1 }\n'), ['10:30 unknown-key']],
  ['an MTU that is too small', A + 'defaults: { mtu: 575 }\n', ['2:18 out-of-range']],
  ['an MTU that is too large', lab('    mtu: 65536\n'), ['6:10 out-of-range']],
  ['an MTU that is no whole number', A + 'defaults: { mtu: 1500.5 }\n', ['2:18 wrong-type']],
  ['a name with a blank', A + 'hosts: { "a b": {} }\n', ['2:10 bad-name']],
  ['a name with a slash', A + 'instances: { ../vm: {} }\n', ['2:14 bad-name']],
  ['a name that is empty', A + 'networks: { "": { mode: flat-dhcp, cidr: 10.0.0.0/24 } }\n', ['2:13 bad-name']],
  ['a name that is too long', A + 'instances: { ' + 'x'.repeat(64) + ': {} }\n', ['2:14 bad-name']],
  ["a name of JavaScript's own", A + 'hosts: { __proto__: {} }\n', ['2:10 bad-name']],
  ['forward neither all nor none', lab('    forward: some\n'), ['6:14 wrong-value']],
  [
    'user data without its file',
    A + 'instances: { vm: { userData: { text: x } } }\n',
    ['2:30 missing-key', '2:32 unknown-key'],
  ],
] as const) {
  test(name, () => {
    expect(problemsOf(text)).toEqual(problems);
  });
}
