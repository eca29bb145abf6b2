// test/core/facts.test.ts — which changes of a host are a reason for features to want something else.
import { expect, test } from 'vitest';
import { sameFacts } from '../../src/core/facts.ts';
import type { Facts, LinkFact } from '../../src/core/facts.ts';

const eth1: LinkFact = {
  name: 'eth1',
  ours: false,
  mac: '02:00:00:00:00:01',
  promiscuous: true,
  master: 'br0',
  addresses: [],
  routes: [],
};
const br0: LinkFact = {
  name: 'br0',
  ours: true,
  mac: '02:00:00:00:00:02',
  promiscuous: false,
  addresses: [{ cidr: '10.0.0.1/24', ours: true }],
  routes: [],
};
const tap: LinkFact = { name: 'tap-a', ours: true, promiscuous: false, master: 'br0', addresses: [], routes: [] };
const facts = (links: readonly LinkFact[], ...namespaces: readonly string[]): Facts => ({
  links: new Map(links.map((link) => [link.name, link])),
  namespaces: new Set(namespaces),
});
const route = { to: 'default', family: 4, via: '10.0.0.9', protocol: '3' } as const;

for (const [name, links, same] of [
  ['as it was', [eth1, br0, tap], true],
  ['without a port of a guest', [eth1, br0], true],
  ['with another MAC of a bridge of ours', [eth1, { ...br0, mac: '02:00:00:00:00:99' }, tap], true],
  ['with a bridge of ours somewhere', [eth1, { ...br0, master: 'br9', promiscuous: true }, tap], true],
  ['without an address of a bridge of ours', [eth1, { ...br0, addresses: [] }, tap], false],
  ['with a route on a bridge of ours', [eth1, { ...br0, routes: [route] }, tap], false],
  ['with another MAC of an uplink', [{ ...eth1, mac: '02:00:00:00:00:99' }, br0, tap], false],
  ['with an uplink out of its bridge', [{ ...eth1, master: 'br9' }, br0, tap], false],
  ['with a device of ours that is not', [eth1, { ...br0, ours: false }, tap], false],
] as const)
  test(name, () => {
    expect(sameFacts(facts([eth1, br0, tap]), facts(links), new Set())).toBe(same);
  });

test('with a namespace more, only where somebody waits for it', () => {
  const [one, two] = [facts([tap], 'vm-1'), facts([tap], 'vm-1', 'vm-2')];
  expect(sameFacts(one, two, new Set(['vm-1', 'vm-2']))).toBe(false);
  expect(sameFacts(two, one, new Set(['vm-2']))).toBe(false);
  expect(sameFacts(one, two, new Set(['vm-1', 'vm-3']))).toBe(true);
});
