// test/specfile/read.test.ts — right specs: what the rest of the house gets of them; several files; where a path
// stands.
import { describe, expect, test } from 'vitest';
import type { Spec } from '../../src/specfile/model.ts';
import { probes } from '../../src/probes/keys.ts';
import { readSpec } from './read-spec.ts';
import { A, lab, problemsOf, vm } from './problems.ts';

function specOf(...texts: readonly string[]): Spec {
  const read = readSpec(texts.map((text, i) => ({ file: `${i + 1}.yaml`, text })));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.spec;
}

const FULL = `apiVersion: netctl/v1
defaults: { domain: cloud.example.org, dns: [8.8.8.8], leaseTime: 5m, mtu: 1400, macPrefix: "FA:16:3E", noSnat: [10.128.0.0/24], floatingPool: public }
hosts:
  compute-1: { publicInterface: eth1, vlanInterface: eth0, flatInterface: eth2, sourceAddress: 203.0.113.11, metadata: { address: 203.0.113.12, port: 8776 } }
  compute-2: { publicInterface: eth1, metadata: {} }
networks:
  lab:
    mode: flat-dhcp
    project: tenant1
    bridge: br100
    interface: eth2
    cidr: 192.168.50.0/24
    allocate: [192.168.50.64/26, 192.168.50.200]
    reserve: [192.168.50.65-192.168.50.69]
    gateway: 192.168.50.254
    domain: ''
    dns: []
    mtu: 9000
    dhcp: { leaseTime: 1h30m, options: ["option:ntp-server,192.168.50.1"], config: /etc/dnsmasq-lab.conf, server: 192.168.50.1 }
    forward: [eth1, eth3]
    snat: 203.0.113.40-203.0.113.41
    snatTo: [192.0.2.0/24]
    noSnat: []
    metadata: false
  back: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/30, gateway: null, forward: none, snat: false }
  blue: { mode: vlan, vlan: 100, cidr: 10.0.1.0/24 }
  red: { mode: vlan, vlan: 100, interface: eth5, cidr: 10.0.2.0/24 }
  office: { mode: flat, interface: eth6, cidr: 10.0.3.0/24, cidr6: "fd00:0:0:0064::/64" }
pools:
  public: { ranges: [198.51.100.16/28, 198.51.100.40-198.51.100.47] }
  other: { ranges: [198.51.100.48/32], interface: eth7 }
instances:
  vm_1.a:
    host: compute-1
    project: tenant1
    nics:
      - { network: lab, address: 192.168.50.65, mac: "FA:16:3E:2C:E8:EC", device: { type: tap, name: tap-vm-1 } }
      - { network: lab, device: { type: veth, netns: g1 }, floating: [198.51.100.48, { pool: public }, { pool: public }] }
      - { network: back }
  two:
    host: compute-2
    hostname: db
    nics: [{ network: lab, device: { type: external, name: vnet0 } }]
  three: { host: compute-1, nics: [{ network: office }, { network: blue }] }
  four: { host: compute-1, floatingPool: null, nics: [{ network: blue }] }
probes:
  - { ping: 203.0.113.1, timeout: 500ms }
  - { http: "http://10.9.8.7", status: 204, host: compute-2 }
`;

test('a spec that says everything', () => {
  const path = ['instances', 'vm_1.a'];
  const routed = {
    reserve: [],
    mtu: 1400,
    domain: 'cloud.example.org',
    dns: ['8.8.8.8'],
    forward: 'all',
    snat: true,
    snatTo: [],
    noSnat: ['10.128.0.0/24'],
    metadata: true,
  };
  expect(specOf(FULL)).toEqual({
    own: new Map([
      [
        probes,
        {
          asked: [
            { path: ['probes', 0], target: { kind: 'ping', host: '203.0.113.1' }, timeout: 500 },
            {
              path: ['probes', 1],
              target: { kind: 'http', url: 'http://10.9.8.7/', status: 204 },
              timeout: 2_000,
              host: 'compute-2',
            },
          ],
          doubtful: new Set(),
        },
      ],
    ]),
    macPrefix: 'fa:16:3e',
    hosts: [
      {
        name: 'compute-1',
        publicInterface: 'eth1',
        vlanInterface: 'eth0',
        flatInterface: 'eth2',
        sourceAddress: '203.0.113.11',
        metadata: { address: '203.0.113.12', port: 8776 },
      },
      { name: 'compute-2', publicInterface: 'eth1', metadata: { address: '127.0.0.1', port: 8775 } },
    ],
    networks: [
      {
        mode: 'flat-dhcp',
        name: 'lab',
        path: ['networks', 'lab'],
        project: 'tenant1',
        bridge: 'br100',
        interface: 'eth2',
        cidr: '192.168.50.0/24',
        allocate: [
          { first: 0xc0a83240, last: 0xc0a8327f },
          { first: 0xc0a832c8, last: 0xc0a832c8 },
        ],
        reserve: [{ first: 0xc0a83241, last: 0xc0a83245 }],
        gateway: '192.168.50.254',
        mtu: 9000,
        domain: '',
        dns: [],
        forward: ['eth1', 'eth3'],
        dhcp: {
          server: '192.168.50.1',
          leaseTime: 5400,
          options: ['option:ntp-server,192.168.50.1'],
          config: '/etc/dnsmasq-lab.conf',
        },
        snat: { first: 0xcb007128, last: 0xcb007129 },
        snatTo: ['192.0.2.0/24'],
        noSnat: [],
        metadata: false,
      },
      {
        mode: 'flat-dhcp',
        name: 'back',
        path: ['networks', 'back'],
        bridge: 'br-back',
        interface: null,
        cidr: '10.0.0.0/30',
        allocate: [{ first: 0x0a000000, last: 0x0a000003 }],
        reserve: [],
        mtu: 1400,
        domain: 'cloud.example.org',
        dns: ['8.8.8.8'],
        forward: 'none',
        dhcp: { server: '10.0.0.1', leaseTime: 300, options: [] },
        snat: false,
        snatTo: [],
        noSnat: ['10.128.0.0/24'],
        metadata: true,
      },
      {
        ...routed,
        mode: 'vlan',
        name: 'blue',
        path: ['networks', 'blue'],
        vlan: 100,
        device: 'vlan100',
        bridge: 'br-blue-e5d3og',
        cidr: '10.0.1.0/24',
        gateway: '10.0.1.1',
        allocate: [{ first: 0x0a000100, last: 0x0a0001ff }],
        dhcp: { server: '10.0.1.1', leaseTime: 300, options: [] },
      },
      {
        ...routed,
        mode: 'vlan',
        name: 'red',
        path: ['networks', 'red'],
        vlan: 100,
        device: 'vlan-red-ub738d',
        bridge: 'br-red-ub738d',
        interface: 'eth5',
        cidr: '10.0.2.0/24',
        gateway: '10.0.2.1',
        allocate: [{ first: 0x0a000200, last: 0x0a0002ff }],
        dhcp: { server: '10.0.2.1', leaseTime: 300, options: [] },
      },
      {
        mode: 'flat',
        name: 'office',
        path: ['networks', 'office'],
        bridge: 'br-office',
        interface: 'eth6',
        cidr: '10.0.3.0/24',
        cidr6: 'fd00:0:0:64::/64',
        gateway: '10.0.3.1',
        allocate: [{ first: 0x0a000300, last: 0x0a0003ff }],
        reserve: [],
        mtu: 1400,
        domain: 'cloud.example.org',
        dns: ['8.8.8.8'],
      },
    ],
    pools: [
      {
        name: 'public',
        path: ['pools', 'public'],
        ranges: [
          {
            path: ['pools', 'public', 'ranges', 0],
            network: '198.51.100.16/28',
            written: { first: 0xc6336410, last: 0xc633641f },
            usable: { first: 0xc6336411, last: 0xc633641e },
          },
          {
            path: ['pools', 'public', 'ranges', 1],
            written: { first: 0xc6336428, last: 0xc633642f },
            usable: { first: 0xc6336428, last: 0xc633642f },
          },
        ],
      },
      {
        name: 'other',
        path: ['pools', 'other'],
        interface: 'eth7',
        ranges: [
          {
            path: ['pools', 'other', 'ranges', 0],
            network: '198.51.100.48/32',
            written: { first: 0xc6336430, last: 0xc6336430 },
            usable: { first: 0xc6336430, last: 0xc6336430 },
          },
        ],
      },
    ],
    instances: [
      {
        name: 'vm_1.a',
        path,
        host: 'compute-1',
        project: 'tenant1',
        hostname: 'vm-1-a',
        nics: [
          {
            holder: 'vm_1.a/lab',
            path: [...path, 'nics', 0],
            index: 0,
            network: 'lab',
            address: '192.168.50.65',
            mac: 'fa:16:3e:2c:e8:ec',
            device: { type: 'tap', name: 'tap-vm-1' },
            floating: [],
          },
          {
            holder: 'vm_1.a/lab#2',
            path: [...path, 'nics', 1],
            index: 1,
            network: 'lab',
            device: { type: 'veth', name: 'veth-vm_1-a-1', netns: 'g1', peer: 'eth1' },
            floating: [
              {
                holder: 'vm_1.a/lab#2 198.51.100.48',
                path: [...path, 'nics', 1, 'floating', 0],
                pool: 'other',
                address: '198.51.100.48',
              },
              { holder: 'vm_1.a/lab#2 public', path: [...path, 'nics', 1, 'floating', 1], pool: 'public' },
              { holder: 'vm_1.a/lab#2 public#2', path: [...path, 'nics', 1, 'floating', 2], pool: 'public' },
            ],
          },
          {
            holder: 'vm_1.a/back',
            path: [...path, 'nics', 2],
            index: 2,
            network: 'back',
            device: { type: 'tap', name: 'tap-vm_1-a-2' },
            floating: [],
          },
        ],
      },
      {
        name: 'two',
        path: ['instances', 'two'],
        host: 'compute-2',
        hostname: 'db',
        nics: [
          {
            holder: 'two/lab',
            path: ['instances', 'two', 'nics', 0],
            index: 0,
            network: 'lab',
            device: { type: 'external', name: 'vnet0' },
            floating: [{ holder: 'two/lab public', path: ['defaults', 'floatingPool'], pool: 'public' }],
          },
        ],
      },
      {
        name: 'three',
        path: ['instances', 'three'],
        host: 'compute-1',
        hostname: 'three',
        nics: [
          {
            holder: 'three/office',
            path: ['instances', 'three', 'nics', 0],
            index: 0,
            network: 'office',
            device: { type: 'tap', name: 'tap-three' },
            floating: [],
          },
          {
            holder: 'three/blue',
            path: ['instances', 'three', 'nics', 1],
            index: 1,
            network: 'blue',
            device: { type: 'tap', name: 'tap-three-1' },
            floating: [{ holder: 'three/blue public', path: ['defaults', 'floatingPool'], pool: 'public' }],
          },
        ],
      },
      {
        name: 'four',
        path: ['instances', 'four'],
        host: 'compute-1',
        hostname: 'four',
        nics: [
          {
            holder: 'four/blue',
            path: ['instances', 'four', 'nics', 0],
            index: 0,
            network: 'blue',
            device: { type: 'tap', name: 'tap-four' },
            floating: [],
          },
        ],
      },
    ],
  });
});

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
