// test/guards/guards.test.ts — which plans are stopped, and what is said of them.
import { expect, test } from 'vitest';
import { diff } from '../../src/core/diff.ts';
import { order } from '../../src/core/order.ts';
import type { Ref, Wanted } from '../../src/core/resource.ts';
import { review } from '../../src/core/review.ts';
import { guards } from '../../src/guards/index.ts';
import { link } from '../../src/kinds/link/index.ts';
import type { Port } from '../../src/kinds/link/model.ts';
import { brick, named, stateOf, wantedOf } from '../core/bricks.ts';
import type { Brick } from '../core/bricks.ts';

const kinds = [brick, link];

for (const [name, observed, wanted, codes] of [
  ['nothing against building up', [], [named('a'), named('b')], []],
  ['nothing against removing half', [named('a'), named('b')], [named('a')], []],
  ['more than half is too much', [named('a'), named('b'), named('c')], [named('a')], ['mass-delete']],
  ['all is too much', [named('a')], [], ['mass-delete']],
  ['what is made anew is not removed', [named('a', { shape: 'x' }), named('b', { shape: 'x' })], [named('a'), named('b')], []],
  ['what is borrowed is not counted', [named('a', { borrowed: true }), named('b', { borrowed: true }), named('c')], [named('c')], []],
  ['what is foreign is not counted', [named('a', { foreign: true }), named('c')], [named('c')], []],
  ['a foreign one of the wanted name is in the way', [named('a', { foreign: true })], [named('a')], ['brick-foreign']],
  ['a foreign one that holds what is wanted is in the way', [named('x', { foreign: true, color: 'red' })], [named('a', { color: 'red' })], ['brick-foreign']],
  ['another foreign one is nobody\'s business', [named('x', { foreign: true, color: 'blue' })], [named('a', { color: 'red' })], []],
] as const) {
  test(name, () => { expect(codesFor(stateOf(...(observed as readonly Brick[])), wantedOf(...wanted))).toEqual(codes); });
}

test('an interface that is not there cannot be borrowed', () => {
  const ref: Ref = 'link eth9';
  const port: Port = { kind: 'link', type: 'port', borrowed: true, name: 'eth9', master: 'br0', promiscuous: true, hairpin: false, up: true };
  const wanted: Wanted = { state: new Map([[ref, port]]), because: new Map([[ref, [['networks', 'lab', 'interface']]]]), after: new Map(), waiting: [] };
  const plan = order(diff(new Map(), wanted, kinds), wanted, kinds);
  expect(review(plan, new Map(), wanted, kinds, guards)).toMatchObject([{ code: 'device-missing', at: [['networks', 'lab', 'interface']], message: 'this host has no interface eth9' }]);
});

function codesFor(observed: ReadonlyMap<Ref, Brick>, wanted: Wanted): readonly string[] {
  const plan = order(diff(observed, wanted, kinds), wanted, kinds);
  return review(plan, observed, wanted, kinds, guards).map(({ code }) => code);
}
