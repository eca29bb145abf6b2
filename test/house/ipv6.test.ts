// test/house/ipv6.test.ts — what a feature wants of IPv6 is applied, mended, rolled back and destroyed by the kinds
// that are there; and a host without such a feature is asked nothing for it.
import { describe, expect, test } from 'vitest';
import { features } from '../../src/features/index.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { createWhole } from '../fake-host/whole.ts';
import type { Whole } from '../fake-host/whole.ts';
import { applied, destroyed, worldOf } from '../world.ts';
import { ipv6 } from './sample/ipv6.ts';
import { cutOff, describeWays, plan } from './ways.ts';
import type { Subject, Ways } from './ways.ts';

const spec = (cidr6?: string): string =>
  `apiVersion: netctl/v1\nhosts: { h1: {} }\nnetworks:\n  lab: { mode: flat, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, dns: [9.9.9.9]${cidr6 === undefined ? '' : `, cidr6: "${cidr6}"`} }\n`;
const LAB = spec('fd00:64::/64');
const NONE = 'apiVersion: netctl/v1\n';
/** A table that nobody uses is as good as none. */
const IDLE = /^\*\w+\n(:[A-Z]+ ACCEPT \[0:0\]\n)+COMMIT\n/gm;

interface Asked extends Subject {
  /** What was run since. */
  readonly asked: string[];
}

function subject(): Asked {
  const whole = createWhole({});
  const { host, ip, ip6tables, iptables } = whole;
  const store = createMemoryStore();
  const asked: string[] = [];
  const read = host.read.bind(host);
  host.read = (argv, netns) => {
    asked.push(argv.join(' '));
    return read(argv, netns);
  };
  return {
    whole,
    asked,
    world: (text = LAB) =>
      worldOf({ driver: host, store, spec: { 'spec.yaml': text }, host: 'h1' }, { features: [...features, ipv6] }),
    snapshot: () =>
      [
        ip.snapshot().replaceAll(/ mac 0e:\S+/g, ''),
        ip6tables.text().replaceAll(IDLE, ''),
        iptables.text(),
        host.disk.text(),
      ].join('\n--\n'),
  };
}

test('all of it is made, and then nothing differs', async () => {
  const { whole, world, snapshot } = subject();
  expect(await applied(world())).toBe(0);
  expect(snapshot()).toContain(`inet6 fd00:64::1/64 metric 117`);
  for (const line of [
    'route fd00:99::/48 via fd00:64::7 dev br-lab proto 117',
    'route ::/0 via fe80::7 dev br-lab proto 117 metric 2048',
    'neigh fd00:64::7 dev br-lab lladdr 02:00:00:00:01:07 nud permanent',
    'neigh proxy fd00:64::99 dev br-lab',
  ])
    expect(snapshot()).toContain(line);
  expect(
    whole.ip6tables
      .text()
      .replaceAll(/netctl:\w{8}/g, 'TAG')
      .split('\n'),
  ).toEqual([
    '*filter',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':netctl-FORWARD - [0:0]',
    '-A FORWARD -m comment --comment "TAG networks" -j netctl-FORWARD',
    '-A netctl-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "TAG networks.lab" -j ACCEPT',
    '-A netctl-FORWARD -p ipv6-icmp -m icmp6 --icmpv6-type 128 -m comment --comment "TAG networks.lab" -j ACCEPT',
    '-A netctl-FORWARD -s fd00:64::/64 -i br-lab -m comment --comment "TAG networks.lab" -j ACCEPT',
    '-A netctl-FORWARD -o br-lab -m comment --comment "TAG networks.lab" -j REJECT --reject-with icmp6-adm-prohibited',
    'COMMIT',
    '',
  ]);
  expect(whole.iptables.text()).not.toContain('icmp6');
  expect(await plan(world())).toEqual([]);
});

test('the rules that were there are kept of a generation that changes them', async () => {
  const { world } = subject();
  expect(await applied(world())).toBe(0);
  const next = world(spec('fd00:65::/64'));
  expect(await applied(next)).toBe(0);
  expect(next.generations.record(1).image['IPv6 rules']).toContainEqual(
    expect.stringMatching(/^filter -A netctl-FORWARD -s fd00:64::\/64 /),
  );
});

/** What somebody does, and what is to be done about it. */
const DRIFT: readonly (readonly [what: string, does: (whole: Whole) => void, changes: readonly string[]])[] = [
  [
    'its address is gone, and with it what is reached by it',
    ({ ip }) => ip.do('address del fd00:64::1/64 dev br-lab'),
    ['create address br-lab fd00:64::1/64'],
  ],
  [
    'a route is gone',
    ({ ip }) => ip.do('route del fd00:99::/48 via fd00:64::7 dev br-lab'),
    ['create route 6 fd00:99::/48 br-lab 1024'],
  ],
  [
    'the way out is another',
    ({ ip }) => ip.do('route replace ::/0 via fe80::8 dev br-lab proto 117 metric 2048'),
    ['update route 6 default br-lab 2048'],
  ],
  ['a neighbour is gone', ({ ip }) => ip.do('neigh del fd00:64::7 dev br-lab'), ['create neighbour br-lab fd00:64::7']],
  [
    'a proxy is gone',
    ({ ip }) => ip.do('neigh del proxy fd00:64::99 dev br-lab'),
    ['create neighbour br-lab fd00:64::99 proxy'],
  ],
  [
    'rules are gone',
    ({ ip6tables }) => ip6tables.load('*filter\n-F netctl-FORWARD\nCOMMIT\n'),
    ['update chain6 filter/netctl-FORWARD'],
  ],
  [
    'nothing leads to them',
    ({ ip6tables }) => ip6tables.load('*filter\n-F FORWARD\nCOMMIT\n'),
    ['create chain6 filter/FORWARD'],
  ],
];

describe('drift is seen and mended', () => {
  for (const [what, does, changes] of DRIFT) {
    test(what, async () => {
      const { whole, world, snapshot } = subject();
      expect(await applied(world())).toBe(0);
      const right = snapshot();
      does(whole);
      expect(await plan(world())).toEqual(changes);
      expect(await applied(world())).toBe(0);
      expect(snapshot()).toBe(right);
      expect(await plan(world())).toEqual([]);
    });
  }
});

describe('it goes', () => {
  for (const [what, rest, ends] of [
    ['when it is wanted no more', spec(), async (world) => expect(await applied(world(spec()))).toBe(0)],
    ['with the whole network', NONE, async (world) => expect(await applied(world(NONE))).toBe(0)],
    ['by destroy', NONE, async (world) => expect(await destroyed(world())).toBe(0)],
  ] as const satisfies readonly (readonly [string, string, (world: Subject['world']) => Promise<void>])[])
    test(what, async () => {
      const { whole, world, asked } = subject();
      if (what === 'when it is wanted no more') expect(await applied(world(spec()))).toBe(0);
      expect(await applied(world())).toBe(0);
      await ends(world);
      expect(whole.ip6tables.text()).not.toContain('netctl');
      expect(whole.ip.snapshot()).not.toMatch(/fd00:|fe80::7/);
      asked.length = 0;
      expect(await plan(world(rest))).toEqual([]);
      expect(asked.filter((words) => words.includes('ip6tables'))).toEqual([]);
    });
});

test('where nobody wants rules for IPv6, no command is run for them, and nothing is stored', async () => {
  const { world, asked } = subject();
  expect(await applied(world(spec()))).toBe(0);
  const with6 = asked.toSorted();
  expect(with6.filter((words) => words.includes('ip6tables'))).toEqual([]);
  const without = subject();
  const one = without.world(spec());
  expect(await applied({ ...one, kinds: one.kinds.filter(({ kind }) => kind !== 'chain6') })).toBe(0);
  // Which chains there are is read in any case.
  expect(new Set(with6)).toEqual(new Set(without.asked));
});

const WAYS: Ways = [
  ['from nothing', undefined, LAB],
  ['to another prefix', LAB, spec('fd00:65::/64')],
  ['to none', LAB, spec()],
];

describeWays(WAYS, subject);

describe('cut off at every op, what was made goes though the spec is withdrawn', () => {
  for (const [what, from, to] of WAYS) {
    test(what, async () => {
      for (let ops = 0, cut = true; cut; ops++) {
        const one = subject();
        cut = await cutOff(one, ops, from, to);
        expect(await destroyed(one.world(NONE))).toBe(0);
        expect(one.whole.ip6tables.text(), `cut off after ${ops}`).not.toContain('netctl');
      }
    });
  }
});
