// test/guards/uplink-source-address.test.ts — when it is said that the host will speak to its own network from another
// address.
import { expect, test } from 'vitest';
import type { Change, Ref, Resource, State, Wanted } from '../../src/core/resource.ts';
import { uplinkSourceAddress } from '../../src/guards/uplink-source-address.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import { addressText } from '../../src/kinds/address/model.ts';
import type { Route } from '../../src/kinds/route/model.ts';

type One = Address | Route;

const own: Address = { kind: 'address', link: 'br-lab', cidr: '203.0.113.40/24', first: true };
const host: Address = { kind: 'address', link: 'eth1', cidr: '203.0.113.11/24', borrowed: true };
const moved: Address = { kind: 'address', link: 'br-lab', cidr: '203.0.113.11/24', movedFrom: 'eth1' };
const elsewhere: Address = { ...moved, cidr: '198.51.100.11/24' };
const manual: Route = {
  kind: 'route',
  family: 4,
  to: '203.0.113.0/24',
  link: 'br-lab',
  source: '203.0.113.11',
  metric: 100,
  protocol: '117',
  movedFrom: 'eth1',
};

function stateOf(all: readonly One[]): State {
  return new Map(
    all.map((one): [Ref, Resource] => [
      `${one.kind} ${one.kind === 'address' ? `${one.link} ${addressText(one)}` : 'other'}`,
      one,
    ]),
  );
}

function said(found: readonly One[], wants: readonly One[], because: string): readonly string[] {
  const [observed, state] = [stateOf(found), stateOf(wants)];
  const wanted: Wanted = {
    state,
    because: new Map([...state].map(([ref]) => [ref, [['networks', 'lab', because]]])),
    after: new Map(),
    waiting: [],
  };
  const changes = [...state].flatMap(([ref, after]): Change[] =>
    observed.has(ref) ? [] : [{ verb: 'create', ref, after }],
  );
  return [...uplinkSourceAddress({ steps: [], changes }, observed, wanted, [])].map(
    ({ severity, asks, code, message, hint }) =>
      `${severity}${asks === true ? ' asks' : ''} ${code}: ${message} (${hint ?? ''})`,
  );
}

const from = (now: string, then: string, to = '203.0.113.0/24'): unknown =>
  expect.stringContaining(
    `warning asks uplink-source-address: connections that the host begins to ${to} will come from ${now}, netctl's address on br-lab, and come from ${then} now`,
  );
for (const [name, found, wants, expected, because = 'dhcp'] of [
  ['the uplink is borrowed', [host], [own, moved], [from('203.0.113.40', '203.0.113.11')]],
  ['the network gets its address later', [moved], [own, moved], [from('203.0.113.40', '203.0.113.11')]],
  [
    'the way out names the gateway where that is it',
    [host],
    [own, moved],
    [expect.stringContaining('(`gateway: 203.0.113.11`, and it stays as it is)')],
    'gateway',
  ],
  [
    'and else the server',
    [host],
    [own, moved],
    [expect.stringContaining('(`dhcp: { server: 203.0.113.11 }`, and it stays as it is')],
  ],
  [
    "it is one of the host's, and not his first",
    [host, { ...host, cidr: '203.0.113.12/24' }],
    [{ ...own, cidr: '203.0.113.12/24', movedFrom: 'eth1' }, moved],
    [from('203.0.113.12', '203.0.113.11')],
  ],
  [
    'nothing where it is his first',
    [host, { ...host, cidr: '203.0.113.12/24' }],
    [
      { ...own, cidr: host.cidr, movedFrom: 'eth1' },
      { ...moved, cidr: '203.0.113.12/24' },
    ],
    [],
  ],
  ['nothing of another network', [{ ...host, cidr: elsewhere.cidr }], [own, elsewhere], []],
  [
    'nothing of another length, which has a route of its own',
    [{ ...host, cidr: '203.0.113.11/25' }],
    [own, { ...moved, cidr: '203.0.113.11/25' }],
    [],
  ],
  [
    'a part of its own network',
    [host],
    [{ ...own, cidr: '203.0.113.40/25' }, moved],
    [from('203.0.113.40', '203.0.113.11', '203.0.113.0/25')],
  ],
  [
    "a part, by the host's second address",
    [host, { ...host, cidr: '203.0.113.12/24' }],
    [{ ...own, cidr: '203.0.113.12/25', movedFrom: 'eth1' }, moved],
    [from('203.0.113.12', '203.0.113.11', '203.0.113.0/25')],
  ],
  [
    'nothing of a part for which the host has a longer route',
    [host, { ...manual, link: 'eth1', to: '203.0.113.0/25' }],
    [{ ...own, cidr: '203.0.113.40/25' }, moved, { ...manual, to: '203.0.113.0/25' }],
    [],
  ],
  [
    'of a part what has no longer route',
    [host, { ...manual, link: 'eth1', to: '203.0.113.64/26' }],
    [{ ...own, cidr: '203.0.113.40/25' }, moved, { ...manual, to: '203.0.113.64/26' }],
    [from('203.0.113.40', '203.0.113.11', '203.0.113.0/26')],
  ],
  ['nothing where it has been so', [own, moved], [own, moved, { ...moved, cidr: '203.0.113.12/24' }], []],
  ['nothing where all was lost, and is made again', [], [own, moved], []],
  [
    "a route that somebody has made in the kernel's stead keeps its source",
    [
      { ...host, noPrefixRoute: true },
      { ...manual, link: 'eth1' },
    ],
    [own, { ...moved, noPrefixRoute: true }, manual],
    [],
  ],
  [
    "not one that comes behind the kernel's",
    [
      { ...host, noPrefixRoute: true },
      { ...manual, link: 'eth1', metric: 425 },
    ],
    [own, { ...moved, noPrefixRoute: true }, { ...manual, metric: 425 }],
    [from('203.0.113.40', '203.0.113.11')],
  ],
] as const satisfies readonly (readonly [string, readonly One[], readonly One[], readonly unknown[], string?])[]) {
  test(name, () => expect(said(found, wants, because)).toEqual(expected));
}
