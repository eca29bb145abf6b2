// test/parts/vlan.test.ts — the place that the parent of VLAN devices has among bridges: its own, and never one of
// ours.
import { describe, expect, test } from 'vitest';
import type { LinkFact } from '../../src/core/facts.ts';
import type { Ref, Resource } from '../../src/core/resource.ts';
import type { Port } from '../../src/kinds/link/model.ts';
import { vlan } from '../../src/parts/vlan.ts';
import { readSpec } from '../specfile/read-spec.ts';

const fact = (name: string, rest: Partial<LinkFact> = {}): LinkFact => ({
  name,
  mac: '02:00:00:00:00:01',
  ours: false,
  promiscuous: false,
  addresses: [],
  routes: [],
  ...rest,
});
const borrowed: Port = {
  kind: 'link',
  type: 'port',
  borrowed: true,
  name: 'eth1',
  promiscuous: false,
  hairpin: false,
  up: true,
  mtu: 1500,
};
const bridges = [fact('br-lab', { ours: true }), fact('br-ext'), fact('br-old')];

describe('the parent', () => {
  for (const [name, found, former, place] of [
    ['in no bridge stays so', fact('eth1'), undefined, { promiscuous: false, hairpin: false }],
    [
      'in a bridge of others stays there',
      fact('eth1', { master: 'br-ext', hairpin: true, promiscuous: true }),
      undefined,
      { master: 'br-ext', promiscuous: true, hairpin: true },
    ],
    [
      'that others have since moved stays where they put it',
      fact('eth1', { master: 'br-ext' }),
      { ...borrowed, master: 'br-old' },
      { master: 'br-ext', promiscuous: false, hairpin: false },
    ],
    [
      'that was our uplink leaves',
      fact('eth1', { master: 'br-lab', promiscuous: true }),
      borrowed,
      { promiscuous: false, hairpin: false },
    ],
    [
      'and goes back to where it was',
      fact('eth1', { master: 'br-lab', promiscuous: true }),
      { ...borrowed, master: 'br-old', promiscuous: true },
      { master: 'br-old', promiscuous: true, hairpin: false },
    ],
    [
      'leaves also when nobody knows what it was',
      fact('eth1', { master: 'br-lab', promiscuous: true }),
      undefined,
      { promiscuous: false, hairpin: false },
    ],
    [
      'whose bridge of ours is gone listens to all no more',
      fact('eth1', { promiscuous: true }),
      borrowed,
      { promiscuous: false, hairpin: false },
    ],
  ] as const) {
    test(name, () => {
      const [parent] = wanted(found, former);
      expect(parent).toEqual({
        kind: 'link',
        type: 'port',
        borrowed: true,
        name: 'eth1',
        up: true,
        carries: 1500,
        parent: true,
        ...place,
      });
    });
  }
});

function wanted(found: LinkFact, former: Port | undefined): readonly Resource[] {
  const read = readSpec([
    {
      file: 'spec.yaml',
      text: 'apiVersion: netctl/v1\nnetworks: { blue: { mode: vlan, vlan: 100, interface: eth1, cidr: 10.0.0.0/24 } }\n',
    },
  ]);
  if (!read.ok) throw new Error('the spec is right');
  const { spec } = read;
  const [network] = spec.networks;
  if (network?.mode !== 'vlan') throw new Error('the network is a VLAN');
  const facts = { links: new Map([...bridges, found].map((link) => [link.name, link])), namespaces: new Set<string>() };
  const originals = new Map<Ref, Resource>(former === undefined ? [] : [['link eth1', former]]);
  return [
    ...vlan(network, {
      spec,
      self: { name: 'h1' },
      facts,
      former: originals,
      allocations: {},
      paths: { state: '/s', run: '/r' },
    }),
  ].map(({ resource }) => resource);
}
