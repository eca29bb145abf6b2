// test/kinds/address/address.test.ts — addresses: merged, described, claimed, had again as they were found.
import { describe, expect, test } from 'vitest';
import { address } from '../../../src/kinds/address/index.ts';
import type { Address } from '../../../src/kinds/address/model.ts';
import { link } from '../../../src/kinds/link/index.ts';
import { gateway, moved } from './addresses.ts';

describe('two wants of one address', () => {
  const plain: Address = { kind: 'address', link: 'br-lab', cidr: '10.0.0.1/24' };
  for (const [name, a, b, merged] of [
    [
      'first, and moved',
      { ...plain, first: true },
      { ...plain, movedFrom: 'eth1' },
      { ...plain, first: true, movedFrom: 'eth1' },
    ],
    ["the host's own, and an instance's", { ...plain, movedFrom: 'eth1' }, { ...plain, announce: true }, undefined],
    ['moved from two interfaces', { ...plain, movedFrom: 'eth2' }, { ...plain, movedFrom: 'eth1' }, undefined],
    [
      'with two broadcast addresses',
      { ...plain, broadcast: '10.0.0.255' },
      { ...plain, broadcast: '10.0.0.127' },
      undefined,
    ],
  ] as const satisfies readonly (readonly [string, Address, Address, Address | undefined])[]) {
    test(name, () => {
      expect(address.merge?.(a, b)).toEqual(merged);
    });
  }
});

describe('a person reads', () => {
  for (const [line, after, before] of [
    ['10.0.0.1/24 on br-lab', gateway, undefined],
    ['10.0.0.1/24 on br-lab (first)', gateway, { ...gateway, metric: 117, behind: [] }],
    [
      '192.0.2.5/24 on br-lab (moved from eth1, broadcast none, metric none)',
      moved,
      { ...moved, broadcast: '192.0.2.255', metric: 117 },
    ],
  ] as const satisfies readonly (readonly [string, Address, Address | undefined])[]) {
    test(line, () => {
      expect(address.describe(after, before)).toBe(line);
    });
  }
});

test('what is missing holds nothing yet, what goes makes room for the first', () => {
  expect(address.claims?.({ ...gateway, missing: true })).toEqual(['first on br-lab']);
  expect(address.claims?.({ ...moved, makesRoom: true })).toEqual(['ip 192.0.2.5', 'first on br-lab']);
});

test('as it was found it can be had again, in its place and with its metric', () => {
  const found: Address = {
    kind: 'address',
    link: 'br-lab',
    cidr: '10.0.0.1/24',
    metric: 117,
    stands: 0,
    promotes: true,
    comesAfter: '10.0.0.9/24',
    behind: [],
  };
  expect(address.asFound?.(found, [])).toEqual({
    kind: 'address',
    link: 'br-lab',
    cidr: '10.0.0.1/24',
    metric: 117,
    borrowed: true,
    place: 0,
  });
  expect(address.asFound?.({ ...found, borrowed: true }, [])).toEqual({
    kind: 'address',
    link: 'br-lab',
    cidr: '10.0.0.1/24',
    metric: 117,
    borrowed: true,
    place: 0,
  });
  expect(address.asFound?.({ ...found, missing: true }, [])).toBeUndefined();
});

test('one that goes is gone from its bridge before that announces what it has', () => {
  expect(address.claims?.({ kind: 'address', link: 'br-lab', cidr: '203.0.113.11/24', goes: true })).toEqual([
    'ip 203.0.113.11',
    'neighbours of br-lab',
  ]);
  expect(
    link.claims?.({
      kind: 'link',
      type: 'bridge',
      name: 'br-lab',
      mac: '02:00:00:00:00:01',
      mtu: 1500,
      netfilter: false,
      announces: true,
    }),
  ).toEqual(['link name br-lab', 'neighbours of br-lab']);
});
