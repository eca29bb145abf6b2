// test/pipeline/borrowed/originals-by-now.test.ts — interfaces and devices of guests that somebody has taken back, or
// put elsewhere.
import { describe, expect, test } from 'vitest';
import { originalsByNow } from '../../../src/pipeline/borrowed/originals-by-now.ts';
import type { Facts } from '../../../src/core/facts.ts';
import type { Resource } from '../../../src/core/resource.ts';
import { NOTHING } from '../../../src/core/stored.ts';
import { address, facts, inBridge, left, borrowed, lentRoute, link, ours, port, stored } from './borrowed-scene.ts';

const FORWARD = { kind: 'sysctl', borrowed: true, name: 'net.ipv4.ip_forward', value: '0' } as Resource;

const WHOLE = [port(), borrowed('203.0.113.11/24'), borrowed('203.0.113.12/24'), lentRoute(), FORWARD];
const ALL = ['eth1', '203.0.113.11/24', '203.0.113.12/24', 'default', 'net.ipv4.ip_forward'];
const both = [address('203.0.113.11/24'), address('203.0.113.12/24')];

describe('a device of a guest', () => {
  const tap = (master?: string): Resource =>
    ({
      kind: 'link',
      type: 'port',
      borrowed: true,
      name: 'tap1',
      promiscuous: false,
      hairpin: false,
      up: true,
      ...(master === undefined ? {} : { master }),
    }) as Resource;
  const now = (master: string | undefined, ours = false): Facts =>
    facts(
      link('tap1', master === undefined ? {} : { master }),
      link('br-ex'),
      link('br-lab', { ours: true }),
      ...(ours ? [link('br-x', { ours })] : []),
    );
  for (const [name, former, at, expected] of [
    ['in its bridge', tap(), now('br-lab'), ['tap1']],
    ['in no bridge', tap(), now(undefined), ['tap1']],
    ['in a bridge of others by now', tap(), now('br-ex'), []],
    ['in the one that it was in before', tap('br-ex'), now('br-ex'), ['tap1']],
    ['in another than it was in before', tap('br-old'), now('br-ex'), []],
    ['that is not there', tap(), facts(), ['tap1']],
    [
      'that goes on as an uplink',
      tap(),
      facts(link('tap1', { master: 'br-ex', promiscuous: true }), link('br-ex')),
      ['tap1'],
    ],
  ] as const)
    test(name, () => {
      expect(left(stored([former]), at)).toEqual(expected);
    });

  test('and that is said', () => {
    expect(originalsByNow(stored([tap()]), now('br-ex'), 'one').told).toEqual([
      expect.objectContaining({
        code: 'device-changed',
        message:
          "tap1 is in br-ex by now, which is not netctl's, and not where it was before: it stays there, also when it is restored",
      }),
    ]);
  });
});

describe('an interface', () => {
  for (const [name, now, more, start, expected] of [
    ['in its bridge, with all that came along', inBridge(both, [ours]), {}, 'one', ALL],
    [
      'that is in no bridge and has addresses: it was configured anew',
      facts(link('eth1', { addresses: [address('203.0.113.22/24')] })),
      {},
      'one',
      ['net.ipv4.ip_forward'],
    ],
    [
      'the same while it is on its way',
      facts(link('eth1', { addresses: [address('203.0.113.11/24')] })),
      { moving: true },
      'one',
      ALL,
    ],
    [
      'the same, on its way when the host stopped',
      facts(link('eth1', { addresses: [address('203.0.113.22/24')] })),
      { moving: true },
      'two',
      [],
    ],
    [
      'that has left a bridge on which its addresses are',
      facts(link('eth1', { addresses: [address('203.0.113.22/24')] }), link('br-lab', { ours: true, addresses: both })),
      {},
      'one',
      ALL,
    ],
    ['that is in no bridge and has nothing yet', facts(link('eth1')), {}, 'one', ALL],
    ['that has nothing yet after a start', facts(link('eth1')), {}, 'two', ALL.slice(0, 4)],
    ['that is not there', facts(), {}, 'two', ALL.slice(0, 4)],
    ['after a start of which nothing is known', inBridge(both, [ours]), { start: undefined }, 'two', ALL],
  ] as const) {
    test(name, () => {
      const { start: known = 'one', ...rest } = { start: 'one', ...more };
      const kept = 'start' in more ? { ...NOTHING, originals: WHOLE } : stored(WHOLE, { ...rest, start: known });
      expect(left(kept, now, start)).toEqual(expected);
    });
  }

  test('that VLANs are on has its own addresses, and is borrowed until the host is restarted', () => {
    const now = facts(link('eth2', { addresses: [address('198.51.100.2/24')] }));
    expect([left(stored([port('eth2')]), now), left(stored([port('eth2')]), now, 'two')]).toEqual([['eth2'], []]);
  });

  test('what it looked like goes with it', () => {
    const found = { eth1: { name: 'eth1' }, eth2: { name: 'eth2' } };
    const now = facts(link('eth1', { addresses: [address('203.0.113.22/24')] }));
    expect(originalsByNow(stored(WHOLE, { found }), now, 'one').kept.found).toEqual({ eth2: { name: 'eth2' } });
  });
});
