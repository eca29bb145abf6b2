// test/rehearsal/plans.test.ts — which steps of a plan can be rehearsed, what a stand-in cannot refuse, and what is
// said of all that cannot be known.
import { describe, expect, test } from 'vitest';
import type { Change, Kind, Op, Plan, Ref, Resource } from '../../src/core/resource.ts';
import { devicesOf } from '../../src/rehearsal/device.ts';
import { rehearsable, unlikeIn, unserved } from '../../src/rehearsal/leave-out.ts';
import { beyondLimits } from '../../src/rehearsal/limits.ts';
import { notRehearsed } from '../../src/rehearsal/not-rehearsed.ts';

interface Thing extends Resource {
  readonly name: string;
  readonly on?: string;
}
const kindOf = (kind: string): Kind<Thing> => ({
  kind,
  key: ({ name }) => name,
  needs: ({ on }) => (on === undefined ? [] : [`thing ${on}`]),
  watches: [],
  observe: () => Promise.resolve([]),
  steps: () => [],
  describe: ({ name }) => name,
});
const kinds = ['thing', 'module', 'link', 'flow'].map(kindOf);
const make = (name: string, on?: string, kind = 'thing'): Change => ({
  verb: 'create',
  ref: `${kind} ${name}`,
  after: { kind, name, ...(on === undefined ? {} : { on }) } as Thing,
});
const planOf = (
  ...steps: readonly (readonly [changes: readonly Change[], waitsFor?: readonly number[], ops?: readonly Op[]])[]
): Plan => ({
  changes: steps.flatMap(([changes]) => changes),
  steps: steps.map(([changes, waitsFor = [], ops = []]) => ({ changes, ops, waitsFor })),
});
const part = (
  plan: Plan,
  unlike: readonly Ref[],
  after: readonly (readonly [Ref, readonly Ref[]])[] = [],
): readonly number[] => rehearsable(plan, new Set(unlike), new Map(after), kinds).numbers;

describe('a step is left out', () => {
  for (const [name, plan, unlike, numbers] of [
    ['none, where all is alike', planOf([[make('a')]], [[make('b', 'a')], [0]]), [], [0, 1]],
    ['that changes what is unlike', planOf([[make('a')]], [[make('b')]]), ['thing a'], [1]],
    ['that depends on what is unlike', planOf([[make('a', 'x')]], [[make('b')]]), ['thing x'], [1]],
    [
      'that waits for one left out, and so on',
      planOf([[make('a')]], [[make('b')], [0]], [[make('c')], [1]], [[make('d')]]),
      ['thing a'],
      [3],
    ],
    [
      'that loads a module; who waits for it is not',
      planOf([[make('m', undefined, 'module')]], [[make('b')], [0]]),
      [],
      [1],
    ],
  ] as const)
    test(name, () => expect(part(plan, unlike)).toEqual(numbers));

  test('that was to come after what is unlike', () =>
    expect(part(planOf([[make('a')]]), ['thing x'], [['thing a', ['thing x']]])).toEqual([]));
  test('and the others wait for each other as before', () => {
    const { plan } = rehearsable(
      planOf([[make('a')]], [[make('b')]], [[make('c')], [1]]),
      new Set<Ref>(['thing a']),
      new Map(),
      kinds,
    );
    expect(plan.steps.map(({ waitsFor }) => waitsFor)).toEqual([[], [0]]);
  });
});

test('unlike is what only one of two has, or has otherwise', () => {
  const state = (...things: readonly Thing[]): ReadonlyMap<Ref, Resource> =>
    new Map(things.map((thing) => [`thing ${thing.name}`, thing]));
  const thing = (name: string, on = 'x'): Thing => ({ kind: 'thing', name, on });
  expect(unlikeIn(state(thing('a'), thing('b'), thing('c')), state(thing('a'), thing('b', 'y'), thing('d')))).toEqual([
    'thing b',
    'thing c',
    'thing d',
  ]);
  const numbered = (index: number): ReadonlyMap<Ref, Resource> =>
    new Map([['link t', { kind: 'link', kernelAssigned: { index } } as Resource]]);
  expect(unlikeIn(numbered(3), numbered(4))).toEqual([]);
});

test('leases are released to a daemon, if the copy has it', () => {
  const observed = new Map<Ref, Resource>([
    ['process a', { kind: 'process', argv: ['dnsmasq', '--interface=br-a'] } as Resource],
    ['process b', { kind: 'process', argv: ['dnsmasq', '--interface=br-b'] } as Resource],
    ['lease a 1', { kind: 'lease', link: 'br-a' } as Resource],
    ['lease b 1', { kind: 'lease', link: 'br-b' } as Resource],
  ]);
  expect(unserved(observed, ['process b', 'link br-a'])).toEqual(['lease b 1']);
});

describe('an MTU', () => {
  const devices = devicesOf(
    JSON.stringify([
      { ifindex: 1, ifname: 'eth1', min_mtu: 68, max_mtu: 1500 },
      { ifindex: 2, ifname: 'eth2', min_mtu: 0, max_mtu: 0 },
      { ifindex: 3, ifname: 'br0', min_mtu: 68, max_mtu: 1500 },
      ...['bond0', 'vrf0'].flatMap((name, i) => [
        { ifindex: 4 + i, ifname: name, max_mtu: 65535, linkinfo: { info_kind: name.slice(0, -1) } },
        { ifindex: 6 + i, ifname: `in-${name}`, max_mtu: 9216, master: name },
      ]),
    ]),
  );
  const batch = (line: string, netns?: string): Op => ({
    op: 'batch',
    tool: ['ip', '-batch', '-'],
    lines: [line],
    ...(netns === undefined ? {} : { netns }),
  });
  for (const [name, op, said] of [
    [
      'too great for the driver',
      batch('link set dev eth1 mtu 9000 master br0'),
      ['eth1: its driver takes no MTU above 1500'],
    ],
    ['too small', batch('link set dev eth1 up mtu 60'), ['eth1: its driver takes no MTU below 68']],
    ['that it takes', batch('link set dev eth1 mtu 1400'), []],
    ['of a driver without limits', batch('link set dev eth2 mtu 9000'), []],
    ['of what is made, which the copy tells by itself', batch('link set dev br0 mtu 9000'), []],
    [
      'too great for what a bond is made of',
      batch('link set dev bond0 mtu 9300'),
      ['bond0: the driver of in-bond0 takes no MTU above 9216'],
    ],
    ['that all of a bond take', batch('link set dev bond0 mtu 9216'), []],
    ['that is nothing to what is in it', batch('link set dev vrf0 mtu 9300'), []],
    ['in a guest, where the name means another', batch('link set dev eth1 mtu 9000', 'vm-1'), []],
  ] as const)
    test(name, () =>
      expect(
        beyondLimits(planOf([[], [], [op]]), devices, ['eth1', 'eth2', 'bond0', 'vrf0']).map(({ stderr }) => stderr),
      ).toEqual(said),
    );
});

describe('what is not rehearsed', () => {
  const answer = { outcomes: [], refused: [], residual: [], unlike: [], lost: [] } as const;
  const say = (plan: Plan, more: Partial<Parameters<typeof notRehearsed>[0]> = {}): readonly string[] =>
    notRehearsed({ plan, answer, standIns: [], lost: [], avoided: [], described: (ref) => ref, ...more });
  for (const [name, said, expected] of [
    ['nothing', say(planOf([[make('a')]])), []],
    [
      'hardware, where the plan touches it',
      say(planOf([[make('eth1', undefined, 'link')]]), { standIns: ['eth1', 'eth2'] }),
      [
        'eth1: a stand-in took its place; what the hardware and its driver refuse is not known, but for limits of the MTU',
      ],
    ],
    [
      'a tap of a hypervisor',
      say(planOf([[{ verb: 'create', ref: 'link t', after: { kind: 'link', type: 'tap' } as Resource }]])),
      ['whether a hypervisor can open the taps'],
    ],
    [
      'ids of VLANs',
      say(planOf([[{ verb: 'create', ref: 'link v', after: { kind: 'link', type: 'vlan' } as Resource }]])),
      ['whether devices in other namespaces have the ids of the VLANs'],
    ],
    [
      'no ids, of VLANs that stay what they are',
      say(
        planOf([
          [
            {
              verb: 'update',
              ref: 'link v',
              before: { kind: 'link', type: 'vlan' } as Resource,
              after: { kind: 'link', type: 'vlan' } as Resource,
            },
          ],
        ]),
      ),
      [],
    ],
    [
      'connections',
      say(planOf([[{ verb: 'delete', ref: 'flow a b', before: { kind: 'flow', name: 'a b' } as Resource }]])),
      ['connections that are cut: the copy has none'],
    ],
    [
      'steps that were left out, each with why',
      say(planOf([[make('a')]], [[make('b')]], [[make('m', undefined, 'module')]], [[make('c')]]), {
        answer: { ...answer, outcomes: ['left out', 'left out', 'left out', 'done'], unlike: ['thing a'] },
      }),
      [
        'thing a: it could not be made again as it is',
        'thing b: it depends on what could not be made again',
        'module m: no module is loaded for a rehearsal',
      ],
    ],
    [
      'daemons that others would see',
      say(planOf([[make('a')]]), {
        avoided: ['thing a'],
        answer: { ...answer, outcomes: ['left out'], unlike: ['thing a'] },
      }),
      ['thing a: its own configuration has it do what could be seen outside'],
    ],
    [
      'what could not be made again, up to eight',
      say(planOf(), { lost: ['x'], answer: { ...answer, lost: ['1', '2', '3', '4', '5', '6', '7', '8', '9'] } }),
      [...['x', '1', '2', '3', '4', '5', '6', '7'].map((what) => `not made again: ${what}`), 'not made again: 2 more'],
    ],
  ] as const)
    test(name, () => expect(said).toEqual(expected));
});
