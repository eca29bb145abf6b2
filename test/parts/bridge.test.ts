// test/parts/bridge.test.ts — what an uplink carries, while some of it is on its way.
import { expect, test } from 'vitest';
import { originalsOf } from '../../src/core/borrow.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import { formerAddresses } from '../../src/parts/former.ts';
import { PATHS } from '../world.ts';

test('addresses stand in the order in which the interface had them, also when some are back already', () => {
  const addresses = ['203.0.113.11/24', '203.0.113.12/24'].map((cidr): Address => ({
    kind: 'address',
    borrowed: true,
    link: 'eth1',
    cidr,
  }));
  const eth1 = {
    name: 'eth1',
    ours: false,
    promiscuous: false,
    routes: [],
    addresses: [
      { cidr: '203.0.113.11/24', ours: false },
      { cidr: '203.0.113.13/24', ours: false },
    ],
  };
  const context = {
    spec: { hosts: [], networks: [], pools: [], instances: [], macPrefix: '' },
    self: { name: 'h1' },
    allocations: {},
    paths: PATHS,
    facts: { links: new Map([['eth1', eth1]]), namespaces: new Set<string>() },
    former: originalsOf(addresses, kindsFor(PATHS)),
  };
  expect(formerAddresses('eth1', context).map(({ cidr }) => cidr)).toEqual([
    '203.0.113.11/24',
    '203.0.113.12/24',
    '203.0.113.13/24',
  ]);
});
