// test/parts/rebuild.test.ts — what a host still tells of a lost store.
import { expect, test } from 'vitest';
import type { Facts, LinkFact } from '../../src/core/facts.ts';
import { rebuild } from '../../src/parts/rebuild.ts';
import type { Spec } from '../../src/spec/model.ts';

const link = (name: string, rest: Partial<LinkFact> = {}): LinkFact => ({ name, mac: '02:00:00:00:00:01', mtu: 1500, ours: false, promiscuous: false, addresses: [], routes: [], ...rest });
const facts = (...links: readonly LinkFact[]): Facts => ({ links: new Map(links.map((fact) => [fact.name, fact])), namespaces: new Set() });
const nothing: Spec = { hosts: [], networks: [], instances: [], macPrefix: 'fa:16:3e' };

test('a host without a trace of ours gives an empty store', () => {
  expect(rebuild(nothing, facts(link('eth1', { alias: 'vm-1/lab 10.0.0.2 fa:16:3e:00:00:01' })), new Map())).toEqual({ allocations: {}, resting: {}, rest: {}, former: [], memories: {} });
});

test('ports of ours say who holds which address and MAC', () => {
  expect(rebuild(nothing, facts(link('tap-vm-1', { ours: true, alias: 'vm-1/lab#2 10.0.0.2 fa:16:3e:00:00:01' })), new Map()).allocations).toEqual({
    'network lab': { 'vm-1/lab#2': '10.0.0.2' }, mac: { 'vm-1/lab#2': 'fa:16:3e:00:00:01' },
  });
});

test('the DHCP server\'s files say it for devices that are not ours', () => {
  const nic = { holder: 'vm-1/lab', path: [], index: 0, network: 'lab', device: { type: 'external', name: 'vnet0' } } as const;
  const spec: Spec = { ...nothing, instances: [{ name: 'vm-1', path: [], host: 'h', hostname: 'vm-1', nics: [nic] }] };
  const hosts = new Map([['lab', 'fa:16:3e:00:00:01,set:no-router,10.0.0.2,vm-1\nfa:16:3e:00:00:02,10.0.0.3,somebody-else\n\n']]);
  expect(rebuild(spec, facts(), hosts).allocations).toEqual({ 'network lab': { 'vm-1/lab': '10.0.0.2' }, mac: { 'vm-1/lab': 'fa:16:3e:00:00:01' } });
});

test('an uplink in a bridge of ours was lent, with what the bridge carries beside our own address', () => {
  const bridge = link('br-lab', { ours: true, addresses: [{ cidr: '10.0.0.1/24', ours: true }, { cidr: '203.0.113.11/24', broadcast: '203.0.113.255', ours: false }], routes: [{ to: 'default', family: 4, via: '203.0.113.1', protocol: '117' }] });
  expect(rebuild(nothing, facts(bridge, link('eth1', { master: 'br-lab', promiscuous: true }), link('vnet0', { master: 'br-lab' })), new Map()).former).toEqual([
    { kind: 'link', type: 'port', borrowed: true, name: 'eth1', promiscuous: false, hairpin: false, up: true },
    { kind: 'address', borrowed: true, link: 'eth1', cidr: '203.0.113.11/24', broadcast: '203.0.113.255' },
    { kind: 'route', borrowed: true, link: 'eth1', to: 'default', family: 4, via: '203.0.113.1', protocol: '4' },
    { kind: 'link', type: 'port', borrowed: true, name: 'vnet0', promiscuous: false, hairpin: false, up: true },
  ]);
});
