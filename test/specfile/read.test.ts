// test/specfile/read.test.ts — right specs: what the rest of the house gets of them; several files; where a path
// stands.
import { describe, expect, test } from 'vitest';
import { FULL } from './full.ts';
import { A, lab, problemsOf, vm } from './problems.ts';
import { readSpec } from './read-spec.ts';
import { specOf } from './spec-of.ts';

describe('what is left out', () => {
  test('a network has its first address as gateway, novalocal, 120 seconds, 1500 bytes, and forwards to all', () => {
    expect(specOf(lab()).networks[0]).toMatchObject({
      gateway: '10.0.0.1',
      domain: 'novalocal',
      dns: [],
      mtu: 1500,
      forward: 'all',
      dhcp: { server: '10.0.0.1', leaseTime: 120 },
    });
  });
  test('a network that says nothing of an uplink leaves that to the host', () =>
    expect(specOf(lab()).networks[0]).not.toHaveProperty('interface'));
  test('with an outside gateway, the server is the gateway unless it is named', () =>
    expect(specOf(lab('    gateway: 10.0.0.254\n')).networks[0]).toMatchObject({ dhcp: { server: '10.0.0.254' } }));
  test('without a gateway, the host still has an address', () => {
    const [network] = specOf(lab('    gateway: null\n')).networks;
    expect(network).toMatchObject({ dhcp: { server: '10.0.0.1' } });
    expect(network).not.toHaveProperty('gateway');
  });
  test('a spec without hosts has one', () => {
    const spec = specOf(vm(''));
    expect(spec.hosts.map(({ name }) => name)).toEqual(spec.instances.map(({ host }) => host));
  });
  test('an instance is on the only host', () =>
    expect(specOf(`${vm('')}hosts: { h1: {} }\n`).instances[0]?.host).toBe('h1'));
  test('a document may say nothing', () => expect(specOf(A)).toMatchObject({ networks: [], instances: [] }));
});

for (const [name, ...texts] of [
  ['an address in reserve, by name', vm('        address: 10.0.0.9\n', '    reserve: [10.0.0.9]\n')],
  ['an address outside allocate, by name', vm('        address: 10.0.0.9\n', '    allocate: [10.0.0.128/25]\n')],
  ['all addresses of a small network, but not one more', vm('', '    allocate: [10.0.0.2]\n')],
  [
    'the same device on two hosts',
    `${lab('    interface: null\n')}hosts: { a: {}, b: {} }\ninstances:\n  x: { host: a, nics: [{ network: lab, device: { type: tap, name: tap0 } }] }\n  y: { host: b, nics: [{ network: lab, device: { type: tap, name: tap0 } }] }\n`,
  ],
  ['an instance without a project on a network with one', vm('', '    project: a\n')],
  [
    'an instance with a project on a network without one',
    `${lab()}instances: { vm: { project: a, nics: [{ network: lab }] } }\n`,
  ],
  ['an alias', `${lab()}instances:\n  a: &a { nics: [{ network: lab }] }\n  b: *a\n`],
  ['a number in quotes', lab('    project: "1.10"\n')],
  ['a tag that says it is text', lab('    project: !!str 010\n')],
  [
    'names of what JavaScript has in every object',
    `${A}networks:\n  constructor: { mode: flat-dhcp, cidr: 10.0.0.0/24 }\ninstances:\n  toString: { nics: [{ network: constructor }] }\n`,
  ],
  ['JSON', '{"apiVersion": "netctl/v1", "hosts": {"h1": {}}}'],
  ['comments, document ends and line feeds of Windows', `# one\r\n---\r\n${A.replace('\n', '\r\n')}...\r\n`],
  ['no masquerading wanted', lab('    snat: false\n    metadata: false\n')],
] as const) {
  test(`nothing is wrong with ${name}`, () => {
    expect(problemsOf(...texts)).toEqual([]);
  });
}

test('what is not acted on yet is said, and is no error', () => {
  expect(
    problemsOf(`${A}instances: { vm: { metadata: { role: web }, sshKeys: { k: ssh-ed25519 AAAA }, userData: { file: vm.yaml } } }
`),
  ).toEqual(['2:30', '2:54', '2:89'].map((at) => `${at} warning not-yet`));
});

describe('several documents', () => {
  test('lie together, in files and in one', () => {
    expect(
      specOf(
        `${A}hosts: { a: {} }\n---\n${A}hosts: { b: {} }\n`,
        `${A}hosts: { c: {} }\ndefaults: { mtu: 1400 }\n`,
        `${A}defaults: { domain: x }\n`,
      ).hosts.map(({ name }) => name),
    ).toEqual(['a', 'b', 'c']);
  });
  for (const [name, texts, problems] of [
    [
      'a name in two files',
      [`${A}hosts: { a: {} }\n`, `${A}hosts:\n  b: {}\n  a: {}\n`],
      ['2.yaml:4:3 duplicate-name, also 1.yaml:2:10'],
    ],
    [
      'a name in two documents of one file',
      [`${A}hosts: { a: {} }\n---\n${A}hosts: { a: {} }\n`],
      ['5:10 duplicate-name, also 2:10'],
    ],
    [
      'a default in two files',
      [`${A}defaults: { mtu: 1400 }\n`, `${A}defaults: { mtu: 1400 }\n`],
      ['2.yaml:2:13 duplicate-name, also 1.yaml:2:13'],
    ],
    [
      'a name in three files',
      [`${A}hosts: { a: {} }\n`, `${A}hosts: { a: {} }\n`, `${A}hosts: { a: {} }\n`],
      ['2.yaml:2:10 duplicate-name, also 1.yaml:2:10', '3.yaml:2:10 duplicate-name, also 1.yaml:2:10'],
    ],
    ['each begins with its version', [A, 'hosts: {}\n'], ['2.yaml:1:1 missing-key']],
    [
      'networks of two files overlap',
      [lab(), `${A}networks: { red: { mode: flat-dhcp, cidr: 10.0.0.0/25 } }\n`],
      ['2.yaml:2:43 networks-overlap, also 1.yaml:5:11'],
    ],
    [
      'what a broken file may define is not called missing',
      [`${A}instances: { vm: { nics: [{ network: lab }] } }\n`, `${A}networks:\n\tlab: {}\n`],
      ['2.yaml:3:1 yaml-tab'],
    ],
    [
      'what a broken network is called is still its name',
      [`${A}instances: { vm: { nics: [{ network: lab }] } }\n`, lab('', '10.0.0.0/40')],
      ['2.yaml:5:11 bad-cidr'],
    ],
    [
      'a mistake in each',
      [`${A}hots: {}\n`, '', `${A}defaults: { mtu: 1 }\n`],
      ['1.yaml:2:1 unknown-key', '2.yaml:1:1 empty-document', '3.yaml:2:18 out-of-range'],
    ],
  ] as const)
    test(name, () => {
      expect(problemsOf(...texts)).toEqual(problems);
    });
});

describe('where a path stands', () => {
  const read = readSpec([
    { file: 'a.yaml', text: FULL },
    { file: 'b.yaml', text: `${A}hosts: { far: {} }\n` },
  ]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  for (const [path, on, place] of [
    [['networks', 'lab', 'cidr'], 'value', 'a.yaml:12:11'],
    [['networks', 'lab', 'cidr'], 'key', 'a.yaml:12:5'],
    [['networks', 'lab'], 'value', 'a.yaml:7:3'],
    [['networks', 'back'], 'value', 'a.yaml:25:9'],
    [['networks', 'back'], 'key', 'a.yaml:25:3'],
    [['networks', 'back', 'bridge'], 'value', 'a.yaml:25:9'],
    [['networks', 'lab', 'allocate', 1], 'value', 'a.yaml:13:34'],
    [['instances', 'vm_1.a', 'nics', 1, 'device', 'netns'], 'value', 'a.yaml:38:54'],
    [['instances', 'vm_1.a', 'nics', 2, 'device', 'name'], 'value', 'a.yaml:39:9'],
    [['hosts', 'far'], 'key', 'b.yaml:2:10'],
    [['nothing'], 'value', 'a.yaml:1:1'],
  ] as const) {
    test(`${path.join('.')}, its ${on}`, () => {
      const { file, line, column } = read.locate(path, on);
      expect(`${file}:${line}:${column}`).toBe(place);
    });
  }
  test('with the line itself', () => {
    expect(read.locate(['networks', 'lab', 'cidr']).text).toBe('    cidr: 192.168.50.0/24');
  });
});
