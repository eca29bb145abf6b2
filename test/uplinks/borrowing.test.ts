// test/uplinks/borrowing.test.ts — which interfaces a plan is about to borrow, and which are borrowed already or never.
import { describe, expect, test } from 'vitest';
import type { Ref, State } from '../../src/core/resource.ts';
import type { Bridge, Link, Port } from '../../src/kinds/link/model.ts';
import { aboutToBorrow } from '../../src/uplinks/borrowing.ts';

const bridge = (name: string, rest: Partial<Bridge> = {}): Bridge => ({
  kind: 'link',
  type: 'bridge',
  name,
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  netfilter: false,
  ...rest,
});
const port = (rest: Partial<Port> = {}): Port => ({
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'eth1',
  promiscuous: false,
  hairpin: false,
  up: true,
  ...rest,
});
const stateOf = (...links: readonly Link[]): State => new Map(links.map((link) => [`link ${link.name}` as Ref, link]));

const WANTED = [bridge('br1'), port({ master: 'br1', promiscuous: true, carries: 1500 })];

describe('about to be borrowed', () => {
  for (const [name, wanted, observed, names] of [
    ['one in no bridge', WANTED, [port()], ['eth1']],
    ["one in a bridge of somebody else's", WANTED, [port({ master: 'br9' })], ['eth1']],
    ['not one that is in its bridge', WANTED, [bridge('br1'), port({ master: 'br1' })], []],
    ['not one that goes from a bridge of ours to another', WANTED, [bridge('br2'), port({ master: 'br2' })], []],
    [
      'but one in a bridge that only bears such a name',
      WANTED,
      [bridge('br2', { foreign: true }), port({ master: 'br2' })],
      ['eth1'],
    ],
    ['not one that is not there', WANTED, [], []],
    ['not one that goes back to where it was', [port({ master: 'br9' })], [bridge('br1'), port({ master: 'br1' })], []],
    ['not one that goes back after its bridge went', [port({ master: 'br9' })], [port()], []],
    ["not a guest's device", [bridge('br1'), port({ master: 'br1', hairpin: true })], [port()], []],
    ['not what only VLAN devices stand on', [bridge('br1'), port({ parent: true })], [port()], []],
  ] as const)
    test(name, () => expect(aboutToBorrow(stateOf(...wanted), stateOf(...observed))).toEqual(names));

  test('not one that is to wait', () =>
    expect(aboutToBorrow(stateOf(...WANTED), stateOf(port()), (ref) => ref === 'link eth1')).toEqual([]));
});
