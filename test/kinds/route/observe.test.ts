// test/kinds/route/observe.test.ts — which of a host's routes are seen, and as what.
import { describe, expect, test } from 'vitest';
import type { LinkRecord } from '../../../src/iproute2/links.ts';
import type { RouteRecord } from '../../../src/iproute2/routes.ts';
import type { Route } from '../../../src/kinds/route/model.ts';
import { routesOf } from '../../../src/kinds/route/observe.ts';
import { back, moved, there } from './routes.ts';

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
    ['one restored', [record], [back], [{ ...there, dependsOn, borrowed: true }]],
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
