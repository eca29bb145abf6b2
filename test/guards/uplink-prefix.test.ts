// test/guards/uplink-prefix.test.ts — when it is said that a network gives the host's own address another prefix, and
// what the host reaches then.
import { expect, test } from 'vitest';
import type { Ref, Resource, State, Wanted } from '../../src/core/resource.ts';
import { uplinkPrefix } from '../../src/guards/uplink-prefix.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import { addressText } from '../../src/kinds/address/model.ts';
import type { Route } from '../../src/kinds/route/model.ts';

type One = Address | Route;

const host: Address = { kind: 'address', link: 'eth1', cidr: '203.0.113.11/24', borrowed: true };
const second: Address = { ...host, cidr: '203.0.113.12/24' };
const own = (bits: number): Address => ({
  kind: 'address',
  link: 'br-lab',
  cidr: `203.0.113.11/${bits}`,
  first: true,
  movedFrom: 'eth1',
});
const on = (one: Address): Address => ({ kind: 'address', link: 'br-lab', cidr: one.cidr, movedFrom: 'eth1' });
const route: Route = {
  kind: 'route',
  family: 4,
  to: '203.0.113.0/24',
  link: 'eth1',
  source: '203.0.113.11',
  metric: 100,
  protocol: '2',
};
const stateOf = (all: readonly One[]): State =>
  new Map(
    all.map((one): [Ref, Resource] => [
      `${one.kind} ${one.kind === 'address' ? `${one.link} ${addressText(one)}` : 'other'}`,
      one,
    ]),
  );

function said(found: readonly One[], wants: readonly One[], borrowed: readonly One[]): readonly string[] {
  const wanted: Wanted = { state: stateOf(wants), because: new Map(), after: new Map(), waiting: [] };
  return [...uplinkPrefix({ borrowed: stateOf(borrowed) })({ steps: [], changes: [] }, stateOf(found), wanted, [])].map(
    ({ severity, asks, code, message, hint }) =>
      `${severity}${asks === true ? ' asks' : ''} ${code}: ${message} (${hint ?? ''})`,
  );
}

const becomes = (was: number, bits: number, what: string): unknown =>
  expect.stringContaining(
    `warning asks uplink-prefix: the host's 203.0.113.11/${was} on eth1 becomes 203.0.113.11/${bits} on br-lab, as the network's cidr says: the host ${what} (`,
  );
for (const [name, found, wants, expected, borrowed = []] of [
  [
    'a shorter network: the rest of the LAN',
    [host],
    [own(25)],
    [becomes(24, 25, 'has no route of its own to 203.0.113.128/25 any more')],
  ],
  [
    "the way out: the host's own prefix, or another address",
    [host],
    [own(25)],
    [
      expect.stringContaining(
        "(give the network the host's own prefix (`cidr: 203.0.113.0/24`), or another address of its own: `dhcp: { server: … }`)",
      ),
    ],
  ],
  [
    'a much shorter one',
    [host],
    [own(28)],
    [
      becomes(
        24,
        28,
        'has no route of its own to 203.0.113.16/28, 203.0.113.32/27, 203.0.113.64/26, 203.0.113.128/25 any more',
      ),
    ],
  ],
  [
    'a longer network: what was by the router',
    [{ ...host, cidr: '203.0.113.11/25' }],
    [own(24)],
    [becomes(25, 24, 'looks for 203.0.113.128/25 there, and no longer by its router')],
  ],
  [
    "a hoster's /32",
    [{ ...host, cidr: '203.0.113.11/32' }],
    [own(24)],
    [becomes(32, 24, 'looks for 203.0.113.0/24 there, and no longer by its router')],
  ],
  [
    'by another address of the host',
    [host, second],
    [own(25), on(second)],
    [becomes(24, 25, 'speaks to 203.0.113.128/25 from 203.0.113.12')],
  ],
  [
    'a route that somebody has made leads there',
    [{ ...host, noPrefixRoute: true }, route],
    [own(25), { ...route, link: 'br-lab' }],
    [],
  ],
  [
    'the bridge has it already',
    [on(host)],
    [own(25)],
    [expect.stringContaining("the host's 203.0.113.11/24 on br-lab becomes 203.0.113.11/25 on br-lab")],
  ],
  ['the same prefix', [host], [own(24)], []],
  ['it is so by now', [own(25)], [own(25)], []],
  ["the host's own prefix again", [own(25)], [own(24)], [], [host]],
  ["not the host's address", [{ ...host, cidr: '203.0.113.9/24' }], [{ ...own(25), cidr: '203.0.113.40/25' }], []],
] as const satisfies readonly (readonly [
  string,
  readonly One[],
  readonly One[],
  readonly unknown[],
  (readonly One[])?,
])[]) {
  test(name, () => expect(said(found, wants, borrowed)).toEqual(expected));
}
