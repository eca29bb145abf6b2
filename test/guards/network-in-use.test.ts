// test/guards/network-in-use.test.ts — a bridge that goes while guests' devices are in it.
import { describe, expect, test } from 'vitest';
import type { LinkFact } from '../../src/core/facts.ts';
import { diff } from '../../src/core/diff.ts';
import { order } from '../../src/core/order.ts';
import type { Diagnostic, Ref, Wanted } from '../../src/core/resource.ts';
import { review } from '../../src/core/review.ts';
import { guardsFor } from '../../src/guards/index.ts';
import { link } from '../../src/kinds/link/index.ts';
import type { Bridge, Link, Port, Tap, Vlan } from '../../src/kinds/link/model.ts';

const bridge = (name: string): Bridge => ({
  kind: 'link',
  type: 'bridge',
  name,
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  netfilter: false,
});
const tap = (name: string, master: string): Tap => ({
  kind: 'link',
  type: 'tap',
  name,
  master,
  mtu: 1500,
  alias: `${name}/lab`,
});
const port = (name: string, rest: Partial<Port>): Port => ({
  kind: 'link',
  type: 'port',
  borrowed: true,
  name,
  promiscuous: false,
  hairpin: false,
  up: true,
  mtu: 1500,
  ...rest,
});
const vlan: Vlan = { kind: 'link', type: 'vlan', name: 'vlan7', parent: 'eth0', id: 7, master: 'br0', mtu: 1500 };

/** `others`: devices of the host that netctl has nothing to do with, each with its bridge. */
function said(
  before: readonly Link[],
  after: readonly Link[],
  others: readonly (readonly [name: string, master: string])[] = [],
): readonly Diagnostic[] {
  const stateOf = (all: readonly Link[]): ReadonlyMap<Ref, Link> =>
    new Map(all.map((one) => [`link ${one.name}`, one]));
  const wanted: Wanted = { state: stateOf(after), because: new Map(), after: new Map(), waiting: [] };
  const links = new Map(
    others.map(([name, master]): [string, LinkFact] => [
      name,
      { name, master, ours: false, promiscuous: false, addresses: [], routes: [] },
    ]),
  );
  return review(
    order(diff(stateOf(before), wanted, [link]), wanted, [link]),
    stateOf(before),
    wanted,
    [link],
    guardsFor({ links }),
  ).filter(({ code }) => code === 'network-in-use');
}

describe('is said', () => {
  test('of guests that stay, of those that go with it, and of those of others, each once', () => {
    const before = [bridge('br0'), tap('tap-1', 'br0'), port('vnet1', { master: 'br0', hairpin: true })];
    expect(
      said(
        before,
        [port('vnet1', {})],
        [
          ['vnet0', 'br0'],
          ['tap-1', 'br0'],
        ],
      ),
    ).toMatchObject([
      {
        severity: 'warning',
        asks: true,
        message: 'bridge br0 is deleted, but 3 devices of instances are in it: tap-1, vnet0 and vnet1',
        against: ['link br0'],
      },
    ]);
  });
  test('of one', () => {
    expect(said([bridge('br0'), tap('tap-1', 'br0')], [])).toMatchObject([
      { message: "bridge br0 is deleted, but an instance's device is in it: tap-1" },
    ]);
  });
  test('of many, five by name', () => {
    const many = Array.from({ length: 12 }, (_, i) => [`vnet${String(i).padStart(2, '0')}`, 'br0'] as const);
    expect(said([bridge('br0')], [], many)).toMatchObject([
      {
        message:
          'bridge br0 is deleted, but 12 devices of instances are in it: vnet00, vnet01, vnet02, vnet03, vnet04 and 7 more',
      },
    ]);
  });
  test('of each bridge', () => {
    expect(
      said(
        [bridge('br0'), bridge('br1')],
        [],
        [
          ['a', 'br0'],
          ['b', 'br1'],
        ],
      ).map(({ against }) => against),
    ).toEqual([['link br0'], ['link br1']]);
  });
});

describe('is not said', () => {
  test('of a bridge without guests: its own uplinks are none', () => {
    expect(
      said(
        [bridge('br0'), vlan, port('eth1', { master: 'br0', promiscuous: true })],
        [port('eth1', {})],
        [
          ['eth1', 'br0'],
          ['vlan7', 'br0'],
        ],
      ),
    ).toEqual([]);
  });
  test('of a bridge that stays', () => {
    expect(said([bridge('br0'), tap('tap-1', 'br0')], [bridge('br0')], [['vnet0', 'br0']])).toEqual([]);
  });
  test('of a guest that moves into another bridge', () => {
    expect(said([bridge('br0'), tap('tap-1', 'br0')], [bridge('br1'), tap('tap-1', 'br1')])).toEqual([]);
  });
  test('of what is in other bridges', () => {
    expect(said([bridge('br0')], [], [['vnet0', 'docker0']])).toEqual([]);
  });
});
