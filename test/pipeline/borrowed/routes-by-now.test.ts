// test/pipeline/borrowed/routes-by-now.test.ts — borrowed routes that somebody has made again, or replaced.
import { describe, expect, test } from 'vitest';
import { besideOf } from '../../../src/pipeline/borrowed/routes-by-now.ts';
import type { LinkFact, RouteFact } from '../../../src/core/facts.ts';
import { ADVERTISED } from '../../../src/iproute2/routes.ts';
import { DEFAULT, inBridge, left, lentRoute, link, ours, port, stored } from './borrowed-scene.ts';

describe('a route', () => {
  const by = (name: string, more: Partial<RouteFact> = {}): LinkFact =>
    link(name, { routes: [{ ...DEFAULT, via: '198.51.100.1', metric: 101, ...more }] });
  const KEY = '4 default eth2 101';
  for (const [name, now, more, expected] of [
    ['that is gone, and nothing is there', inBridge([], []), {}, ['default']],
    ['that is gone since another is there', inBridge([], [], by('eth2')), {}, []],
    ['the same while it is on its way', inBridge([], [], by('eth2')), { moving: true as const }, ['default']],
    ['beside which the other was before', inBridge([], [], by('eth2')), { beside: [KEY] }, ['default']],
    ['that is there beside another', inBridge([], [ours], by('eth2')), {}, ['default']],
    ["that a router's is instead of", inBridge([], [], by('eth2', { protocol: ADVERTISED })), {}, ['default']],
    ['of another table', inBridge([], [], by('eth2', { table: '100' })), {}, ['default']],
    ['in just whose place another is', inBridge([], [], by('eth2', { metric: 0 })), { moving: true as const }, []],
  ] as const) {
    test(name, () => {
      expect(left(stored([port(), lentRoute()], more), now).slice(1)).toEqual(expected);
    });
  }

  test('by whose side others are when it is borrowed', () => {
    const now = inBridge([], [ours], by('eth2'), by('eth3'));
    expect(besideOf([lentRoute()], now, undefined)).toEqual({ beside: [KEY, '4 default eth3 101'] });
    // What comes later is not known to have been there.
    expect(besideOf([lentRoute()], now, stored([lentRoute()], { beside: [KEY] }))).toEqual({ beside: [KEY] });
    expect(besideOf([], now, stored([lentRoute()], { beside: [KEY] }))).toEqual({});
  });
});
