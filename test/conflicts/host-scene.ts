// test/conflicts/host-scene.ts — a host with a network, and floating addresses by a second interface; what is told of
// it.
import { found } from './around.ts';
import { READ_RULES } from '../../src/iproute2/policy.ts';
import type { Around } from './around.ts';

export const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
pools: { public: { ranges: [198.51.100.16/28], interface: eth2 } }
instances: { vm-1: { nics: [{ network: lab, floating: [198.51.100.17], device: { type: tap } }] } }
`;
export const told = async (around: Around): Promise<unknown> =>
  (await found(SPEC, around)).map(({ code, message, hint }) => [code, message, hint]);

const USUAL = [
  { priority: 0, src: 'all', table: '255' },
  { priority: 32766, src: 'all', table: '254' },
  { priority: 32767, src: 'all', table: '253' },
];
export const rules = (...more: readonly object[]): Readonly<Record<string, string>> => ({
  [READ_RULES.join(' ')]: JSON.stringify([...USUAL, ...more]),
});
