// test/pipeline/borrowed/lent-by-now.test.ts — what of a borrowed interface is still to be given back, by how the host
// is now.
import { describe, expect, test } from 'vitest';
import { besideOf, lentByNow, movesSeveral } from '../../../src/pipeline/borrowed/lent-by-now.ts';
import type { AddressFact, Facts, LinkFact, RouteFact } from '../../../src/core/facts.ts';
import type { Change, Resource } from '../../../src/core/resource.ts';
import { NOTHING } from '../../../src/core/stored.ts';
import type { HostState } from '../../../src/core/stored.ts';
import { ADVERTISED, KERNEL } from '../../../src/iproute2/routes.ts';
import { PROTOCOL } from '../../../src/core/marks.ts';
import type { Picture } from '../../../src/uplinks/picture.ts';

const port = (name = 'eth1'): Resource =>
  ({ kind: 'link', type: 'port', borrowed: true, name, promiscuous: false, hairpin: false, up: true }) as Resource;
const lent = (cidr: string, more: object = {}): Resource =>
  ({ kind: 'address', borrowed: true, link: 'eth1', cidr, ...more }) as Resource;
const DEFAULT: RouteFact = { to: 'default', family: 4, via: '203.0.113.1', protocol: '4' };
const lentRoute = (more: object = {}): Resource =>
  ({ kind: 'route', borrowed: true, link: 'eth1', ...DEFAULT, ...more }) as Resource;
const FORWARD = { kind: 'sysctl', borrowed: true, name: 'net.ipv4.ip_forward', value: '0' } as Resource;

const address = (cidr: string, ours = false): AddressFact => ({ cidr, ours });
const link = (name: string, more: Partial<LinkFact> = {}): LinkFact => ({
  name,
  ours: false,
  promiscuous: false,
  addresses: [],
  routes: [],
  ...more,
});
const facts = (...links: readonly LinkFact[]): Facts => ({
  links: new Map(links.map((one) => [one.name, one])),
  namespaces: new Set(),
});
/** eth1 in our bridge, which has these. */
const inBridge = (
  addresses: readonly AddressFact[],
  routes: readonly RouteFact[] = [],
  ...others: readonly LinkFact[]
): Facts =>
  facts(
    link('eth1', { master: 'br-lab', promiscuous: true }),
    link('br-lab', { ours: true, addresses: [address('192.168.50.1/24', true), ...addresses], routes }),
    ...others,
  );

const stored = (former: readonly Resource[], more: Partial<HostState> = {}): HostState => ({
  ...NOTHING,
  start: 'one',
  ...more,
  former,
});
/** What of it is lent still, by what it is called. */
function names(kept: HostState): readonly string[] {
  return kept.former.map((one) => {
    const { name, cidr, to } = one as unknown as Record<string, string | undefined>;
    return name ?? cidr ?? to ?? '';
  });
}
const left = (kept: HostState, now: Facts, start = 'one'): readonly string[] => names(lentByNow(kept, now, start).kept);

const WHOLE = [port(), lent('203.0.113.11/24'), lent('203.0.113.12/24'), lentRoute(), FORWARD];
const ALL = ['eth1', '203.0.113.11/24', '203.0.113.12/24', 'default', 'net.ipv4.ip_forward'];
const ours: RouteFact = { ...DEFAULT, protocol: PROTOCOL };
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
    expect(lentByNow(stored([tap()]), now('br-ex'), 'one').told).toEqual([
      expect.objectContaining({
        code: 'device-changed',
        message:
          "tap1 is in br-ex by now, which is not netctl's, and not where it was before: there it stays, or is given back to",
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
      const kept = 'start' in more ? { ...NOTHING, former: WHOLE } : stored(WHOLE, { ...rest, start: known });
      expect(left(kept, now, start)).toEqual(expected);
    });
  }

  test('that VLANs are on has its own addresses, and is lent until the host is restarted', () => {
    const now = facts(link('eth2', { addresses: [address('198.51.100.2/24')] }));
    expect([left(stored([port('eth2')]), now), left(stored([port('eth2')]), now, 'two')]).toEqual([['eth2'], []]);
  });

  test('what it looked like goes with it', () => {
    const found = { eth1: { name: 'eth1' }, eth2: { name: 'eth2' } };
    const now = facts(link('eth1', { addresses: [address('203.0.113.22/24')] }));
    expect(lentByNow(stored(WHOLE, { found }), now, 'one').kept.found).toEqual({ eth2: { name: 'eth2' } });
  });
});

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
      const kept = stored([port(), lent('203.0.113.11/24'), lent('203.0.113.12/24')], moving ? { moving: true } : {});
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
    expect(left(stored([port(), lent('203.0.113.11/24'), lent('203.0.113.12/24'), ...routes]), now)).toEqual([
      'eth1',
      '203.0.113.11/24',
      '10.9.0.0/16',
      '10.8.0.0/16',
    ]);
  });

  test('those behind it come behind those before it', () => {
    const kept = stored([
      port(),
      lent('203.0.113.11/24'),
      lent('203.0.113.12/24', { comesAfter: '203.0.113.11/24' }),
      lent('203.0.113.13/24', { comesAfter: '203.0.113.12/24' }),
    ]);
    const { former } = lentByNow(kept, inBridge([address('203.0.113.11/24'), address('203.0.113.13/24')]), 'one').kept;
    expect(former.at(-1)).toMatchObject({ cidr: '203.0.113.13/24', comesAfter: '203.0.113.11/24' });
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
    const picture = {
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
    const kept = stored([port(), lent('2001:db8::12/64'), lent('2001:db8:1::11/64')], { found: { eth1: picture } });
    const found = lentByNow(kept, inBridge([address('2001:db8:1::11/64')]), 'one').kept.found?.['eth1'] as Picture;
    expect([found.addresses.map(({ local }) => local), found.routes.map(({ fields }) => fields['dst'])]).toEqual([
      ['2001:db8:1::11', '203.0.113.11'],
      ['2001:db8:1::/64', '10.9.0.0/16', '203.0.113.0/24'],
    ]);
  });
});

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

  test('by whose side others are when it is lent', () => {
    const now = inBridge([], [ours], by('eth2'), by('eth3'));
    expect(besideOf([lentRoute()], now, undefined)).toEqual({ beside: [KEY, '4 default eth3 101'] });
    // What comes later is not known to have been there.
    expect(besideOf([lentRoute()], now, stored([lentRoute()], { beside: [KEY] }))).toEqual({ beside: [KEY] });
    expect(besideOf([], now, stored([lentRoute()], { beside: [KEY] }))).toEqual({});
  });
});

test('more than one thing is on its way', () => {
  const made = (after: Resource): Change => ({ verb: 'create', ref: 'address br-lab x', after });
  const moved = lent('203.0.113.11/24', { borrowed: undefined, movedFrom: 'eth1' });
  expect([movesSeveral([made(moved)]), movesSeveral([made(moved), made(moved)])]).toEqual([false, true]);
  // An interface that goes from one bridge to another, with the one address that it has.
  const [uplink, guest] = [{ ...port(), promiscuous: true } as Resource, { ...port(), hairpin: true } as Resource];
  expect([
    movesSeveral([made(uplink)]),
    movesSeveral([made(uplink), made(moved)]),
    movesSeveral([made(guest), made(moved)]),
  ]).toEqual([false, true, false]);
});
