// test/parts/rebuild.test.ts — what a host still tells of a lost store.
import { describe, expect, test } from 'vitest';
import type { Facts, LinkFact } from '../../src/core/facts.ts';
import type { Flow } from '../../src/kinds/flow/model.ts';
import { NO_REMNANTS, rebuild, recall } from '../../src/parts/rebuild.ts';
import { NOTHING } from '../../src/core/stored.ts';
import type { Spec } from '../../src/specfile/model.ts';
import { readSpec } from '../specfile/read-spec.ts';

const link = (name: string, rest: Partial<LinkFact> = {}): LinkFact => ({
  name,
  mac: '02:00:00:00:00:01',
  ours: false,
  promiscuous: false,
  addresses: [],
  routes: [],
  ...rest,
});
const facts = (...links: readonly LinkFact[]): Facts => ({
  links: new Map(links.map((fact) => [fact.name, fact])),
  namespaces: new Set(),
});
const nothing: Spec = { hosts: [], networks: [], pools: [], instances: [], macPrefix: 'fa:16:3e' };

test('a host without a trace of ours gives an empty store', () => {
  expect(rebuild(nothing, facts(link('eth1', { alias: 'vm-1/lab 10.0.0.2 fa:16:3e:00:00:01' })), NO_REMNANTS)).toEqual({
    allocations: {},
    quarantined: {},
    quarantineSeconds: {},
    originals: [],
    memories: {},
  });
});

test('ports of ours say who holds which address and MAC', () => {
  expect(
    rebuild(
      nothing,
      facts(link('tap-vm-1', { ours: true, alias: 'vm-1/lab#2 10.0.0.2 fa:16:3e:00:00:01' })),
      NO_REMNANTS,
    ).allocations,
  ).toEqual({
    'network lab': { 'vm-1/lab#2': '10.0.0.2' },
    mac: { 'vm-1/lab#2': 'fa:16:3e:00:00:01' },
  });
});

test("the DHCP server's files say it for devices that are not ours", () => {
  const nic = {
    holder: 'vm-1/lab',
    path: [],
    index: 0,
    network: 'lab',
    device: { type: 'external', name: 'vnet0' },
    floating: [],
  } as const;
  const spec: Spec = { ...nothing, instances: [{ name: 'vm-1', path: [], host: 'h', hostname: 'vm-1', nics: [nic] }] };
  const hosts = new Map([
    ['lab', 'fa:16:3e:00:00:01,set:no-router,10.0.0.2,vm-1\nfa:16:3e:00:00:02,10.0.0.3,somebody-else\n\n'],
  ]);
  expect(rebuild(spec, facts(), { ...NO_REMNANTS, hosts }).allocations).toEqual({
    'network lab': { 'vm-1/lab': '10.0.0.2' },
    mac: { 'vm-1/lab': 'fa:16:3e:00:00:01' },
  });
});

test('also of a host name that is a word of dnsmasq’s', () => {
  const nic = {
    holder: 'ignore/lab',
    path: [],
    index: 0,
    network: 'lab',
    device: { type: 'external', name: 'vnet0' },
    floating: [],
  } as const;
  const spec: Spec = {
    ...nothing,
    instances: [{ name: 'ignore', path: [], host: 'h', hostname: 'ignore', nics: [nic] }],
  };
  const hosts = new Map([['lab', 'fa:16:3e:00:00:01,10.0.0.2 # ignore\n']]);
  expect(rebuild(spec, facts(), { ...NO_REMNANTS, hosts }).allocations).toMatchObject({
    'network lab': { 'ignore/lab': '10.0.0.2' },
  });
});

test('what a guest is configured from says it of flat networks, unless it is damaged', () => {
  const link = {
    id: 'vnet0',
    vif_id: 'vm-1/office#2',
    type: 'bridge',
    mtu: 1500,
    ethernet_mac_address: 'fa:16:3e:00:00:01',
  };
  const networks = [
    { id: 'network0', type: 'ipv4', link: 'vnet0', network_id: 'office', ip_address: '10.0.20.7' },
    { id: 'network1', type: 'ipv6', link: 'vnet0', network_id: 'office', ip_address: 'fd00::7' },
    { id: 'network2', type: 'ipv4_dhcp', link: 'vnet1', network_id: 'lab' },
  ];
  const guests = [
    JSON.stringify({ links: [link], networks, services: [] }),
    '{"links": [{}, 1], "networks": [{"type": "ipv4"}]}',
    '[]',
    '{"lin',
  ];
  expect(rebuild(nothing, facts(), { ...NO_REMNANTS, guests }).allocations).toEqual({
    'network office': { 'vm-1/office#2': '10.0.20.7' },
    mac: { 'vm-1/office#2': 'fa:16:3e:00:00:01' },
  });
});

describe('the rules of the host say who has which floating address', () => {
  const text = (floating: string, address = ''): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, cidr: 10.0.0.0/24, interface: null } }
pools: { a: { ranges: [198.51.100.16/28] }, b: { ranges: [203.0.113.64/28] } }
instances: { vm-1: { nics: [{ network: lab,${address} floating: [${floating}] }] } }
`;
  const specOf = (floating: string, address?: string): Spec => {
    const read = readSpec([{ file: 'spec.yaml', text: text(floating, address) }]);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return read.spec;
  };
  const known = facts(link('tap-vm-1', { ours: true, alias: 'vm-1/lab 10.0.0.2 fa:16:3e:00:00:01' }));
  const pairs = (...translated: readonly (readonly [string, string])[]): readonly Flow[] =>
    translated.map(([floating, fixed]) => ({ kind: 'flow', floating, fixed }));
  const one = pairs(['198.51.100.20', '10.0.0.2']);
  const [A, B] = ['pool a', 'pool b'];

  for (const [name, spec, from, translated, holdings] of [
    ['of a pool', specOf('{ pool: a }'), known, one, { [A]: { 'vm-1/lab a': '198.51.100.20' } }],
    [
      'of the pool that it lies in',
      specOf('{ pool: a }, { pool: b }'),
      known,
      pairs(['203.0.113.70', '10.0.0.2'], ['198.51.100.20', '10.0.0.2']),
      { [A]: { 'vm-1/lab a': '198.51.100.20' }, [B]: { 'vm-1/lab b': '203.0.113.70' } },
    ],
    [
      'the first for the first wish',
      specOf('{ pool: a }, { pool: a }'),
      known,
      pairs(['198.51.100.25', '10.0.0.2'], ['198.51.100.20', '10.0.0.2']),
      { [A]: { 'vm-1/lab a': '198.51.100.25', 'vm-1/lab a#2': '198.51.100.20' } },
    ],
    [
      'but not what the NIC has by name',
      specOf('198.51.100.20, { pool: a }'),
      known,
      pairs(['198.51.100.20', '10.0.0.2'], ['198.51.100.25', '10.0.0.2']),
      { [A]: { 'vm-1/lab a': '198.51.100.25' } },
    ],
    [
      'where the spec names the fixed address',
      specOf('{ pool: a }', ' address: 10.0.0.9,'),
      facts(),
      pairs(['198.51.100.20', '10.0.0.9']),
      { [A]: { 'vm-1/lab a': '198.51.100.20' } },
    ],
    ['unless it is in no pool', specOf('{ pool: a }'), known, pairs(['192.0.2.1', '10.0.0.2']), {}],
    ["unless it leads to nobody's NIC", specOf('{ pool: a }'), known, pairs(['198.51.100.20', '10.0.0.3']), {}],
    ['unless nobody asks for one', specOf('198.51.100.21'), known, one, {}],
  ] as const) {
    test(name, () => {
      const { allocations } = rebuild(spec, from, { ...NO_REMNANTS, translated });
      expect(Object.fromEntries(Object.entries(allocations).filter(([pool]) => pool === A || pool === B))).toEqual(
        holdings,
      );
    });
  }

  const found = { ...NOTHING, allocations: { [A]: { 'vm-1/lab a': '198.51.100.20', 'vm-2/lab a': '198.51.100.21' } } };
  for (const [name, kept, holdings] of [
    ['a store that lacks it learns it, and of no other', NOTHING, { 'vm-1/lab a': '198.51.100.20' }],
    [
      'one that knows, knows better',
      { ...NOTHING, allocations: { [A]: { 'vm-1/lab a': '198.51.100.22' } } },
      { 'vm-1/lab a': '198.51.100.22' },
    ],
    [
      'one that gave it to another leaves it there',
      { ...NOTHING, allocations: { [A]: { 'vm-3/lab a': '198.51.100.20' } } },
      { 'vm-3/lab a': '198.51.100.20' },
    ],
  ] as const) {
    test(name, () =>
      expect(
        recall(kept, found, [{ holder: 'vm-1/lab a' }], specOf('{ pool: a }'), { name: 'h1' }).allocations[A],
      ).toEqual(holdings),
    );
  }
});

test('an uplink in a bridge of ours was borrowed, with what the bridge carries beside our own address', () => {
  const bridge = link('br-lab', {
    ours: true,
    addresses: [
      { cidr: '10.0.0.1/24', ours: true },
      { cidr: '203.0.113.11/24', broadcast: '203.0.113.255', ours: false, noPrefixRoute: true, metric: 7 },
    ],
    routes: [
      { to: 'default', family: 4, via: '203.0.113.1', protocol: '117' },
      { to: '203.0.113.0/24', family: 4, protocol: '117' },
    ],
  });
  const route = {
    kind: 'route',
    borrowed: true,
    link: 'eth1',
    family: 4,
    protocol: '4',
    dependsOn: ['address eth1 203.0.113.11/24'],
  };
  expect(
    rebuild(
      nothing,
      facts(bridge, link('eth1', { master: 'br-lab', promiscuous: true }), link('vnet0', { master: 'br-lab' })),
      NO_REMNANTS,
    ).originals,
  ).toEqual([
    { kind: 'link', type: 'port', borrowed: true, name: 'eth1', promiscuous: false, hairpin: false, up: true },
    {
      kind: 'address',
      borrowed: true,
      link: 'eth1',
      cidr: '203.0.113.11/24',
      broadcast: '203.0.113.255',
      noPrefixRoute: true,
      metric: 7,
    },
    // The one by which the other's gateway is reached comes first.
    { ...route, to: '203.0.113.0/24' },
    { ...route, to: 'default', via: '203.0.113.1' },
    { kind: 'link', type: 'port', borrowed: true, name: 'vnet0', promiscuous: false, hairpin: false, up: true },
  ]);
});

describe('a store of before a plan was run by hand', () => {
  const nics = [
    { holder: 'vm-1/lab', path: [], index: 0, network: 'lab', device: { type: 'tap', name: 'tap-vm-1' }, floating: [] },
  ] as const;
  const spec: Spec = { ...nothing, instances: [{ name: 'vm-1', path: [], host: 'h', hostname: 'vm-1', nics }] };
  const pool = 'network lab';
  const found = { ...NOTHING, allocations: { [pool]: { 'vm-1/lab': '10.0.0.4', 'vm-2/lab': '10.0.0.5' } } };

  for (const [name, kept, holdings] of [
    ['learns what one holds whom the spec names, and of no other', NOTHING, { 'vm-1/lab': '10.0.0.4' }],
    ['knows better', { ...NOTHING, allocations: { [pool]: { 'vm-1/lab': '10.0.0.9' } } }, { 'vm-1/lab': '10.0.0.9' }],
    [
      'has given it to another',
      { ...NOTHING, allocations: { [pool]: { 'vm-3/lab': '10.0.0.4' } } },
      { 'vm-3/lab': '10.0.0.4' },
    ],
    [
      'keeps it quarantined',
      { ...NOTHING, quarantined: { [pool]: { '10.0.0.4': { holder: 'vm-3/lab', until: 1 } } } },
      undefined,
    ],
  ] as const) {
    test(name, () =>
      expect(recall(kept, found, [{ holder: 'vm-1/lab' }], spec, { name: 'h' }).allocations[pool]).toEqual(holdings),
    );
  }

  test('learns what the uplink that the spec names was before, and of no other port', () => {
    const bridge = link('br-lab', { ours: true, addresses: [{ cidr: '203.0.113.11/24', ours: false }] });
    const { originals } = rebuild(
      nothing,
      facts(bridge, link('eth1', { master: 'br-lab', promiscuous: true }), link('vnet0', { master: 'br-lab' })),
      NO_REMNANTS,
    );
    const read = readSpec([
      {
        file: 'spec.yaml',
        text: 'apiVersion: netctl/v1\nnetworks: { lab: { mode: flat-dhcp, interface: eth1, cidr: 10.0.0.0/24 } }\n',
      },
    ]);
    const lab = read.ok ? read.spec : nothing;
    expect(recall(NOTHING, { ...NOTHING, originals }, [], lab, { name: 'h' }).originals).toEqual(originals.slice(0, 2));
    expect(
      recall({ ...NOTHING, originals: originals.slice(0, 1) }, { ...NOTHING, originals }, [], lab, { name: 'h' })
        .originals,
    ).toHaveLength(1);
  });
});
