// test/conflicts/bridge-ports.test.ts — which ports of a bridge are said to let through less than they should.
import { expect, test } from 'vitest';
import { parseLinks } from '../../src/iproute2/links.ts';
import { barredPorts } from '../../src/conflicts/bridge-ports.ts';
import type { Site } from '../../src/conflicts/required-traffic.ts';

type Port = readonly [name: string, told?: Readonly<Record<string, unknown>>, more?: Readonly<Record<string, unknown>>];

const site = (type: 'tap' | 'external'): Pick<Site, 'spec'> => ({
  spec: {
    networks: [{ name: 'lab', bridge: 'br-lab', path: ['networks', 'lab'] }],
    instances: [{ nics: ['v-1', 'v-2'].map((name) => ({ network: 'lab', device: { type, name } })) }],
  } as unknown as Site['spec'],
});

function said(
  ports: readonly Port[],
  type: 'tap' | 'external' = 'tap',
  bridge: Readonly<Record<string, unknown>> = {},
): readonly unknown[] {
  const own = {
    ifindex: 99,
    ifname: 'br-lab',
    flags: ['UP'],
    mtu: 1500,
    group: 'default',
    linkinfo: { info_kind: 'bridge', info_data: { stp_state: 0 } },
    addr_info: [],
    ...bridge,
  };
  const text = JSON.stringify([
    own,
    ...ports.map(([ifname, told = {}, more = {}], i) => ({
      ifindex: i + 2,
      ifname,
      flags: ['UP', 'LOWER_UP'],
      mtu: 1500,
      group: 'default',
      master: 'br-lab',
      linkinfo: {
        info_slave_kind: 'bridge',
        info_slave_data: {
          state: 'forwarding',
          hairpin: false,
          learning: true,
          flood: true,
          mcast_flood: true,
          bcast_flood: true,
          isolated: false,
          locked: false,
          ...told,
        },
      },
      addr_info: [],
      ...more,
    })),
  ]);
  return [...barredPorts(site(type), parseLinks(text))].map(({ message, hint, stops = [] }) => [
    message,
    hint,
    stops.length,
  ]);
}

const ISOLATED = [
  'ports v-1, v-2 of br-lab are isolated from each other: what instances there send one another is dropped',
  'bridge link set dev v-1 isolated off; bridge link set dev v-2 isolated off',
];

for (const [name, ports, expected] of [
  ['as they are made', [['v-1'], ['v-2']], []],
  [
    'two that are isolated',
    [
      ['v-1', { isolated: true }],
      ['v-2', { isolated: true }],
    ],
    [[...ISOLATED, 1]],
  ],
  ['one alone is isolated from nobody', [['v-1', { isolated: true }], ['v-2']], []],
  [
    'one that is locked',
    [['v-1', { locked: true }]],
    [[expect.stringContaining('port v-1 of br-lab is locked'), 'bridge link set dev v-1 locked off', 1]],
  ],
  ['one without a carrier', [['v-1', { locked: true }, { flags: ['UP', 'NO-CARRIER'] }]], []],
  ['one that is down', [['v-1', { locked: true }, { flags: [] }]], []],
  [
    'one that is disabled',
    [['v-1', { state: 'disabled' }], ['v-2']],
    [
      [
        'port v-1 of br-lab does not forward: what comes by it is dropped, and nothing is sent by it',
        'bridge link set dev v-1 state 3',
        1,
      ],
    ],
  ],
  [
    'one that still learns',
    [['v-1', { state: 'learning' }]],
    [[expect.stringContaining('port v-1 of br-lab does not forward'), 'bridge link set dev v-1 state 3', 1]],
  ],
  [
    'one that is disabled without a carrier, as a tap that nobody holds',
    [['v-1', { state: 'disabled' }, { flags: ['UP', 'NO-CARRIER'] }]],
    [],
  ],
  [
    'one whose carrier has come a moment ago',
    [['v-1', { state: 'disabled' }, { flags: ['NO-CARRIER', 'UP', 'LOWER_UP'] }]],
    [],
  ],
  ['one that is disabled and down', [['v-1', { state: 'disabled' }, { flags: [] }]], []],
  [
    'one that hears nothing',
    [['v-1', { learning: false, flood: false, mcast_flood: false, bcast_flood: false }]],
    [
      [
        'port v-1 of br-lab neither learns nor floods: what is for who is behind it is not sent there, unless `bridge fdb` has its MAC',
        'bridge link set dev v-1 learning on flood on',
        1,
      ],
      [
        'port v-1 of br-lab floods no broadcasts: who is behind it hears no ARP requests',
        'bridge link set dev v-1 bcast_flood on',
        0,
      ],
    ],
  ],
  [
    'one that floods what it does not learn, or learns what it does not flood',
    [
      ['v-1', { learning: false }],
      ['v-2', { flood: false, mcast_flood: false }],
    ],
    [],
  ],
  ['one of another bridge', [['v-1', { locked: true }, { master: 'br-other' }]], []],
] as const) {
  test(name, () => {
    expect(said(ports)).toEqual(expected);
  });
}

test('of a bridge that is down the kernel disables the ports, and by spanning tree as it sees fit', () => {
  const ports: readonly Port[] = [['v-1', { state: 'disabled' }]];
  expect([
    said(ports, 'tap', { flags: [] }),
    said(ports, 'tap', { linkinfo: { info_kind: 'bridge', info_data: { stp_state: 1 } } }),
  ]).toEqual([[], []]);
});

test("that one of libvirt's neither learns nor floods may be on purpose", () => {
  expect(said([['v-1', { learning: false, flood: false }]], 'external')).toEqual([
    [expect.stringContaining('neither learns nor floods'), 'bridge link set dev v-1 learning on flood on', 0],
  ]);
});

test('those of libvirt may be isolated on purpose: it is said, and stops nothing', () => {
  expect(
    said(
      [
        ['v-1', { isolated: true }],
        ['v-2', { isolated: true }],
      ],
      'external',
    ),
  ).toEqual([[...ISOLATED, 0]]);
});
