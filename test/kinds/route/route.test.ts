// test/kinds/route/route.test.ts — which routes are ours, which are borrowed or in the way, and what is told to `ip`.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/core/resource.ts';
import type { LinkRecord } from '../../../src/iproute2/links.ts';
import type { RouteRecord } from '../../../src/iproute2/routes.ts';
import { route } from '../../../src/kinds/route/index.ts';
import type { Route } from '../../../src/kinds/route/model.ts';
import { routesOf } from '../../../src/kinds/route/observe.ts';

const moved: Route = {
  kind: 'route',
  family: 4,
  to: 'default',
  via: '192.0.2.1',
  link: 'br-lab',
  metric: 100,
  protocol: '117',
  movedFrom: 'eth1',
};
const back: Route = {
  kind: 'route',
  family: 4,
  to: 'default',
  via: '192.0.2.1',
  link: 'eth1',
  metric: 100,
  protocol: '16',
  borrowed: true,
};
const record: RouteRecord = {
  family: 4,
  to: 'default',
  via: '192.0.2.1',
  link: 'eth1',
  metric: 100,
  protocol: '16',
  onlink: false,
  hops: [],
};
const there: Route = {
  kind: 'route',
  family: 4,
  to: 'default',
  via: '192.0.2.1',
  link: 'eth1',
  metric: 100,
  protocol: '16',
};
const eth1: LinkRecord = {
  index: 2,
  name: 'eth1',
  up: true,
  promiscuous: false,
  mtu: 1500,
  group: 'default',
  hairpin: false,
  addresses: [
    {
      family: 4,
      ip: '192.0.2.5',
      bits: 24,
      scope: 'global',
      secondary: false,
      automatic: false,
      dynamic: false,
      noPrefixRoute: false,
      noDad: false,
      deprecated: false,
      flags: [],
    },
  ],
};
const bridge: LinkRecord = { ...eth1, index: 3, name: 'br-lab', group: '117', addresses: [] };
const dependsOn = ['address eth1 192.0.2.5/24'] as const;

describe('of a host’s routes', () => {
  for (const [name, records, wanted, found] of [
    [
      'ours by the protocol',
      [{ ...record, link: 'br-lab', protocol: '117' }],
      [],
      [{ ...there, link: 'br-lab', protocol: '117' }],
    ],
    ['what leads through the uplink', [record], [moved], [{ ...there, dependsOn, borrowed: true }]],
    [
      'also another than the wanted ones',
      [{ ...record, to: '10.7.0.0/16', metric: 0 }],
      [moved],
      [
        {
          kind: 'route',
          family: 4,
          to: '10.7.0.0/16',
          via: '192.0.2.1',
          link: 'eth1',
          protocol: '16',
          dependsOn,
          borrowed: true,
        },
      ],
    ],
    ['one given back', [record], [back], [{ ...there, dependsOn, borrowed: true }]],
    [
      'one of the place we want, elsewhere',
      [{ ...record, link: 'eth2' }],
      [moved],
      [{ ...there, link: 'eth2', foreign: true }],
    ],
    ['one of another metric', [{ ...record, link: 'eth2', metric: 200 }], [moved], []],
    [
      'the kernel’s own, and the advertised',
      [
        {
          family: 4,
          to: '192.0.2.0/24',
          link: 'eth1',
          metric: 0,
          source: '192.0.2.5',
          protocol: '2',
          onlink: false,
          hops: [],
        },
        { ...record, protocol: '9' },
      ],
      [moved],
      [],
    ],
    [
      'one that somebody calls the kernel’s',
      [
        {
          family: 4,
          to: '192.0.2.0/24',
          link: 'eth1',
          metric: 100,
          source: '192.0.2.5',
          protocol: '2',
          onlink: false,
          hops: [],
        },
      ],
      [moved],
      [
        {
          kind: 'route',
          family: 4,
          to: '192.0.2.0/24',
          link: 'eth1',
          metric: 100,
          source: '192.0.2.5',
          protocol: '2',
          dependsOn,
          borrowed: true,
        },
      ],
    ],
    [
      'one of another table, with all its attributes',
      [{ ...record, table: '100', type: 'local', tos: '0x10', attributes: 'realms 3/4 mtu lock 1400' }],
      [moved],
      [
        {
          ...there,
          table: '100',
          type: 'local',
          tos: '0x10',
          attributes: 'realms 3/4 mtu lock 1400',
          dependsOn,
          borrowed: true,
        },
      ],
    ],
    [
      'put on a bridge of ours by somebody',
      [{ ...record, link: 'br-lab' }],
      [back],
      [{ ...there, link: 'br-lab', ofOthers: true }],
    ],
    [
      'and to be there again',
      [{ ...record, link: 'br-lab' }],
      [{ ...there, link: 'br-lab', ofOthers: true }],
      [{ ...there, link: 'br-lab', ofOthers: true }],
    ],
    ['beyond what can be said again', [{ ...record, unsayable: ['encap'] }], [moved], [{ ...there, foreign: true }]],
    [
      'one of several ways through the uplink',
      [
        {
          family: 4,
          to: '10.7.0.0/16',
          metric: 0,
          protocol: '3',
          onlink: false,
          hops: [{ link: 'eth2' }, { via: '192.0.2.1', link: 'eth1' }],
        },
      ],
      [moved],
      [
        {
          kind: 'route',
          family: 4,
          to: '10.7.0.0/16',
          link: 'eth2',
          metric: 0,
          protocol: '3',
          hops: [{ link: 'eth2' }, { via: '192.0.2.1', link: 'eth1' }],
          foreign: true,
        },
      ],
    ],
    ['nobody’s business', [record], [], []],
  ] as const satisfies readonly (readonly [string, readonly RouteRecord[], readonly Route[], readonly Route[]])[]) {
    test(name, () => {
      expect(routesOf(records, [eth1, bridge], wanted)).toEqual(found);
    });
  }
});

describe('ip is told', () => {
  for (const [name, change, line] of [
    [
      'to add ours, and not in another’s place',
      { verb: 'create', ref: 'route x', after: moved },
      'route add default via 192.0.2.1 dev br-lab proto 117 metric 100',
    ],
    [
      'to put one of somebody’s on a bridge of ours again',
      { verb: 'create', ref: 'route x', after: { ...moved, protocol: '3', ofOthers: true } },
      'route add default via 192.0.2.1 dev br-lab proto 3 metric 100',
    ],
    [
      'to give one back',
      { verb: 'create', ref: 'route x', after: { ...back, source: '192.0.2.5', onlink: true } },
      'route add default via 192.0.2.1 dev eth1 proto 16 src 192.0.2.5 metric 100 onlink',
    ],
    [
      'to lead it elsewhere',
      { verb: 'update', ref: 'route x', before: moved, after: { ...moved, via: '192.0.2.2' } },
      'route replace default via 192.0.2.2 dev br-lab proto 117 metric 100',
    ],
    [
      'to remove from a bridge what somebody else has put there',
      { verb: 'delete', ref: 'route x', before: { ...there, link: 'br-lab' } },
      'route del default via 192.0.2.1 dev br-lab proto 16 metric 100',
    ],
    [
      'to remove just that',
      { verb: 'delete', ref: 'route x', before: { ...there, borrowed: true } },
      'route del default via 192.0.2.1 dev eth1 proto 16 metric 100',
    ],
    [
      'IPv6’s default by its number',
      {
        verb: 'create',
        ref: 'route x',
        after: { kind: 'route', family: 6, to: 'default', via: 'fd00::1', link: 'br-lab', protocol: '117' },
      },
      'route add ::/0 via fd00::1 dev br-lab proto 117',
    ],
  ] as const satisfies readonly (readonly [string, Change<Route>, string])[]) {
    test(name, () => {
      expect(route.steps([change]).flatMap((step) => step.ops)).toEqual([
        { op: 'batch', tool: ['ip', '-batch', '-'], lines: [line] },
      ]);
    });
  }
});

describe('as wanted', () => {
  for (const [name, observed, wanted, equal] of [
    [
      'with what only the observed one says',
      { ...there, link: 'br-lab', protocol: '117', dependsOn: ['address br-lab 192.0.2.5/24'] },
      moved,
      true,
    ],
    ['by another gateway', { ...there, protocol: '117', via: '192.0.2.2' }, moved, false],
    ['of another’s protocol', there, moved, false],
    ['borrowed, of its own protocol', there, back, true],
  ] as const satisfies readonly (readonly [string, Route, Route, boolean])[]) {
    test(`${name}: ${equal ? 'yes' : 'no'}`, () => {
      expect(route.same?.(observed, wanted)).toBe(equal);
    });
  }

  test('without a gateway, of the link’s scope, said or not: yes', () => {
    const onLink: Route = { kind: 'route', family: 4, to: '10.7.0.0/16', link: 'br-lab', protocol: '117' };
    expect(route.same?.({ ...onLink, scope: '253' }, onLink)).toBe(true);
  });
});

test('one of several ways excludes that its interfaces are taken', () => {
  expect(route.claims?.({ ...there, hops: [{ link: 'eth1' }] })).toEqual([
    'route 4 default metric 100',
    'link name eth1',
  ]);
});

test('a person reads', () => {
  expect(route.describe(moved)).toBe('default via 192.0.2.1 on br-lab metric 100');
});
