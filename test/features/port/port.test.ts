// test/features/port/port.test.ts — the host's end of every NIC: which device, in which bridge, for whom; and what
// passes between two of them.
import { describe, expect, test } from 'vitest';
import { NOTHING } from '../../../src/core/stored.ts';
import type { LinkFact } from '../../../src/core/facts.ts';
import type { Waiting, Want } from '../../../src/core/resource.ts';
import { flatDhcp } from '../../../src/features/flat-dhcp/index.ts';
import { port } from '../../../src/features/port/index.ts';
import { allocate } from '../../../src/allocate/allocate.ts';
import { readSpec } from '../../specfile/read-spec.ts';
import { flows } from '../flows.ts';

const NETWORKS =
  'apiVersion: netctl/v1\nhosts: { here: {}, there: {} }\nnetworks:\n  blue: { mode: flat-dhcp, cidr: 10.0.1.0/24, mtu: 1400 }\n  red: { mode: flat-dhcp, cidr: 10.0.2.0/24 }\n';
const nic = (text: string): string => `{ host: here, nics: [${text}] }`;

/** What port wants on `here`, where `vnet0` and the namespace `g1` are. */
function wantsOf(instances: Readonly<Record<string, string>>): readonly (Want | Waiting)[] {
  const text = `${NETWORKS}instances:\n${Object.entries(instances)
    .map(([name, instance]) => `  ${name}: ${instance}\n`)
    .join('')}`;
  const read = readSpec([{ file: 'spec.yaml', text }]);
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  const { spec } = read;
  const vnet0: LinkFact = {
    name: 'vnet0',
    mac: 'fe:54:00:00:00:01',
    ours: false,
    promiscuous: false,
    addresses: [],
    routes: [],
  };
  const facts = { links: new Map([['vnet0', vnet0]]), namespaces: new Set(['g1']) };
  const granted = allocate(
    [...(port.requests?.(spec, facts) ?? []), ...(flatDhcp.requests?.(spec, facts) ?? [])],
    NOTHING,
    0,
  );
  if (!granted.ok) throw new Error('there is room enough');
  return [
    ...port.want({
      spec,
      self: { name: 'here' },
      allocations: granted.value.allocations,
      facts,
      former: new Map(),
      paths: { state: '/s', run: '/r' },
    }),
  ];
}

const link = (rest: object): object => ({ resource: { kind: 'link', ...rest } });
for (const [name, instance, wants] of [
  [
    "nothing said: a tap by the instance's name",
    nic('{ network: blue }'),
    [
      link({
        type: 'tap',
        name: 'tap-vm',
        master: 'br-blue',
        mtu: 1400,
        alias: expect.stringMatching(/^vm\/blue 10\.0\.1\.2 fa:16:3e:/) as string,
      }),
    ],
  ],
  [
    'two NICs: two taps, each in its bridge',
    nic('{ network: blue }, { network: red }'),
    [
      link({ type: 'tap', name: 'tap-vm', master: 'br-blue' }),
      link({ type: 'tap', name: 'tap-vm-1', master: 'br-red' }),
    ],
  ],
  [
    'two on one network are told apart',
    nic('{ network: blue }, { network: blue }'),
    [
      link({ alias: expect.stringContaining('vm/blue 10.0.1.2 ') as string }),
      link({ alias: expect.stringContaining('vm/blue#2 10.0.1.3 ') as string }),
    ],
  ],
  [
    'a tap by name',
    nic('{ network: red, device: { type: tap, name: t7 } }'),
    [link({ type: 'tap', name: 't7', master: 'br-red', mtu: 1500 })],
  ],
  [
    'a veth: its far end bears the MAC',
    nic('{ network: blue, mac: "fa:16:3e:00:00:07", device: { type: veth, name: v7, netns: g1 } }'),
    [
      link({
        type: 'veth',
        name: 'v7',
        master: 'br-blue',
        mtu: 1400,
        peer: { name: 'eth0', netns: 'g1', mac: 'fa:16:3e:00:00:07' },
      }),
    ],
  ],
  [
    'a veth whose namespace is not there waits',
    nic('{ network: blue, device: { type: veth, name: v7, netns: g9 } }'),
    [{ waiting: 'link v7', why: 'the namespace g9 is not there yet' }],
  ],
  [
    "somebody else's device is put in the bridge, after it has been made deaf to router advertisements",
    nic('{ network: blue, device: { type: external, name: vnet0 } }'),
    [
      {
        ...link({ type: 'port', borrowed: true, name: 'vnet0', master: 'br-blue', hairpin: true, promiscuous: false }),
        after: [
          'link br-blue',
          'sysctl net.ipv4.conf.br-blue.forwarding',
          'sysctl net.ipv6.conf.br-blue.accept_ra',
          'sysctl net.ipv6.conf.br-blue.autoconf',
        ],
      },
    ],
  ],
  [
    'and waited for',
    nic('{ network: blue, device: { type: external, name: vnet9 } }'),
    [{ waiting: 'link vnet9', why: 'the external device vnet9 is not there yet' }],
  ],
  ['an instance elsewhere has nothing here', '{ host: there, nics: [{ network: blue }] }', []],
] as const) {
  test(name, () => expect(wantsOf({ vm: instance })).toMatchObject(wants));
}

test('each names the line of its device', () => {
  expect(
    wantsOf({ vm: nic('{ network: blue }, { network: red, device: { type: external, name: vnet9 } }') }).map(
      ({ because }) => because,
    ),
  ).toEqual([[['instances', 'vm', 'nics', 0, 'device']], [['instances', 'vm', 'nics', 1, 'device']]]);
});

describe('between two ports', () => {
  flows(
    'apiVersion: netctl/v1\nnetworks: { blue: { mode: flat-dhcp, cidr: 10.0.1.0/24, forward: none } }\ninstances: { a: { nics: [{ network: blue }] }, b: { nics: [{ network: blue }] } }\n',
    [
      [
        'of one bridge everything passes, also where bridged packets are filtered',
        'br-blue: 10.0.1.2 → 10.0.1.3:22/tcp',
        'accept',
      ],
      ['and back to itself', 'br-blue: 10.0.1.2 → 10.0.1.2:22/tcp', 'accept'],
    ],
  );
});
