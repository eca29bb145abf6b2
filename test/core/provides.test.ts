// test/core/provides.test.ts — what is needed may be there by something of another name.
import { expect, test } from 'vitest';
import { diff } from '../../src/core/diff.ts';
import { withoutDeferred } from '../../src/core/defer.ts';
import { order } from '../../src/core/order.ts';
import { kinds, named, said, stateOf, wantedOf } from './bricks.ts';

const [arch, roof] = [named('arch', { brings: ['keystone'] }), named('roof', { on: ['keystone'] })];

test('it is made before, and removed after, whoever needs what it brings', () => {
  const made = wantedOf(roof, arch);
  expect(said(order(diff(stateOf(), made, kinds), made, kinds).changes)).toEqual(['create arch', 'create roof']);
  const nothing = wantedOf();
  expect(said(order(diff(stateOf(arch, roof), nothing, kinds), nothing, kinds).changes)).toEqual([
    'delete roof',
    'delete arch',
  ]);
});

test('who needs what it brings is made again with it', () => {
  const wanted = wantedOf(arch, roof);
  expect(said(diff(stateOf(roof), wanted, kinds))).toEqual(['create arch', 'replace roof']);
  expect(said(diff(stateOf({ ...arch, shape: 'round' }, roof), wanted, kinds))).toEqual([
    'replace arch',
    'replace roof',
  ]);
});

test('what needs it waits where it is held, and it stays while that is held', () => {
  const made = wantedOf(arch, roof);
  const making = diff(stateOf(), made, kinds);
  expect(said(withoutDeferred(making, (ref) => ref === 'brick arch', made, kinds))).toEqual([]);
  const nothing = wantedOf();
  const removing = diff(stateOf(arch, roof), nothing, kinds);
  expect(said(withoutDeferred(removing, (ref) => ref === 'brick roof', nothing, kinds))).toEqual([]);
});
