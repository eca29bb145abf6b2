// test/pipeline/borrowed/moves-several.test.ts — a plan that moves more than one thing of an interface.
import { expect, test } from 'vitest';
import { movesSeveral } from '../../../src/pipeline/borrowed/moves-several.ts';
import type { Change, Resource } from '../../../src/core/resource.ts';
import { borrowed, port } from './borrowed-scene.ts';

test('more than one thing is on its way', () => {
  const made = (after: Resource): Change => ({ verb: 'create', ref: 'address br-lab x', after });
  const moved = borrowed('203.0.113.11/24', { borrowed: undefined, movedFrom: 'eth1' });
  expect([movesSeveral([made(moved)]), movesSeveral([made(moved), made(moved)])]).toEqual([false, true]);
  // An interface that goes from one bridge to another, with the one address that it has.
  const [uplink, guest] = [{ ...port(), promiscuous: true } as Resource, { ...port(), hairpin: true } as Resource];
  expect([
    movesSeveral([made(uplink)]),
    movesSeveral([made(uplink), made(moved)]),
    movesSeveral([made(guest), made(moved)]),
  ]).toEqual([false, true, false]);
});
