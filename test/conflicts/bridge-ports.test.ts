// test/conflicts/bridge-ports.test.ts — which ports of a bridge are said to let through less than they should.
import { expect, test } from 'vitest';
import { parseLinks } from '../../src/iproute2/links.ts';
import { barredPorts } from '../../src/conflicts/bridge-ports.ts';
import type { Site } from '../../src/conflicts/traffic.ts';

type Port = readonly [name: string, told?: Readonly<Record<string, unknown>>, more?: Readonly<Record<string, unknown>>];

const site = (type: 'tap' | 'external'): Pick<Site, 'spec'> => ({ spec: {
  networks: [{ name: 'lab', bridge: 'br-lab', path: ['networks', 'lab'] }],
  instances: [{ nics: ['v-1', 'v-2'].map((name) => ({ network: 'lab', device: { type, name } })) }],
} as unknown as Site['spec'] });

function said(ports: readonly Port[], type: 'tap' | 'external' = 'tap'): readonly unknown[] {
  const text = JSON.stringify(ports.map(([ifname, told = {}, more = {}], i) => ({
    ifindex: i + 2, ifname, flags: ['UP', 'LOWER_UP'], mtu: 1500, group: 'default', master: 'br-lab',
    linkinfo: { info_slave_kind: 'bridge', info_slave_data: { state: 'forwarding', hairpin: false, isolated: false, locked: false, ...told } }, addr_info: [], ...more,
  })));
  return [...barredPorts(site(type), parseLinks(text))].map(({ message, hint, stops = [] }) => [message, hint, stops.length]);
}

const ISOLATED = ['ports v-1, v-2 of br-lab are isolated from each other: what instances there send one another is dropped', 'bridge link set dev v-1 isolated off; bridge link set dev v-2 isolated off'];

for (const [name, ports, expected] of [
  ['as they are made', [['v-1'], ['v-2']], []],
  ['two that are isolated', [['v-1', { isolated: true }], ['v-2', { isolated: true }]], [[...ISOLATED, 1]]],
  ['one alone is isolated from nobody', [['v-1', { isolated: true }], ['v-2']], []],
  ['one that is locked', [['v-1', { locked: true }]], [[expect.stringContaining('port v-1 of br-lab is locked'), 'bridge link set dev v-1 locked off', 1]]],
  ['one without a carrier', [['v-1', { locked: true }, { flags: ['UP', 'NO-CARRIER'] }]], []],
  ['one that is down', [['v-1', { locked: true }, { flags: [] }]], []],
  ['one of another bridge', [['v-1', { locked: true }, { master: 'br-other' }]], []],
] as const) {
  test(name, () => { expect(said(ports)).toEqual(expected); });
}

test('those of libvirt may be isolated on purpose: it is said, and stops nothing', () => {
  expect(said([['v-1', { isolated: true }], ['v-2', { isolated: true }]], 'external')).toEqual([[...ISOLATED, 0]]);
});
