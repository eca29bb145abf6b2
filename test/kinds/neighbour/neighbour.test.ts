// test/kinds/neighbour/neighbour.test.ts — which neighbours are ours, which are borrowed, and what is told to `ip`.
import { describe, expect, test } from 'vitest';
import type { Change, Resource } from '../../../src/core/resource.ts';
import type { LinkRecord } from '../../../src/iproute2/links.ts';
import { neighbourIn } from '../../../src/iproute2/neighbours.ts';
import type { Bridge } from '../../../src/kinds/link/model.ts';
import { neighbour, neighboursOf } from '../../../src/kinds/neighbour/index.ts';
import type { Neighbour } from '../../../src/kinds/neighbour/model.ts';
import { FakeHost } from '../../fake-host/index.ts';

const MAC = '02:00:00:00:00:99';
const link = (name: string, more: Partial<LinkRecord> = {}): LinkRecord => ({
  index: 2,
  name,
  up: true,
  promiscuous: false,
  mtu: 1500,
  group: 'default',
  hairpin: false,
  addresses: [],
  ...more,
});
const links = [link('eth1', { master: 'br-lab' }), link('br-lab', { group: '117' })];
const moved: Neighbour = {
  kind: 'neighbour',
  link: 'br-lab',
  ip: '203.0.113.9',
  state: 'permanent',
  mac: MAC,
  movedFrom: 'eth1',
};
const back: Neighbour = {
  kind: 'neighbour',
  link: 'eth1',
  ip: '203.0.113.9',
  state: 'permanent',
  mac: MAC,
  borrowed: true,
};
const bridge = (more: Partial<Bridge> = {}): Bridge => ({
  kind: 'link',
  type: 'bridge',
  name: 'br-lab',
  mac: '02:00:00:00:00:e1',
  mtu: 1500,
  netfilter: false,
  ...more,
});

describe('as ip prints it', () => {
  for (const [name, fields, found] of [
    [
      'a permanent one',
      { dst: '203.0.113.9', dev: 'eth1', lladdr: MAC, state: ['PERMANENT'] },
      { ip: '203.0.113.9', link: 'eth1', state: 'permanent', mac: MAC, router: false },
    ],
    [
      'a router',
      { dst: '2001:db8::9', dev: 'eth1', lladdr: MAC, router: null, state: ['PERMANENT'], protocol: '117' },
      { ip: '2001:db8::9', link: 'eth1', state: 'permanent', mac: MAC, router: true, protocol: '117' },
    ],
    [
      'one that is not asked for: gone with the carrier',
      { dst: '203.0.113.9', dev: 'eth1', lladdr: MAC, state: ['NOARP'] },
      undefined,
    ],
    [
      'a proxy',
      { dst: '203.0.113.9', dev: 'eth1', proxy: null },
      { ip: '203.0.113.9', link: 'eth1', state: 'proxy', router: false },
    ],
    [
      'multicast, which the kernel makes',
      { dst: 'ff02::16', dev: 'eth1', lladdr: '33:33:00:00:00:16', state: ['NOARP'] },
      undefined,
    ],
    ['what was learnt', { dst: '203.0.113.1', dev: 'eth1', lladdr: MAC, state: ['REACHABLE'] }, undefined],
  ] as const)
    test(name, () => {
      expect(neighbourIn(fields)).toEqual(found);
    });
});

describe('of a host’s neighbours', () => {
  for (const [name, record, wanted, found] of [
    [
      'ours by the protocol',
      { ip: '203.0.113.9', link: 'br-lab', state: 'permanent', mac: MAC, router: false, protocol: '117' },
      [back],
      [{ kind: 'neighbour', link: 'br-lab', ip: '203.0.113.9', state: 'permanent', mac: MAC }],
    ],
    [
      'what is on the uplink',
      { ip: '203.0.113.7', link: 'eth1', state: 'permanent', mac: MAC, router: false },
      [moved],
      [{ kind: 'neighbour', link: 'eth1', ip: '203.0.113.7', state: 'permanent', mac: MAC, borrowed: true }],
    ],
    [
      'one restored, with its own protocol',
      { ip: '203.0.113.9', link: 'eth1', state: 'permanent', mac: MAC, router: false, protocol: '4' },
      [back],
      [{ ...back, protocol: '4' }],
    ],
    [
      'nobody’s business',
      { ip: '203.0.113.7', link: 'eth2', state: 'permanent', mac: MAC, router: false },
      [moved],
      [],
    ],
  ] as const)
    test(name, () => {
      expect(neighboursOf([record], links, wanted)).toEqual(found);
    });
});

describe('ip is told', () => {
  for (const [name, change, line] of [
    [
      'to add ours',
      { verb: 'create', ref: 'neighbour x', after: moved },
      `neigh replace 203.0.113.9 lladdr ${MAC} nud permanent protocol 117 dev br-lab`,
    ],
    [
      'to give one back',
      { verb: 'create', ref: 'neighbour x', after: { ...back, router: true } },
      `neigh replace 203.0.113.9 lladdr ${MAC} nud permanent router dev eth1`,
    ],
    [
      'to answer for one',
      {
        verb: 'create',
        ref: 'neighbour x',
        after: { kind: 'neighbour', link: 'br-lab', ip: '203.0.113.9', state: 'proxy', movedFrom: 'eth1' },
      },
      'neigh replace proxy 203.0.113.9 protocol 117 dev br-lab',
    ],
    ['to remove one', { verb: 'delete', ref: 'neighbour x', before: back }, 'neigh del 203.0.113.9 dev eth1'],
    [
      'to remove ours, which a new MAC of the bridge may have flushed',
      { verb: 'delete', ref: 'neighbour x', before: { ...moved, protocol: '117' } },
      `neigh replace 203.0.113.9 lladdr ${MAC} nud permanent protocol 117 dev br-lab\nneigh del 203.0.113.9 dev br-lab`,
    ],
  ] as const satisfies readonly (readonly [string, Change<Neighbour>, string])[]) {
    test(name, () => {
      expect(neighbour.steps([change]).flatMap((step) => step.ops)).toEqual([
        { op: 'batch', tool: ['ip', '-batch', '-'], lines: line.split('\n') },
      ]);
    });
  }
});

describe('with a bridge that is updated', () => {
  for (const [name, of, after, falls] of [
    ['a permanent one falls when its MAC changes', moved, bridge({ mac: MAC }), true],
    ['and with nothing else of it', moved, bridge({ mtu: 1400 }), false],
    ['a proxy stays', { ...moved, state: 'proxy' }, bridge({ mac: MAC }), false],
  ] as const satisfies readonly (readonly [string, Neighbour, Bridge, boolean])[])
    test(name, () => {
      expect(neighbour.fallsWith?.(of, bridge(), after)).toBe(falls);
    });
});

test('what somebody has put on a bridge goes with it; ours is removed by itself', async () => {
  const entry = (dst: string, dev: string, more: object = {}): object => ({
    dst,
    dev,
    lladdr: MAC,
    state: ['PERMANENT'],
    ...more,
  });
  const ip = {
    run: ({ argv }: { readonly argv: readonly string[] }) => ({
      exitCode: 0,
      stderr: '',
      stdout: JSON.stringify(
        argv.includes('proxy')
          ? [{ dst: '203.0.113.7', dev: 'br-lab', proxy: null }]
          : [
              entry('203.0.113.9', 'br-lab', { protocol: '4' }),
              entry('203.0.113.8', 'br-lab', { protocol: '117' }),
              entry('203.0.113.6', 'eth2'),
            ],
      ),
    }),
  };
  const went = async (...removed: readonly Resource[]): Promise<readonly Neighbour[]> =>
    (await neighbour.goesWith?.(new FakeHost({ tools: { ip } }), removed)) ?? [];
  expect(await went(bridge())).toEqual([
    { ...back, link: 'br-lab', protocol: '4' },
    { kind: 'neighbour', borrowed: true, link: 'br-lab', ip: '203.0.113.7', state: 'proxy' },
  ]);
  expect(await went({ ...moved, borrowed: true })).toEqual([]);
});
