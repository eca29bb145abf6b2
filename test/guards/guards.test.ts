// test/guards/guards.test.ts — which plans are stopped, and what is said of them.
import { expect, test } from 'vitest';
import { diff } from '../../src/core/diff.ts';
import { order } from '../../src/core/order.ts';
import type { Ref, Wanted } from '../../src/core/resource.ts';
import { review } from '../../src/core/review.ts';
import { guardsFor } from '../../src/guards/index.ts';
import { uplinkMarked } from '../../src/guards/uplink-marked.ts';
import { link } from '../../src/kinds/link/index.ts';
import type { Link, Port, Vlan } from '../../src/kinds/link/model.ts';
import { brick, named, stateOf, wantedOf } from '../core/bricks.ts';
import type { Brick } from '../core/bricks.ts';

const kinds = [brick, link];
const guards = guardsFor({ links: new Map() });

for (const [name, observed, wanted, codes] of [
  ['nothing against building up', [], [named('a'), named('b')], []],
  ['nothing against removing half', [named('a'), named('b')], [named('a')], []],
  ['more than half is too much', [named('a'), named('b'), named('c')], [named('a')], ['mass-delete']],
  ['all is too much', [named('a')], [], ['mass-delete']],
  [
    'what is recreated is not removed',
    [named('a', { shape: 'x' }), named('b', { shape: 'x' })],
    [named('a'), named('b')],
    [],
  ],
  [
    'what is borrowed is not counted',
    [named('a', { borrowed: true }), named('b', { borrowed: true }), named('c')],
    [named('c')],
    [],
  ],
  ['what is foreign is not counted', [named('a', { foreign: true }), named('c')], [named('c')], []],
  ['a foreign one of the wanted name is in the way', [named('a', { foreign: true })], [named('a')], ['brick-foreign']],
  [
    'a foreign one that holds what is wanted is in the way',
    [named('x', { foreign: true, color: 'red' })],
    [named('a', { color: 'red' })],
    ['brick-foreign'],
  ],
  [
    "another foreign one is nobody's business",
    [named('x', { foreign: true, color: 'blue' })],
    [named('a', { color: 'red' })],
    [],
  ],
] as const) {
  test(name, () => {
    expect(codesFor(stateOf(...(observed as readonly Brick[])), wantedOf(...wanted))).toEqual(codes);
  });
}

test('what stands in the way stands against what it excludes, and nothing else', () => {
  const observed = stateOf(named('x', { foreign: true, color: 'red' }));
  const wanted = wantedOf(named('a', { color: 'red' }), named('b'));
  expect(review(order(diff(observed, wanted, kinds), wanted, kinds), observed, wanted, kinds, guards)).toMatchObject([
    { against: ['brick a'] },
  ]);
});

test('an interface that is not there cannot be borrowed', () => {
  const ref: Ref = 'link eth9';
  const port: Port = {
    kind: 'link',
    type: 'port',
    borrowed: true,
    name: 'eth9',
    master: 'br0',
    promiscuous: true,
    hairpin: false,
    up: true,
  };
  const wanted: Wanted = {
    state: new Map([[ref, port]]),
    because: new Map([[ref, [['networks', 'lab', 'interface']]]]),
    after: new Map(),
    waiting: [],
  };
  const plan = order(diff(new Map(), wanted, kinds), wanted, kinds);
  expect(review(plan, new Map(), wanted, kinds, guards)).toMatchObject([
    {
      code: 'device-missing',
      at: [['networks', 'lab', 'interface']],
      message: 'this host has no interface eth9',
      hint: '`ip link` lists those it has',
    },
  ]);
  const called = new Map([
    [
      'eth1',
      { name: 'eth1', ours: false, promiscuous: false, addresses: [], routes: [], altnames: ['enp1s0', 'eth9'] },
    ],
  ]);
  expect(review(plan, new Map(), wanted, kinds, guardsFor({ links: called }))).toMatchObject([
    { code: 'device-missing', hint: 'that is another name (altname) of eth1: write eth1' },
  ]);
});

test("an interface that bears our mark is not borrowed; a guest's device that was ours is", () => {
  const ref: Ref = 'link eth1';
  const veth: Link = {
    kind: 'link',
    type: 'veth',
    name: 'eth1',
    peer: { name: 'far1', netns: 'w', mac: '' },
    master: '',
    mtu: 1500,
    alias: '',
  };
  const port: Port = {
    kind: 'link',
    type: 'port',
    borrowed: true,
    name: 'eth1',
    master: 'br0',
    promiscuous: true,
    hairpin: false,
    up: true,
  };
  const said = (after: Port): unknown => {
    const wanted: Wanted = {
      state: new Map([[ref, after]]),
      because: new Map([[ref, [['networks', 'lab', 'interface']]]]),
      after: new Map(),
      waiting: [],
    };
    return [
      ...uplinkMarked(
        { steps: [], changes: [{ verb: 'replace', ref, before: veth, after }] },
        new Map(),
        wanted,
        kinds,
      ),
    ];
  };
  expect(said(port)).toMatchObject([
    {
      severity: 'error',
      code: 'uplink-marked',
      at: [['networks', 'lab', 'interface']],
      hint: expect.stringContaining('ip link set eth1 group default') as string,
    },
  ]);
  expect(said({ ...port, promiscuous: false, hairpin: true })).toEqual([]);
});

test('nor can a VLAN device stand on it; and the hint says where it is named', () => {
  const ref: Ref = 'link eth9';
  const port: Port = {
    kind: 'link',
    type: 'port',
    borrowed: true,
    name: 'eth9',
    promiscuous: false,
    hairpin: false,
    up: true,
    carries: 1500,
    parent: true,
  };
  const wanted: Wanted = {
    state: new Map([[ref, port]]),
    because: new Map([[ref, [['hosts', 'h1', 'vlanInterface']]]]),
    after: new Map(),
    waiting: [],
  };
  const plan = order(diff(new Map(), wanted, kinds), wanted, kinds);
  expect(review(plan, new Map(), wanted, kinds, guards)).toMatchObject([
    {
      message: 'this host has no interface eth9 for VLAN devices to stand on',
      hint: expect.stringContaining('vlanInterface') as string,
    },
  ]);
});

test("somebody else's VLAN device of the same id and parent is in the way", () => {
  const vlan: Vlan = {
    kind: 'link',
    type: 'vlan',
    name: 'vlan100',
    parent: 'eth1',
    id: 100,
    master: 'br100',
    mtu: 1500,
  };
  const state = new Map<Ref, Link>([['link vlan100', vlan]]);
  const wanted: Wanted = {
    state,
    because: new Map([['link vlan100', [['networks', 'blue', 'vlan']]]]),
    after: new Map(),
    waiting: [],
  };
  const observed = new Map<Ref, Link>([['link eth1.100', { ...vlan, name: 'eth1.100', master: '', foreign: true }]]);
  const plan = order(diff(observed, wanted, kinds), wanted, kinds);
  expect(review(plan, observed, wanted, kinds, guards)).toMatchObject([
    {
      code: 'link-foreign',
      message: "link eth1.100 is there already, is not netctl's, and conflicts with link vlan100",
    },
  ]);
});

function codesFor(observed: ReadonlyMap<Ref, Brick>, wanted: Wanted): readonly string[] {
  const plan = order(diff(observed, wanted, kinds), wanted, kinds);
  return review(plan, observed, wanted, kinds, guards).map(({ code }) => code);
}
