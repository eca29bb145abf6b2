// test/parts/floating.test.ts — which addresses of a pool are given out.
import { expect, test } from 'vitest';
import { allocate } from '../../src/allocate/allocate.ts';
import { NOTHING } from '../../src/core/stored.ts';
import type { Facts, LinkFact } from '../../src/core/facts.ts';
import { floatingRequests } from '../../src/parts/floating.ts';
import { readSpec } from '../specfile/read-spec.ts';

const link = (more: Partial<LinkFact>): LinkFact => ({
  name: 'eth1',
  mac: '',
  ours: false,
  promiscuous: false,
  addresses: [],
  routes: [],
  ...more,
});

function given(
  wishes: string,
  more: {
    readonly hosts?: string;
    readonly networks?: string;
    readonly link?: Partial<LinkFact>;
    readonly held?: Readonly<Record<string, string>>;
  } = {},
): Readonly<Record<string, string>> | undefined {
  const text = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1${more.hosts ?? ''} } }
networks: { lab: { mode: flat-dhcp, cidr: 10.0.0.0/24, interface: null${more.networks ?? ''} } }
pools: { a: { ranges: [198.51.100.16/29, 198.51.100.40-198.51.100.41] } }
instances: { vm: { nics: [{ network: lab, floating: [${wishes}] }] } }
`;
  const read = readSpec([{ file: 'spec.yaml', text }]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const facts: Facts = { links: new Map([['eth1', link(more.link ?? {})]]), namespaces: new Set() };
  const granted = allocate(
    [...floatingRequests(read.spec, facts)],
    { ...NOTHING, allocations: { 'pool a': more.held ?? {} } },
    0,
  );
  return granted.ok ? granted.value.allocations['pool a'] : undefined;
}

const A = 'vm/lab a';

for (const [name, got, wanted] of [
  ['the first, which is not the network address', given('{ pool: a }'), { [A]: '198.51.100.17' }],
  [
    'by name first, then what is free',
    given('{ pool: a }, 198.51.100.17'),
    { [A]: '198.51.100.18', 'vm/lab 198.51.100.17': '198.51.100.17' },
  ],
  ['who holds one keeps it', given('{ pool: a }', { held: { [A]: '198.51.100.41' } }), { [A]: '198.51.100.41' }],
  [
    'not what is in the pool no more',
    given('{ pool: a }', { held: { [A]: '198.51.100.42' } }),
    { [A]: '198.51.100.17' },
  ],
  [
    "not the host's own",
    given('{ pool: a }', { link: { addresses: [{ cidr: '198.51.100.17/24', ours: false }] } }),
    { [A]: '198.51.100.18' },
  ],
  [
    'but what netctl has bound itself',
    given('{ pool: a }', { link: { addresses: [{ cidr: '198.51.100.17/32', ours: true }] } }),
    { [A]: '198.51.100.17' },
  ],
  [
    'not a router that the host sends to',
    given('{ pool: a }', { link: { routes: [{ to: 'default', family: 4, via: '198.51.100.17', protocol: '3' }] } }),
    { [A]: '198.51.100.18' },
  ],
  [
    "not a host's source address",
    given('{ pool: a }', { hosts: ', sourceAddress: 198.51.100.17' }),
    { [A]: '198.51.100.18' },
  ],
  [
    'not the sources of a network',
    given('{ pool: a }', { networks: ', snat: 198.51.100.16-198.51.100.20' }),
    { [A]: '198.51.100.21' },
  ],
] as const) {
  test(name, () => expect(got).toEqual(wanted));
}
