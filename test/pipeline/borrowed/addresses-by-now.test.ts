// test/pipeline/borrowed/addresses-by-now.test.ts — borrowed addresses that somebody has removed.
import { describe, expect, test } from 'vitest';
import { originalsByNow } from '../../../src/pipeline/borrowed/originals-by-now.ts';
import { KERNEL } from '../../../src/iproute2/routes.ts';
import type { Snapshot } from '../../../src/uplinks/snapshot.ts';
import { address, facts, inBridge, left, borrowed, lentRoute, link, ours, port, stored } from './borrowed-scene.ts';

describe('an address', () => {
  for (const [name, now, moving, expected] of [
    [
      'that is not on the bridge where another is',
      inBridge([address('203.0.113.11/24')], [ours]),
      false,
      ['203.0.113.11/24'],
    ],
    [
      'the same while it is on its way',
      inBridge([address('203.0.113.11/24')], [ours]),
      true,
      ['203.0.113.11/24', '203.0.113.12/24'],
    ],
    [
      'that is on the interface still',
      facts(
        link('eth1', { master: 'br-lab', addresses: [address('203.0.113.12/24')] }),
        link('br-lab', { ours: true, addresses: [address('203.0.113.11/24')] }),
      ),
      false,
      ['203.0.113.11/24', '203.0.113.12/24'],
    ],
    ['in whose place is a new one', inBridge([address('203.0.113.33/24')]), false, []],
    ['of which none is left', inBridge([]), false, ['203.0.113.11/24', '203.0.113.12/24']],
    [
      'of which only another family is left',
      inBridge([address('2001:db8::1/64')]),
      false,
      ['203.0.113.11/24', '203.0.113.12/24'],
    ],
    [
      'that another device has',
      inBridge([], [], link('eth2', { addresses: [address('203.0.113.12/24')] })),
      false,
      ['203.0.113.11/24'],
    ],
    [
      "that is the network's own there",
      facts(
        link('eth1', { master: 'br-lab' }),
        link('br-lab', { ours: true, addresses: [address('203.0.113.11/24', true), address('203.0.113.12/24')] }),
      ),
      false,
      ['203.0.113.11/24', '203.0.113.12/24'],
    ],
    [
      'that has another length',
      inBridge([address('203.0.113.11/25'), address('203.0.113.12/24')]),
      false,
      ['203.0.113.11/24', '203.0.113.12/24'],
    ],
  ] as const) {
    test(name, () => {
      const kept = stored(
        [port(), borrowed('203.0.113.11/24'), borrowed('203.0.113.12/24')],
        moving ? { moving: true } : {},
      );
      expect(left(kept, now).slice(1)).toEqual(expected);
    });
  }

  test('takes with it the routes that have it as their source, and are nowhere', () => {
    const routes = [
      lentRoute({ source: '203.0.113.12' }),
      lentRoute({ to: '10.9.0.0/16', source: '203.0.113.12' }),
      lentRoute({ to: '10.8.0.0/16' }),
    ];
    const now = inBridge([address('203.0.113.11/24')], [{ ...ours, to: '10.9.0.0/16' }]);
    expect(left(stored([port(), borrowed('203.0.113.11/24'), borrowed('203.0.113.12/24'), ...routes]), now)).toEqual([
      'eth1',
      '203.0.113.11/24',
      '10.9.0.0/16',
      '10.8.0.0/16',
    ]);
  });

  test('those behind it come behind those before it', () => {
    const kept = stored([
      port(),
      borrowed('203.0.113.11/24'),
      borrowed('203.0.113.12/24', { comesAfter: '203.0.113.11/24' }),
      borrowed('203.0.113.13/24', { comesAfter: '203.0.113.12/24' }),
    ]);
    const { originals } = originalsByNow(
      kept,
      inBridge([address('203.0.113.11/24'), address('203.0.113.13/24')]),
      'one',
    ).kept;
    expect(originals.at(-1)).toMatchObject({ cidr: '203.0.113.13/24', comesAfter: '203.0.113.11/24' });
  });

  test('is missed by nobody, nor what the kernel made with it', () => {
    const of = (fields: object): object => ({ fields, words: '', locks: [] });
    const routes = [
      of({ dst: '2001:db8::12', table: '255', protocol: KERNEL }),
      of({ dst: '2001:db8::/64', protocol: KERNEL }),
      of({ dst: '2001:db8:1::/64', protocol: KERNEL }),
      of({ dst: '10.9.0.0/16', protocol: '4' }),
      of({ dst: '203.0.113.0/24', protocol: KERNEL, prefsrc: '203.0.113.11' }),
    ];
    const snapshot = {
      name: 'eth1',
      addresses: [{ local: '2001:db8::12' }, { local: '2001:db8:1::11' }, { local: '203.0.113.11' }],
      routes,
      link: {},
      settings: {},
      defaults: {},
      dependents: [],
      rules: [],
      neighbours: [],
      nexthops: [],
      qdiscs: [],
      filters: [],
      joins: [],
      managers: [],
      unread: [],
      wireless: false,
    };
    const kept = stored([port(), borrowed('2001:db8::12/64'), borrowed('2001:db8:1::11/64')], {
      found: { eth1: snapshot },
    });
    const found = originalsByNow(kept, inBridge([address('2001:db8:1::11/64')]), 'one').kept.found?.[
      'eth1'
    ] as Snapshot;
    expect([found.addresses.map(({ local }) => local), found.routes.map(({ fields }) => fields['dst'])]).toEqual([
      ['2001:db8:1::11', '203.0.113.11'],
      ['2001:db8:1::/64', '10.9.0.0/16', '203.0.113.0/24'],
    ]);
  });
});
