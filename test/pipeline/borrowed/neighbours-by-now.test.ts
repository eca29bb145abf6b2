// test/pipeline/borrowed/neighbours-by-now.test.ts — what somebody has made of permanent neighbours that came with an
// interface.
import { expect, test } from 'vitest';
import { changesIn, withNeighboursByNow } from '../../../src/pipeline/borrowed/neighbours-by-now.ts';
import type { Facts, LinkFact } from '../../../src/core/facts.ts';
import { NOTHING } from '../../../src/core/stored.ts';
import type { Fields } from '../../../src/iproute2/fields.ts';
import type { NeighbourRecord } from '../../../src/iproute2/neighbours.ts';
import type { Neighbour } from '../../../src/kinds/neighbour/model.ts';
import { PROTOCOL } from '../../../src/core/marks.ts';

const [OLD, NEW] = ['02:00:00:00:00:0a', '02:00:00:00:00:0b'];
const borrowed = (ip: string, more: Partial<Neighbour> = {}): Neighbour => ({
  kind: 'neighbour',
  borrowed: true,
  link: 'eth1',
  ip,
  state: 'permanent',
  mac: OLD,
  ...more,
});
const proxy = (ip: string): Neighbour => ({ kind: 'neighbour', borrowed: true, link: 'eth1', ip, state: 'proxy' });
const on = (ip: string, more: Partial<NeighbourRecord> = {}): NeighbourRecord => ({
  ip,
  link: 'br-lab',
  state: 'permanent',
  mac: OLD,
  router: false,
  protocol: PROTOCOL,
  ...more,
});
const proxied = (ip: string): NeighbourRecord => ({
  ip,
  link: 'br-lab',
  state: 'proxy',
  router: false,
  protocol: PROTOCOL,
});
const link = (name: string, more: Partial<LinkFact>): [string, LinkFact] => [
  name,
  { name, ours: false, promiscuous: false, addresses: [], routes: [], ...more },
];
const facts = (master = 'br-lab'): Facts => ({
  links: new Map([link('eth1', { master }), link('br-lab', { ours: true }), link('br-ex', {})]),
  namespaces: new Set(),
});
const learnt = (lladdr: string): Fields => ({ dst: '203.0.113.1', dev: 'br-lab', lladdr, state: ['REACHABLE'] });

const A = borrowed('203.0.113.1');
for (const [name, all, there, known, expected] of [
  ['as it came', [A], [on('203.0.113.1')], [], []],
  ['with another MAC', [A], [on('203.0.113.1', { mac: NEW })], [], ['203.0.113.1 → 02:00:00:00:00:0b']],
  ['put there again as it came', [A], [on('203.0.113.1', { protocol: '4' })], [], []],
  ['gone, beside another', [A, borrowed('203.0.113.2')], [on('203.0.113.2')], [], ['203.0.113.1 → gone']],
  [
    'gone, beside one of IPv6 and a proxy',
    [A, borrowed('2001:db8::1'), proxy('203.0.113.7')],
    [on('2001:db8::1'), proxied('203.0.113.7')],
    [],
    [],
  ],
  ['all gone', [A, borrowed('203.0.113.2')], [], [], []],
  ['gone, and learnt at another MAC since', [A], [], [learnt(NEW)], ['203.0.113.1 → gone']],
  ['gone, and learnt at its own', [A], [], [learnt(OLD)], []],
  ['gone, and asked for in vain', [A], [], [{ dst: '203.0.113.1', dev: 'br-lab', state: ['FAILED'] }], []],
] as const satisfies readonly (readonly [
  string,
  readonly Neighbour[],
  readonly NeighbourRecord[],
  readonly Fields[],
  readonly string[],
])[])
  test(name, () => {
    expect(
      changesIn(all, facts(), there, known).map(({ borrowed: { ip }, by }) => `${ip} → ${by?.mac ?? 'gone'}`),
    ).toEqual(expected);
  });

test('of an interface in another bridge nothing is said', () => {
  expect(changesIn([A], facts('br-ex'), [on('203.0.113.1', { mac: NEW, protocol: '4' })], [])).toEqual([]);
});

test('what is borrowed is as it is by now', () => {
  const kept = { ...NOTHING, originals: [A, borrowed('203.0.113.2')] };
  const by = on('203.0.113.1', { mac: NEW });
  expect(withNeighboursByNow(kept, [{ borrowed: A, bridge: 'br-lab', by }]).originals).toEqual([
    { ...A, mac: NEW },
    borrowed('203.0.113.2'),
  ]);
  expect(withNeighboursByNow(kept, [{ borrowed: A, bridge: 'br-lab' }]).originals).toEqual([borrowed('203.0.113.2')]);
});
